"""What an export format declares, and what it is given to write."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from engine.messages import Message

HUMAN, ACCEPTED, PREDICTED = ORIGINS = ("human", "accepted", "predicted")
"""Where a label comes from: a person gave it, a person accepted a prediction, or it is only predicted."""

RECORD_NAME: Final = "run.json"
"""The file with the record of an export (see `record`) in the folder of a format that writes one."""


@dataclass(frozen=True)
class Row:
    """What is known about one picture.

    `label` is empty where there is none; `error` is the reason why a picture could not be read,
    else empty. `confidence` and `probabilities` are in 0..1, `None` for pictures that no
    algorithm has classified; `probabilities` are in the order of the export's class names.
    `origin` is one of `ORIGINS`, empty without a label.
    """

    image: str
    label: str
    confidence: float | None = None
    error: str = ""
    probabilities: Sequence[float] | None = None
    origin: str = ""


def finite(value: float | None) -> float | None:
    """A number that a table can hold; `None` where there is none, or it is NaN or infinite."""
    return float(value) if value is not None and math.isfinite(value) else None


@dataclass(frozen=True)
class Choice:
    """An option of a format: one of several `values`, title by name. The first is the default."""

    name: str
    title: Message
    values: Mapping[str, Message]


@dataclass(frozen=True)
class ExportData:
    """What a format writes.

    `rows` come one by one and can be read once. `options` has a value for each choice of the format. `target`
    is where the export will be in the end, for messages.
    """

    rows: Iterable[Row]
    class_names: Sequence[str]
    options: Mapping[str, str] = field(default_factory=dict)
    target: Path = Path()


Writer: TypeAlias = Callable[[Path, ExportData], Generator[bool, None, None]]
"""Writes the data to a path and yields for each row whether its picture is in the export.

The path is a file that is not there yet, or an empty folder. `engine.exports.writing` gives it its final name
when the writer has ended, and removes it when the writer fails or is closed. A writer lets the `OSError` pass
that says why the export cannot be written."""


@dataclass(frozen=True)
class ExportFormat:
    """A format: its `name` on the command line and its `title` in dialogs.

    `suffix` is that of the file, with the dot; it is empty if the format writes a folder.
    """

    name: str
    title: str
    suffix: str
    write: Writer
    choices: tuple[Choice, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether it writes a folder."""
        return not self.suffix


def open_text(path: Path) -> TextIO:
    """Open a new text file: UTF-8, without newline translation.

    Characters that are not Unicode (file names that are not UTF-8) are written as `\\udcXX`: lone surrogates
    are the one thing UTF-8 refuses, and that is also JSON's spelling of them.
    """
    return path.open("x", encoding="utf-8", errors="backslashreplace", newline="")
