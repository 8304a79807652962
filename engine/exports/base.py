"""What an export format is given and what it declares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeAlias


@dataclass(frozen=True)
class Row:
    """What is known about one picture.

    `label` is empty where there is none; `error` is the reason why a picture could not be read,
    else empty. `confidence` and `probabilities` are in 0..1, `None` for pictures that no
    algorithm has classified; `probabilities` are in the order of the export's class names.
    """

    image: str
    label: str
    confidence: float | None = None
    error: str = ""
    probabilities: Sequence[float] | None = None


def finite(value: float | None) -> float | None:
    """A number that a table can hold; `None` where there is none, or it is NaN or infinite."""
    return float(value) if value is not None and math.isfinite(value) else None


Writer: TypeAlias = Callable[[TextIO, Iterable[Row], Sequence[str]], None]
"""Writes rows, one by one as they come, and class names to a UTF-8 stream without newline translation."""


@dataclass(frozen=True)
class ExportFormat:
    """A file format: its `name` on the command line, its `title` in dialogs, its `suffix` with the dot."""

    name: str
    title: str
    suffix: str
    write: Writer
