"""The scatter's view of an embedding space keeps still."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.runs.stable_plane import COMPONENTS, Components, StablePlane

IDS = np.arange(40)


def cloud(dimension: int = 10, seed: int = 0) -> NDArray[np.float32]:
    """Two directions in which the points differ much, others in which they differ little."""
    rng = np.random.default_rng(seed)
    spread = [5, 3, *([0.1] * (dimension - 2))]
    points: NDArray[np.float32] = (rng.standard_normal((len(IDS), dimension)) * spread).astype(np.float32)
    return points


def turned(points: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """The same cloud, its space turned and mirrored at random and moved."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((points.shape[1], points.shape[1])))[0]
    moved: NDArray[np.float32] = (points @ basis + rng.standard_normal(points.shape[1])).astype(np.float32)
    return moved


def test_the_view_is_the_plane_of_largest_spread() -> None:
    points = cloud()
    view = StablePlane().frame(IDS, points)
    assert view.shape == (40, 2)
    assert view.dtype == np.float32
    centred = points - points.mean(axis=0)
    shown = np.linalg.norm(view, axis=1) / np.linalg.norm(centred[:, :2], axis=1)
    np.testing.assert_allclose(shown, shown[0], rtol=0.15)


def test_the_view_has_a_scale_of_its_own() -> None:
    for scale in (1e-3, 1.0, 1e4):
        view = StablePlane().frame(IDS, cloud() * np.float32(scale))
        assert np.sqrt((view**2).sum(axis=1).mean()) == pytest.approx(1.0, rel=1e-5)


def test_the_same_points_give_the_same_frame_again_and_again() -> None:
    projection = StablePlane()
    first = projection.frame(IDS, cloud())
    for _ in range(5):
        np.testing.assert_allclose(projection.frame(IDS, cloud()), first, atol=1e-3)


def test_two_runs_on_the_same_points_show_the_same() -> None:
    np.testing.assert_array_equal(StablePlane().frame(IDS, cloud()), StablePlane().frame(IDS, cloud()))


@pytest.mark.parametrize("seed", range(5))
def test_a_turn_or_a_mirror_image_of_the_space_is_not_seen(seed: int) -> None:
    projection = StablePlane()
    first = projection.frame(IDS, cloud())
    np.testing.assert_allclose(projection.frame(IDS, turned(cloud(), seed)), first, atol=0.02)


def test_small_changes_make_small_moves() -> None:
    projection, rng = StablePlane(), np.random.default_rng(1)
    points = cloud()
    before = projection.frame(IDS, points)
    for _ in range(20):
        points = points + 0.05 * rng.standard_normal(points.shape).astype(np.float32)
        after = projection.frame(IDS, points)
        assert np.abs(after - before).max() < 0.2
        before = after


def test_points_that_join_do_not_turn_those_that_were_there() -> None:
    projection, points = StablePlane(), cloud()
    few = projection.frame(IDS[:30], points[:30])
    more = projection.frame(IDS, points)
    # The centre and the scale follow the new points; what matters is that left stays left.
    for axis in (0, 1):
        assert np.corrcoef(few[:, axis], more[:30, axis])[0, 1] > 0.99


def test_points_that_do_not_differ_are_shown_as_one() -> None:
    view = StablePlane().frame(IDS, np.ones((40, 10), np.float32))
    np.testing.assert_array_equal(view, 0)


def test_a_view_of_nothing_yet_does_not_spoil_the_next() -> None:
    projection = StablePlane()
    projection.frame(IDS, np.zeros((40, 10), np.float32))
    view = projection.frame(IDS, cloud())
    assert np.isfinite(view).all()
    assert np.abs(view).max() > 0.5


def test_a_space_of_another_dimension_may_follow() -> None:
    projection = StablePlane()
    first = projection.frame(IDS, cloud(10))
    wider = np.concatenate([cloud(10), np.zeros((40, 5), np.float32)], axis=1)
    np.testing.assert_allclose(projection.frame(IDS, wider), first, atol=0.02)


@pytest.mark.parametrize("count", [2, 3])
def test_two_points_are_enough(count: int) -> None:
    view = StablePlane().frame(IDS[:count], cloud()[:count])
    assert np.isfinite(view).all()
    assert np.linalg.norm(view[0] - view[1]) > 0.5


def test_components_keep_the_distances_of_what_differs_in_few_directions() -> None:
    points = cloud(200)
    components = Components(points)
    kept = components.of(points)
    assert kept.shape == (40, COMPONENTS)
    before, after = (np.linalg.norm(rows - rows[0], axis=1) for rows in (points, kept))
    np.testing.assert_allclose(after, before, rtol=0.05)
    # Not to the last bit: a processor may multiply two rows otherwise than forty.
    np.testing.assert_allclose(components.of(points[3:5]), kept[3:5], rtol=1e-4, atol=1e-5)


def test_there_are_no_more_components_than_dimensions() -> None:
    assert Components(cloud(10)).of(cloud(10)).shape == (40, 10)
