"""Meta-training end to end for every learner: invented characters, seen as coarse pixels."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.episodes import Episode
from engine.learners.base import MetaLearner
from engine.learners.registry import learners
from engine.meta_training.class_sources import (
    TRAINING_SEED,
    VALIDATION_SEED,
    PictureClasses,
    SyntheticCharacters,
)
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.outer_loop import Schedule, meta_train

SIDE, WAY = 12, 5
COARSE = replace(get_backbone("conv4"), dimension=SIDE * SIDE, task_network=None)
"""Its embedding are the pixels."""

TRAINED = {name: kind for name, kind in learners().items() if kind.facts.meta_training != "none"}


def pixels(pictures: NDArray[np.generic]) -> Tensor:
    return 1.0 - torch.from_numpy(pictures.reshape(len(pictures), -1)).float() / 255.0


@cache
def characters(seed: int) -> PictureClasses:
    """120 invented characters, drawn once for all learners."""
    source, rng = SyntheticCharacters(seed, SIDE), np.random.default_rng(seed)
    drawn = tuple(source.draw(index, 8, rng) for index in range(120))
    return PictureClasses(tuple(map(str, range(120))), drawn)


def sampler(seed: int) -> EpisodeSampler:
    return EpisodeSampler(characters(seed), pixels, WAY, 1, 3)


def loss(learner: MetaLearner, episodes: Sequence[Episode]) -> float:
    """The outer loss, as in use: in evaluation mode."""
    learner.eval()
    return statistics.fmean(learner.meta_loss(episode).item() for episode in episodes)


def meta_trained(
    kind: type[MetaLearner], unseen: Sequence[Episode], steps: int, folder: Path
) -> tuple[MetaLearner, float]:
    """With the weights of its last step, and the best accuracy on `unseen` on the way."""
    torch.manual_seed(0)
    learner = kind(COARSE)
    schedule = Schedule(steps, meta_batch=2, learning_rate=1e-3, validate_every=30, seed=0)
    path = folder / f"{steps} steps.safetensors"
    *_, last = meta_train(learner, sampler(TRAINING_SEED).sample, unseen, schedule, path)
    return learner, last.best


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRAINED.values(), ids=TRAINED)
def test_meta_trained_on_some_characters_it_tells_others_apart(
    kind: type[MetaLearner], tmp_path: Path
) -> None:
    unseen = list(sampler(VALIDATION_SEED).episodes(25, 1))
    begun, accuracy = meta_trained(kind, unseen, 0, tmp_path)
    if kind.recipe.steps:
        trained, accuracy = meta_trained(kind, unseen, 30, tmp_path)
        # Most tell characters apart before they have learnt anything; what they learn shows in the loss.
        assert loss(trained, unseen) < loss(begun, unseen)
    assert accuracy > 1.75 / WAY
