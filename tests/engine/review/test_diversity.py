"""The pictures to label next cover what there is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from engine.review.diversity import PIECE, by_diversity
from engine.review.vectors import BLOCK, BLOCKS_PER_YIELD
from tests.engine.review.clouds import clouds

NONE = np.empty((0, 96), np.float32)
WILD = arrays(np.float16, st.tuples(st.integers(0, 60), st.just(70)), elements=st.floats(-3, 3, width=16))


def order(unlabelled: NDArray[np.generic], labelled: NDArray[np.generic] = NONE) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *by_diversity(unlabelled, labelled)])


def exact(points: NDArray[np.float32], count: int, first: int) -> list[int]:
    """Farthest-first on all dimensions, the textbook way."""
    directions = points / np.linalg.norm(points, axis=1, keepdims=True)
    picks = [first]
    nearest = np.linalg.norm(directions - directions[first], axis=1)
    while len(picks) < count:
        picks.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(directions - directions[picks[-1]], axis=1))
    return picks


def radius(points: NDArray[np.float32], picks: NDArray[np.int64] | list[int]) -> float:
    """How far the worst picture is from its nearest pick."""
    directions = points / np.linalg.norm(points, axis=1, keepdims=True)
    away = np.linalg.norm(directions[:, np.newaxis] - directions[picks], axis=2)
    return float(away.min(axis=1).max())


def test_every_cloud_is_visited_before_any_is_visited_twice() -> None:
    picks = order(clouds(12, 20))[:12]
    assert {int(pick) // 20 for pick in picks} == set(range(12))


def test_what_is_labelled_already_is_not_asked_for_again() -> None:
    points = clouds(12, 20)
    labelled = points[[5, 25, 45, 65]]
    assert {int(pick) // 20 for pick in order(points, labelled)[:8]} == set(range(4, 12))


def test_many_labelled_pictures_count_as_well_as_few() -> None:
    points = clouds(12, 100)
    assert {int(pick) // 100 for pick in order(points, points[:1100])[:1]} == {11}


def test_with_nothing_labelled_the_most_typical_picture_is_first() -> None:
    points = np.eye(5, 6, dtype=np.float32) + 1
    points[3] = 1
    assert order(points)[0] == 3


def test_in_few_dimensions_the_order_is_the_textbook_one() -> None:
    points = np.random.default_rng(0).standard_normal((300, 60)).astype(np.float32)
    picks = order(points, NONE[:, :60])[:50].tolist()
    assert picks == exact(points, 50, picks[0])


def test_in_many_dimensions_the_picks_cover_almost_as_well_as_the_textbook_ones() -> None:
    rng = np.random.default_rng(0)
    points = (clouds(40, 25, 640, 0.0) + 0.03 * rng.standard_normal((1000, 640))).astype(np.float32)
    picks = order(points)[:60]
    assert radius(points, picks) <= 1.1 * radius(points, exact(points, 60, int(picks[0])))


@given(WILD, st.integers(0, 10))
def test_each_picture_comes_exactly_once(points: NDArray[np.float16], labelled: int) -> None:
    assert sorted(order(points, points[:labelled]).tolist()) == list(range(len(points)))


@given(st.permutations(range(30)))
def test_the_order_of_the_pictures_does_not_matter(turn: list[int]) -> None:
    points = clouds(6, 5, spread=0.1)
    np.testing.assert_array_equal(np.array(turn)[order(points[turn])], order(points))


def test_copies_come_after_everything_else() -> None:
    points = clouds(10, 1)
    copied = np.concatenate([points, points])
    assert {int(pick) % 10 for pick in order(copied)[:10]} == set(range(10))
    np.testing.assert_array_equal(order(np.ones((60, 96), np.float32)), np.arange(60))


def test_the_order_comes_in_pieces_and_can_be_left_at_any_of_them() -> None:
    count = 2 * BLOCKS_PER_YIELD * BLOCK
    points = np.resize(clouds(10, 10, 70), (count, 70)).astype(np.float16)
    pieces = by_diversity(points, points[:1])
    preparing = list(islice(pieces, 3))
    assert [len(piece) for piece in preparing] == [0, 0, 0]
    assert [len(piece) for piece in islice(pieces, 2)] == [PIECE, PIECE]
    pieces.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [0, 1])
def test_none_or_one_is_an_order_too(count: int) -> None:
    assert order(clouds(1, 1)[:count]).tolist() == list(range(count))
