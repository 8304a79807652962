"""More like these: the most similar pictures come first."""

from __future__ import annotations

import numpy as np
import pytest

from engine.review.similarity import by_similarity
from engine.review.vectors import BLOCK
from tests.engine.review.clouds import clouds


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_cosine_is_that_to_the_mean_of_the_selected_directions(dtype: type) -> None:
    points = np.random.default_rng(0).standard_normal((2 * BLOCK + 3, 100)).astype(dtype)
    selection = np.array([3, BLOCK + 1])
    found = by_similarity(points, selection)
    directions = points.astype(np.float64) / np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    mean = directions[selection].mean(axis=0)
    np.testing.assert_allclose(found.cosine, directions @ mean / np.linalg.norm(mean), atol=1e-5)
    np.testing.assert_array_equal(found.order, np.argsort(-found.cosine, kind="stable"))


def test_pictures_of_the_same_cloud_come_first() -> None:
    found = by_similarity(clouds(4, 30), np.array([35]))
    assert found.order[0] == 35
    assert set(found.order[:30].tolist()) == set(range(30, 60))


def test_a_bright_picture_has_no_more_say_than_a_pale_one() -> None:
    points = clouds(4, 5)
    paler = points.copy()
    paler[0] *= 0.01
    selection = np.array([0, 7])
    np.testing.assert_allclose(
        by_similarity(paler, selection).cosine, by_similarity(points, selection).cosine, atol=1e-5
    )


def test_pictures_exactly_alike_stay_in_their_order() -> None:
    found = by_similarity(np.ones((BLOCK + 50, 8), np.float16), np.array([5]))
    np.testing.assert_array_equal(found.order, np.arange(BLOCK + 50))


def test_an_embedding_of_zeros_is_like_nothing() -> None:
    points = clouds(2, 3)
    points[4] = 0
    assert by_similarity(points, np.array([3])).cosine[4] == 0
    assert not by_similarity(points, np.array([4])).cosine.any()


def test_an_empty_selection_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="empty"):
        by_similarity(clouds(2, 3), np.empty(0, np.int64))
