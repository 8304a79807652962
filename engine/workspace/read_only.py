"""Loads a project into memory, read-only.

The window that has a project open holds it alone (see `connection`), and what lies on a read-only
medium cannot be opened by SQLite in the usual way, as its write-ahead log would be written to. So
the file and its log are copied as plain files, put together in a folder of the system's (or, if that has
not the space, in one beside it), and loaded.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from engine.errors import FewshotError
from engine.workspace import checks, connection
from engine.workspace.failures import UnusableProjectError
from engine.workspace.temporary import TemporaryFolder

LOGS = ("-wal", "-journal")
"""The suffixes of the logs that a crash may leave beside a project."""
_BESIDE = (*LOGS, "-shm")

_COPY = "project"
_ATTEMPTS = 20
_LOG_HEADER_BYTES = 32


def require_regular_files(path: Path) -> None:
    """Raise `FewshotError` if the project, or what SQLite would take for its log, is no ordinary file.

    To read a device or a pipe may never end, and who reads by a link may be led anywhere.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnusableProjectError(
            "{path} is no ordinary file: choose a file that Fewshot has made.", path=path
        )
    for suffix in _BESIDE:
        log = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(log.lstat().st_mode):
                raise UnusableProjectError(
                    "“{name}” beside {path} is no ordinary file: move it to another folder and open the "
                    "project again.",
                    name=log.name,
                    path=path,
                )


@contextmanager
def loaded(path: Path, is_wanted: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
    """The project at `path` as it is after its last gesture, in memory; closed again if the block fails.

    The file is only read. This process must not have it open itself: to the system, reading it to the
    end as a file would end the lock that SQLite holds on it.

    Raises `FewshotError` if it is no project, is damaged, or is being written all the time, and
    `OSError` if it cannot be read.
    """
    with _copy(path, is_wanted) as disk:
        # This also plays the log back into the file.
        disk.execute("PRAGMA journal_mode = DELETE")
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        disk.backup(memory)
    try:
        connection.configure(memory)
        yield memory
    except BaseException:
        memory.close()
        raise


def check(path: Path, is_wanted: Callable[[], bool]) -> None:
    """Raise what `loaded` would. Opening a file with the log of another file, as after a backup was put in
    its place, would mix the two."""
    with _copy(path, is_wanted):
        pass


@contextmanager
def _copy(path: Path, is_wanted: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
    """A sound copy of the project, with its log."""
    with _folder_with_copy(path) as folder:
        copy = folder.path / _COPY
        logs = [path.name + suffix for suffix in LOGS if _size(copy.with_name(copy.name + suffix))]
        with closing(sqlite3.connect(copy)) as disk, connection.bounded(disk, copy, is_wanted):
            connection.harden(disk)
            checks.require_valid_project(disk, path, "".join(logs[:1]))
            yield disk


def _folder_with_copy(path: Path) -> TemporaryFolder:
    """A folder of the system's with the copy; where that has no room, a hidden one beside the project."""
    try:
        return _folder_in(Path(tempfile.gettempdir()), path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        with suppress(OSError):
            return _folder_in(path.parent, path)
        raise FewshotError(
            "{path} could not be checked, as there is no space for a copy of it in {folder}: free "
            "some space there and try again.",
            path=path,
            folder=tempfile.gettempdir(),
        ) from error


def _folder_in(parent: Path, path: Path) -> TemporaryFolder:
    """A new folder in `parent` with the copy; if that fails, there is none."""
    folder = TemporaryFolder(parent)
    try:
        files = [path, *(path.with_name(path.name + suffix) for suffix in LOGS)]
        if sum(map(_size, files)) > shutil.disk_usage(parent).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if any(_copied(path, folder.path / _COPY) for _ in range(_ATTEMPTS)):
            return folder
        raise FewshotError(
            "{path} is being changed by another window or program: try again in a moment.", path=path
        )
    except BaseException:
        folder.remove()
        raise


def _copied(path: Path, copy: Path) -> bool:
    """Copy the project and its log; returns whether the copies belong together.

    What a writer changes in the file, it has written to the log before, and the log is copied last:
    so it makes good what was torn or mixed in the copy of the file. Only if the log was begun anew
    meanwhile, or is not there, the copies need not fit; both show from outside.
    """
    require_regular_files(path)
    log = path.with_name(path.name + "-wal")
    before = _state(path, log)
    shutil.copyfile(path, copy)
    for suffix in LOGS:
        log_copy = copy.with_name(copy.name + suffix)
        log_copy.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + suffix), log_copy)
    after = _state(path, log)
    # With a log, the file itself may have been written to.
    return before == after or (before[0] == after[0] != b"")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _state(path: Path, log: Path) -> tuple[bytes, int, int]:
    """The log's header, which differs for each log, and size and time of the file."""
    header = b""
    with suppress(FileNotFoundError), log.open("rb") as file:
        header = file.read(_LOG_HEADER_BYTES)
    info = os.stat(path)  # noqa: PTH116
    return header, info.st_size, info.st_mtime_ns
