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
from engine.embeddings.row_file import (
    InvalidRowFileError,
    RowFile,
    StoredRow,
    is_busy,
    primary_code,
    stamp_of,
)
from engine.errors import reason_of
from engine.files import FileFacts
from engine.messages import Message

Answer = TypeVar("Answer")

INDEX_ENTRY = 160
"""The approximate size in bytes of an index entry for a row and its file."""

LOOKUP_BLOCK = 64

REMEASURE_BYTES = 64 * 2**20
"""The cache is measured again after so many new bytes, because other processes also add to it."""


@dataclass(frozen=True)
class Stamp:
    """Path, size and time of change of a file; a file with the same stamp is assumed to have the same
    content."""

    path: bytes
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of the file at `path` now; `None` where `FileFacts.of` is."""
        facts = FileFacts.of(path)
        return facts and cls(os.fsencode(path.absolute()), facts.size, facts.mtime_ns)

    @property
    def key(self) -> bytes:
        """The key of the file in the cache."""
        return stamp_of(self.path, self.size, self.mtime_ns)


class CachedFeatures(NamedTuple):
    """The hash of a file's content, and its features."""

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
        self._is_writing, self._room, self._is_new = True, 0, False
        self._protected: list[Sequence[Path]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            eviction.remove_legacy(folder)
            self._file = self._open()
        except (OSError, sqlite3.Error, InvalidRowFileError) as error:
            self._disable(error)

    def _open(self) -> RowFile:
        try:
            return RowFile(self._folder, self._name, self._length)
        except (InvalidRowFileError, sqlite3.Error, UnicodeDecodeError) as error:
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
        """Close the files and evict until the cache is below its limit. A closed cache is empty."""
        if self._file is not None:
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError, sqlite3.Error, InvalidRowFileError):
                eviction.evict(self._folder, 0, limit(self._folder), self._current_beginnings)

    def size_of(self, count: int) -> int:
        """The approximate bytes that the features of so many pictures take."""
        return count * (self._length + INDEX_ENTRY)

    def protect(self, paths: Sequence[Path]) -> None:
        """Mark the entries of the files at `paths` as in use, so that they are not evicted."""
        self._protected.append(paths)

    def known(self, stamps: Sequence[Stamp | None]) -> dict[int, CachedFeatures]:
        """The features of the files that are unchanged since they were stored, by position in `stamps`."""
        keys = {position: stamp.key for position, stamp in enumerate(stamps) if stamp is not None}
        nothing: dict[bytes, StoredRow] = {}
        found = self._try(lambda file: file.find_files([*keys.values()]), nothing) if keys else nothing
        features = self._features(found)
        return {
            position: CachedFeatures(found[key].digest, features[key])
            for position, key in keys.items()
            if key in features
        }

    def of_contents(self, digests: Sequence[bytes]) -> list[NDArray[np.generic] | None]:
        """Features of pictures with these contents, under any name, or `None`."""
        nothing: dict[bytes, StoredRow] = {}
        found = self._try(lambda file: file.find(digests), nothing) if digests else nothing
        features = self._features(found)
        return [features.get(digest) for digest in digests]

    def store(self, entries: Iterable[tuple[Stamp | None, bytes, NDArray[np.generic]]]) -> None:
        """Store features by content, and the content by file; rows with NaN or infinity are skipped."""
        if not self._is_writing:
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
            needed = self.size_of(len(rows))
            if self._room < needed:
                self._reserve(needed)
            if self._is_writing:
                self._room -= needed
                self._try(lambda file: file.add(rows, files), None)

    def _features(self, found: Mapping[bytes, StoredRow]) -> dict[bytes, NDArray[np.generic]]:
        """The rows as features, by the same key, without those that have NaN or infinity."""
        if not found:
            return {}
        features = np.stack([content.row for content in found.values()])
        features = features.view(self._dtype).reshape(-1, *self._shape)
        is_finite = _finite_rows(features.reshape(len(features), -1))
        for content, finite in zip(found.values(), is_finite.tolist(), strict=True):
            if not finite and self._file is not None:
                self._file.mark_damaged(content.digest)
        return {key: row for key, row, finite in zip(found, features, is_finite, strict=True) if finite}

    def _reserve(self, needed: int) -> None:
        """Measure how much may be added, and evict entries until `needed` bytes fit."""
        most = limit(self._folder)
        if needed > most - size_on_disk(self._folder):
            self._touch_protected()
        room = eviction.evict(self._folder, needed, most, self._current_beginnings)
        self._room = min(room, max(REMEASURE_BYTES, needed))
        if room < needed:
            self._is_writing = False
            self.problem = Message(
                "The cache has reached its limit of {size} GB, so no more embeddings are kept; the limit can"
                " be set in Edit ▸ Settings.",
                size=f"{most / GIGABYTE:.3g}",
            )

    def _touch_protected(self) -> None:
        for paths in self._protected:
            for start in range(0, len(paths), LOOKUP_BLOCK):
                self.known([Stamp.of(path) for path in paths[start : start + LOOKUP_BLOCK]])
        self._protected = []
        self._try(lambda file: file.record_use(), None)

    def _current_beginnings(self) -> set[str]:
        """How the names of files begin that encoders of this version use, whatever runtime computes."""
        beginnings = {self._name}
        for backbone in backbones().values():
            with contextlib.suppress(OSError):  # not every backbone need be installed
                beginnings |= {_file_name(fingerprint) for fingerprint in fingerprints(backbone)}
        return beginnings

    def _try(self, work: Callable[[RowFile], Answer], otherwise: Answer) -> Answer:
        """The result of `work`, or `otherwise` where the cache cannot be used."""
        if self._file is None:
            return otherwise
        try:
            return work(self._file)
        except (OSError, sqlite3.Error, InvalidRowFileError, UnicodeDecodeError) as error:
            if _is_damage(error):
                self._recreate(error)
            elif not is_busy(error):  # no room, say: what is there still serves
                self._disable(error)
            return otherwise

    def _recreate(self, error: Exception) -> None:
        """Delete the damaged files and create new ones, once."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._is_new:
            self._disable(error)
            return
        self._is_new = True
        eviction.remove(self._folder, self._name)
        try:
            self._file = RowFile(self._folder, self._name, self._length)
        except (OSError, sqlite3.Error, InvalidRowFileError) as another:
            self._disable(another)

    def _disable(self, error: Exception) -> None:
        self._is_writing = False
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
    """Whether the files are damaged, as opposed to a failure of the disk or of another process."""
    if isinstance(error, sqlite3.OperationalError):
        return primary_code(error) == sqlite3.SQLITE_ERROR  # no such table, or column
    # SQLite's own messages may be damaged too, as they quote the file.
    return isinstance(error, InvalidRowFileError | sqlite3.Error | UnicodeDecodeError)
