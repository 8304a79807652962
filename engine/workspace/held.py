"""Whether an open project is still what its name stands for."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import suppress
from itertools import count
from os.path import samestat
from pathlib import Path
from weakref import finalize

from engine.files import hold, let_go

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class HeldFile:
    """A file that is open to be changed, and the folder it lies in, wherever that is moved.

    SQLite goes on writing to a file that was renamed or deleted, and to a log of the old name: who opens
    the file next does not find the log. One that was moved together with its folder is found with it.

    Nor does it see that another program writes to the file itself, as one does that copies a backup over it.
    But only SQLite's own checkpoints should: so each transaction is given a `mark`, and the page that holds
    it must be as the last checkpoint left it. When the file was written proves nothing: some drives tell that
    late, and a file can be touched.

    As long as this is kept, nothing else in this process reads the file (see `engine.files.hold`). It is to
    be let go of after SQLite has closed the file, as that ends SQLite's locks, too.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.identity = path.stat()
        self._path = path
        self._folder: int | None = None
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        finalize(self, os.close, self._file)
        hold(self.identity)
        finalize(self, let_go, self.identity)
        self._page_bytes = int(db.execute("PRAGMA page_size").fetchone()[0])
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'setting'").fetchone()
        self._marked_at = (page - 1) * self._page_bytes
        self._left: tuple[int, bytes] | None = None
        self.note()
        if os.stat in os.supports_dir_fd:  # elsewhere, a folder that holds an open file cannot be moved
            self._folder = os.open(path.parent, _FOLDER)
            self._path = Path(path.name)
            finalize(self, os.close, self._folder)

    @property
    def is_gone(self) -> bool:
        """Whether its name stands for another file now, or for none."""
        try:
            present = os.stat(self._path, dir_fd=self._folder)
        except FileNotFoundError:
            return True
        except OSError:  # a drive that does not answer for a moment: what is written to it will show
            return False
        return not samestat(present, self.identity)

    def is_at(self, path: Path) -> bool:
        """Whether `path` leads to it, by whatever name."""
        with suppress(OSError):
            return samestat(path.stat(), self.identity)
        return False

    @property
    def is_overwritten(self) -> bool:
        """Whether another program has written to the file: it and its log do not belong together any more."""
        now = self._size_and_mark()
        return None not in (now, self._left) and now != self._left

    def note(self) -> None:
        """Whatever SQLite has written to the file so far is to be there later."""
        self._left = self._size_and_mark()

    def set_log_aside(self) -> None:
        """Give the log that SQLite has left a name under which no file is opened with it."""
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

    def _size_and_mark(self) -> tuple[int, bytes] | None:
        """`None` if the drive does not answer."""
        try:
            size = os.fstat(self._file).st_size
            os.lseek(self._file, self._marked_at, os.SEEK_SET)
            return size, os.read(self._file, self._page_bytes)
        except OSError:
            return None


def mark(db: sqlite3.Connection) -> None:
    """Let the file be another after this transaction than after any before it, also than in any copy."""
    db.execute(
        "INSERT INTO setting(name, value) VALUES ('mark', ?)"
        " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        (random.random(),),
    )
