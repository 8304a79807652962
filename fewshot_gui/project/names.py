"""The names of the pictures' files, by which the grid is sorted and searched, and of their folders.

Reading a million names takes seconds, and sorting them as long again. So they are read at the first request
and prepared for sorting block by block between other events. Only the sorting itself runs on a thread: work
that needs Python's lock would block the window from there too, and for longer.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Generator, Sequence
from itertools import compress
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.images.natural import natural_keys
from engine.workspace.positions import PositionIndex
from fewshot_gui.engine_link.kinds import NAMES
from fewshot_gui.engine_link.tasks import Task, Tasks, expected_message
from fewshot_gui.shell.engine_texts import translated

_BLOCK = 4_000
"""The number of names that are read, or prepared, in some milliseconds. Up to this many are processed at
once."""


_Reader: TypeAlias = Callable[[NDArray[np.int64]], list[str]]


class Names(QObject):
    """Reads names with `read`, and those of the folders with `read_folders`: both map ids int64 [n] to as
    many names, on the GUI thread."""

    found = Signal()
    """The names that `request` had to read are known now."""
    in_order = Signal(np.ndarray)
    """The ids whose names are known, int64 [n], by name: `2.png` comes before `10.png`."""
    problem = Signal(str)
    """A sentence: why names cannot be read."""

    def __init__(self, read: _Reader, read_folders: _Reader, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._read_folders, self._tasks = read, read_folders, tasks
        self._blocks: list[_Block] = []
        # Which of these pictures' names are known.
        self._ids = np.empty(0, np.int64)
        self._place = PositionIndex(self._ids)
        self._known = np.zeros(0, np.bool_)
        self._missing = np.empty(0, np.int64)
        self._sorted, self._wants_order = True, False
        self._task: Task | None = None

    def request(self, ids: NDArray[np.int64], order: bool) -> bool:
        """Whether the names of these pictures are known and, if `order`, sorted.

        If not, they are read, and `found` follows.
        """
        self._missing = ids[~self._are_known(ids)]
        self._wants_order = order
        if not self._tasks.is_running(NAMES):
            try:
                self._step()
            except FewshotError as error:
                self._fail(error)
                return False
            self._read_or_sort()
        return not self._tasks.is_running(NAMES) and bool(self._known[self._place.of(ids)].all())

    def containing(self, text: str, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the pictures have `text` in their names or in those of their folders, as far as these are
        known; case and the normal form of letters do not matter."""
        wanted = folded(text)
        # The entry after the last, at which an unknown id is looked up, has no name.
        has_text = np.zeros(len(self._ids) + 1, np.bool_)
        for block in self._blocks:
            in_folder = {folder: wanted in folder for folder in set(block.folders)}
            has_text[self._place.of(block.ids)] = [
                wanted in name or in_folder[folder]
                for name, folder in zip(block.names, block.folders, strict=True)
            ]
        return has_text[self._place.of(ids)]

    def forget(self, ids: NDArray[np.int64]) -> None:
        """Forget the names of these pictures, which were removed or may have other names now."""
        self._missing = self._missing[~np.isin(self._missing, ids)]
        ids = ids[self._are_known(ids)]
        if not len(ids):
            return
        self._known[self._place.of(ids)] = False
        blocks = [block.only(self._are_known(block.ids)) for block in self._blocks]
        self._blocks = [block for block in blocks if len(block.ids)]

    def reset(self) -> None:
        """Forget all names, for another project."""
        self._tasks.end(NAMES)
        self._blocks, self._missing = [], self._missing[:0]
        self._ids, self._known = self._ids[:0], self._known[:0]
        self._place = PositionIndex(self._ids)
        self._sorted, self._wants_order = True, False

    def _are_known(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        new = ids[self._place.of(ids) < 0]
        if len(new):
            self._ids = np.concatenate([self._ids, new])
            self._place = PositionIndex(self._ids)
            self._known = np.concatenate([self._known, np.zeros(len(new), np.bool_)])
        return self._known[self._place.of(ids)]

    def _read_or_sort(self) -> None:
        """Read the missing names; when all are read, sort them."""
        if self._is_unfinished:
            self._begin().in_slices(self._read_all(), lambda _: self._read_or_sort(), self._fail)
        elif self._wants_order and not self._sorted:
            self._sorted = True  # until other names come
            sorting = _in_order(self._blocks)
            if sum(len(block.ids) for block in self._blocks) > _BLOCK:
                self._begin().on_thread(sorting, self._on_sorted, self._fail)
            else:
                self._on_sorted(run_to_end(sorting))
        elif self._tasks.is_running(NAMES):
            self._tasks.end(NAMES)
            self.found.emit()

    def _begin(self) -> Task:
        if self._task is None or self._task.over:
            self._task = self._tasks.begin(NAMES, self.tr("Reading the names…"), self.reset)
        return self._task

    def _read_all(self) -> Generator[None, None, None]:
        while self._is_unfinished:
            self._step()
            yield

    @property
    def _is_unfinished(self) -> bool:
        """Whether a block must still be read, or prepared for sorting."""
        return len(self._missing) > 0 or self._next_unprepared is not None

    @property
    def _next_unprepared(self) -> _Block | None:
        if not self._wants_order:
            return None
        return next((block for block in self._blocks if block.keys is None), None)

    def _step(self) -> None:
        """Read a block; when all are read, prepare one."""
        if len(self._missing):
            self._read_block()
        if not len(self._missing) and self._next_unprepared is not None:
            self._next_unprepared.prepare()

    def _read_block(self) -> None:
        ids, self._missing = self._missing[:_BLOCK], self._missing[_BLOCK:]
        # Folded in one call: a call for each name would be slow. No name has a zero byte.
        names, folders = (
            folded("\0".join(read(ids))).split("\0") for read in (self._read, self._read_folders)
        )
        self._blocks = [*self._blocks, _Block(ids, names, [sys.intern(folder) for folder in folders])]
        self._known[self._place.of(ids)] = True
        self._sorted = False

    def _on_sorted(self, ids: NDArray[np.int64]) -> None:
        self.in_order.emit(ids)
        self._read_or_sort()

    def _fail(self, error: Exception) -> None:
        self._missing = self._missing[:0]
        self._tasks.end(NAMES)
        self.problem.emit(translated(expected_message(error)))


class _Block:
    """Some pictures, `ids` int64 [n], and their names and those of their folders without regard to case."""

    def __init__(self, ids: NDArray[np.int64], names: list[str], folders: list[str]) -> None:
        self.ids, self.names, self.folders = ids, names, folders
        self.keys: NDArray[np.bytes_] | None = None
        """The sort keys: bytes of one length, which numpy sorts without Python's lock."""

    def prepare(self) -> None:
        self.keys = natural_keys(self.names)

    def only(self, those: NDArray[np.bool_]) -> _Block:
        if those.all():
            return self
        names, folders = (list(compress(every, those)) for every in (self.names, self.folders))
        return _Block(self.ids[those], names, folders)


def folded(text: str) -> str:
    """The names without regard to case, in one normal form; names from a Mac store letters in pieces."""
    return unicodedata.normalize("NFC", text.casefold())


def _in_order(blocks: Sequence[_Block]) -> Generator[int, None, NDArray[np.int64]]:
    """The ids in the order of their names, equal names in order of adding. Runs on a thread."""
    ids = np.concatenate([block.ids for block in blocks])
    keys = np.concatenate([block.keys for block in blocks if block.keys is not None])
    yield len(ids)
    added = np.argsort(ids, kind="stable")
    return ids[added[np.argsort(keys[added], kind="stable")]]
