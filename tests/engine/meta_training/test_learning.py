"""Meta-training end to end for every learner: invented characters, seen as coarse pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.learners.base import MetaLearner
from engine.learners.registry import learners
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.outer_loop import Schedule, meta_train
from engine.meta_training.sources import TRAINING_SEED, VALIDATION_SEED, SyntheticCharacters

SIDE, WAY = 12, 5
COARSE = replace(get_backbone("conv4"), dimension=SIDE * SIDE, task_network=None)
"""Its embedding are the pixels."""

TRAINED = {name: kind for name, kind in learners().items() if kind.facts.needs_checkpoint}


def pixels(pictures: NDArray[np.generic]) -> Tensor:
    return 1.0 - torch.from_numpy(pictures.reshape(len(pictures), -1)).float() / 255.0


def sampler(seed: int) -> EpisodeSampler:
    return EpisodeSampler(SyntheticCharacters(seed, SIDE), pixels, WAY, 1, 3)


@pytest.mark.parametrize("kind", TRAINED.values(), ids=TRAINED)
def test_meta_trained_on_some_characters_it_tells_others_apart(
    kind: type[MetaLearner], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    unseen = list(sampler(VALIDATION_SEED).episodes(25, 1))
    steps = 30 if kind.recipe.steps else 0
    schedule = Schedule(steps, meta_batch=2, learning_rate=3e-3, validate_every=30, seed=0)
    path = tmp_path / "state.safetensors"
    *_, last = meta_train(kind(COARSE), sampler(TRAINING_SEED).sample, unseen, schedule, path)
    assert last.best > 1.75 / WAY
