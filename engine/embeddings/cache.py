"""Features on disk, keyed by the content of a picture and the encoder, so a second run embeds nothing.

One SQLite file per encoder. It also remembers which content a path had at which size and time of
change, so that a second run over 100,000 pictures does not even read them. The folder may be
deleted at any time. A cache that fails (full disk, read-only folder, damaged file) never stops a run.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.embeddings.encoders import Encoder

SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (digest BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest BLOB NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Stamp:
    """What a file looked like from outside when it was read; content is assumed to change with it."""

    path: bytes
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of the file at `path` now; `None` if it cannot be seen, or its date (it may be any, also
        of the year 2300) is none that 64 bits hold.
        """
        try:
            info = path.stat()
        except (OSError, ValueError):
            return None
        if not -(2**63) <= info.st_mtime_ns < 2**63:
            return None
        return cls(os.fsencode(path.absolute()), info.st_size, info.st_mtime_ns)


class Known(NamedTuple):
    """What a file holds: the hash of its content, and its features."""

    digest: bytes
    features: NDArray[np.generic]


class EmbeddingCache:
    """The features of one encoder. Use it in one thread, as a context manager.

    `problem` is empty, or the sentence that says why the cache is no longer used.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._dtype, self._shape = encoder.dtype, encoder.shape
        self.problem = ""
        self._connection: sqlite3.Connection | None = None
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in encoder.fingerprint)
        self._path = folder / f"{name}.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._path.unlink()  # damaged: it is only a cache, so start anew
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=0.1)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the cache then holds nothing."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _give_up(self, error: Exception) -> None:
        self.problem = f"Embeddings are not being cached in {self._path.parent}: {error}."
        self.close()

    def known(self, stamps: Sequence[Stamp | None]) -> dict[int, Known]:
        """What is known of the files that are unchanged since it was stored, by position in `stamps`."""
        query = (
            "SELECT digest, data FROM file JOIN vector USING (digest)"
            " WHERE path = ? AND size = ? AND mtime_ns = ?"
        )
        found: dict[int, Known] = {}
        with self._tolerant() as connection:
            if connection is not None:
                for position, stamp in enumerate(stamps):
                    if stamp is not None:
                        row = connection.execute(query, (stamp.path, stamp.size, stamp.mtime_ns)).fetchone()
                        if row is not None:
                            found[position] = Known(row[0], self._vector(row[1]))
        return found

    def of_content(self, digest: bytes) -> NDArray[np.generic] | None:
        """Features of a picture with this content, under whatever name it was stored."""
        with self._tolerant() as connection:
            if connection is not None:
                row = connection.execute("SELECT data FROM vector WHERE digest = ?", (digest,)).fetchone()
                return None if row is None else self._vector(row[0])
        return None

    def store(self, entries: Iterable[tuple[Stamp | None, bytes, NDArray[np.generic]]]) -> None:
        """Remember features by content, and the content by file."""
        with self._tolerant() as connection:
            if connection is not None:
                with connection:
                    for stamp, digest, features in entries:
                        data = np.ascontiguousarray(features, dtype=self._dtype).tobytes()
                        connection.execute("INSERT OR IGNORE INTO vector VALUES (?, ?)", (digest, data))
                        if stamp is not None:
                            connection.execute(
                                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
                                (stamp.path, stamp.size, stamp.mtime_ns, digest),
                            )

    def _vector(self, data: bytes) -> NDArray[np.generic]:
        return np.frombuffer(data, dtype=self._dtype).reshape(self._shape)

    @contextlib.contextmanager
    def _tolerant(self) -> Iterator[sqlite3.Connection | None]:
        try:
            yield self._connection
        except (sqlite3.Error, ValueError) as error:
            self._give_up(error)
            if not isinstance(error, sqlite3.OperationalError):  # damaged: the next run starts anew
                with contextlib.suppress(OSError):
                    self._path.unlink()
