"""How a project file is opened: alone, with a write-ahead log, and only if it is one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import thread_time

from engine.workspace.failures import code_of, translated_errors

_BUSY_SECONDS = 1.0
_LONGEST_VALUE = 2**28
"""Bytes: ten times what the ids of a million pictures take in one text."""
_LEAST_SECONDS = 2.0
_BYTES_A_SECOND = 5_000_000
"""Both some fifty times what it takes."""
_STEPS_BETWEEN_LOOKS = 10_000


@contextmanager
def exclusive(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that alone may use the file, from any thread but one at a time; closed again if the block
    fails."""
    with translated_errors(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            harden(db)
            # The operating system holds this lock for us and drops it when we crash. It also frees
            # the write-ahead log from shared memory, which network drives do not have.
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            yield db
        except BaseException:
            db.close()
            raise


def harden(db: sqlite3.Connection) -> None:
    """Protect the connection against a malicious file. Nothing is read yet."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")


@contextmanager
def bounded(db: sqlite3.Connection, path: Path, is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Interrupt SQLite when `is_wanted` returns False, or after far more processor time than any project of
    this size takes. Time that a slow drive takes does not count."""
    limit = thread_time() + _LEAST_SECONDS + path.stat().st_size / _BYTES_A_SECOND
    db.set_progress_handler(lambda: not is_wanted() or thread_time() > limit, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        db.set_progress_handler(None, 0)


def require_unlocked(path: Path) -> None:
    """Raise SQLite's error if another window or process has the file open; nothing is written."""
    address = f"{path.as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as db:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA application_id")
    except sqlite3.Error as error:
        # What else may be wrong is for others to say: who only reads may not have the lock alone.
        if code_of(error) == sqlite3.SQLITE_BUSY:
            raise


def apply_wal(db: sqlite3.Connection) -> None:
    """Apply the write-ahead log that a crash has left to the file, and delete it.

    A log of its own is begun then: the old one may still be open in a window whose file was renamed.
    """
    db.execute("PRAGMA journal_mode = DELETE")


def configure(db: sqlite3.Connection) -> None:
    """Set what a project relies on; only once it is known to be one, as this writes to the file."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    # Temporary files would fail a gesture when the system's disk is full but the project's is not.
    db.execute("PRAGMA temp_store = MEMORY")


def truncate_wal(db: sqlite3.Connection) -> None:
    """Truncate the write-ahead log after a failed gesture, if that is possible now."""
    with suppress(sqlite3.Error):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def close_without_checkpoint(db: sqlite3.Connection) -> None:
    """Close without a last checkpoint: neither the file nor its log is written."""
    db.interrupt()  # holds until the next statement, and a checkpoint asks for it before it writes
    db.close()
