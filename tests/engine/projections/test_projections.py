"""Every projection of the menu, and what each is for."""

from __future__ import annotations

import sys
from itertools import takewhile

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.projections import Points, Projection, lda, projections, tsne
from engine.projections.neighbours import nearest


def clouds(classes: int = 3, each: int = 40, dimension: int = 10, examples: int = 5, seed: int = 0) -> Points:
    """Classes that lie apart in the last dimensions, which spread little, and not in the first, which do."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    spread = np.where(np.arange(dimension) < 3, 4.0, 0.5)
    embeddings = rng.standard_normal((len(labels), dimension)) * spread
    embeddings[:, -classes:] += 6 * np.eye(classes)[labels]
    is_example = np.tile(np.arange(each) < examples, classes)
    return Points(embeddings.astype(np.float32), labels.astype(np.int16), is_example)


def layout(name: str, points: Points) -> NDArray[np.float32]:
    *_, last = projections()[name].frames(points)
    assert last.done == 1
    assert last.rows.tolist() == list(range(len(points.embeddings)))
    return last.xy


def separation(xy: NDArray[np.float32], labels: NDArray[np.int16]) -> float:
    """The smallest distance between class means in units of the spread within classes."""
    means = np.stack([xy[labels == number].mean(axis=0) for number in np.unique(labels)])
    within = np.sqrt(((xy - means[labels]) ** 2).mean())
    apart = np.linalg.norm(means[:, None] - means[None], axis=2)
    return float(apart[~np.eye(len(means), dtype=bool)].min() / within)


@pytest.mark.parametrize("name", list(projections()))
@pytest.mark.parametrize("each", [1, 2, 3, 7, 40])
def test_every_projection_gives_every_point_a_place_of_the_same_scale(name: str, each: int) -> None:
    xy = layout(name, clouds(each=each))
    assert (xy.shape, xy.dtype) == ((3 * each, 2), np.float32)
    assert np.isfinite(xy).all()
    assert np.sqrt((xy**2).sum(axis=1).mean()) == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(xy.mean(axis=0), 0, atol=1e-3)


@pytest.mark.parametrize("projection", projections().values(), ids=lambda projection: projection.name)
def test_the_same_points_always_get_the_same_places(projection: Projection) -> None:
    frames = [list(projection.frames(clouds(each=4)))[-1].xy for _ in range(2)]
    np.testing.assert_array_equal(*frames)


@pytest.mark.parametrize("name", list(projections()))
def test_points_that_do_not_differ_are_no_reason_to_fail(name: str) -> None:
    same = clouds(each=10)
    assert np.isfinite(
        layout(name, Points(np.ones_like(same.embeddings), same.class_index, same.is_example))
    ).all()


def test_lda_shows_classes_apart_that_pca_shows_mixed() -> None:
    points = clouds()
    assert separation(layout("pca", points), points.class_index) < 1
    assert separation(layout("lda", points), points.class_index) > 4


@pytest.mark.parametrize("examples", [1, 2, 5])
def test_lda_works_with_fewer_examples_than_dimensions(examples: int) -> None:
    points = clouds(dimension=64, examples=examples)
    assert separation(layout("lda", points), points.class_index) > 2


def test_lda_does_not_fall_for_examples_that_are_just_as_many_as_dimensions() -> None:
    points = clouds(dimension=64, examples=22)
    xy, new = layout("lda", points), ~points.is_example
    assert separation(xy[new], points.class_index[new]) > 8  # without shrinkage it is 0.9


def test_two_classes_are_told_apart_along_one_axis_and_spread_along_the_other() -> None:
    points = clouds(classes=2)
    xy = layout("lda", points)
    between = np.abs(xy[points.class_index == 0].mean(axis=0) - xy[points.class_index == 1].mean(axis=0))
    assert between[0] > 5 * between[1]
    assert xy[:, 1].std() > 0.1


def test_discriminants_measure_distance_by_the_scatter_within_classes() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 2000)
    noise = rng.standard_normal((2000, 2))
    noise = np.linalg.qr(noise - noise.mean(axis=0))[0] * np.sqrt(2000) * (3.0, 0.3)
    examples = np.concatenate([noise, noise + 1])
    first = lda.discriminants(examples, labels, examples.astype(np.float32))[:, 0]
    # The optimum is the inverse scatter times the difference of the means: 1/9 to 1/0.09.
    assert abs(first[1] / first[0]) == pytest.approx(100, rel=0.15)


def test_tsne_puts_what_it_was_not_fitted_on_among_its_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsne, "FIT_ON", 60)
    points = clouds(dimension=6, each=100)
    xy = layout("tsne", points)
    neighbours = np.concatenate([places for places, _ in nearest(xy, xy, 5, skip_first=True)])
    alike = points.class_index[neighbours] == points.class_index[:, None]
    assert alike.mean() > 0.8


def test_tsne_says_how_far_it_is_and_moves_while_it_is_found() -> None:
    frames = list(projections()["tsne"].frames(clouds()))
    shares = [frame.done for frame in frames]
    assert len(frames) > 50
    assert shares == sorted(shares)
    assert np.abs(frames[-1].xy - frames[len(frames) // 2].xy).max() > 0.01


def test_tsne_can_be_left_at_any_frame() -> None:
    frames = projections()["tsne"].frames(clouds())
    assert len(list(takewhile(lambda frame: frame.done < 0.1, frames))) > 3


def test_asking_what_projections_there_are_loads_nothing_heavy() -> None:
    assert list(projections()) == ["pca", "lda", "tsne"]
    assert tsne.__name__ in sys.modules
    assert "openTSNE" not in tsne.__dict__


def test_the_nearest_are_those_of_a_search_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    points = clouds().embeddings
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    monkeypatch.setattr("engine.projections.neighbours.BLOCK", 50)
    found = list(nearest(points, points, 4, skip_first=True))
    places, away = (np.concatenate(part) for part in zip(*found, strict=True))
    np.testing.assert_array_equal(places, distances.argsort(axis=1)[:, :4])
    np.testing.assert_allclose(away, np.sort(distances, axis=1)[:, :4], rtol=1e-3)
