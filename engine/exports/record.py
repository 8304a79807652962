"""How an exported table came about, in a file beside it: `labels.csv` has `labels.csv.run.json`.

Inside the table that would be in the way of what reads it: a CSV has no comments, and each line of JSON Lines
is about one picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.versions import versions


def record_file(table: Path) -> Path:
    """The file of the table's record."""
    return table.with_name(f"{table.name}.run.json")


def record(
    table: Path, rows: int, class_names: Sequence[str], threshold: float, runs: Sequence[Mapping[str, Any]]
) -> bytes:
    """What goes into that file, as JSON in ASCII, so that it can hold any name; see `export`."""
    facts = {
        "table": table.name,
        "rows": rows,
        "classes": list(class_names),
        "threshold": threshold,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "runs": [dict(run) for run in runs],
    }
    return f"{json.dumps(facts, indent=2, allow_nan=False)}\n".encode("ascii")
