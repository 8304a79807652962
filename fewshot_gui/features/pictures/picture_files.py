"""The files of the selected pictures: opened in other programs, shown in their folder, their paths copied."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from engine.visible import visible
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_grid import PictureGrid
from fewshot_gui.shell.actions import Actions
from fewshot_gui.shell.file_manager import open_file, show_in_folder


class PictureFiles(QObject):
    """Opens or shows the current picture, which was clicked last; copies the paths of all that are
    selected."""

    hint = Signal(str)
    """A sentence: what was copied, or why nothing was opened."""

    def __init__(self, hub: ProjectHub, grid: PictureGrid, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._hub, self._grid = hub, grid
        actions.open_picture.triggered.connect(self.open)
        actions.show_in_folder.triggered.connect(self.show_in_folder)
        actions.copy_path.triggered.connect(self.copy_path)

    def open(self) -> None:
        """Open the current picture in another program."""
        if (path := self._current_file()) is not None:
            open_file(path)

    def show_in_folder(self) -> None:
        if (path := self._current_file()) is not None:
            show_in_folder(path)

    def copy_path(self) -> None:
        """Copy the paths as text, a line each."""
        paths = [os.fsdecode(path) for path in self._hub.queries.encoded_paths(self._grid.selected_ids())]
        if not paths:
            return
        QGuiApplication.clipboard().setText("\n".join(map(visible, paths)))
        words = self.tr("Copied: {path}") if len(paths) == 1 else self.tr("Copied {n} paths.")
        self.hint.emit(words.format(path=paths[0], n=f"{len(paths):,}"))

    def _current_file(self) -> Path | None:
        """The file of the current picture; a hint is emitted if it is not there."""
        index = self._grid.currentIndex()
        if not index.isValid():
            return None
        path = self._hub.queries.path(self._grid.pictures.id_at(index.row()))
        if os.path.isfile(path):  # noqa: PTH113 – Path.is_file raises where a drive does not answer
            return path
        self.hint.emit(self.tr("The file was not found: {path}").format(path=path))
        return None
