"""The peer of the window: what is quickly written with Qt's own `QListWidget`. `plain_list.py COUNT DIR`

One item for each of the COUNT pictures in DIR, with `QIcon(path)` for what it shows, its class in its text
and its colour; the hints that make a large list quick, and no more. Nothing is kept on the disk, and there is
no run. Prints, as JSON, what it took: see `window_child.py`, which does the same things to Fewshot.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QListWidget, QListWidgetItem
from stopwatch import Painted, Stopwatch, paint, peak_memory, resident_memory, scroll, select_all, wait_for

CLASSES = [(f"class {number}", QColor.fromHsv(36 * number, 200, 160)) for number in range(10)]
KEYS, ARRANGEMENTS = 40, 5
MANY = 10_000
_CLASS = Qt.ItemDataRole.UserRole

watch = Stopwatch()


class PlainList(QListWidget):
    """Pictures, each with its name below it; labelled, filtered and sorted item by item."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(500)
        self.setIconSize(QSize(160, 160))
        self._before: list[tuple[QListWidgetItem, str, QBrush, str | None]] = []

    def fill(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self.addItem(QListWidgetItem(QIcon(str(path)), path.name))

    def label_selected(self, name: str, color: QColor) -> None:
        items = self.selectedItems()
        self._before = [(item, item.text(), item.foreground(), item.data(_CLASS)) for item in items]
        self.setUpdatesEnabled(False)
        for item in items:
            item.setText(f"{item.text().split(' · ')[0]} · {name}")
            item.setForeground(color)
            item.setData(_CLASS, name)
        self.setUpdatesEnabled(True)

    def undo(self) -> None:
        self.setUpdatesEnabled(False)
        for item, text, color, name in self._before:
            item.setText(text)
            item.setForeground(color)
            item.setData(_CLASS, name)
        self.setUpdatesEnabled(True)

    def show_only(self, wanted: Callable[[QListWidgetItem], bool]) -> None:
        self.setUpdatesEnabled(False)
        for row in range(self.count()):
            item = self.item(row)
            item.setHidden(not wanted(item))
        self.setUpdatesEnabled(True)

    def select_rows(self, first: int, last: int) -> None:
        model = self.model()
        rows = QItemSelection(model.index(first, 0), model.index(last, 0))
        self.selectionModel().select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def main(count: int, folder: Path) -> None:
    application = QApplication([])
    paths = sorted(folder.iterdir())[:count]
    view = PlainList()
    view.resize(1000, 800)
    with watch.step("open"):
        filling(view, paths)
    assert view.count() == count, f"{view.count()} items are there, not {count}."
    with watch.step("scroll"):
        scroll(watch, view)
    with watch.step("select all"):
        select_all(watch, view)
    with watch.step("label"):
        labelling(view)
    with watch.step("filter and sort"):
        arranging(view)
    taken = {"times": watch.times, "resident": resident_memory(), "peak": peak_memory()}
    view.close()
    application.processEvents()
    print(json.dumps(taken), flush=True)
    os._exit(0)


def filling(view: PlainList, paths: Sequence[Path]) -> None:
    """An item for each, and the first screenful: its icons are read while it is painted."""
    with watch.timed("opened and painted"):
        view.fill(paths)
        view.show()
        QTest.qWaitForWindowExposed(view)
        paint(view)
    watch.times["first screenful of thumbnails"] = watch.times["opened and painted"]


def labelling(view: PlainList) -> None:
    """One picture, then thousands, and back; then all, and back."""
    painted = Painted(view.viewport())
    for number in range(KEYS):
        view.setCurrentRow((200 + number) % view.count())
        view.scrollToItem(view.currentItem())
        paint(view)
        painted.count = 0
        with watch.timed("label by key → painted"):
            view.label_selected(*CLASSES[number % 9])
            wait_for(lambda: painted.count > 0)
    middle = view.count() // 2
    for name, first, last in (
        (f"{MANY:,}", middle, min(middle + MANY, view.count()) - 1),
        ("all", 0, view.count() - 1),
    ):
        view.select_rows(first, last)
        with watch.timed(f"label {name}"):
            view.label_selected(*CLASSES[0])
            paint(view)
        with watch.timed(f"undo {name}"):
            view.undo()
            paint(view)


def arranging(view: PlainList) -> None:
    filters: list[Callable[[QListWidgetItem], bool]] = [
        lambda item: item.data(_CLASS) is None,
        lambda item: item.data(_CLASS) == "class 1",
        lambda item: True,
    ]
    for number in range(ARRANGEMENTS):
        for wanted in filters:
            with watch.timed("filter"):
                view.show_only(wanted)
                paint(view)
        with watch.timed("sort"):
            view.sortItems(Qt.SortOrder(1 - number % 2))
            paint(view)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
