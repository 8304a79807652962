"""One long look at the window, for `window.py`, which runs it in a fresh process: `window_child.py COUNT DIR`

Drives a real window by its own gestures over the pictures in DIR, COUNT of them, and prints what it took as
JSON: seconds for single acts, lists of seconds for acts done many times, and the peak memory in bytes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from fewshot_gui.application import make_application
from fewshot_gui.main_window import MainWindow
from fewshot_gui.picture_columns import Order, Show
from fewshot_gui.project import ProjectHub

CLASSES = 10
SCROLLS, KEYS, CANCELS = 200, 40, 5
ORDERS = [order for order in Order if order not in (Order.DIVERSE, Order.SIMILAR)]
MANY = 10_000
ENOUGH = 2_000
"""Pictures of a run, with which it is in its middle."""
BEAT_MS = 2
PATIENCE_S = 600.0
THUMBNAIL_PATIENCE_S = 20.0

taken: dict[str, Any] = {}


def main(count: int, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as own:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, own)
        application = make_application()
        window = MainWindow(ProjectHub(Workspace.create(Path(own) / "empty.fewshot")))
        window.resize(1400, 880)
        window.show()
        QTest.qWaitForWindowExposed(window)
        paths = sorted(folder.iterdir())[:count]
        importing(window, folder)
        project = predicted_project(Path(own) / "large.fewshot", paths)
        opening(window, project)
        scrolling("scroll frame", window.pictures.grid)
        arranging(window)
        labelling(window)
        running(window)
        taken["peak memory"] = _peak_memory()
        window.close()
        plain_list(paths)
        application.processEvents()
    print(json.dumps(taken), flush=True)
    os._exit(0)


# -- what is done


def importing(window: MainWindow, folder: Path) -> None:
    """Look for the pictures and add them, with the heart listened to; and stop a search that has begun."""
    waits = []
    for number in range(CANCELS):
        window.importer.add_to_label([folder])
        _turn(0.02 * (number + 1))
        began = time.perf_counter()
        window.cancel()
        _until(lambda: not window.importer.busy)
        waits.append(time.perf_counter() - began)
    taken["search: cancel to idle"] = waits
    with _heartbeat("heartbeat, import"):
        began = time.perf_counter()
        window.importer.add_to_label([folder])
        _until(lambda: not window.importer.busy)
        _paint(window.pictures.grid)
        taken["import, all of it"] = time.perf_counter() - began


def predicted_project(file: Path, paths: list[Path]) -> Path:
    """A project of the pictures: some labelled, the others with what a run said of them."""
    rng = np.random.default_rng(0)
    with Workspace.create(file) as workspace:
        workspace.apply(AddPictures(paths))
        for number in range(CLASSES):
            workspace.apply(AddClass(f"class {number}"))
        classes = [row.id for row in workspace.classes()]
        ids = workspace.picture_ids()
        for number, class_id in enumerate(classes):
            workspace.apply(LabelPictures(ids[number : 10 * CLASSES : CLASSES].tolist(), class_id))
        run = workspace.begin_run("prototypical", "conv4", "cpu", 0, classes)
        scores = rng.dirichlet(np.full(CLASSES, 0.2), len(ids)).astype(np.float32)
        workspace.save_predictions(run, ids[10 * CLASSES :], scores[10 * CLASSES :])
        workspace.finish_run(run, "finished")
    return file


def opening(window: MainWindow, project: Path) -> None:
    """Open the project, and wait for its first thumbnails."""
    loaded: list[int] = []
    window.pictures.thumbnails.loaded.connect(loaded.append)
    began = time.perf_counter()
    window.hub.switch_to(Workspace.open(project))
    _paint(window.pictures.grid)
    taken["project opened and painted"] = time.perf_counter() - began
    _until(lambda: bool(loaded), THUMBNAIL_PATIENCE_S)
    taken["first thumbnail"] = time.perf_counter() - began


def scrolling(name: str, view: QAbstractItemView) -> None:
    """Half a screen at a time, then at random, with thumbnails arriving between."""
    bar = view.verticalScrollBar()
    frames = []
    rng = np.random.default_rng(1)
    for number in range(SCROLLS):
        began = time.perf_counter()
        there = bar.value() + view.height() // 2 if number < SCROLLS // 2 else rng.integers(bar.maximum() + 1)
        bar.setValue(int(there))
        view.viewport().repaint()
        frames.append(time.perf_counter() - began)
        _turn(0.01)
    taken[name] = frames
    bar.setValue(0)


def arranging(window: MainWindow) -> None:
    """Every filter, and every order that nobody has to be asked for."""
    switches = []
    pane = window.pictures
    seen = [show for show in Show if pane.tabs.isTabVisible(pane.tabs.place_of(show))]
    for show in seen:
        for order in ORDERS:
            began = time.perf_counter()
            pane.tabs.choose(show)
            pane.order_menu.setCurrentIndex(pane.order_menu.findData(order))
            _paint(pane.grid)
            switches.append(time.perf_counter() - began)
    taken["filter or sort"] = switches
    pane.tabs.choose(Show.ALL)
    pane.order_menu.setCurrentIndex(pane.order_menu.findData(Order.ADDED))
    _paint(pane.grid)


def labelling(window: MainWindow) -> None:
    """One picture by key, then thousands, and back."""
    grid = window.pictures.grid
    grid.setFocus()
    painted = _Painted(grid.viewport())
    keys = []
    for number in range(KEYS):
        grid.setCurrentIndex(grid.model().index(200 + number, 0))
        _paint(grid)
        painted.count = 0
        began = time.perf_counter()
        window.class_menu.actions()[number % 9].trigger()
        _until(lambda: painted.count > 0)
        keys.append(time.perf_counter() - began)
    taken["label → committed and painted"] = keys
    ids = window.pictures.model.ids
    many = ids[len(ids) // 2 : len(ids) // 2 + MANY]
    grid.select_ids(many)
    began = time.perf_counter()
    window.class_menu.actions()[0].trigger()
    _paint(grid)
    taken[f"label {len(many):,}"] = time.perf_counter() - began
    began = time.perf_counter()
    window.actions_.undo.trigger()
    _paint(grid)
    taken[f"undo {len(many):,}"] = time.perf_counter() - began


def running(window: MainWindow) -> None:
    """A run, listened to; then another, cancelled in its middle."""
    window.start_engine()
    _until(lambda: window.choices.algorithm.isEnabled())
    ended: list[int] = []
    predicted: list[int] = []
    window.runs.ended.connect(lambda: ended.append(1))
    with _heartbeat("heartbeat, run"):
        window.actions_.run.trigger()
        window.hub.predicted.connect(lambda ids: predicted.append(len(ids)))
        _until(lambda: sum(predicted) > ENOUGH or bool(ended))
    began = time.perf_counter()
    window.actions_.cancel.trigger()
    _until(lambda: not window.bridge.busy)
    taken["run: cancel to idle"] = time.perf_counter() - began


def plain_list(paths: list[Path]) -> None:
    """The peer: Qt's own list widget with an icon for every file."""
    view = QListWidget()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setUniformItemSizes(True)
    view.setIconSize(QSize(160, 160))
    view.resize(1000, 800)
    began = time.perf_counter()
    for path in paths:
        view.addItem(QListWidgetItem(QIcon(str(path)), path.name))
    view.show()
    QTest.qWaitForWindowExposed(view)
    _paint(view)
    taken["QListWidget: filled and painted"] = time.perf_counter() - began
    scrolling("QListWidget: scroll frame", view)
    view.close()


# -- how it is measured


def _paint(view: QAbstractItemView) -> None:
    """Everything that waits is done, and the view painted."""
    QApplication.processEvents()
    view.viewport().repaint()


def _turn(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        QApplication.processEvents()
        time.sleep(min(left, 0.001))


def _until(happened: Callable[[], bool], patience: float = PATIENCE_S) -> None:
    until = time.perf_counter() + patience
    while not happened():
        QApplication.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() > until:
            raise SystemExit("window_child.py waited in vain; the window does not do what it is asked to.")


class _Painted(QObject):
    """Counts how often a widget has been painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # Its own painting is over when the next thing happens.
            QTimer.singleShot(0, self._add)
        return False

    def _add(self) -> None:
        self.count += 1


class _Heart(QObject):
    """Notes the time between the beats of a timer: longer than its interval is how long nothing was done."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now


@contextmanager
def _heartbeat(name: str) -> Iterator[None]:
    heart = _Heart()
    yield
    heart.stop()
    taken[name] = heart.gaps


def _peak_memory() -> int:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
