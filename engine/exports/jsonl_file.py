"""JSON Lines: one JSON object a line, for programs.

Keys `image`, `label`, `confidence`, `error` and `probabilities` (an object of class name to
number). Numbers have up to six decimals; what has no value is `null`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TextIO

from engine.exports.base import ExportFormat, Row


def write(stream: TextIO, rows: Iterable[Row], class_names: Sequence[str]) -> None:
    for row in rows:
        probabilities = None
        if row.probabilities is not None:
            named = zip(class_names, row.probabilities, strict=True)
            probabilities = {name: round(float(p), 6) for name, p in named}
        facts = {
            "image": row.image,
            "label": row.label,
            "confidence": None if row.confidence is None else round(float(row.confidence), 6),
            "error": row.error,
            "probabilities": probabilities,
        }
        stream.write(json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n")


FORMAT = ExportFormat("jsonl", "JSON Lines", ".jsonl", write)
