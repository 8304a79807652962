"""Checks whether an open project file was renamed, deleted or overwritten."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import suppress
from itertools import count
from os.path import samestat
from pathlib import Path
from weakref import finalize

from engine.files import register_lock, release_lock

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class OpenFile:
    """A project file that is open for writing, and its folder, also after that is moved.

    SQLite goes on writing to a file that was renamed or deleted, and to a log with the old name, so the next
    program that opens the file does not find the log. A file that was moved with its folder is still found.

    Nor does it see that another program writes to the file itself, as one does that copies a backup over it.
    But only SQLite's own checkpoints should: so each transaction is given a `write_marker`, and the page that
    holds it must be as the last checkpoint left it. When the file was written proves nothing: some drives
    tell that late, and a file can be touched.

    As long as this is kept, nothing else in this process reads the file (see `engine.files.register_lock`).
    Release it after SQLite has closed the file, because that ends SQLite's locks, too.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.identity = path.stat()
        self._path = path
        self._folder: int | None = None
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        finalize(self, os.close, self._file)
        register_lock(self.identity)
        finalize(self, release_lock, self.identity)
        self._page_bytes = int(db.execute("PRAGMA page_size").fetchone()[0])
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'setting'").fetchone()
        self._marker_offset = (page - 1) * self._page_bytes
        self._snapshot: tuple[int, bytes] | None = None
        self.take_snapshot()
        if os.stat in os.supports_dir_fd:  # elsewhere, a folder that holds an open file cannot be moved
            self._folder = os.open(path.parent, _FOLDER)
            self._path = Path(path.name)
            finalize(self, os.close, self._folder)

    @property
    def is_gone(self) -> bool:
        """Whether its path now leads to another file, or to none."""
        try:
            present = os.stat(self._path, dir_fd=self._folder)
        except FileNotFoundError:
            return True
        except OSError:  # a drive that does not answer for a moment: what is written to it will show
            return False
        return not samestat(present, self.identity)

    def is_at(self, path: Path) -> bool:
        """Whether `path` leads to this file."""
        with suppress(OSError):
            return samestat(path.stat(), self.identity)
        return False

    @property
    def is_overwritten(self) -> bool:
        """Whether another program has written to the file, so that it and its log no longer match."""
        now = self._size_and_marker()
        return None not in (now, self._snapshot) and now != self._snapshot

    def take_snapshot(self) -> None:
        """Remember the size and the marker that SQLite has written, for `is_overwritten`."""
        self._snapshot = self._size_and_marker()

    def set_log_aside(self) -> None:
        """Rename the log that SQLite has left, so that no file is opened with it."""
        log = self._path.name + "-wal"
        with suppress(FileNotFoundError):
            for number in count(1):
                aside = self._path.with_name(f"{log} (before it was overwritten, {number})")
                try:
                    os.stat(aside, dir_fd=self._folder)
                except FileNotFoundError:
                    source = self._path.with_name(log)
                    os.rename(source, aside, src_dir_fd=self._folder, dst_dir_fd=self._folder)
                    return

    def _size_and_marker(self) -> tuple[int, bytes] | None:
        """`None` if the drive does not answer."""
        try:
            size = os.fstat(self._file).st_size
            os.lseek(self._file, self._marker_offset, os.SEEK_SET)
            return size, os.read(self._file, self._page_bytes)
        except OSError:
            return None


def write_marker(db: sqlite3.Connection) -> None:
    """Write a random marker, so that the file after this transaction differs from every earlier state and
    copy."""
    db.execute(
        "INSERT INTO setting(name, value) VALUES ('mark', ?)"
        " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        (random.random(),),
    )
