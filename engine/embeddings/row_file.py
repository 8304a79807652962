"""Rows of one length in a memory-mapped file, found by digest through an index that distrusts both.

`NAME.rows` is an array uint8 [rows, length]; `NAME.index`, an SQLite file, says which row belongs to which
content, which content a path had at which size and time of change, and when a row was used last. Every
entry has a checksum over its key and what it points to. After a power loss either file may hold anything, as
nothing waits for the disk; whatever does not fit its checksum counts as absent.

Any number of processes may use the files at once. SQLite's locks stand for both files: rows are read under a
shared lock, written under a reserved one, and the file is shortened only under an exclusive one, so that
nobody touches a page of the map that is no longer there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROWS, INDEX = ".rows", ".index"

VERSION = 1
"""Raise this when the layout of the files changes: those of another version are made anew."""

PROCESS_STARTED = int(time.time())
RECENT = 3600
"""Rows used since this process began, or in the last hour by any, are in use: of a run that is on, or of a
project that is open. They stay."""

SCHEMA = """
PRAGMA auto_vacuum = FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS layout (name BLOB NOT NULL, length INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    row INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, checksum INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS file (
    stamp BLOB PRIMARY KEY, digest BLOB NOT NULL, checksum INTEGER NOT NULL
) WITHOUT ROWID;
"""

_AT_A_TIME = 4096
"""Rows moved or removed in one transaction, some tens of milliseconds."""

_PATIENCE = 1.0
"""Seconds to wait for another process; then the row counts as absent, or is not kept."""


class InvalidRowFileError(Exception):
    """The files are damaged, or hold rows of another kind: they are to be made anew."""


class StoredRow(NamedTuple):
    """Content and its row, uint8 [length]."""

    digest: bytes
    row: NDArray[np.uint8]


class _Entry(NamedTuple):
    key: bytes
    digest: bytes
    row: int
    checksum: int
    used: int


class RowFile:
    """The rows in `folder` called `name`, each `length` bytes. Use it in one thread, and close it.

    Raises `InvalidRowFileError`, or `OSError` or `sqlite3.Error` where the disk or another process is in the
    way.
    """

    def __init__(self, folder: Path, name: str, length: int) -> None:
        self._length = length
        self._wrong: set[bytes] = set()
        self._used: set[int] = set()
        paths = files_of(folder, name)
        for path in paths:
            if path.exists() and not path.is_file():
                raise InvalidRowFileError(f"{path} is not a file")
        self._index = sqlite3.connect(paths[0], timeout=_PATIENCE, isolation_level=None)
        self._index.text_factory = bytes  # what is damaged need not be UTF-8
        try:
            # Not WAL: there a reader would not keep a writer from shortening the file of rows.
            self._index.execute("PRAGMA journal_mode = TRUNCATE")
            self._index.execute("PRAGMA synchronous = OFF")
            self._open_index(name)
            if not paths[1].exists():
                paths[1].touch()
            # A cache on a read-only disk still serves look-ups.
            may_write = os.access(paths[1], os.W_OK)
            self._rows = paths[1].open("r+b" if may_write else "rb", buffering=0)
        except BaseException:
            self._index.close()
            raise
        try:
            if may_write:
                self._tidy()
        except BaseException:
            self.close()
            raise

    def _open_index(self, name: str) -> None:
        expected = [(f"{VERSION} {name}".encode(), self._length)]
        try:
            found = self._index.execute("SELECT name, length FROM layout").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # else there is no such table yet
                raise
            found = []
        if not found:
            try:
                self._index.executescript(SCHEMA)
                found = self._index.execute("SELECT name, length FROM layout").fetchall()
                if not found:
                    self._index.executemany("INSERT INTO layout VALUES (?, ?)", expected)
                    found = expected
                self._index.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        if found != expected:
            raise InvalidRowFileError(f"{name} holds rows of another kind")

    def close(self) -> None:
        """Note which rows were used, and close the files."""
        with contextlib.suppress(sqlite3.Error):
            self.record_use()
        self._rows.close()
        with contextlib.suppress(sqlite3.Error):
            self._index.close()

    # -- reading

    def find(self, digests: Sequence[bytes]) -> dict[bytes, StoredRow]:
        """The rows of those contents that have one, by digest."""
        query = "SELECT digest, digest, row, checksum, used FROM entry WHERE digest IN ({})"
        with self._locked("BEGIN"):
            entries = [_Entry(*entry) for entry in self._select(query, digests)]
            return self._checked(entries)

    def find_files(self, stamps: Sequence[bytes]) -> dict[bytes, StoredRow]:
        """What is known of the files with these stamps (see `stamp_of`), by stamp."""
        query = (
            "SELECT stamp, digest, row, entry.checksum, used, file.checksum"
            " FROM file JOIN entry USING (digest) WHERE stamp IN ({})"
        )
        with self._locked("BEGIN"):
            entries = [
                _Entry(stamp, digest, *rest)
                for stamp, digest, *rest, checksum in self._select(query, stamps)
                if isinstance(digest, bytes) and checksum == _checksum(stamp, digest)
            ]
            return self._checked(entries)

    def _select(self, query: str, keys: Sequence[bytes]) -> list[Any]:
        return self._index.execute(query.format(",".join("?" * len(keys))), keys).fetchall()

    def _checked(self, entries: Sequence[_Entry]) -> dict[bytes, StoredRow]:
        """The rows of the entries, by key, without those that do not fit."""
        count = self._count()
        entries = [entry for entry in entries if 0 <= entry.row < count and isinstance(entry.digest, bytes)]
        if not entries:
            return {}
        # Mapped for this moment only: so memory stays flat, and the file may be shortened afterwards.
        mapped = np.memmap(self._rows, np.uint8, "r", shape=(count, self._length))
        rows = np.asarray(mapped[[entry.row for entry in entries]])
        del mapped
        found: dict[bytes, StoredRow] = {}
        contents = rows.data.cast("B")
        fresh = max(PROCESS_STARTED, int(time.time()) - RECENT // 2)
        for number, (entry, row) in enumerate(zip(entries, rows, strict=True)):
            content = contents[number * self._length : (number + 1) * self._length]
            if entry.checksum != _checksum(entry.digest, content):
                self.mark_damaged(entry.digest)
                continue
            found[entry.key] = StoredRow(entry.digest, row)
            if not (isinstance(entry.used, int) and entry.used >= fresh):
                self._used.add(entry.row)
        return found

    def mark_damaged(self, digest: bytes) -> None:
        """What the row holds is of no use: the next that is given for it takes its place."""
        self._wrong.add(digest)

    # -- writing

    def add(self, rows: Mapping[bytes, NDArray[np.uint8]], files: Mapping[bytes, bytes]) -> None:
        """Keep rows uint8 [length] by digest, and the digest of files by stamp."""
        now = int(time.time())
        with self._locked("BEGIN IMMEDIATE"):
            count = self._count()
            query = "SELECT digest, row FROM entry WHERE digest IN ({})"
            at: dict[bytes, int] = dict(self._select(query, list(rows)))
            places: dict[bytes, int] = {}
            for digest in rows:
                if not 0 <= at.get(digest, -1) < count:  # unknown, or beyond the end of a file cut short
                    places[digest] = count + len(places)
            new = [*places]
            if new:
                self._write(count, np.stack([rows[digest] for digest in new]))
            for digest in self._wrong.intersection(rows) - places.keys():
                places[digest] = at[digest]
                self._write(at[digest], rows[digest])
            self._index.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
                [(row, digest, _checksum(digest, rows[digest].data), now) for digest, row in places.items()],
            )
            self._index.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?)",
                [(stamp, digest, _checksum(stamp, digest)) for stamp, digest in files.items()],
            )
            self._require_found("SELECT COUNT(*) FROM entry WHERE digest IN ({})", list(rows))
            self._require_found(
                "SELECT COUNT(*) FROM file JOIN entry USING (digest) WHERE stamp IN ({})", list(files)
            )
        self._wrong -= rows.keys()
        if len(self._used) >= _AT_A_TIME:
            self.record_use()

    def _require_found(self, query: str, keys: Sequence[bytes]) -> None:
        # A damaged tree may swallow what is put into it, at every run anew.
        if self._select(query, keys) != [(len(keys),)]:
            raise InvalidRowFileError("the index does not find what was put into it")

    def _write(self, row: int, data: NDArray[np.uint8]) -> None:
        # Not through the map: a full disk would end the process, not the write.
        self._rows.seek(row * self._length)
        rest = data.data.cast("B")
        while rest:
            rest = rest[self._rows.write(rest) :]

    def record_use(self) -> None:
        """Write down which rows were used, which otherwise waits until the file is closed."""
        if self._used:
            used, self._used = self._used, set()
            with self._locked("BEGIN IMMEDIATE"):
                now = int(time.time())
                self._index.executemany(
                    "UPDATE entry SET used = ? WHERE row = ?", [(now, row) for row in used]
                )

    # -- making room

    def ages(self) -> list[tuple[int, int]]:
        """When rows were used last, in seconds since 1970, and how many then; without those in use now."""
        self.record_use()
        query = f"SELECT used, COUNT(*) FROM entry WHERE {_IDLE} AND typeof(used) = 'integer' GROUP BY used"
        return self._index.execute(query, _in_use()).fetchall()

    def remove_unused_since(self, seconds: int, most: int) -> int:
        """Remove rows, `most` at most, that were used last at `seconds` since 1970 or before, and shorten the
        file; returns how many."""
        query = f"SELECT row FROM entry WHERE {_IDLE} AND used <= ? AND row < ? ORDER BY row DESC LIMIT ?"
        removed, below = 0, self._count()
        while removed < most and below > 0:
            with self._locked("BEGIN EXCLUSIVE"):
                room = min(_AT_A_TIME, most - removed)
                found = self._index.execute(query, (*_in_use(), seconds, below, room)).fetchall()
                self._index.executemany("DELETE FROM entry WHERE row = ?", found)
                holes = np.array(found, np.int64).reshape(-1)
                self._shorten(holes, max(0, self._count() - len(holes)))
            removed += len(holes)
            below = int(holes[-1]) if len(holes) == room else 0
        with self._locked("BEGIN IMMEDIATE"):
            self._index.execute("DELETE FROM file WHERE digest NOT IN (SELECT digest FROM entry)")
        return removed

    def _tidy(self) -> None:
        """Drop what lies beyond the end of the rows; shorten them where the most have no entry any more."""
        count = self._count()
        (top,) = self._index.execute("SELECT MAX(row) FROM entry").fetchone()
        (bottom,) = self._index.execute("SELECT MIN(row) FROM entry").fetchone()
        if top is not None and (top >= count or bottom < 0):
            with self._locked("BEGIN IMMEDIATE"):
                self._index.execute("DELETE FROM entry WHERE row >= ? OR row < 0", (self._count(),))
        (entries,) = self._index.execute("SELECT COUNT(*) FROM entry").fetchone()
        if count - entries > max(entries, _AT_A_TIME):
            with self._locked("BEGIN EXCLUSIVE"):
                live = np.array(
                    [row for (row,) in self._index.execute("SELECT row FROM entry ORDER BY row")], np.int64
                )
                holes = np.setdiff1d(np.arange(len(live)), live)
                self._shorten(holes, len(live))

    def _shorten(self, holes: NDArray[np.int64], count: int) -> None:
        """Move what lies from row `count` on into the `holes`, and end the file there."""
        query = "SELECT row FROM entry WHERE row >= ? ORDER BY row"
        movers = [row for (row,) in self._index.execute(query, (count,)) if row < self._count()]
        holes = np.sort(holes[holes < count])
        if len(movers) > len(holes):
            raise InvalidRowFileError("the index holds more rows than the file")
        if movers:
            mapped = np.memmap(self._rows, np.uint8, "r", shape=(self._count(), self._length))
            for row, hole in zip(movers, holes.tolist(), strict=False):
                self._write(hole, np.asarray(mapped[row]))
            del mapped
            moves = [(hole, row) for row, hole in zip(movers, holes.tolist(), strict=False)]
            self._index.executemany("UPDATE OR REPLACE entry SET row = ? WHERE row = ?", moves)
        self._rows.truncate(count * self._length)

    def _count(self) -> int:
        return self._rows.seek(0, 2) // self._length

    @contextlib.contextmanager
    def _locked(self, begin: str) -> Iterator[None]:
        self._index.execute(begin)
        try:
            yield
            self._index.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._index.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._index.execute("ROLLBACK")


_IDLE = "NOT used BETWEEN ? AND ?"
"""Not in use now. A time that lies ahead was noted by a clock that was wrong, and protects nothing."""


def _in_use() -> tuple[int, int]:
    now = int(time.time())
    return min(PROCESS_STARTED, now - RECENT), now


def files_of(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """The index, the rows, and the journal that SQLite keeps."""
    return folder / f"{name}{INDEX}", folder / f"{name}{ROWS}", folder / f"{name}{INDEX}-journal"


def length_of(folder: Path, name: str) -> int:
    """The length of the rows of existing files.

    Raises `InvalidRowFileError` if they are damaged, and `sqlite3.Error` if another process is in the way.
    """
    try:
        with contextlib.closing(sqlite3.connect(files_of(folder, name)[0], timeout=_PATIENCE)) as index:
            ((length,),) = index.execute("SELECT length FROM layout").fetchall()
            if int(length) > 0:
                return int(length)
    except (sqlite3.Error, ValueError, TypeError) as error:
        if is_busy(error):
            raise
        raise InvalidRowFileError(f"{name} cannot be read") from error
    raise InvalidRowFileError(f"{name} says that its rows have no length")


def is_busy(error: Exception) -> bool:
    """Whether another process is using the files, and so longer than one waits for it."""
    return primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def primary_code(error: Exception) -> int:
    """SQLite's code of an error, without what is beyond it; 0 for other errors."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def stamp_of(path: bytes, size: int, mtime_ns: int) -> bytes:
    """16 bytes that stand for a file as it looks from outside."""
    return hashlib.blake2b(b"%d %d %b" % (size, mtime_ns, path), digest_size=16).digest()


def _checksum(key: bytes, data: bytes | memoryview) -> int:
    return zlib.crc32(data, zlib.crc32(key))
