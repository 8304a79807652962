"""Comma-separated values, for spreadsheets and scripts.

Columns `image,label,confidence,error`, then `p:<class>` for each class. Numbers have six
decimals; cells without a value, or without a finite one, are empty. Quoted as RFC 4180 says, lines end in a
line feed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from engine.exports.base import ExportFormat, Row, finite


class _LineFeeds:
    """Lets the csv module end lines in CR LF, since only then it also quotes a CR inside a cell."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        self._stream.write(line.removesuffix("\r\n") + "\n")


def write(stream: TextIO, rows: Iterable[Row], class_names: Sequence[str]) -> None:
    table = csv.writer(_LineFeeds(stream), lineterminator="\r\n")
    table.writerow(["image", "label", "confidence", "error", *(f"p:{name}" for name in class_names)])
    blank = [""] * len(class_names)
    for row in rows:
        cells = blank
        if row.probabilities is not None:
            cells = [_cell(p) for _, p in zip(class_names, row.probabilities, strict=True)]
        table.writerow([row.image, row.label, _cell(row.confidence), row.error, *cells])


def _cell(value: float | None) -> str:
    number = finite(value)
    return "" if number is None else f"{number:.6f}"


FORMAT = ExportFormat("csv", "CSV table", ".csv", write)
