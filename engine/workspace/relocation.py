"""Finds the pictures of a project that was moved together with them.

The project remembers the folders it has been in. With them, each absolute path also says where the
picture lies relative to the project, and stays right as long as the file is there; only where it is not,
the same way from the project's new folder is tried, also if it was noted on another system.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from engine.workspace.foreign_paths import as_here
from engine.workspace.locating import Disk

_MOST_HOMES = 50
_MOST_WAYS = 100_000
"""Where very many pictures' folders are gone, fewer homes are tried: to try all takes half a minute."""


def update(db: sqlite3.Connection, project: Path) -> None:
    """Store the folder of the project; if it has moved, update the paths of the pictures that moved with it.

    The disk is only read if the project has moved. This cannot be undone, so the undo log is updated as well.
    """
    here = os.path.realpath(project.parent)
    last = db.execute("SELECT folder FROM home ORDER BY id DESC LIMIT ?", (_MOST_HOMES,))
    homes = [os.fsdecode(row[0]) for row in last]
    if homes[:1] == [here]:
        return
    db.execute("BEGIN IMMEDIATE")
    if homes:
        # Removed pictures are looked for as well: undo may bring them back.
        # Of a picture that is there, the log may know an earlier size.
        known = [db.execute(f"SELECT path, size FROM {table}") for table in ("picture_log", "picture")]
        moved = _moved_with_project({os.fsdecode(path): size for path, size in chain(*known)}, homes, here)
        encoded = {os.fsencode(old): os.fsencode(new) for old, new in moved.items()}
        db.create_function("new_place", 1, encoded.get, deterministic=True)
        for table in ("picture", "picture_log") if moved else ():
            db.execute(f"UPDATE {table} SET path = new_place(path) WHERE new_place(path) IS NOT NULL")
    db.execute("REPLACE INTO home(folder) VALUES (?)", (os.fsencode(here),))
    db.execute("DELETE FROM home WHERE id <= (SELECT max(id) FROM home) - ?", (_MOST_HOMES,))
    db.execute("COMMIT")


def _moved_with_project(known: Mapping[str, int | None], homes: Sequence[str], here: str) -> dict[str, str]:
    """New path by old path, for the files that are only there if one goes the old way from `here`."""
    disk = Disk()
    transfer = cache(_transfer)
    moved: dict[str, str] = {}
    taken = set(known)
    gone = {path: size for path, size in known.items() if not disk.has(path)}
    folders = len({as_here(path).rpartition(os.sep)[0] for path in gone})
    homes = homes[: max(1, _MOST_WAYS // max(1, folders))]
    for path, size in gone.items():
        folder, _, name = as_here(path).rpartition(os.sep)
        for home in homes:
            place = transfer(folder, as_here(home), here) + name
            if place not in taken and disk.has_same(place, size):
                moved[path] = place
                taken.add(place)
                break
    return moved


def _transfer(folder: str, home: str, here: str) -> str:
    """The folder that lies to `here` as `folder` does to `home`."""
    try:
        way = os.path.relpath(folder + os.sep, home)
    except ValueError:  # another drive of Windows: there is no way
        return os.path.join(folder, "")  # noqa: PTH118
    return os.path.join(os.path.normpath(os.path.join(here, way)), "")  # noqa: PTH118
