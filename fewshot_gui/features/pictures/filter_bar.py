"""Filters of pictures by folder, by where the label comes from, by day and by run: a button and what it set.

What is filtered is always seen: each filter is a button of its own in a row, and a click on it ends it.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FewshotError
from engine.visible import visible
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_filter import FilterKind, FolderRow, Origin, PictureFilter
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import translate

_CHIP_WIDTH = 220
_MAX_ENTRIES = 30
"""At most so many days or runs are in a menu, the newest."""
_CONTEXT = "PictureFilter"


class FilterBar(QWidget):
    """The filters in force, `filters`, in the order in which they were chosen; one of each kind."""

    changed = Signal()
    """Other filters are in force."""
    problem = Signal(str)
    """A sentence: why the choices cannot be read."""

    def __init__(self, hub: ProjectHub, parent: QWidget) -> None:
        super().__init__(parent)
        self._hub = hub
        self.filters: tuple[PictureFilter, ...] = ()
        self.button = QToolButton(parent)
        self.button.setText(self.tr("Filter"))
        self.button.setToolTip(
            self.tr("Show only pictures of a folder, or with labels of a kind, a day or a run")
        )
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self.button)
        self._menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self._menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self.hide()

    def choose(self, wanted: PictureFilter) -> None:
        """Put a filter in force, in place of one of its kind."""
        self.set_filters((*(one for one in self.filters if one.kind is not wanted.kind), wanted))

    def drop(self, kind: FilterKind) -> None:
        """End the filter of this kind."""
        self.set_filters(tuple(one for one in self.filters if one.kind is not kind))

    def clear(self) -> None:
        """End all filters."""
        self.set_filters(())

    def set_filters(self, filters: tuple[PictureFilter, ...]) -> None:
        """Put exactly these in force."""
        if filters == self.filters:
            return
        self.filters = filters
        while (item := self._row.takeAt(0)) is not None:
            if (chip := item.widget()) is not None:
                chip.hide()
                chip.deleteLater()
        for one in filters:
            self._row.addWidget(self._chip(one))
        self._row.addStretch(1)
        self.setVisible(bool(filters))
        self.changed.emit()

    def ask_folder(self) -> None:
        """Show the tree of folders."""
        try:
            rows = self._hub.queries.folders()
        except FewshotError as error:
            self.problem.emit(translated(error.message))
            return
        chosen = next((one.value for one in self.filters if one.kind is FilterKind.FOLDER), None)
        dialog = FolderDialog(rows, chosen if isinstance(chosen, bytes) else None, self.window())
        dialog.chosen.connect(lambda folder: self.choose(PictureFilter(FilterKind.FOLDER, folder)))
        dialog.open()

    def _chip(self, one: PictureFilter) -> QPushButton:
        text = f"{translate(_CONTEXT, one.kind.value)}: {self._title(one)}"
        chip = QPushButton(self)
        shown = chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _CHIP_WIDTH)
        chip.setText(f"{shown.replace('&', '&&')} ✕")
        chip.setAccessibleName(self.tr("End the filter {name}").format(name=text))
        where = visible(os.fsdecode(one.value)) if isinstance(one.value, bytes) else text
        chip.setToolTip(self.tr("{name}\nClick to end this filter").format(name=where))
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(partial(self.drop, one.kind))
        return chip

    def _title(self, one: PictureFilter) -> str:
        match one.kind, one.value:
            case FilterKind.FOLDER, bytes(folder):
                path = Path(os.fsdecode(folder))
                return visible(path.name or str(path))
            case FilterKind.ORIGIN, str(origin):
                return translate(_CONTEXT, Origin[origin].value)
            case FilterKind.DAY, str(day):
                return QLocale().toString(
                    QDate.fromString(day, Qt.DateFormat.ISODate), QLocale.FormatType.ShortFormat
                )
        return str(one.value)

    def _fill(self) -> None:
        self._menu.clear()
        self._menu.addAction(self.tr("Folder…"), self.ask_folder)
        try:
            groups = self._hub.queries.label_groups()
        except FewshotError as error:
            self.problem.emit(translated(error.message))
            return
        counts: dict[FilterKind, dict[str | int, int]] = {kind: {} for kind in FilterKind}
        for group in groups:
            values = {
                FilterKind.ORIGIN: group.origin,
                FilterKind.DAY: group.day,
                FilterKind.RUN: group.run_id,
            }
            for kind, value in values.items():
                if value is not None:
                    counts[kind][value] = counts[kind].get(value, 0) + group.count
        for kind in (FilterKind.ORIGIN, FilterKind.DAY, FilterKind.RUN):
            menu = self._menu.addMenu(translate(_CONTEXT, kind.value))
            menu.setEnabled(bool(counts[kind]))
            for value, count in [*counts[kind].items()][:_MAX_ENTRIES]:
                wanted = PictureFilter(kind, value)
                action = QAction(f"{self._title(wanted)} ({count:,})".replace("&", "&&"), menu)
                action.setCheckable(True)
                action.setChecked(wanted in self.filters)
                action.triggered.connect(partial(self._on_chosen, wanted))
                menu.addAction(action)
        self._menu.addSeparator()
        ending = self._menu.addAction(self.tr("Clear all filters"), self.clear)
        ending.setEnabled(bool(self.filters))

    def _on_chosen(self, wanted: PictureFilter) -> None:
        if wanted in self.filters:
            self.drop(wanted.kind)
        else:
            self.choose(wanted)


class FolderDialog(QDialog):
    """The folders of the pictures as a tree, with the number of pictures in each and below it."""

    chosen = Signal(bytes)
    """A folder was chosen; its pictures are shown behind the dialog at once."""

    def __init__(self, rows: list[FolderRow], current: bytes | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Pictures of a folder"))
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels([self.tr("Folder"), self.tr("Pictures")])
        self.tree.setAccessibleName(self.tr("Folders of the pictures"))
        self.tree.setUniformRowHeights(True)
        self._add(rows, current)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, self.tree.header().ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, self.tree.header().ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.tree)
        column.addWidget(buttons)
        self.resize(QSize(460, 420).boundedTo(parent.size()))
        self.tree.itemSelectionChanged.connect(self._on_selected)
        self.tree.itemActivated.connect(self.accept)

    def _add(self, rows: list[FolderRow], current: bytes | None) -> None:
        above: list[tuple[bytes, QTreeWidgetItem]] = []
        for row in rows:
            while above and not row.path.startswith(above[-1][0].rstrip(b"/\\") + os.fsencode(os.sep)):
                above.pop()
            start = Path(os.fsdecode(above[-1][0])) if above else None
            path = Path(os.fsdecode(row.path))
            name = str(path.relative_to(start)) if start else str(path)
            item = QTreeWidgetItem(above[-1][1] if above else self.tree, [visible(name), f"{row.count:,}"])
            item.setData(0, Qt.ItemDataRole.UserRole, row.path)
            item.setToolTip(0, visible(str(path)))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            above.append((row.path, item))
            if row.path == current:
                self.tree.setCurrentItem(item)
        self.tree.expandToDepth(0)

    def _on_selected(self) -> None:
        if item := self.tree.currentItem():
            self.chosen.emit(item.data(0, Qt.ItemDataRole.UserRole))
