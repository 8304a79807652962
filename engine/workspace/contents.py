"""What the files of pictures are now: noted in a few statements, however many they are.

Python hands over no rows one by one: a thread that computes would get its turn between any two of them.
"""

from __future__ import annotations

import json
import sqlite3

import numpy as np
from numpy.typing import NDArray

_READ = """
WITH read AS (
    SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS size,
        json_extract(value, '$[2]') AS mtime_ns, substr(:contents, 16 * key + 1, 16) AS content
    FROM json_each(:files)
)
"""
_REPLACED = f"""
{_READ} SELECT picture.id FROM read CROSS JOIN picture ON picture.id = read.id
WHERE picture.content <> read.content ORDER BY picture.id
"""
_NOTE = f"""
{_READ} UPDATE picture SET size = read.size, mtime_ns = read.mtime_ns, content = read.content FROM read
WHERE picture.id = read.id
AND (picture.size, picture.mtime_ns, picture.content) IS NOT (read.size, read.mtime_ns, read.content)
"""


def note(
    db: sqlite3.Connection,
    picture_ids: NDArray[np.int64],
    sizes: NDArray[np.int64],
    mtimes_ns: NDArray[np.int64],
    contents: NDArray[np.uint8],
) -> NDArray[np.int64]:
    """Note what was read; see `Workspace.save_files`. What is as it was noted before is not written."""
    files = json.dumps(np.column_stack([picture_ids, sizes, mtimes_ns]).tolist())
    read = {"files": files, "contents": contents.tobytes()}
    replaced = [row[0] for row in db.execute(_REPLACED, read)]
    db.execute(_NOTE, read)
    return np.array(replaced, np.int64)
