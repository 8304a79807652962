"""Comma-separated values, for spreadsheets and scripts.

Columns `image,label,confidence,error`, then `p:<class>` for each class. Numbers have six
decimals; cells without a value, or without a finite one, are empty. Quoted as RFC 4180 says, lines end in a
line feed.
"""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from engine.exports.base import ExportData, ExportFormat, Row, finite, open_text


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
    return ["image", "label", "confidence", "error", *(f"p:{name}" for name in class_names)]


def cells_of(row: Row, class_names: Sequence[str]) -> list[str]:
    """The line of a picture."""
    cells = [""] * len(class_names)
    if row.probabilities is not None:
        cells = [cell(p) for _, p in zip(class_names, row.probabilities, strict=True)]
    return [row.image, row.label, cell(row.confidence), row.error, *cells]


def _write(path: Path, data: ExportData) -> Generator[bool, None, None]:
    with open_text(path) as stream:
        table = Table(stream)
        table.add(columns_of(data.class_names))
        for row in data.rows:
            table.add(cells_of(row, data.class_names))
            yield True


FORMAT = ExportFormat("csv", "CSV table", ".csv", _write)
