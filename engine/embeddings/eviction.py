"""Eviction keeps the cache below its limit: first files of obsolete encoders, then the least recently used
rows."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path

from engine.embeddings.clearing import LEGACY, size_on_disk
from engine.embeddings.row_file import INDEX, InvalidRowFileError, RowFile, files_of, length_of

SLACK = 100
"""Evict a hundredth of the limit more than needed, so that not every picture evicts."""


def evict(folder: Path, needed: int, limit: int, current_beginnings: Callable[[], Collection[str]]) -> int:
    """Remove from `folder` until `needed` bytes more fit below the `limit`; returns how many do then.

    Rows that a running run or this process has used are not removed, so the result may be smaller.
    `current_beginnings` returns the prefixes of the file names of current encoders.
    """
    if (room := limit - size_on_disk(folder)) >= needed:
        return room
    wanted, current = needed + limit // SLACK, tuple(current_beginnings())
    names = sorted(
        (path.name.removesuffix(INDEX) for path in folder.glob(f"*{INDEX}")),
        key=lambda name: (name.startswith(current), name),
    )
    kept: dict[str, int] = {}
    for name in names:
        try:
            if not name.startswith(current) and limit - size_on_disk(folder) < wanted:
                raise InvalidRowFileError(f"{name} belongs to an encoder that is no more")
            kept[name] = length_of(folder, name)
        except InvalidRowFileError:
            remove(folder, name)
        except sqlite3.Error:  # another process uses it now
            continue
    excess = wanted - (limit - size_on_disk(folder))
    if excess > 0:
        _remove_unused(folder, kept, excess)
    return limit - size_on_disk(folder)


def _remove_unused(folder: Path, lengths: dict[str, int], excess: int) -> None:
    """Remove the rows that were not used longest, of whatever file, until they make up `excess` bytes."""
    with contextlib.ExitStack() as opened:
        files: list[tuple[RowFile, int]] = []
        for name, length in lengths.items():
            with contextlib.suppress(InvalidRowFileError, OSError, sqlite3.Error):
                files.append(
                    (opened.enter_context(contextlib.closing(RowFile(folder, name, length))), length)
                )
        ages = [(used, count, file, length) for file, length in files for used, count in _ages(file)]
        for used, count, file, length in sorted(ages, key=lambda age: age[0]):
            if excess <= 0:
                break
            with contextlib.suppress(InvalidRowFileError, OSError, sqlite3.Error):
                excess -= length * file.remove_unused_since(used, min(count, -(-excess // length)))


def _ages(file: RowFile) -> list[tuple[int, int]]:
    try:
        return file.ages()
    except sqlite3.Error:
        return []


def remove(folder: Path, name: str) -> None:
    """Remove the files of one encoder, as far as that is possible."""
    for path in reversed(files_of(folder, name)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_legacy(folder: Path) -> None:
    """Remove what earlier versions of the program kept here."""
    for path in folder.glob(LEGACY):
        with contextlib.suppress(OSError):
            path.unlink()
