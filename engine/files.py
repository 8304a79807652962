"""Atomic writing, safe opening, and the files that this process has locked. No torch, no Qt."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from engine.errors import FewshotError, reason_of


class FileFacts(NamedTuple):
    """The size of a file in bytes, and its time of change in ns since 1970."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileFacts | None:
        """The facts of the file at `path`; `None` if it cannot be seen, or if its date does not fit in 64
        bits."""
        try:
            info = os.stat(path)  # noqa: PTH116 - Path.stat takes twice the time, and they are many
        except (OSError, ValueError):
            return None
        return cls(info.st_size, info.st_mtime_ns) if -(2**63) <= info.st_mtime_ns < 2**63 else None


_locked: set[tuple[int, int]] = set()


def register_lock(file: os.stat_result) -> None:
    """Record that this process has a lock on the file. On POSIX, opening and closing the file a second time
    would release that lock (fcntl(2), "advisory record locking"); `is_locked` prevents that."""
    _locked.add((file.st_dev, file.st_ino))


def release_lock(file: os.stat_result) -> None:
    """Record that the lock is released."""
    _locked.discard((file.st_dev, file.st_ino))


def is_locked(file: os.stat_result) -> bool:
    """Whether the file is locked, so that no other part of this process may open it."""
    return (file.st_dev, file.st_ino) in _locked


def open_to_read(path: Path) -> FileIO:
    """Open a regular file. Never waits on a pipe, and reads no device, also through a link.

    Raises `FewshotError` if it is no such file, is the project that is open, or cannot be opened.
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise FewshotError("{path} is a folder, a pipe or a device; give a file.", path=path)
        if is_locked(info):
            raise FewshotError("{path} is the project that is open; give another file.", path=path)
        # It may have become a pipe since then.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        return FileIO(os.open(path, flags), "rb")
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise FewshotError(
            "{path} cannot be opened ({reason}). Check that it is there and that you may read it.",
            path=path,
            reason=reason_of(error),
        ) from error


def sync(path: Path) -> None:
    """Return when the content of a file is on the disk, so that no crash of the system takes it back."""
    with path.open("r+b") as file:  # Windows syncs only what may be written
        os.fsync(file.fileno())


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield the path of an unfinished file beside `target`, which takes its place when the block ends.

    If the block raises, an older `target` stays as it was and the unfinished file is removed. The
    block must have closed the file. Its name starts with a dot, which hides it from picture scans.
    """
    unfinished = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def write_atomically(target: Path, data: bytes) -> None:
    """Write `data` to `target`, creating its folder; a reader, or a crash, never sees half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as unfinished:
        unfinished.write_bytes(data)
