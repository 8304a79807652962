"""A process that meta-trains, alone or in a team: `python one_of_a_team.py META_BATCH STATE RESULT`.

In a team its rank and the team's size are in the environment, as `torchrun` puts them there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from engine.backbones.base import get_backbone
from engine.episodes import Episode
from engine.learners.base import MetaLearner
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.meta_training.outer_loop import Schedule, meta_train
from engine.meta_training.process_group import distributed
from engine.meta_training.training_events import TrainingStep
from tests.engine.tasks import embeddings


class Learner(PrototypicalNetwork):
    """One of its weights takes part in every other task only, and it draws random numbers."""

    def __init__(self) -> None:
        # Without a bias at its end: distances do not see it, so it would only follow rounding errors.
        super().__init__(
            get_backbone("conv4"), nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4, bias=False))
        )
        self.scale = nn.Parameter(torch.tensor(1.5))

    def meta_loss(self, episode: Episode) -> torch.Tensor:
        loss = super().meta_loss(episode) * (1 + 0.1 * torch.rand(()))
        return loss * self.scale.square() if len(episode.support) % 2 else loss


def a_learner() -> MetaLearner:
    torch.manual_seed(0)
    return Learner()


def an_episode(rng: np.random.Generator) -> Episode:
    seed, shots = int(rng.integers(2**31)), rng.integers(1, 4, size=3).tolist()
    return Episode(embeddings(shots, 6, seed), embeddings([3, 3, 3], 6, seed, examples_seed=1))


def threads_of_the_group() -> list[str]:
    """Names of native threads of torch's process groups, where the system tells of threads (Linux)."""
    tasks = Path("/proc/self/task")
    names = [task.joinpath("comm").read_text().strip() for task in tasks.iterdir()] if tasks.is_dir() else []
    return [name for name in names if "gloo" in name or "tcpstore" in name]


def main(meta_batch: str, state: str, result: str) -> None:
    torch.set_num_threads(1)
    schedule = Schedule(steps=8, meta_batch=int(meta_batch), learning_rate=0.02, validate_every=4, seed=3)
    validation = [an_episode(np.random.default_rng((99, number))) for number in range(5)]
    learner = a_learner()
    with distributed("cpu") as (processes, _):
        events = list(meta_train(learner, an_episode, validation, schedule, Path(state)))
        steps = [event for event in events if isinstance(event, TrainingStep)]
        told = [[step.loss, step.validation and step.validation.mean] for step in steps]
        Path(f"{result}-{processes.rank}.json").write_text(json.dumps(told))
        save_file(learner.state_dict(), f"{result}-{processes.rank}.safetensors")
    # A thread of the group that outlives the interpreter aborts the process, once in thirty times.
    assert not (left := threads_of_the_group()), left


if __name__ == "__main__":
    main(*sys.argv[1:])
