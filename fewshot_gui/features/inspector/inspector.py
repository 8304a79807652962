"""The controller of the inspector: it follows the current picture of the grid, in a pane or large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from engine.review.questions import Ranking
from engine.workspace import ChangeSet
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.features.inspector.inspector_view import InspectorView
from fewshot_gui.features.inspector.large_view import LargeView
from fewshot_gui.features.inspector.picture_opener import OpenedPicture
from fewshot_gui.features.inspector.similar_examples import NearestFinder
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_grid import PictureGrid
from fewshot_gui.shell.actions import Actions


class Inspector(QObject):
    """Keeps one of two views in step with the grid: the large one while it is open, else the pane, if
    visible.

    The large view is about one picture, and so are its keys: opening it selects that picture alone, and it
    closes when several are selected elsewhere.
    """

    hint = Signal(str)
    """A sentence about the result of an action."""
    revealed = Signal(int)
    """The picture to bring into view in the grid."""
    search_requested = Signal()

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        grid: PictureGrid,
        covered: QWidget,
        choices: Choices,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._hub, self._grid = hub, grid
        self._pane_is_visible = False
        self.pane = InspectorView(hub, grid.thumbnails, Qt.Orientation.Vertical, window)
        self.large = LargeView(hub, grid.thumbnails, covered, window)
        self.large.add_buttons([actions.fit, actions.actual_size])
        self.nearest = NearestFinder(hub, bridge, choices, self)
        self._connect_actions(actions)

        self._grid.doubleClicked.connect(self.open_large)
        self._grid.selectionModel().currentChanged.connect(self._follow)
        self._grid.selection_changed.connect(self._follow)
        grid.pictures.modelReset.connect(self._follow)
        self.large.stepped.connect(self._step)
        self.large.closed.connect(self._return_to_grid)
        self.pane.picture.double_clicked.connect(self.open_large)
        for view in (self.pane, self.large.view):
            view.details.nearest.chosen.connect(self.revealed)
            view.details.copied.connect(self.hint)
            view.picture.opened.connect(self._skip_unreadable)
        self.nearest.found.connect(self._show_neighbours)
        self.nearest.waiting.connect(self._show_no_neighbours)
        hub.changed.connect(self._on_changed)
        hub.predicted.connect(self._on_predicted)
        hub.replaced.connect(self._on_replaced)
        hub.threshold_changed.connect(self._refresh)
        hub.opened.connect(self._reset)

    @property
    def view(self) -> InspectorView:
        """The view in front."""
        return self.large.view if self.is_large else self.pane

    @property
    def is_large(self) -> bool:
        return not self.large.isHidden()

    def open_large(self) -> None:
        """Show the current picture over most of the window."""
        current = self._current()
        if current is None or self.is_large:
            return
        self._grid.reveal(current)
        self.pane.show_picture(None)
        self.large.open()
        self._follow()

    def toggle(self) -> None:
        """Open the large view, or close it."""
        if self.is_large:
            self.large.close_view()
        else:
            self.open_large()

    def focus_search(self) -> None:
        """Give the search field the focus, and close the large view, which covers it."""
        if self.is_large:
            self.large.close_view()
        self.search_requested.emit()

    def use_pane(self, visible: bool) -> None:
        """Keep the pane in step from now on, or empty it while it is hidden."""
        self._pane_is_visible = visible
        if not self.is_large:
            self.pane.show_picture(None)
            self._follow()

    def close_threads(self, timeout_s: float) -> bool:
        """Stop opening pictures; returns whether the threads ended in time."""
        self.nearest.stop()
        ended = [view.picture.opener.close(timeout_s / 2) for view in (self.pane, self.large.view)]
        return all(ended)

    def _connect_actions(self, do: Actions) -> None:
        do.look.triggered.connect(self.toggle)
        do.fit.triggered.connect(lambda: self.view.picture.fit())
        do.actual_size.triggered.connect(lambda: self.view.picture.zoom_to_actual_size())
        do.zoom_in.triggered.connect(lambda: self.view.picture.zoom_in())
        do.zoom_out.triggered.connect(lambda: self.view.picture.zoom_out())
        self._grid.addAction(do.look)
        for view in (self.pane, self.large.view):
            view.picture.addActions([*do.of_grid, *do.of_picture])

    def _current(self) -> int | None:
        index = self._grid.currentIndex()
        return self._grid.pictures.id_at(index.row()) if index.isValid() else None

    def _follow(self) -> None:
        """Show the present current picture."""
        current = self._current()
        if self.is_large:
            if current is None or len(self._grid.selected_ids()) > 1:
                self.large.close_view()
                return
            before = self.large.view.picture_id
            row, count = self._grid.currentIndex().row(), self._grid.pictures.rowCount()
            self.large.show_picture(current, self._hub.queries.path(current).name, row + 1, count)
        elif self._pane_is_visible:
            before = self.pane.picture_id
            if current != before:
                self.pane.show_picture(current)
        else:
            before = current
            self.nearest.stop()
        if current != before:
            self.find_nearest()

    def _step(self, places: int) -> None:
        row = self._grid.currentIndex().row() + places
        if 0 <= row < self._grid.pictures.rowCount():
            self._grid.reveal(self._grid.pictures.id_at(row))

    def _return_to_grid(self) -> None:
        self._grid.setFocus()
        self._grid.scrollTo(self._grid.currentIndex())
        self._follow()

    def _refresh(self) -> None:
        self.view.details.refresh()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.membership:
            for view in (self.pane, self.large.view):
                view.details.nearest.forget()
                view.reload(np.empty(0, np.int64))
        self._refresh()
        if changes.pictures:
            self.find_nearest()

    def _on_replaced(self, ids: NDArray[np.int64]) -> None:
        for view in (self.pane, self.large.view):
            view.reload(ids)
        self.find_nearest()

    def _on_predicted(self, ids: NDArray[np.int64]) -> None:
        picture_id = self.view.picture_id
        if picture_id is not None and np.isin(picture_id, ids):
            self._refresh()

    def _reset(self) -> None:
        # The same id is another picture in another project.
        if self.is_large:
            self.large.close_view()
        self.pane.show_picture(None)
        self.nearest.stop()
        self._follow()

    def find_nearest(self, _change: object = None) -> None:
        picture_id = self.view.picture_id
        if picture_id is None:
            self.nearest.stop()
        else:
            self.nearest.find(picture_id)

    def _skip_unreadable(self, opened: OpenedPicture) -> None:
        if opened.error is not None:
            self.nearest.stop()
            self.view.details.show_no_neighbours(self.tr("It cannot be read, so it cannot be compared."))

    def _show_neighbours(self, picture_id: int, neighbours: Ranking) -> None:
        if picture_id == self.view.picture_id:
            self.view.details.show_neighbours(neighbours)

    def _show_no_neighbours(self, picture_id: int, words: str) -> None:
        if picture_id == self.view.picture_id:
            self.view.details.show_no_neighbours(words)
