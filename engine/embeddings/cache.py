"""Features on disk, keyed by the content of a picture and the encoder, so a second run embeds nothing.

The features of one encoder are the rows of a memory-mapped file (see `row_file`). Beside it is noted which
content a path had at which size and time of change, so that a second run over 100,000 pictures does not even
read them. The folder may be deleted at any time. What is damaged counts as not there, and a cache that fails
(full disk, read-only folder) never stops a run.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.backbones.base import backbones
from engine.embeddings import eviction
from engine.embeddings.clearing import size_on_disk
from engine.embeddings.encoders import Encoder, fingerprints
from engine.embeddings.limit import GIGABYTE, limit
from engine.embeddings.row_file import Found, MisfitError, RowFile, is_busy, primary_code, stamp_of
from engine.errors import reason_of
from engine.messages import Message

Answer = TypeVar("Answer")

INDEX_ENTRY = 160
"""Bytes that the index takes for a row and its file, about."""

LOOKED_UP_AT_A_TIME = 64

RECKONED_AT_A_TIME = 64 * 2**20
"""Bytes that may be added before the cache is measured again: other processes add to it too."""


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

    @property
    def key(self) -> bytes:
        """What the cache knows the file by."""
        return stamp_of(self.path, self.size, self.mtime_ns)


class Known(NamedTuple):
    """What a file holds: the hash of its content, and its features."""

    digest: bytes
    features: NDArray[np.generic]


class EmbeddingCache:
    """The features of one encoder. Use it in one thread, as a context manager.

    `problem` is `None`, or the sentence that says why features are not kept, or no longer.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._dtype, self._shape = encoder.dtype, encoder.shape
        self._length = int(np.prod(self._shape)) * self._dtype.itemsize
        self._folder, self._name = folder, _file_name(encoder.fingerprint)
        self.problem: Message | None = None
        self._file: RowFile | None = None
        self._keeps, self._room, self._is_new = True, 0, False
        self._protected: list[Sequence[Path]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            eviction.remove_earlier(folder)
            self._file = self._open()
        except (OSError, sqlite3.Error, MisfitError) as error:
            self._give_up(error)

    def _open(self) -> RowFile:
        try:
            return RowFile(self._folder, self._name, self._length)
        except (MisfitError, sqlite3.Error, UnicodeDecodeError) as error:
            if not _is_damage(error):
                raise
            self._is_new = True
            eviction.remove(self._folder, self._name)  # damaged: it is only a cache, so start anew
            return RowFile(self._folder, self._name, self._length)

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files, and see to it that the cache keeps below its limit; it then holds nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError, sqlite3.Error, MisfitError):
                eviction.make_room(self._folder, 0, limit(self._folder), self._current_beginnings)

    def protect(self, paths: Sequence[Path]) -> None:
        """What is known of the files at `paths` is in use, and is not removed to make room."""
        self._protected.append(paths)

    def known(self, stamps: Sequence[Stamp | None]) -> dict[int, Known]:
        """What is known of the files that are unchanged since it was stored, by position in `stamps`."""
        keys = {position: stamp.key for position, stamp in enumerate(stamps) if stamp is not None}
        nothing: dict[bytes, Found] = {}
        found = self._attempt(lambda file: file.find_files([*keys.values()]), nothing) if keys else nothing
        features = self._features(found)
        return {
            position: Known(found[key].digest, features[key])
            for position, key in keys.items()
            if key in features
        }

    def of_contents(self, digests: Sequence[bytes]) -> list[NDArray[np.generic] | None]:
        """Features of pictures with these contents, under whatever name they were stored, or `None`."""
        nothing: dict[bytes, Found] = {}
        found = self._attempt(lambda file: file.find(digests), nothing) if digests else nothing
        features = self._features(found)
        return [features.get(digest) for digest in digests]

    def store(self, entries: Iterable[tuple[Stamp | None, bytes, NDArray[np.generic]]]) -> None:
        """Remember features by content, and the content by file; but none that has NaN or infinity."""
        if not self._keeps:
            return
        rows: dict[bytes, NDArray[np.uint8]] = {}
        files: dict[bytes, bytes] = {}
        for stamp, digest, features in entries:
            data = np.ascontiguousarray(features, dtype=self._dtype)
            if np.isfinite(data).all():
                rows[digest] = data.reshape(-1).view(np.uint8)
                if stamp is not None:
                    files[stamp.key] = digest
        if rows:
            needed = len(rows) * (self._length + INDEX_ENTRY)
            if self._room < needed:
                self._make_room(needed)
            if self._keeps:
                self._room -= needed
                self._attempt(lambda file: file.add(rows, files), None)

    def _features(self, found: Mapping[bytes, Found]) -> dict[bytes, NDArray[np.generic]]:
        """The rows as features, by the same key, without those that have NaN or infinity."""
        if not found:
            return {}
        features = np.stack([content.row for content in found.values()])
        features = features.view(self._dtype).reshape(-1, *self._shape)
        is_finite = _finite_rows(features.reshape(len(features), -1))
        for content, finite in zip(found.values(), is_finite.tolist(), strict=True):
            if not finite and self._file is not None:
                self._file.distrust(content.digest)
        return {key: row for key, row, finite in zip(found, features, is_finite, strict=True) if finite}

    def _make_room(self, needed: int) -> None:
        """Find out how much may be added, and remove what is in the way of `needed` bytes."""
        most = limit(self._folder)
        if needed > most - size_on_disk(self._folder):
            self._note_protected()
        room = eviction.make_room(self._folder, needed, most, self._current_beginnings)
        self._room = min(room, max(RECKONED_AT_A_TIME, needed))
        if room < needed:
            self._keeps = False
            self.problem = Message(
                "The cache has reached its limit of {size} GB, so no more embeddings are kept; the limit can"
                " be set in Edit ▸ Settings.",
                size=f"{most / GIGABYTE:.3g}",
            )

    def _note_protected(self) -> None:
        for paths in self._protected:
            for start in range(0, len(paths), LOOKED_UP_AT_A_TIME):
                self.known([Stamp.of(path) for path in paths[start : start + LOOKED_UP_AT_A_TIME]])
        self._protected = []
        self._attempt(lambda file: file.note_use(), None)

    def _current_beginnings(self) -> set[str]:
        """How the names of files begin that encoders of this version use, whatever runtime computes."""
        beginnings = {self._name}
        for backbone in backbones().values():
            with contextlib.suppress(OSError):  # not every backbone need be installed
                beginnings |= {_file_name(fingerprint) for fingerprint in fingerprints(backbone)}
        return beginnings

    def _attempt(self, work: Callable[[RowFile], Answer], otherwise: Answer) -> Answer:
        """What `work` gives, or `otherwise` where the cache is of no use."""
        if self._file is None:
            return otherwise
        try:
            return work(self._file)
        except (OSError, sqlite3.Error, MisfitError, UnicodeDecodeError) as error:
            if _is_damage(error):
                self._start_anew(error)
            elif not is_busy(error):  # no room, say: what is there still serves
                self._give_up(error)
            return otherwise

    def _start_anew(self, error: Exception) -> None:
        """Throw away what is damaged; what is so again at once is not tried a second time."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._is_new:
            self._give_up(error)
            return
        self._is_new = True
        eviction.remove(self._folder, self._name)
        try:
            self._file = RowFile(self._folder, self._name, self._length)
        except (OSError, sqlite3.Error, MisfitError) as another:
            self._give_up(another)

    def _give_up(self, error: Exception) -> None:
        self._keeps = False
        self.problem = Message(
            "Embeddings are not being cached in {path}: {reason}.", path=self._folder, reason=reason_of(error)
        )


def _finite_rows(features: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which rows [n] of features [n, d] have neither NaN nor infinity."""
    finite: NDArray[np.bool_]
    if features.dtype == np.float16:  # numpy's own answer takes longer than the look-up
        finite = (features.view(np.uint16) & 0x7FFF).max(axis=1) < 0x7C00
    else:
        finite = np.logical_and.reduce(np.isfinite(features), axis=1)
    return finite


def _file_name(fingerprint: str) -> str:
    return "".join(c if c.isalnum() or c in "-." else "_" for c in fingerprint)


def _is_damage(error: Exception) -> bool:
    """Whether the files are to blame, not the disk they are on or another process."""
    if isinstance(error, sqlite3.OperationalError):
        return primary_code(error) == sqlite3.SQLITE_ERROR  # no such table, or column
    # SQLite's own messages may be damaged too, as they quote the file.
    return isinstance(error, MisfitError | sqlite3.Error | UnicodeDecodeError)
