"""A copy of the project beside it, kept for good, before a newer program changes its format."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.files import replacing
from engine.workspace import schema


def back_up(db: sqlite3.Connection, path: Path) -> Path:
    """Write what `db` holds beside the project at `path`, as one complete file, and return its path.

    Raises `FewshotError` if that is not possible; then there is no copy, nor half of one.
    """
    target = _free_name(path)
    try:
        with replacing(target) as unfinished, closing(sqlite3.connect(unfinished)) as copy:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    except (OSError, sqlite3.Error) as error:
        raise FewshotError(
            "{path} is of an earlier format and was left as it is, because its backup could not be "
            "written to “{name}” in the same folder ({reason}): free some space there, or make the "
            "folder writable, and open it again.",
            path=path,
            name=target.name,
            reason=reason_of(error),
        ) from error
    return target


def _free_name(path: Path) -> Path:
    """E.g. `birds (backup before format 3).fewshot`, with a number if an earlier backup has that name."""
    for number in count(1):
        again = f", {number}" if number > 1 else ""
        name = f"{path.stem} (backup before format {schema.VERSION}{again}){path.suffix}"
        if not path.with_name(name).exists():
            return path.with_name(name)
    raise AssertionError("unreachable")
