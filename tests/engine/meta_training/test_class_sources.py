"""Sources of classes: fair choices, and the same whatever the pictures are kept as."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import FewshotError
from engine.meta_training.class_sources import (
    Mixture,
    PictureClasses,
    Source,
    SyntheticCharacters,
)


def numbered(classes: int, examples: int, first: int = 0, rotations: int = 1) -> PictureClasses:
    """Classes whose pictures tell who they are: [class, turn, example]."""
    return PictureClasses(
        tuple(str(first + i) for i in range(classes)),
        tuple(
            np.array([[first + i, turn, example] for example in range(examples)])
            for i in range(classes)
            for turn in range(rotations)
        ),
        rotations,
    )


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


SOURCES: list[Source] = [
    SyntheticCharacters(seed=1, size=16),
    numbered(20, 8, rotations=4),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_classes_of_an_episode_are_distinct_and_a_class_gives_no_picture_twice(source: Source) -> None:
    chosen = source.choose(15, rng())
    assert len(set(chosen)) == 15
    for index in chosen[:3]:
        pictures = source.draw(index, 6, rng())
        assert len(np.unique(pictures.reshape(6, -1), axis=0)) == 6


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_the_same_generator_gives_the_same_pictures_whatever_was_drawn_before(source: Source) -> None:
    first = source.draw(source.choose(5, rng(3))[0], 4, rng(3))
    source.draw(source.choose(5, rng(4))[0], 4, rng(4))
    np.testing.assert_array_equal(source.draw(source.choose(5, rng(3))[0], 4, rng(3)), first)


def test_synthetic_classes_of_other_seeds_are_other_classes() -> None:
    training, validation = SyntheticCharacters(seed=0), SyntheticCharacters(seed=1)
    assert (training.draw(5, 1, rng()) != validation.draw(5, 1, rng())).any()


def test_what_is_chosen_depends_on_the_counts_alone() -> None:
    one, other = numbered(20, 8), numbered(20, 8, first=500)
    for seed in range(20):
        assert one.choose(7, rng(seed)) == other.choose(7, rng(seed))
        np.testing.assert_array_equal(one.draw(3, 5, rng(seed))[:, 2], other.draw(3, 5, rng(seed))[:, 2])


def test_a_class_never_meets_its_own_turns() -> None:
    source = numbered(8, 3, rotations=4)
    rotations = set()
    for seed in range(20):
        drawn = np.concatenate([source.draw(index, 1, rng()) for index in source.choose(8, rng(seed))])
        assert sorted(drawn[:, 0]) == list(range(8))
        rotations |= set(drawn[:, 1].tolist())
    assert rotations == {0, 1, 2, 3}


def test_as_many_arrays_as_turned_classes_are_needed() -> None:
    with pytest.raises(ValueError, match="2 classes in 4 turns, 2 arrays"):
        PictureClasses(("a", "b"), numbered(2, 3).pictures, rotations=4)


def test_a_mixture_picks_its_sources_evenly_or_by_weight() -> None:
    sources = [numbered(10, 3), numbered(1000, 3)]
    even, weighted = Mixture(sources), Mixture(sources, [3, 1])
    assert 75 < sum(even.pick(rng(seed)) is sources[1] for seed in range(200)) < 125
    assert 25 < sum(weighted.pick(rng(seed)) is sources[1] for seed in range(200)) < 75


def test_a_split_has_no_class_on_both_sides_and_loses_none() -> None:
    training, validation = numbered(50, 2, rotations=4).split(0.2, seed=4)
    assert len(validation.names) == 10
    assert sorted([*training.names, *validation.names], key=int) == [str(i) for i in range(50)]
    assert training.names == numbered(50, 2).split(0.2, seed=4)[0].names
    assert training.names != numbered(50, 2).split(0.2, seed=5)[0].names
    for part in (training, validation):
        for position, name in enumerate(part.names):
            for turn in range(4):
                assert part.pictures[4 * position + turn][0].tolist() == [int(name), turn, 0]


def test_however_few_classes_there_are_two_are_held_out() -> None:
    training, validation = numbered(5, 2).split(0.1, seed=0)
    assert (training.class_count, validation.class_count) == (3, 2)


def test_classes_with_too_few_pictures_can_be_left_out() -> None:
    few, many = numbered(2, 3, rotations=4), numbered(3, 6, first=10, rotations=4)
    both = PictureClasses((*few.names, *many.names), (*few.pictures, *many.pictures), rotations=4)
    assert both.with_at_least(3).names == ("0", "1", "10", "11", "12")
    left = both.with_at_least(4)
    assert left.names == many.names
    np.testing.assert_array_equal(left.pictures[7], many.pictures[7])


def test_too_many_classes_are_refused_in_a_sentence() -> None:
    with pytest.raises(FewshotError, match="6 classes was asked of a source that has 5"):
        numbered(5, 4).choose(6, rng())
