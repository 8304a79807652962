"""Compares and stores sizes, dates and contents of files, each in one SQL statement for any number of files.

Between two statements, and between two rows, Python may switch to a thread that computes, and the window
would wait for it.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = dict[str, str | bytes]

_READ = """
WITH read AS (
    SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS size,
        json_extract(value, '$[2]') AS mtime_ns, substr(:contents, 16 * key + 1, 16) AS content
    FROM json_each(:files)
)
"""
_NEW = "(picture.size, picture.mtime_ns, picture.content) IS NOT (read.size, read.mtime_ns, read.content)"
_COMPARE = f"""
{_READ} SELECT count(*), json_group_array(picture.id) FILTER (WHERE picture.content <> read.content)
FROM read CROSS JOIN picture ON picture.id = read.id WHERE {_NEW}
"""
_NOTE = f"""
{_READ} UPDATE picture SET size = read.size, mtime_ns = read.mtime_ns, content = read.content FROM read
WHERE picture.id = read.id AND {_NEW}
"""


def values(
    picture_ids: NDArray[np.int64],
    sizes: NDArray[np.int64],
    mtimes_ns: NDArray[np.int64],
    contents: NDArray[np.uint8],
) -> Values:
    """What was read, for both statements; see `Workspace.save_files`."""
    files = np.column_stack([picture_ids, sizes, mtimes_ns]).tolist()
    return {"files": json.dumps(files), "contents": contents.tobytes()}


def compare(db: sqlite3.Connection, read: Values) -> tuple[int, NDArray[np.int64]]:
    """The number of files that differ from their stored state, and the ids, int64 [k], of those with another
    content."""
    new, replaced = db.execute(_COMPARE, read).fetchone()
    return new, np.array(json.loads(replaced), np.int64)


def save(db: sqlite3.Connection, read: Values) -> None:
    """Store the state of each file that differs from its stored state."""
    db.execute(_NOTE, read)
