"""Folders for copies that go with the process, also if that is killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform != "win32":
    import fcntl

_PREFIX = ".fewshot-"
_OWNER = "owner"
_NAMES = (_OWNER, "project", "export")
"""How the names of all that is in such a folder begin: one that holds anything else is somebody's own."""
_OLD_S = 3600.0


class TemporaryFolder:
    """A new hidden folder in `parent`, with all that is in it only there for this block.

    Raises `OSError` if it cannot be made. What a process that was killed has left in `parent` is removed.
    """

    def __init__(self, parent: Path) -> None:
        remove_left_behind(parent)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        # As long as this file is open and locked, it has an owner: the system sees to that.
        self._owner = os.open(self.path / _OWNER, os.O_CREAT | os.O_RDWR, 0o600)
        with suppress(OSError):
            _lock(self._owner)

    def remove(self) -> None:
        os.close(self._owner)
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def remove_left_behind(parent: Path) -> None:
    """Remove the folders in `parent` that this user's processes have left and that no process owns."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and _is_left(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_left(entry: os.DirEntry[str]) -> bool:
    try:
        info = entry.stat(follow_symlinks=False)
        if not entry.is_dir(follow_symlinks=False) or (os.name == "posix" and info.st_uid != os.geteuid()):
            return False
        if not all(name.startswith(_NAMES) for name in os.listdir(entry.path)):  # noqa: PTH208
            return False
        owner = os.open(os.path.join(entry.path, _OWNER), os.O_RDWR)  # noqa: PTH118
    except FileNotFoundError:
        # Left by an earlier program, or made this moment.
        return time.time() - info.st_mtime > _OLD_S
    except OSError:
        return False
    try:
        _lock(owner)
    except OSError:
        return False
    finally:
        os.close(owner)
    return True


def _lock(file: int) -> None:
    """Raises `OSError` if another has locked it. On Windows, an open file cannot be removed anyway."""
    if sys.platform == "win32":
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
