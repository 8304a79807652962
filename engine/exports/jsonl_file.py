"""JSON Lines: one JSON object a line, for programs.

Keys `image`, `label`, `confidence`, `error`, `origin` and `folder` (as in a CSV table), and `probabilities`
(an object of class name to number). Numbers have up to six decimals; what has no value, or none that is
finite, is `null`.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path

from engine.exports.base import ExportData, ExportFormat, Row, finite, open_text


def _write(path: Path, data: ExportData) -> Generator[bool, None, None]:
    with open_text(path) as stream:
        for row in data.rows:
            stream.write(line_of(row, data.class_names))
            yield True


def line_of(row: Row, class_names: Sequence[str]) -> str:
    """The line of a picture."""
    probabilities = None
    if row.probabilities is not None:
        named = zip(class_names, row.probabilities, strict=True)
        probabilities = {name: _number(p) for name, p in named}
    facts = {
        "image": row.image,
        "label": row.label,
        "confidence": _number(row.confidence),
        "error": row.error,
        "origin": row.origin,
        "folder": Path(row.image).parent.name,
        "probabilities": probabilities,
    }
    return json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n"


def _number(value: float | None) -> float | None:
    number = finite(value)
    return None if number is None else round(number, 6)


FORMAT = ExportFormat("jsonl", "JSON Lines", ".jsonl", _write)
