"""The same picture twice is found, under whatever name and slightly changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from engine.generators import run_to_end
from engine.review import duplicates as module
from engine.review.duplicates import Duplicates, find_duplicates
from engine.review.groups import Groups
from tests.engine.review.clouds import clouds

WILD = arrays(np.float16, st.tuples(st.integers(0, 40), st.just(3)), elements=st.floats(-2, 2, width=16))


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TILE", 16)


def found(
    points: NDArray[np.generic], digests: Sequence[bytes | None] | None = None, threshold: float = 0.97
) -> list[Duplicates]:
    return run_to_end(find_duplicates(points, digests or [None] * len(points), threshold))


def positions(groups: Sequence[Duplicates]) -> list[list[int]]:
    return [group.positions.tolist() for group in groups]


def connected(points: NDArray[np.generic], threshold: float) -> list[list[int]]:
    """The groups the slow way: all cosines at once, and one pair after the other."""
    lengths = np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    directions = points.astype(np.float64) / np.maximum(lengths, 1e-20)
    group = list(range(len(points)))
    for a, b in np.argwhere(directions @ directions.T >= threshold - module.ROUNDING).tolist():
        group = [group[a] if of == group[b] else of for of in group]
    members = [[p for p, of in enumerate(group) if of == one] for one in dict.fromkeys(group)]
    return [some for some in members if len(some) > 1]


def test_pictures_nearly_alike_are_a_group_wherever_they_are() -> None:
    points = clouds(50, 2)
    shuffled = np.concatenate([points[::2], points[1::2]])
    groups = found(shuffled, threshold=0.9)
    assert positions(groups) == [[p, p + 50] for p in range(50)]
    assert not any(group.same_content for group in groups)


def test_the_same_file_is_told_from_a_picture_nearly_the_same() -> None:
    points = clouds(4, 1)[[0, 1, 2, 0, 1, 3]]
    groups = found(points, [b"a", b"b", b"c", b"a", b"other", b"d"])
    assert [(g.positions.tolist(), g.same_content) for g in groups] == [([0, 3], True), ([1, 4], False)]


def test_the_same_content_is_the_same_picture_even_where_embeddings_differ() -> None:
    assert positions(found(clouds(3, 1), [b"a", b"b", b"a"])) == [[0, 2]]


def test_unknown_contents_are_not_the_same() -> None:
    assert found(clouds(3, 1), [None, None, None]) == []


def test_likeness_is_handed_on() -> None:
    angles = np.array([0.0, 10.0, 20.0, 90.0]) * np.pi / 180
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert positions(found(points, threshold=0.98)) == [[0, 1, 2]]


def test_only_the_threshold_decides() -> None:
    points = np.array([[1, 0], [0.8, 0.6]], np.float32)
    assert positions(found(points, threshold=0.799)) == [[0, 1]]
    assert found(points, threshold=0.801) == []


@given(WILD, st.floats(0.1, 0.999))
def test_the_groups_are_those_of_the_slow_way(points: NDArray[np.float16], threshold: float) -> None:
    lengths = np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    cosines = (points / np.maximum(lengths, 1e-20)) @ (points / np.maximum(lengths, 1e-20)).T
    if np.abs(cosines - threshold + module.ROUNDING).min(initial=1) > 1e-5:
        assert positions(found(points, threshold=threshold)) == connected(points, threshold)


def test_sketches_lose_no_pair() -> None:
    rng = np.random.default_rng(3)
    points = np.repeat(rng.standard_normal((100, 640)), 2, axis=0)
    points[1::2] += 0.3 * rng.standard_normal((100, 640))  # a cosine of 0.96 on average
    assert positions(found(points.astype(np.float16), threshold=0.95)) == connected(
        points.astype(np.float16), 0.95
    )


def test_pictures_all_alike_are_one_group() -> None:
    (group,) = found(np.ones((100, 80), np.float16))
    assert group.positions.tolist() == list(range(100))


def test_blank_embeddings_are_not_duplicates() -> None:
    assert found(np.zeros((20, 80), np.float16)) == []


def test_the_order_of_the_pictures_does_not_matter() -> None:
    points, turn = clouds(20, 3), np.random.default_rng(0).permutation(60)
    there = {frozenset(turn[group.positions].tolist()) for group in found(points[turn], threshold=0.9)}
    assert there == {frozenset(group.positions.tolist()) for group in found(points, threshold=0.9)}


def test_the_share_grows_to_one_and_the_search_can_be_left() -> None:
    shares = list(find_duplicates(clouds(50, 2), [None] * 100, 0.97))
    assert shares == sorted(shares)
    assert (len(shares) > 20, shares[-1]) == (True, 1.0)
    search = find_duplicates(clouds(50, 2), [None] * 100, 0.97)
    assert next(search) < 0.1
    search.close()


@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one_have_no_duplicates(count: int) -> None:
    assert found(clouds(1, 1)[:count]) == []


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19))))
def test_groups_hold_together_what_was_joined_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    groups, reached = Groups(20), {n: {n} for n in range(20)}
    together = np.array(pairs, np.int64).reshape(-1, 2)
    groups.join(together[:, 0], together[:, 1])
    for a, b in pairs:
        union = reached[a] | reached[b]
        reached.update(dict.fromkeys(union, union))
    assert groups.root.tolist() == [min(reached[n]) for n in range(20)]
    assert {tuple(g.tolist()) for g in groups.members()} == {
        tuple(sorted(union)) for union in reached.values() if len(union) > 1
    }
