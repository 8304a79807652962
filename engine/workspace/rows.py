"""What the queries of a workspace return."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.messages import Message
from engine.workspace.texts import kept_message

LabelSource: TypeAlias = Literal["human", "model", "import"]
RunStatus: TypeAlias = Literal["running", "finished", "cancelled", "failed"]

UNKNOWN: Final = 0
"""The class of pictures that belong to none. It is no class to a run, nor in the list of classes."""
UNKNOWN_NAME: Final = "unknown"
"""What that class is called in exports, and by a folder of such pictures."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class: `color` is `#rrggbb`, `key` a digit, a capital letter or
    empty, `count` its labelled pictures."""

    id: int
    name: str
    color: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture of the project. `error` is why the last run could not read it, if it could not.

    `encoded_path` is where it is as the file system knows it; a `Path` is made of that when it is asked for,
    as to make very many takes its time.

    `size` (bytes) and `mtime_ns` (since 1970) are what its file was when it was added or, later, read, and
    `content` the hash of what was read (`engine.images.content_hash`), each if it is known.
    """

    id: int
    encoded_path: bytes
    class_id: int | None
    source: LabelSource | None
    kept_error: str | None
    size: int | None
    mtime_ns: int | None
    content: bytes | None

    @property
    def path(self) -> Path:
        return Path(os.fsdecode(self.encoded_path))

    @property
    def error(self) -> Message | None:
        return None if self.kept_error is None else kept_message(self.kept_error)


@dataclass(frozen=True, slots=True)
class LabelGroup:
    """`count` labels of one origin (`HAND`, `ACCEPTED` or `IMPORTED`), given on one local day (ISO 8601),
    with the run whose prediction they accepted, if any."""

    origin: str
    day: str
    run_id: int | None
    count: int


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """A change of a picture's label in its history.

    `class_name` is the class it got, by its present name or else its last one, or `None` if the label
    was taken away. `source` says who gave it, `run_id` which run had suggested it, if one had. `time`
    is `None` if it was not noted. `gesture` is the title of the gesture, empty if that is forgotten.
    """

    class_name: str | None
    source: LabelSource | None
    run_id: int | None
    time: datetime | None
    gesture: Message


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of an algorithm. `class_ids` are the probability columns, removed classes included.

    `options` are the choices about the algorithm that were not left at their defaults. `record` is what the
    run was made with (see `engine.runs.events`), empty where it was not noted.
    """

    id: int
    algorithm: str
    backbone: str
    device: str
    options: dict[str, float | bool]
    seed: int
    class_ids: tuple[int, ...]
    status: RunStatus
    message: Message
    started: datetime
    finished: datetime | None
    record: Mapping[str, Any]

    def to_record(self) -> dict[str, Any]:
        """The record with how the run ended; what was not noted in it is taken from the rest of the row."""
        noted = {
            "algorithm": self.algorithm,
            "options": self.options,
            "backbone": self.backbone,
            "device": self.device,
            "seed": self.seed,
            "began": self.started.isoformat(timespec="seconds"),
        }
        return {**noted, **self.record, "status": self.status}


class StoredPredictions(NamedTuple):
    """The most probable class of each picture: int64 [n], int64 [n], float32 [n] in 0..1, by picture id."""

    picture_ids: NDArray[np.int64]
    class_id: NDArray[np.int64]
    confidence: NDArray[np.float32]
