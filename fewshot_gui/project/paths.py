"""The paths of the pictures: read from the project on demand, then cached."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.images.natural import natural_order
from engine.workspace import Workspace
from fewshot_gui.project.picture_columns import PictureColumns
from fewshot_gui.project.picture_filter import within

_BLOCK = 64
_MAX_CACHED = 20_000


class Paths:
    """The paths of the pictures of a project. Methods raise `FewshotError` if the project cannot be read.

    Call `clear` when pictures are added, removed or found elsewhere.
    """

    def __init__(self, workspace: Workspace, pictures: PictureColumns) -> None:
        self._workspace, self._pictures = workspace, pictures
        self.clear()

    def clear(self) -> None:
        self._some: dict[int, bytes] = {}
        self._all: tuple[list[int], list[bytes]] | None = None
        self._within: tuple[bytes, NDArray[np.int64]] | None = None
        self._by_folder: NDArray[np.int64] | None = None

    def of(self, picture_id: int) -> Path:
        if picture_id not in self._some:
            self._read_around(picture_id)
        return Path(os.fsdecode(self._some[picture_id]))

    def all(self) -> tuple[list[int], list[bytes]]:
        """The ids of all pictures in order of adding, and their paths as the file system knows them.

        A million are read in half a second.
        """
        if self._all is None:
            rows = self._workspace.paths_after(0)
            self._all = [picture_id for picture_id, _ in rows], [path for _, path in rows]
        return self._all

    def within(self, folder: bytes) -> NDArray[np.int64]:
        """The pictures in the folder or below it, int64 [n], in order of adding."""
        if self._within is None or self._within[0] != folder:
            ids, paths = self.all()
            self._within = folder, np.array(ids, np.int64)[within(folder, paths)]
        return self._within[1]

    def by_folder(self) -> NDArray[np.int64]:
        """All pictures folder by folder, int64 [n], in one in order of adding; `week 2` comes before
        `week 10`."""
        if self._by_folder is None:
            ids, paths = self.all()
            folders = [os.path.dirname(path) for path in paths]  # noqa: PTH120
            different = list(dict.fromkeys(folders))
            # What lies in a folder follows it at once: nothing sorts before its separator.
            order = natural_order([os.fsdecode(folder).replace(os.sep, "\1") for folder in different])
            rank = {different[place]: number for number, place in enumerate(order.tolist())}
            ranks = np.fromiter((rank[folder] for folder in folders), np.int64, len(folders))
            self._by_folder = np.array(ids, np.int64)[np.argsort(ranks, kind="stable")]
        return self._by_folder

    def _read_around(self, picture_id: int) -> None:
        """Read the paths around a picture: neighbouring cells are painted together, so one query serves a
        screenful.

        In an order that scatters them, each needs a block of its own: blocks are small, and no `Path` is made
        for cells that are not painted.
        """
        if len(self._some) > _MAX_CACHED:
            self._some.clear()
        ids = self._pictures.ids
        first = int(np.searchsorted(ids, picture_id)) // _BLOCK * _BLOCK
        rows = self._workspace.pictures(ids[first : first + _BLOCK])
        self._some.update((row.id, row.encoded_path) for row in rows)
