"""How an export came about: `labels.csv` has `labels.csv.run.json` beside it, a folder has `run.json` in it.

Inside a table that would be in the way of what reads it: a CSV has no comments, and each line of JSON Lines
is about one picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.exports.base import RECORD_NAME, ExportFormat
from engine.versions import versions


def record_file(target: Path, form: ExportFormat) -> Path:
    """The file of the record of an export to `target`."""
    return target / RECORD_NAME if form.is_folder else target.with_name(f"{target.name}.{RECORD_NAME}")


def record(
    target: Path,
    rows: int,
    class_names: Sequence[str],
    threshold: float,
    runs: Sequence[Mapping[str, Any]],
    options: Mapping[str, str],
) -> bytes:
    """What goes into that file, as JSON in ASCII, so that it can hold any name; see `export`."""
    facts = {
        "table": target.name,
        "rows": rows,
        "classes": list(class_names),
        "threshold": threshold,
        **({"options": dict(options)} if options else {}),
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "runs": [dict(run) for run in runs],
    }
    return f"{json.dumps(facts, indent=2, allow_nan=False)}\n".encode("ascii")
