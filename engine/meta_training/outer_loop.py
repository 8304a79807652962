"""The outer loop of meta-training: a generator of steps that can be stopped and resumed at any moment.

Nothing random is remembered between steps: the episodes of step n follow from (seed, n) alone, so a
run that was killed and resumed from its last checkpoint draws exactly what an uninterrupted run draws.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.checkpoints import read_checkpoint, write_checkpoint
from engine.episodes import Episode
from engine.errors import FewshotError
from engine.evaluation.accuracy import Accuracy
from engine.learners.base import MetaLearner, accuracy

SampleEpisode = Callable[[np.random.Generator], Episode]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train. The learning rate falls to zero along a half cosine.

    `meta_batch` episodes make a step; every `validate_every` steps the learner is judged.
    """

    steps: int
    meta_batch: int
    learning_rate: float
    validate_every: int
    seed: int

    def rate_at(self, step: int) -> float:
        """The learning rate of step 0 … steps-1."""
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * step / self.steps))


@dataclass(frozen=True)
class TrainingStep:
    """After `step` steps: the mean outer loss of the last one and, where it was measured, validation.

    `best` is the best mean validation accuracy so far (-1 before the first), `seconds` the time the
    training has taken, both over all the sessions of a training that was stopped and resumed.
    """

    step: int
    loss: float
    validation: Accuracy | None
    best: float
    seconds: float = field(compare=False)


def validate(learner: MetaLearner, episodes: Iterable[Episode]) -> Accuracy:
    """Accuracy over episodes, adapted as in use: in evaluation mode, without a graph to the past."""
    was_training = learner.training
    learner.eval()
    try:
        with torch.no_grad():
            scores = []
            for episode in episodes:
                *_, last = learner.adapt(episode.support)
                scores.append(accuracy(last.classifier.logits(episode.query.features), episode.query.labels))
    finally:
        learner.train(was_training)
    return Accuracy.of(scores)


def meta_train(
    learner: MetaLearner,
    sample: SampleEpisode,
    validation: Sequence[Episode],
    schedule: Schedule,
    resume_file: Path,
) -> Iterator[TrainingStep]:
    """Train `learner` in place; yields after every step, and leaves the best weights in it at the end.

    A resumed training first yields where it stands, with a loss of NaN.

    The whole state is written to `resume_file` at every validation; if the file is there, training
    goes on from it. Raises `FewshotError` when the loss is no longer a number, and when the file is
    that of a training with another schedule.
    """
    optimizer = torch.optim.Adam(learner.parameters(), lr=schedule.learning_rate)
    state = _State(learner, optimizer, schedule, resume_file)
    done = 0
    if resume_file.is_file():
        done = state.load()
        yield TrainingStep(done, math.nan, None, state.best_accuracy, state.seconds)
    learner.train()
    for step in range(done + 1, schedule.steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(step - 1)
        episodes = [
            sample(np.random.default_rng((schedule.seed, step, task))) for task in range(schedule.meta_batch)
        ]
        loss = learner.meta_step(episodes, optimizer)
        if not math.isfinite(loss):
            raise FewshotError(f"The loss became {loss} at step {step}; try a smaller learning rate.")
        judged = None
        if step % schedule.validate_every == 0 or step == schedule.steps:
            judged = validate(learner, validation)
            state.save(step, judged)
        yield TrainingStep(step, loss, judged, state.best_accuracy, state.seconds)
    state.restore_best()
    learner.eval()


class _State:
    """Learner, optimiser, best weights and how far it came, as one checkpoint.

    All of it is in the tensors' file, which is replaced as a whole: a run killed while it writes
    must not find weights of one step beside the number of another.
    """

    def __init__(
        self, learner: MetaLearner, optimizer: torch.optim.Optimizer, schedule: Schedule, path: Path
    ) -> None:
        self.learner, self.optimizer, self.schedule, self.path = learner, optimizer, schedule, path
        self._began = time.monotonic()
        self.best: dict[str, Tensor] = {}
        self.best_accuracy = -1.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def save(self, step: int, judged: Accuracy) -> None:
        if judged.mean > self.best_accuracy:
            self.best_accuracy = judged.mean
            self.best = {name: tensor.clone() for name, tensor in self.learner.state_dict().items()}
        tensors = {f"learner.{name}": tensor for name, tensor in self.learner.state_dict().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(slot) for name, slot in slots.items()}
        tensors["progress.step"] = torch.tensor(step)
        tensors["progress.best_accuracy"] = torch.tensor(self.best_accuracy, dtype=torch.float64)
        tensors["progress.seconds"] = torch.tensor(self.seconds, dtype=torch.float64)
        card = {
            "algorithm": self.learner.facts.name,
            "backbone": "in training",
            "schedule": asdict(self.schedule),
        }
        write_checkpoint(self.path, tensors, card)

    def load(self) -> int:
        checkpoint = read_checkpoint(self.path, algorithm=self.learner.facts.name, backbone="in training")
        if checkpoint.card.get("schedule") != asdict(self.schedule):
            raise FewshotError(
                f"{self.path} belongs to a training with another schedule; delete it to start anew, "
                "or give the same steps and seed to go on."
            )
        groups: defaultdict[str, dict[str, Tensor]] = defaultdict(dict)
        for name, tensor in checkpoint.tensors.items():
            group, _, rest = name.partition(".")
            groups[group][rest] = tensor
        progress = groups["progress"]
        self.learner.load_state_dict(groups["learner"])
        self.best, self.best_accuracy = groups["best"], progress["best_accuracy"].item()
        self._began -= progress["seconds"].item()
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in groups["optimizer"].items():
            index, _, slot = name.partition(".")
            slots.setdefault(int(index), {})[slot] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": slots})
        return int(progress["step"])

    def restore_best(self) -> None:
        if self.best:
            self.learner.load_state_dict(self.best)
