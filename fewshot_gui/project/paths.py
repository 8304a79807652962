"""The paths of the pictures: read from the project on demand, then cached."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from engine.workspace import Workspace
from fewshot_gui.project.picture_columns import PictureColumns

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
