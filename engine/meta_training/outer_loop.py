"""The outer loop of meta-training: a generator of steps that can be stopped and resumed at any moment.

No random state is kept between steps: the episodes of step n, and what the learner draws for each,
follow from (seed, n, task) alone, so a run that was killed and resumed from its last checkpoint draws
exactly what an uninterrupted run draws.
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from engine.checkpoints import not_finite, read_checkpoint, write_checkpoint
from engine.episodes import Episode
from engine.errors import FewshotError
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluation
from engine.generators import mapped
from engine.learners.base import MetaLearner
from engine.messages import Message
from engine.meta_training.process_group import ProcessGroup
from engine.meta_training.training_events import EpisodeProgress, EvaluationProgress, TrainingStep
from engine.seeding import seed_torch

SampleEpisode = Callable[[np.random.Generator], Episode]
TrainingEvent: TypeAlias = EpisodeProgress | TrainingStep | EvaluationProgress

STATISTICS_EPISODES = 32
"""A learner computes its statistics from so many episodes (`MetaLearner.init_statistics`)."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train. The learning rate falls to zero along a half cosine.

    `meta_batch` episodes make a step; every `validate_every` steps the learner is validated.
    """

    steps: int
    meta_batch: int
    learning_rate: float
    validate_every: int
    seed: int

    def rate_at(self, step: int) -> float:
        """The learning rate of step 0 … steps-1."""
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * step / self.steps))

    def validates_after(self, step: int) -> bool:
        """Whether the learner is validated after this step."""
        return step == self.steps or (step > 0 and step % self.validate_every == 0)


def meta_train(
    learner: MetaLearner,
    sample: SampleEpisode,
    validation: Sequence[Episode],
    schedule: Schedule,
    resume_file: Path,
    settings: Mapping[str, Any] | None = None,
) -> Generator[TrainingEvent, None, None]:
    """Train `learner` in place; yields after every episode and every step, and leaves the best weights in it
    at the end.

    The whole state is written to `resume_file` at every validation, and where the generator is closed
    before its end, which forgets the step under way; if the file is there, training goes
    on from it and first yields where it stands, with a loss of NaN. `settings` is what else the training
    depends on, such as its data; it must be the same then.

    A training of no steps is validated once, because some learners learn only from `init_statistics`. Where
    several processes train together, each calls this function, and the first validates and writes.

    Raises `FewshotError` when the loss is no longer a number, when the file belongs to another training,
    and when the learner has no parameters that steps could change.
    """
    if schedule.steps and not any(parameter.requires_grad for parameter in learner.parameters()):
        raise FewshotError(
            "{algorithm} has no weights that steps could change; meta-train it for 0 episodes.",
            algorithm=Message(learner.facts.title),
        )
    processes = ProcessGroup.current()
    state = _State(learner, schedule, resume_file, settings or {})
    for event in _train(learner, sample, validation, schedule, state, processes):
        yielded_at = time.monotonic()
        try:
            yield event
        except GeneratorExit:
            if processes.is_first and not state.is_written:
                state.forget_step()
                if state.is_finite():
                    state.write()
            raise
        # Nothing is trained until the caller asks for the next event, so a pause does not count.
        state.began += time.monotonic() - yielded_at


def _train(
    learner: MetaLearner,
    sample: SampleEpisode,
    validation: Sequence[Episode],
    schedule: Schedule,
    state: _State,
    processes: ProcessGroup,
) -> Generator[TrainingEvent, None, None]:
    tasks = processes.tasks(schedule.meta_batch)
    resumed = state.path.is_file()
    if resumed:
        state.load()
    else:
        learner.init_statistics(_first_features(sample, schedule.seed))
    if resumed or schedule.steps == 0:
        is_due = schedule.validates_after(state.step) and not state.is_validated
        validated = (yield from state.validate(validation)) if is_due and processes.is_first else None
        yield state.to_event(math.nan, validated)
    learner.train()
    meta_loss = processes.meta_loss(learner, len(tasks)) if schedule.steps else None
    state.start_timer()
    for step in range(state.step + 1, schedule.steps + 1):
        for group in state.optimizer.param_groups:
            group["lr"] = schedule.rate_at(step - 1)
        episodes = _episodes(sample, schedule.seed, step, tasks)
        meta_step = learner.iter_meta_step(episodes, state.optimizer, meta_loss)
        loss = processes.mean((yield from mapped(meta_step, partial(EpisodeProgress, total=len(tasks)))))
        if not math.isfinite(loss):
            raise FewshotError(
                "The loss became {loss} at step {step}; try a smaller learning rate.",
                loss=str(loss),
                step=step,
            )
        state.advance_to(step)
        is_due = schedule.validates_after(step)
        validated = (yield from state.validate(validation)) if is_due and processes.is_first else None
        yield state.to_event(loss, validated)
    state.restore_best()
    learner.eval()


def _first_features(sample: SampleEpisode, seed: int) -> Tensor:
    episodes = [sample(np.random.default_rng((seed, 0, task))) for task in range(STATISTICS_EPISODES)]
    return torch.cat([half.features for episode in episodes for half in (episode.support, episode.query)])


def _episodes(sample: SampleEpisode, seed: int, step: int, tasks: range) -> Iterator[Episode]:
    """The episodes of a step, each drawn just before its turn, with torch's generator set for it."""
    for task in tasks:
        rng = np.random.default_rng((seed, step, task))
        episode = sample(rng)
        seed_torch(int(rng.integers(2**63)))
        yield episode


class _State:
    """Learner, optimiser, best weights and how far it came, as one checkpoint.

    `began` is when the training would have begun if it had never been stopped and never had to wait.
    `is_validated` and `is_written` are about the weights after `step` steps. All of it is in the tensors'
    file, which is replaced as a whole: a run killed while it writes must not find weights of one step beside
    the number of another.
    """

    def __init__(
        self, learner: MetaLearner, schedule: Schedule, path: Path, settings: Mapping[str, Any]
    ) -> None:
        self.learner, self.path = learner, path
        # Adam refuses to have nothing to do, which is what a training of no steps may leave it.
        parameters = [*learner.parameters()] or [nn.Parameter(torch.zeros(0))]
        self.optimizer = torch.optim.Adam(parameters, lr=schedule.learning_rate, fused=True)
        # As the card will hold it, where a tuple is a list.
        self._about: dict[str, Any] = json.loads(json.dumps({**asdict(schedule), **settings}))
        self.began = time.monotonic()
        self._schedule = schedule
        self.advance_to(0)
        self.start_timer()
        self.best: dict[str, Tensor] = {}
        self.best_accuracy = -1.0

    @property
    def seconds(self) -> float:
        """What the training has taken so far, without what it had to wait."""
        return time.monotonic() - self.began

    def start_timer(self) -> None:
        """Start to measure the pace of this session."""
        self._first, self._started_at = self.step, self.seconds

    def advance_to(self, step: int) -> None:
        """Record that `step` steps are done."""
        self.step, self.is_validated, self.is_written = step, False, False
        self._moments = {name: buffer.clone() for name, buffer in self.learner.named_buffers()}

    @torch.no_grad()
    def forget_step(self) -> None:
        """Undo an unfinished step: only the moments of batch norm have changed."""
        for name, buffer in self.learner.named_buffers():
            buffer.copy_(self._moments[name])

    def to_event(self, loss: float, validated: Accuracy | None) -> TrainingStep:
        """The event for the current step."""
        seconds, taken = self.seconds, self.step - self._first
        left = (
            (seconds - self._started_at) / taken * (self._schedule.steps - self.step) if taken else math.nan
        )
        return TrainingStep(self.step, loss, validated, self.best_accuracy, seconds, left)

    def validate(self, validation: Sequence[Episode]) -> Generator[EvaluationProgress, None, Accuracy]:
        """Validate, keep the weights if they are the best, and write the state.

        Raises `FewshotError` if they are no longer numbers: such weights are never the best.
        """
        if not self.is_finite():
            raise FewshotError(
                "The weights became nan at step {step}; try a smaller learning rate.", step=self.step
            )
        evaluating = evaluation(self.learner, validation)
        validated = (
            yield from mapped(evaluating, partial(EvaluationProgress, total=len(validation)))
        ).accuracy
        if validated.mean > self.best_accuracy:
            self.best_accuracy = validated.mean
            self.best = {name: tensor.clone() for name, tensor in self.learner.state_dict().items()}
        self.is_validated = True
        self.write()
        return validated

    def is_finite(self) -> bool:
        """Whether the weights are numbers, neither NaN nor infinite."""
        return not_finite(self.learner.state_dict()) is None

    def write(self) -> None:
        """Write the whole state, to resume from here."""
        tensors = {f"learner.{name}": tensor for name, tensor in self.learner.state_dict().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(slot) for name, slot in slots.items()}
        tensors["progress.step"] = torch.tensor(self.step)
        tensors["progress.is_judged"] = torch.tensor(self.is_validated)
        tensors["progress.best_accuracy"] = torch.tensor(self.best_accuracy, dtype=torch.float64)
        tensors["progress.seconds"] = torch.tensor(self.seconds, dtype=torch.float64)
        card = {"algorithm": self.learner.facts.name, "backbone": "in training", "about": self._about}
        write_checkpoint(self.path, tensors, card)
        self.is_written = True

    def load(self) -> None:
        """Restore the state that was written."""
        checkpoint = read_checkpoint(self.path, algorithm=self.learner.facts.name, backbone="in training")
        about = checkpoint.card.get("about")
        theirs = about if isinstance(about, dict) else {}
        for name, mine in self._about.items():
            if theirs.get(name) != mine:
                raise FewshotError(
                    "{path} belongs to a training with another {difference}: {theirs}, not {ours}. Give the "
                    "same to go on with it, or delete it.",
                    path=self.path,
                    difference=name.replace("_", " "),
                    theirs=str(theirs.get(name)),
                    ours=str(mine),
                )
        try:
            self._take(checkpoint.tensors)
        except (KeyError, ValueError, RuntimeError, TypeError) as error:
            raise FewshotError(
                "The unfinished training {path} is damaged; delete it.", path=self.path
            ) from error

    def _take(self, tensors: Mapping[str, Tensor]) -> None:
        groups: defaultdict[str, dict[str, Tensor]] = defaultdict(dict)
        for name, tensor in tensors.items():
            group, _, rest = name.partition(".")
            groups[group][rest] = tensor
        progress = groups["progress"]
        self.learner.load_state_dict(groups["learner"])
        self.best, self.best_accuracy = groups["best"], progress["best_accuracy"].item()
        self.began -= progress["seconds"].item()
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in groups["optimizer"].items():
            index, _, slot = name.partition(".")
            slots.setdefault(int(index), {})[slot] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": slots})
        self.advance_to(int(progress["step"]))
        self.start_timer()
        self.is_written = True
        # One from before this was noted had been judged where it was due.
        self.is_validated = bool(progress.get("is_judged", True))

    def restore_best(self) -> None:
        """Put the best weights into the learner."""
        if self.best:
            self.learner.load_state_dict(self.best)
