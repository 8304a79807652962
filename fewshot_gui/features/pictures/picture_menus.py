"""The menus of a right click on a picture, and on the empty space beside the pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from fewshot_gui.features.pictures.picture_pane import PicturePane
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.shell.actions import Actions
from fewshot_gui.shell.menus import SEPARATOR, Entry, add_entries, fill_menu
from fewshot_gui.widgets.drops import can_take


class PictureMenus(QObject):
    """Opens the menu that fits what was clicked, with the entries that can be chosen now and no others."""

    def __init__(self, hub: ProjectHub, pane: PicturePane, class_menu: QMenu, actions: Actions) -> None:
        super().__init__(pane)
        self._hub, self._pane, self._actions, self._class_menu = hub, pane, actions, class_menu
        self._menu = fill_menu(QMenu(pane.grid), [])
        self._order = fill_menu(QMenu(self.tr("&Order"), pane.grid), [])
        self._order.triggered.connect(lambda action: pane.choose_order(action.data()))
        pane.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        pane.grid.customContextMenuRequested.connect(self._open)

    def _open(self, place: QPoint) -> None:
        grid = self._pane.grid
        index = grid.indexAt(place)
        entries = self._of_pictures() if index.isValid() else self._of_space()
        self._menu.clear()
        add_entries(self._menu, _possible(entries))
        self._menu.popup(grid.viewport().mapToGlobal(place))

    def _of_pictures(self) -> list[Entry]:
        do = self._actions
        files = [do.open_picture, do.show_in_folder, do.copy, do.copy_path]
        labels: list[Entry] = [self._class_menu]
        selected = self._pane.grid.selected_ids()
        if self._hub.queries.predictions_of(selected):
            labels.append(do.accept)
        if np.any(self._hub.queries.labels_of(selected) != NO_CLASS):
            labels.append(do.remove_label)
        return [*files, SEPARATOR, do.similar, SEPARATOR, *labels, SEPARATOR, do.remove_pictures]

    def _of_space(self) -> list[Entry]:
        do = self._actions
        entries: list[Entry] = [do.add_pictures, do.add_folder, do.add_classes]
        if can_take(QGuiApplication.clipboard().mimeData()):
            entries.append(do.paste)
        if self._pane.model.rowCount():
            self._fill_order()
            entries += [SEPARATOR, do.select_all, self._order]
        return entries

    def _fill_order(self) -> None:
        """Offer the orders of the pane, the present one checked."""
        orders = self._pane.order_menu
        self._order.clear()
        for place in range(orders.count()):
            action = self._order.addAction(orders.itemText(place))
            action.setCheckable(True)
            action.setChecked(place == orders.currentIndex())
            action.setData(place)


def _possible(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are enabled, with separators between them only."""
    kept: list[Entry] = []
    for entry in entries:
        if entry is SEPARATOR:
            if kept and kept[-1] is not SEPARATOR:
                kept.append(entry)
        elif (entry.menuAction() if isinstance(entry, QMenu) else entry).isEnabled():
            kept.append(entry)
    return kept[:-1] if kept and kept[-1] is SEPARATOR else kept
