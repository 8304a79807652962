"""Synthetic characters: seeded, endless, inside the frame, and alike only within a class."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.meta_training.characters import Character, Variation, character, draw, draw_examples


def ink_features(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Unit vectors of the ink, cropped to it, resized to 12 × 12 and blurred: what a naive eye compares."""
    features = []
    for picture in pictures:
        rows, columns = np.nonzero(picture < 200)
        box = 255.0 - picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        grid = np.ix_(*(np.linspace(0, side - 1, 12).round().astype(int) for side in box.shape))
        padded = np.pad(box[grid], 1)
        blurred = sum(padded[y : y + 12, x : x + 12] for y in range(3) for x in range(3))
        features.append(blurred.ravel() / np.linalg.norm(blurred))
    return np.array(features)


def test_a_class_is_the_same_whenever_it_is_asked_for() -> None:
    first, again = character(12), character(12)
    assert first.relations == again.relations
    for stroke, same in zip(first.strokes, again.strokes, strict=True):
        np.testing.assert_array_equal(stroke, same)


def test_an_example_follows_from_the_class_and_the_generator() -> None:
    pictures = [draw(character(3), np.random.default_rng(5)) for _ in range(2)]
    np.testing.assert_array_equal(*pictures)
    assert (draw(character(3), np.random.default_rng(6)) != pictures[0]).any()


def test_class_numbers_have_no_end() -> None:
    assert draw(character(2**62), np.random.default_rng(0)).min() < 100


@pytest.mark.parametrize("size", [16, 28, 105])
def test_ink_is_dark_on_white_paper_and_never_touches_the_border(size: int) -> None:
    rng = np.random.default_rng(0)
    for seed in range(40):
        pictures = draw_examples(character(seed), 5, rng, size)
        assert pictures.shape == (5, size, size)
        assert pictures.dtype == np.uint8
        border = np.ones((size, size), bool)
        border[1:-1, 1:-1] = False
        assert (pictures[:, border] == 255).all()
        assert (pictures.min(axis=(1, 2)) < 200).all()
        assert (pictures > 250).mean() > 0.5


def test_ink_stays_in_the_frame_however_far_the_variation_goes() -> None:
    wild = Variation(motor=0.3, elastic=0.3, rotation=(-180, 180), shear=(-2, 2), scale=(2, 3), shift=(-1, 1))
    pictures = draw_examples(character(1), 50, np.random.default_rng(0), 28, wild)
    assert (pictures[:, [0, -1], :] == 255).all()
    assert (pictures[:, :, [0, -1]] == 255).all()
    assert (pictures.min(axis=(1, 2)) < 200).all()


def test_a_program_is_centred_has_unit_size_and_one_to_five_strokes() -> None:
    counts = set()
    for seed in range(200):
        program = character(seed)
        everything = np.concatenate(program.strokes)
        low, high = everything.min(axis=0), everything.max(axis=0)
        np.testing.assert_allclose(low + high, 0, atol=0.03)
        assert (high - low).max() == pytest.approx(1, abs=0.03)
        assert len(program.relations) == len(program.strokes) - 1
        counts.add(len(program.strokes))
    assert counts == {1, 2, 3, 4, 5}


def test_strokes_lie_where_their_relations_put_them() -> None:
    for seed in range(100):
        program = character(seed)
        for stroke, relation in zip(program.strokes[1:], program.relations, strict=True):
            parent = program.strokes[relation.parent]
            own = stroke[round(relation.own * (len(stroke) - 1))]
            at = parent[round(relation.at * (len(parent) - 1))]
            # Joins are kept to about the spacing of the points along the strokes.
            assert np.linalg.norm(own - at - relation.offset) < 0.08


def test_examples_differ_and_still_belong_to_their_class() -> None:
    rng = np.random.default_rng(0)
    classes = [draw_examples(character(seed), 6, rng) for seed in range(100, 120)]
    for pictures in classes:
        assert len(np.unique(pictures.reshape(6, -1), axis=0)) == 6
    support = ink_features(np.array([pictures[0] for pictures in classes]))
    queries = ink_features(np.concatenate([pictures[1:] for pictures in classes]))
    nearest = (queries @ support.T).argmax(axis=1)
    # Chance is 0.05; a perfect score would mean that the examples hardly vary.
    assert 0.45 < (nearest == np.repeat(np.arange(20), 5)).mean() < 0.97


def test_look_alike_classes_are_rare() -> None:
    still = Variation(motor=0, relation=0, elastic=0, rotation=(0, 0), shear=(0, 0), stretch=(0, 0))
    rng = np.random.default_rng(0)
    features = ink_features(np.array([draw(character(seed), rng, 28, still) for seed in range(300)]))
    likeness = features @ features.T
    assert (likeness[np.triu_indices(300, k=1)] > 0.97).mean() < 0.001


def test_pictures_of_different_sizes_show_the_same_character() -> None:
    small, large = (draw(character(8), np.random.default_rng(1), size) for size in (28, 112))
    reduced = large.reshape(28, 4, 28, 4).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), reduced.ravel())[0, 1] > 0.9


def test_scale_sets_how_much_of_the_frame_a_character_fills() -> None:
    def extent(scale: float) -> float:
        variation = Variation(scale=(scale, scale))
        pictures = draw_examples(character(4), 20, np.random.default_rng(0), 56, variation)
        return float(np.mean([max(map(np.ptp, np.nonzero(picture < 128))) for picture in pictures]))

    assert extent(0.8) > 2 * extent(0.3)


def test_shear_leans_the_top_to_the_right() -> None:
    upright_bar = Character(
        (np.stack([np.zeros(50), np.linspace(-0.5, 0.5, 50)], axis=1).astype(np.float32),), ()
    )
    leaning = Variation(motor=0, elastic=0, rotation=(0, 0), shear=(0.5, 0.5), shift=(0, 0))
    picture = draw(upright_bar, np.random.default_rng(0), 56, leaning)
    rows, columns = np.nonzero(picture < 128)
    assert columns[rows == rows.min()].mean() > columns[rows == rows.max()].mean() + 5
