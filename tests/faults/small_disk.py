"""A small disk to fill and to write-protect; where none can be mounted, a process is limited instead."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.base import Unavailable

SIZE = 4 * 2**20
BALLAST = "ballast"


@dataclass(frozen=True)
class MountedDisk:
    """A file system of `SIZE` bytes in memory."""

    folder: Path

    @contextmanager
    def full(self, leave: int) -> Iterator[None]:
        """Only `leave` bytes are free meanwhile."""
        ballast = self.folder / BALLAST
        space = os.statvfs(self.folder)
        ballast.write_bytes(bytes(max(0, space.f_bavail * space.f_frsize - leave)))
        try:
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing can be written meanwhile. No file may be open for writing."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)
        try:
            yield
        finally:
            self._allow_writing()

    def mend(self) -> None:
        """Undo what a process has left that was killed meanwhile."""
        self._allow_writing()
        (self.folder / BALLAST).unlink(missing_ok=True)

    def _allow_writing(self) -> None:
        subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)


@dataclass(frozen=True)
class LimitedDisk:
    """A folder on any disk: no file that this process writes may grow, and permissions are taken away."""

    folder: Path

    @contextmanager
    def full(self, leave: int) -> Iterator[None]:
        """No file may be larger than `leave` bytes meanwhile."""
        import resource

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (leave, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing can be written meanwhile."""
        before = {path: path.stat().st_mode for path in [self.folder, *self.folder.rglob("*")]}
        for path, mode in before.items():
            path.chmod(mode & 0o555)
        try:
            yield
        finally:
            for path, mode in before.items():
                path.chmod(mode)

    def mend(self) -> None:
        """Undo what a process has left that was killed meanwhile; its limits have ended with it."""
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o700)


SmallDisk = MountedDisk | LimitedDisk


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """A disk for as long as the block lasts. Only the administrator of a Linux machine can mount one."""
    if os.name != "posix":
        raise Unavailable("a disk can be neither mounted nor limited here")
    with tempfile.TemporaryDirectory() as name:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "fewshot", name]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            if not permissions_apply():
                raise Unavailable("no disk can be mounted here, and permissions do not apply") from None
            yield LimitedDisk(Path(name))
            return
        try:
            yield MountedDisk(Path(name))
        finally:
            # A process that was killed may need a moment to let go.
            subprocess.run(["umount", "-l", name], check=True)


def permissions_apply() -> bool:
    """Whether this process may not do what a file's mode forbids: the administrator may."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return not os.access(file.name, os.R_OK)
