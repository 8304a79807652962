"""The vocabulary: sets of labelled features, and episodes of two of them."""

from __future__ import annotations

import pytest
import torch

from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError

NAMES = ("ants", "bees", "cats")


def labeled(labels: list[int], names: tuple[str, ...] = NAMES) -> LabeledSet:
    features = torch.arange(len(labels), dtype=torch.float32)[:, None]
    return LabeledSet(features, torch.tensor(labels, dtype=torch.int64), names)


def test_ways_and_shots_are_counted() -> None:
    examples = labeled([0, 2, 2, 0, 2])
    assert (len(examples), examples.n_way, examples.shots) == (5, 3, [2, 0, 3])
    assert labeled([]).shots == [0, 0, 0]


def test_rows_are_picked_by_position_and_by_mask() -> None:
    examples = labeled([0, 2, 1])
    assert examples.take(torch.tensor([2, 0])).labels.tolist() == [1, 0]
    assert examples.take(examples.labels != 2).features.flatten().tolist() == [0, 2]


def test_one_hot_rows_are_of_the_features_type() -> None:
    rows = labeled([1, 0]).one_hot()
    assert rows.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert rows.dtype == torch.float32


@pytest.mark.parametrize(
    ("features", "labels"),
    [
        (torch.zeros(2, 1), torch.tensor([0, 3])),
        (torch.zeros(2, 1), torch.tensor([-1, 0])),
        (torch.zeros(2, 1), torch.tensor([0, 1, 2])),
        (torch.zeros(2, 1), torch.tensor([0.0, 1.0])),
        (torch.zeros(2, 1), torch.tensor([[0], [1]])),
    ],
)
def test_labels_that_do_not_fit_are_a_mistake_of_the_caller(
    features: torch.Tensor, labels: torch.Tensor
) -> None:
    with pytest.raises(ValueError, match="labels"):
        LabeledSet(features, labels, NAMES)


def test_classes_without_an_example_are_all_named() -> None:
    with pytest.raises(FewshotError, match="“ants”, “cats”"):
        labeled([1, 1]).require_every_class()


def test_one_class_is_too_few() -> None:
    with pytest.raises(FewshotError, match="At least two classes"):
        labeled([0, 0], ("ants",)).require_every_class()


def test_an_episode_speaks_of_one_set_of_classes() -> None:
    episode = Episode(labeled([0, 1, 2, 2]), labeled([1]))
    assert (episode.n_way, episode.shots, episode.class_names) == (3, [1, 1, 2], NAMES)
    with pytest.raises(ValueError, match="same classes"):
        Episode(labeled([0, 1]), labeled([0, 1], ("ants", "bees")))
    with pytest.raises(FewshotError, match="“cats”"):
        Episode(labeled([0, 1]), labeled([2]))
