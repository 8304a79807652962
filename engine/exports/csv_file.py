"""Comma-separated values, for spreadsheets and scripts.

Columns `image,label,confidence,error,origin,folder`, then `p:<class>` for each class. `origin` is one of
`engine.exports.base.ORIGINS`, `folder` the name of the folder that the picture lies in. Numbers have six
decimals; cells without a value, or without a finite one, are empty. Quoted as RFC 4180 says, lines end in a
line feed. Excel takes a file for UTF-8 only if it begins with a byte order mark, which scripts stumble over.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Final, TextIO

from engine.exports.base import Choice, ExportData, ExportFormat, Row, finite, open_text
from engine.messages import Message

_BYTE_ORDER_MARK: Final = "\ufeff"

_READER: Final = Choice(
    "reader",
    Message("To be read by"),
    {"script": Message("Scripts (UTF-8)"), "excel": Message("Excel (UTF-8 with a byte order mark)")},
)
_PATHS: Final = Choice(
    "paths",
    Message("Paths of the pictures"),
    {"absolute": Message("From the root of the disk"), "relative": Message("From the folder of the table")},
)


class Table:
    """Writes rows of cells to a stream."""

    def __init__(self, stream: TextIO) -> None:
        # Only with CR LF the csv module also quotes a CR inside a cell; `write` shortens it.
        self._stream = stream
        self._writer = csv.writer(self, lineterminator="\r\n")

    def add(self, cells: Iterable[str]) -> None:
        """Write one row."""
        self._writer.writerow(cells)

    def write(self, line: str) -> None:
        """For the csv module."""
        self._stream.write(line.removesuffix("\r\n") + "\n")


def cell(value: float | None) -> str:
    """A number with six decimals; empty where there is none."""
    number = finite(value)
    return "" if number is None else f"{number:.6f}"


def columns_of(class_names: Sequence[str]) -> list[str]:
    """The first line of a table."""
    return [
        "image",
        "label",
        "confidence",
        "error",
        "origin",
        "folder",
        *(f"p:{name}" for name in class_names),
    ]


def cells_of(row: Row, class_names: Sequence[str]) -> list[str]:
    """The line of a picture."""
    cells = [""] * len(class_names)
    if row.probabilities is not None:
        cells = [cell(p) for _, p in zip(class_names, row.probabilities, strict=True)]
    folder = Path(row.image).parent.name
    return [row.image, row.label, cell(row.confidence), row.error, row.origin, folder, *cells]


def _write(path: Path, data: ExportData) -> Generator[bool, None, None]:
    is_relative = data.options[_PATHS.name] == "relative"
    with open_text(path) as stream:
        if data.options[_READER.name] == "excel":
            stream.write(_BYTE_ORDER_MARK)
        table = Table(stream)
        table.add(columns_of(data.class_names))
        for row in data.rows:
            cells = cells_of(row, data.class_names)
            if is_relative:
                cells[0] = _seen_from(data.target.parent, row.image)
            table.add(cells)
            yield True


def _seen_from(folder: Path, image: str) -> str:
    """The path of a picture from a folder, with slashes, so that both can move together; absolute if it is
    on another drive."""
    try:
        return Path(os.path.relpath(image, folder)).as_posix()
    except ValueError:
        return image


FORMAT = ExportFormat("csv", "CSV table", ".csv", _write, (_READER, _PATHS))
