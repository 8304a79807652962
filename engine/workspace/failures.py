"""Translates the errors of SQLite that are no bugs into sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.messages import Message
from engine.workspace.texts import shown

READ_ONLY = Message(
    "{path} cannot be changed because it is read-only: copy it to a folder that you may write to and open"
    " it there."
)

GONE = Message(
    "{path} was renamed, moved or deleted while it was open: put it back under this name and open it again."
)

OVERWRITTEN = Message(
    "Another program has put other content into {path} while it was open: open it again to go on with that."
)

UNREADABLE = sqlite3.SQLITE_TOOBIG
"""The code of an error that is about a value in the file that is longer than any, or a text that is none."""

_SENTENCES = {
    sqlite3.SQLITE_FULL: Message("The disk that holds {path} is full: free some space and try again."),
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_BUSY: Message(
        "{path} is open in another window or program: close it there and try again."
    ),
    sqlite3.SQLITE_IOERR: Message(
        "{path} could not be read or written, the disk or network drive reports an error:"
        " check its connection and free space and try again."
    ),
    sqlite3.SQLITE_CANTOPEN: Message(
        "{path} could not be opened: check that its folder exists and that you may write there."
    ),
    sqlite3.SQLITE_PERM: Message("{path} could not be opened: you have no permission to use it."),
    sqlite3.SQLITE_CORRUPT: Message(
        "{path} is damaged: move “{name}-wal” to another folder, if it is there, and"
        " restore the project from a backup."
    ),
    sqlite3.SQLITE_INTERRUPT: Message(
        "{path} was not opened, as that took too long for a project of its size: restore it from a backup."
    ),
    sqlite3.SQLITE_NOTADB: Message("{path} is not a Fewshot project: choose a file that Fewshot has made."),
}
_OF_THE_FILE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_INTERRUPT)


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error: what is beyond it tells apart what asks for the same remedy."""
    if isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode"):
        return UNREADABLE  # these are Python's own words, about a text that is none
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


class UnusableProjectError(FewshotError):
    """A file is no project, or one that cannot be used: it cannot be looked at, either."""


def damaged(path: Path, fault: str) -> UnusableProjectError:
    """The error that says what is wrong in the file at `path`."""
    return UnusableProjectError(
        "{path} is damaged ({reason}): restore it from a backup.", path=path, reason=shown(fault)
    )


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise `FewshotError` for what SQLite or the system say the world did wrong; let bugs pass."""
    try:
        yield
    except OSError as error:
        raise FewshotError(
            "{path} could not be opened: {reason}.", path=path, reason=reason_of(error)
        ) from error
    except UnicodeDecodeError as error:  # SQLite quotes what it finds in the file
        raise damaged(path, "it has a text that is none") from error
    except MemoryError as error:
        raise FewshotError(
            "There is not enough memory for {path}: close other programs.", path=path
        ) from error
    except sqlite3.Error as error:
        code = code_of(error)
        if code == UNREADABLE:
            raise damaged(path, str(error)) from error
        if code not in _SENTENCES:
            raise
        kind = UnusableProjectError if code in _OF_THE_FILE else FewshotError
        raise kind(_SENTENCES[code].filled(path=path, name=path.name)) from error
