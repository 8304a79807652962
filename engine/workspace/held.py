"""Whether an open project is still what its name stands for."""

from __future__ import annotations

import os
from os.path import samestat
from pathlib import Path
from weakref import finalize

from engine.files import hold, let_go

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class HeldFile:
    """A file that is open to be changed, and the folder it lies in, wherever that is moved.

    SQLite goes on writing to a file that was renamed or deleted, and to a log of the old name: who opens
    the file next does not find the log. One that was moved together with its folder is found with it.

    As long as this is kept, nothing else in this process reads the file (see `engine.files.hold`).
    """

    def __init__(self, path: Path) -> None:
        self.identity = path.stat()
        self._path = path
        self._folder: int | None = None
        hold(self.identity)
        finalize(self, let_go, self.identity)
        if os.stat in os.supports_dir_fd:  # elsewhere, a folder that holds an open file cannot be moved
            self._folder = os.open(path.parent, _FOLDER)
            self._path = Path(path.name)
            finalize(self, os.close, self._folder)

    @property
    def is_gone(self) -> bool:
        """Whether its name stands for another file now, or for none."""
        try:
            present = os.stat(self._path, dir_fd=self._folder)
        except FileNotFoundError:
            return True
        except OSError:  # a drive that does not answer for a moment: what is written to it will show
            return False
        return not samestat(present, self.identity)
