"""How a project file is opened: alone, with a write-ahead log, and only if it is one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from engine.errors import FewshotError
from engine.workspace import schema
from engine.workspace.failures import failures_as_sentences

_BUSY_SECONDS = 1.0


@contextmanager
def exclusive(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that alone may use the file, from any thread but one at a time; closed again if the block
    fails."""
    with failures_as_sentences(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            # The operating system holds this lock for us and drops it when we crash. It also frees
            # the write-ahead log from shared memory, which network drives do not have.
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            yield db
        except BaseException:
            db.close()
            raise


def refuse_held(path: Path) -> None:
    """Raise SQLite's error if another window or process has the file open; nothing is written."""
    address = f"{path.as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as db:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA application_id")
    except sqlite3.Error as error:
        # What else may be wrong is for others to say: who only reads may not have the lock alone.
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise


def play_log(db: sqlite3.Connection) -> None:
    """Put the log that an unclean end left into the file, and remove it.

    A log of its own is begun then: the old one may still be open in a window whose file was renamed.
    """
    db.execute("PRAGMA journal_mode = DELETE")


def configure(db: sqlite3.Connection) -> None:
    """Set what a project relies on; only once it is known to be one, as this writes to the file."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA trusted_schema = OFF")
    # Temporary files would fail a gesture when the system's disk is full but the project's is not.
    db.execute("PRAGMA temp_store = MEMORY")


def shrink_log(db: sqlite3.Connection) -> None:
    """Give back the space of a write-ahead log that a failed gesture left behind, if that can be done now."""
    with suppress(sqlite3.Error):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def close_unfolded(db: sqlite3.Connection) -> None:
    """Close without a last checkpoint: the file is left alone, and so is the log that belongs to another."""
    db.interrupt()  # holds until the next statement, and a checkpoint asks for it before it writes
    db.close()


def refuse_foreign(db: sqlite3.Connection, path: Path) -> None:
    """Raise `FewshotError` for another program's database and for a format of the future."""
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise FewshotError(f"{path} is not a Fewshot project: choose a file that Fewshot has made.")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > schema.VERSION:
        raise FewshotError(
            f"{path} was made by a newer Fewshot (format {version}, this one reads up to"
            f" {schema.VERSION}): update the program to open it."
        )


def refuse_damaged(db: sqlite3.Connection, path: Path, log: str) -> None:
    """Raise `FewshotError` if the file's structure is broken, or its indexes do not say what its tables do;
    takes time proportional to its size.

    `log` is the name of the log that was played into it, and empty if there was none. With that of another,
    rows may also refer to others that are not there.
    """
    try:
        fault = db.execute("PRAGMA integrity_check(1)").fetchone()[0].splitlines()[-1]
        if fault == "ok":
            fault = _loose_end(db) if log else ""
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        fault = str(error)
    if not fault:
        return
    if log:
        raise FewshotError(
            f"{path} and the log beside it, “{log}”, do not fit together ({fault}): move the log to another"
            " folder and open the project again."
        )
    raise FewshotError(f"{path} is damaged ({fault}): restore it from a backup.")


def _loose_end(db: sqlite3.Connection) -> str:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        return f"row {row} of {table} refers to none of {parent}"
    return ""
