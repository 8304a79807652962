"""The outer loop of meta-training: a generator of steps that can be stopped and resumed at any moment.

Nothing random is remembered between steps: the episodes of step n, and what the learner draws for each,
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
from engine.evaluation.episodes import evaluation
from engine.generators import mapped
from engine.learners.base import MetaLearner
from engine.messages import Message
from engine.meta_training.events import Judging, Practising, TrainingStep
from engine.meta_training.team import Team
from engine.seeding import seed_torch

SampleEpisode = Callable[[np.random.Generator], Episode]
TrainingEvent: TypeAlias = Practising | TrainingStep | Judging

BEGINNING = 32
"""Episodes that a learner sees before its first step (`MetaLearner.init_statistics`)."""


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

    def judges_after(self, step: int) -> bool:
        """Whether the learner is judged after this step."""
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

    A training of no steps is judged once: some learners learn no more than what `init_statistics` sees. Where
    several processes train together, each is to call this, and the first judges and writes.

    Raises `FewshotError` when the loss is no longer a number, when the file is that of another training,
    and when the learner has nothing to descend by.
    """
    if schedule.steps and not any(parameter.requires_grad for parameter in learner.parameters()):
        raise FewshotError(
            "{algorithm} has no weights that steps could change; meta-train it for 0 episodes.",
            algorithm=Message(learner.facts.title),
        )
    team = Team.present()
    state = _State(learner, schedule, resume_file, settings or {})
    for event in _train(learner, sample, validation, schedule, state, team):
        told_at = time.monotonic()
        try:
            yield event
        except GeneratorExit:
            if team.is_first and not state.is_written:
                state.forget_step()
                if state.is_finite():
                    state.write()
            raise
        # Until the next is asked for, which a pause makes long, nothing is being trained.
        state.began += time.monotonic() - told_at


def _train(
    learner: MetaLearner,
    sample: SampleEpisode,
    validation: Sequence[Episode],
    schedule: Schedule,
    state: _State,
    team: Team,
) -> Generator[TrainingEvent, None, None]:
    tasks = team.tasks(schedule.meta_batch)
    resumed = state.path.is_file()
    if resumed:
        state.load()
    else:
        learner.init_statistics(_first_features(sample, schedule.seed))
    if resumed or schedule.steps == 0:
        is_due = schedule.judges_after(state.step) and not state.is_judged
        judged = (yield from state.judge(validation)) if is_due and team.is_first else None
        yield state.told(math.nan, judged)
    learner.train()
    meta_loss = team.meta_loss(learner, len(tasks)) if schedule.steps else None
    state.set_out()
    for step in range(state.step + 1, schedule.steps + 1):
        for group in state.optimizer.param_groups:
            group["lr"] = schedule.rate_at(step - 1)
        episodes = _episodes(sample, schedule.seed, step, tasks)
        iter_meta_step = learner.iter_meta_step(episodes, state.optimizer, meta_loss)
        loss = team.mean((yield from mapped(iter_meta_step, partial(Practising, total=len(tasks)))))
        if not math.isfinite(loss):
            raise FewshotError(
                "The loss became {loss} at step {step}; try a smaller learning rate.",
                loss=str(loss),
                step=step,
            )
        state.reach(step)
        is_due = schedule.judges_after(step)
        judged = (yield from state.judge(validation)) if is_due and team.is_first else None
        yield state.told(loss, judged)
    state.restore_best()
    learner.eval()


def _first_features(sample: SampleEpisode, seed: int) -> Tensor:
    episodes = [sample(np.random.default_rng((seed, 0, task))) for task in range(BEGINNING)]
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
    `is_judged` and `is_written` are about the weights after `step` steps. All of it is in the tensors' file,
    which is replaced as a whole: a run killed while it writes must not find weights of one step beside the
    number of another.
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
        self.reach(0)
        self.set_out()
        self.best: dict[str, Tensor] = {}
        self.best_accuracy = -1.0

    @property
    def seconds(self) -> float:
        """What the training has taken so far, without what it had to wait."""
        return time.monotonic() - self.began

    def set_out(self) -> None:
        """The steps of this session begin here, from which its pace is reckoned."""
        self._first, self._set_out = self.step, self.seconds

    def reach(self, step: int) -> None:
        """One more step was taken."""
        self.step, self.is_judged, self.is_written = step, False, False
        self._moments = {name: buffer.clone() for name, buffer in self.learner.named_buffers()}

    @torch.no_grad()
    def forget_step(self) -> None:
        """Of a step that was left in its midst only batch norm's moments have moved."""
        for name, buffer in self.learner.named_buffers():
            buffer.copy_(self._moments[name])

    def told(self, loss: float, judged: Accuracy | None) -> TrainingStep:
        """What to say of the step."""
        seconds, taken = self.seconds, self.step - self._first
        left = (seconds - self._set_out) / taken * (self._schedule.steps - self.step) if taken else math.nan
        return TrainingStep(self.step, loss, judged, self.best_accuracy, seconds, left)

    def judge(self, validation: Sequence[Episode]) -> Generator[Judging, None, Accuracy]:
        """Validate, keep the weights if they are the best, and write everything down.

        Raises `FewshotError` if they are no longer numbers: such weights are never the best.
        """
        if not self.is_finite():
            raise FewshotError(
                "The weights became nan at step {step}; try a smaller learning rate.", step=self.step
            )
        judging = evaluation(self.learner, validation)
        judged = (yield from mapped(judging, partial(Judging, total=len(validation)))).accuracy
        if judged.mean > self.best_accuracy:
            self.best_accuracy = judged.mean
            self.best = {name: tensor.clone() for name, tensor in self.learner.state_dict().items()}
        self.is_judged = True
        self.write()
        return judged

    def is_finite(self) -> bool:
        """Whether the weights are numbers, neither NaN nor infinite."""
        return not_finite(self.learner.state_dict()) is None

    def write(self) -> None:
        """Write everything down, to go on from here."""
        tensors = {f"learner.{name}": tensor for name, tensor in self.learner.state_dict().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(slot) for name, slot in slots.items()}
        tensors["progress.step"] = torch.tensor(self.step)
        tensors["progress.is_judged"] = torch.tensor(self.is_judged)
        tensors["progress.best_accuracy"] = torch.tensor(self.best_accuracy, dtype=torch.float64)
        tensors["progress.seconds"] = torch.tensor(self.seconds, dtype=torch.float64)
        card = {"algorithm": self.learner.facts.name, "backbone": "in training", "about": self._about}
        write_checkpoint(self.path, tensors, card)
        self.is_written = True

    def load(self) -> None:
        """Go back to what was written."""
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
        self.reach(int(progress["step"]))
        self.set_out()
        self.is_written = True
        # One from before this was noted had been judged where it was due.
        self.is_judged = bool(progress.get("is_judged", True))

    def restore_best(self) -> None:
        """Put the best weights into the learner."""
        if self.best:
            self.learner.load_state_dict(self.best)
