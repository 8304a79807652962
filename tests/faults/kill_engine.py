"""kill -9 of a process that makes gestures: what it had acknowledged is there, and undo goes on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.engine.workspace.killing import kill_at_random_moments
from tests.faults.base import Result, Unavailable

TITLE = "kill -9 of the engine amid mixed gestures, each acknowledged on a pipe"
COUNT = 200
SAMPLE = 8


def run(count: int, seed: int) -> Iterator[Result]:
    """After each kill the project opens, is sound, and holds what was acknowledged or one gesture more."""
    if os.name != "posix":
        raise Unavailable("processes cannot be forked here")
    with tempfile.TemporaryDirectory() as folder:
        kills = kill_at_random_moments(Path(folder), count, seed)
        for number, (acknowledged, lost) in enumerate(kills):
            case = f"kill {number} of seed {seed}, after {acknowledged} gestures"
            detail = lost[:500] or f"{acknowledged} gestures kept"
            yield Result(case, "foreign" if lost else "answered", detail)
