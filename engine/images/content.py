"""The content of picture files: reading it, and naming it by a hash."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from engine.files import is_locked
from engine.images.errors import UnreadablePictureError

MAX_BYTES: Final = 2**29
"""Largest file that is read: 512 MiB."""

_HASH_BYTES: Final = 16
_BLOCK: Final = 2**20


def open_picture(path: Path) -> BufferedReader:
    """Open a picture file. Only ordinary files are opened, so this never waits on a pipe.

    Raises:
        UnreadablePicture: not found, not a file, no permission, too large, or damaged (disk error); not a
            picture, if it is the project that is open.
    """
    with _as_unreadable(path):
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise UnreadablePictureError(path, "not a file")
        if is_locked(info):
            raise UnreadablePictureError(path, "not a picture")
        if info.st_size > MAX_BYTES:
            raise UnreadablePictureError(path, "too large")
        return path.open("rb")


def read_picture(path: Path) -> bytes:
    """The content of a picture file. Raises what `open_picture` raises."""
    with open_picture(path) as file, _as_unreadable(path):
        return file.read()


def copy_picture(path: Path, target: Path) -> None:
    """Copy a picture file with its date to `target`, which must not be there yet; it is on the disk then.

    Raises:
        UnreadablePicture: as `open_picture`; nothing is left then.
        OSError: `target` cannot be written.
    """
    with open_picture(path) as source, target.open("xb") as copy:
        while True:
            try:
                with _as_unreadable(path):
                    block = source.read(_BLOCK)
            except UnreadablePictureError:
                copy.close()
                target.unlink()
                raise
            if not block:
                break
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
        times = os.fstat(source.fileno())
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def _as_unreadable(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise UnreadablePictureError(path, "no permission") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        # Looking up fails in many ways (links in a circle, a name too long), reading only if the disk does.
        is_there = os.path.isfile(path)  # noqa: PTH113 – Path.is_file raises for some of these names
        raise UnreadablePictureError(path, "damaged" if is_there else "not found") from error


def content_hash(data: bytes) -> bytes:
    """16 bytes that name this content, wherever the file moves (BLAKE2b)."""
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()


def file_hash(path: Path) -> bytes:
    """The same of the file at `path`, which need not fit into memory.

    Raises `OSError` if it is no ordinary file, is the project that is open, or cannot be read.
    """
    info = path.stat()
    if not stat.S_ISREG(info.st_mode) or is_locked(info):
        raise FileNotFoundError(f"{path} is not a file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_HASH_BYTES)).digest()
