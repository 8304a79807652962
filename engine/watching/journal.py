"""The journal of a watched folder: what has been labelled, so that nothing is labelled twice.

An SQLite file beside the output. What is to be written is committed to it first and marked as written
afterwards; after a kill in between, the next watch writes it again in the same place. The lock of the file
keeps a second watch from the same output.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from engine.errors import FewshotError, reason_of
from engine.exports import Row
from engine.files import FileFacts

_APPLICATION: Final = 0x46534A31  # "FSJ1"
_SCHEMA: Final = """
CREATE TABLE made_by (digest TEXT NOT NULL) STRICT;
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    content BLOB NOT NULL, row TEXT NOT NULL, place TEXT NOT NULL, offset INTEGER NOT NULL,
    is_written INTEGER NOT NULL, is_unreadable INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True)
class Entry:
    """A labelled picture: the file, the hash of its bytes (empty if unknown), its row in the table, and its
    place in the folder of the output, empty if it has none."""

    path: Path
    facts: FileFacts
    content: bytes
    row: Row
    place: str = ""


class Known(NamedTuple):
    """What is known of a file that was labelled, or could not be read."""

    facts: FileFacts
    content: bytes
    is_unreadable: bool


class Journal:
    """Raises `FewshotError` if the file is no journal, is that of another classifier, or is in use."""

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._known: dict[bytes, Known] = {}
        try:
            self._db = sqlite3.connect(path, timeout=0.2, isolation_level=None)
            self._open(digest)
        except sqlite3.Error as error:
            self.close()
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise FewshotError("{path} is used by another watch.", path=path) from error
            raise FewshotError(
                "The journal {path} cannot be used: {reason}. Give another name for the labels.",
                path=path,
                reason=reason_of(error),
            ) from error
        except FewshotError:
            self.close()
            raise

    def _open(self, digest: str) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN EXCLUSIVE")
        [(application,)] = self._db.execute("PRAGMA application_id")
        if application == 0 and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in _SCHEMA.split(";")[:-1]:
                self._db.execute(statement)
            self._db.execute("INSERT INTO made_by VALUES (?)", (digest,))
            self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
        elif application != _APPLICATION:
            raise FewshotError(
                "{path} is no journal of Fewshot. Give another name for the labels.", path=self._path
            )
        [(made_by,)] = self._db.execute("SELECT digest FROM made_by")
        if made_by != digest:
            raise FewshotError(
                "The labels beside {path} were made by another classifier. Give another name for the labels.",
                path=self._path,
            )
        self._db.execute("COMMIT")
        self._remember("is_written")

    def known(self, path: Path) -> Known | None:
        """What the last entry of the file at `path` says."""
        return self._known.get(os.fsencode(path))

    def written(self) -> list[Entry]:
        """All that is in the table."""
        return self._entries("is_written AND offset >= 0")

    def _remember(self, condition: str) -> None:
        query = (
            f"SELECT path, size, mtime_ns, content, is_unreadable FROM entry WHERE {condition} ORDER BY id"
        )
        for path, size, mtime_ns, content, is_unreadable in self._db.execute(query):
            self._known[path] = Known(FileFacts(size, mtime_ns), content, bool(is_unreadable))

    def _entries(self, condition: str) -> list[Entry]:
        rows = self._db.execute(
            f"SELECT path, size, mtime_ns, content, row, place FROM entry WHERE {condition} ORDER BY id"
        )
        return [
            Entry(Path(os.fsdecode(path)), FileFacts(size, mtime_ns), content, _row(path, row), place)
            for path, size, mtime_ns, content, row, place in rows
        ]

    def unwritten(self) -> tuple[int, list[Entry]]:
        """What a killed watch may have written or not, and the size in bytes of the table before."""
        found = self._db.execute("SELECT offset FROM entry WHERE NOT is_written LIMIT 1").fetchone()
        return (found[0] if found else 0), self._entries("NOT is_written")

    def begin(self, entries: Sequence[Entry], offset: int) -> None:
        """Commit what is to be written from this offset of the table on."""
        self._insert(entries, offset, is_written=False)

    def finish(self) -> None:
        """All that was begun is written."""
        self._remember("NOT is_written")
        self._db.execute("UPDATE entry SET is_written = 1 WHERE NOT is_written")

    def note(self, entry: Entry) -> None:
        """The file of this entry has other facts than before, and nothing new to write."""
        self._insert([entry], -1, is_written=True)
        self._known[os.fsencode(entry.path)] = Known(entry.facts, entry.content, bool(entry.row.error))

    def close(self) -> None:
        if hasattr(self, "_db"):
            self._db.close()

    def _insert(self, entries: Sequence[Entry], offset: int, is_written: bool) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO entry (path, size, mtime_ns, content, row, place, offset, is_written,"
            " is_unreadable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    os.fsencode(one.path),
                    *one.facts,
                    one.content,
                    _text(one.row),
                    one.place,
                    offset,
                    is_written,
                    bool(one.row.error),
                )
                for one in entries
            ],
        )
        self._db.execute("COMMIT")


def _text(row: Row) -> str:
    return json.dumps([row.label, row.confidence, row.error, row.probabilities, row.origin])


def _row(path: bytes, text: str) -> Row:
    label, confidence, error, probabilities, origin = json.loads(text)
    return Row(os.fsdecode(path), label, confidence, error, probabilities, origin)
