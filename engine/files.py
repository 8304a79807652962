"""Writing a file so that it is complete or not there; and files that must not be read. No torch, no Qt."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_held: set[tuple[int, int]] = set()


def hold(file: os.stat_result) -> None:
    """This process has a lock on the file: on POSIX, whoever opened it as well and closed it again would end
    that lock unnoticed (fcntl(2), "advisory record locking"), so `is_held` tells not to."""
    _held.add((file.st_dev, file.st_ino))


def let_go(file: os.stat_result) -> None:
    """The lock has ended."""
    _held.discard((file.st_dev, file.st_ino))


def is_held(file: os.stat_result) -> bool:
    """Whether the file, by whatever name, must not be opened by another part of this process."""
    return (file.st_dev, file.st_ino) in _held


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield the path of an unfinished file beside `target`, which takes its place when the block ends.

    If the block raises, an older `target` stays as it was and the unfinished file is removed. The
    block must have closed the file. Its name starts with a dot, which hides it from picture scans.
    """
    unfinished = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield unfinished
        with unfinished.open("r+b") as file:  # Windows syncs only what may be written
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def write_atomically(target: Path, data: bytes) -> None:
    """Write `data` to `target`, creating its folder; a reader, or a crash, never sees half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as unfinished:
        unfinished.write_bytes(data)
