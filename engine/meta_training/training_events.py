"""The events of a meta-training.

The command line, the window and the tests read the same stream. No torch: a window takes these on the
thread that draws it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from engine.evaluation.accuracy import Accuracy
from engine.messages import Message


@dataclass(frozen=True)
class ReadingData:
    """`pictures` pictures of a data set have been read."""

    name: str
    pictures: int


@dataclass(frozen=True)
class Notice:
    """Something that was done otherwise than one might expect, as a sentence."""

    message: Message


@dataclass(frozen=True)
class TrainingStep:
    """After `step` steps: the mean outer loss of the last one and, where it was measured, validation.

    `best` is the best mean validation accuracy so far (-1 before the first), `seconds` the time the
    training has taken, both over all the sessions of a training that was stopped and resumed.
    `seconds_left` is what the rest takes at the pace of this session (NaN before its first step).
    """

    step: int
    loss: float
    validation: Accuracy | None
    best: float
    seconds: float = field(compare=False)
    seconds_left: float = field(compare=False, default=math.nan)


@dataclass(frozen=True)
class EpisodeProgress:
    """`done` of the `total` episodes of the current step are done."""

    done: int
    total: int


@dataclass(frozen=True)
class EvaluationProgress:
    """An evaluation is running: `done` of `total` episodes are done."""

    done: int
    total: int


@dataclass(frozen=True)
class CheckpointSaved:
    """The checkpoint is written; `validation` is its accuracy by data set."""

    path: Path
    validation: dict[str, Accuracy]


Event: TypeAlias = (
    ReadingData | Notice | EpisodeProgress | TrainingStep | EvaluationProgress | CheckpointSaved
)


@dataclass(frozen=True)
class TrainingStopped:
    """Last event of a training that was asked to stop."""


@dataclass(frozen=True)
class TrainingFailed:
    """Last event of a training that cannot go on. `report` is a traceback if it was a bug, else empty."""

    message: Message
    report: str = ""
