"""One long look at the window, for `window.py`, which runs it in a fresh process.

`window_child.py COUNT CLASSES DIR` drives a real window by its own gestures over the pictures in DIR, COUNT
of them in a project of CLASSES, and prints as JSON what it took: seconds by what was done, and bytes of
memory, resident before the run and at most.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from stopwatch import (
    Painted,
    Stopwatch,
    paint,
    peak_memory,
    resident_memory,
    scroll,
    select_all,
    turn,
    wait_for,
    wait_for_layout,
)

from engine.runs.events import Predictions
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelByClass,
    MergeClasses,
    RenameClass,
)
from fewshot_gui.application import make_application
from fewshot_gui.engine_link.kinds import GESTURE, IMPORT
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Order, Show

KEYS, CANCELS = 40, 5
ORDERS = [order for order in Order if order not in (Order.DIVERSE, Order.SIMILAR)]
MANY = 10_000
AT_ONCE = 2_000
"""Pictures whose predictions are made up at once: of thousands of classes, all would not fit in memory."""
ENOUGH = 2_000
"""Pictures of a run, with which it is in its middle."""

watch = Stopwatch()


def main(count: int, classes: int, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as own:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, own)
        application = make_application()
        window = MainWindow(ProjectHub(Workspace.create(Path(own) / "empty.fewshot")))
        window.actions_.run_again.setChecked(False)
        window.actions_.prepare.setChecked(False)
        window.resize(1400, 880)
        window.show()
        QTest.qWaitForWindowExposed(window)
        importing(window, folder)
        _assert_all_there(window, count)
        project = predicted_project(Path(own) / "large.fewshot", sorted(folder.iterdir())[:count], classes)
        with watch.step("open"):
            opening(window, project)
        _assert_all_there(window, count)
        with watch.step("scroll"):
            scroll(watch, window.pictures.grid)
        with watch.step("select all"):
            select_all(watch, window.pictures.grid)
        with watch.step("label"):
            labelling(window)
        with watch.step("filter and sort"):
            arranging(window)
        with watch.step("classes"):
            changing_classes(window)
        taken = {"times": watch.times, "resident": resident_memory()}
        running(window)
        taken["peak"] = peak_memory()
        window.close()
        application.processEvents()
    print(json.dumps(taken), flush=True)
    os._exit(0)


def importing(window: MainWindow, folder: Path) -> None:
    """Stop a search for the pictures that has begun; then look for them and add them."""
    for number in range(CANCELS):
        window.importer.add_to_label([folder])
        turn(0.02 * (number + 1))
        with watch.timed("search: cancel to idle"):
            window.tasks.cancel_by_esc()
            wait_for(lambda: not window.tasks.is_running(IMPORT))
    with watch.step("import"), watch.timed("import, all of it"):
        window.importer.add_to_label([folder])
        wait_for(lambda: not window.tasks.is_running(IMPORT))
        paint(window.pictures.grid)


def predicted_project(file: Path, paths: list[Path], way: int) -> Path:
    """A project of the pictures in `way` classes: ten examples of each or, of few pictures, half of them
    labelled, the others with what a run said of them."""
    rng = np.random.default_rng(0)
    with Workspace.create(file) as workspace:
        workspace.apply(AddPictures(paths))
        workspace.apply(AddClassFolders({f"class {number}": [] for number in range(way)}))
        classes = [row.id for row in workspace.classes()]
        ids = workspace.picture_ids()
        examples, others = np.split(ids, [min(10 * way, len(ids) // 2)])
        workspace.apply(LabelByClass({one: examples[n::way].tolist() for n, one in enumerate(classes)}))
        run = workspace.begin_run("prototypical", "conv4", "cpu", 0, classes)
        for first in range(0, len(others), AT_ONCE):
            part = others[first : first + AT_ONCE]
            scores = rng.dirichlet(np.full(way, 0.2), len(part)).astype(np.float32)
            workspace.save_predictions(run, part, scores)
        workspace.finish_run(run, "finished")
    return file


def opening(window: MainWindow, project: Path) -> None:
    """Open the project, and wait for its first thumbnail, then for a screenful of them."""
    grid = window.pictures.grid
    loaded: set[int] = set()
    opened: list[int] = []
    window.hub.opened.connect(lambda: opened.append(1))
    window.pictures.thumbnails.loaded.connect(loaded.add)
    began = time.perf_counter()
    with watch.timed("opened and painted"):
        window.files.open(project)
        wait_for(lambda: bool(opened))
        paint(grid)
    wait_for(lambda: bool(loaded))
    watch.note("first thumbnail", time.perf_counter() - began)
    screen = grid.viewport().rect()
    model = window.pictures.model
    seen = {model.id_at(row) for row in range(100) if screen.intersects(grid.visualRect(model.index(row)))}
    wait_for(lambda: seen <= loaded)
    watch.note("first screenful of thumbnails", time.perf_counter() - began)


def arranging(window: MainWindow) -> None:
    """Every filter, in every order that nobody has to be asked for."""
    pane = window.pictures
    seen = [show for show in Show if pane.tabs.isTabVisible(pane.tabs.place_of(show))]
    for order in ORDERS:
        with watch.timed("sort"):
            pane.order_menu.setCurrentIndex(pane.order_menu.findData(order))
            paint(pane.grid)
        for show in [*seen, Show.ALL]:
            with watch.timed("filter"):
                pane.tabs.choose(show)
                paint(pane.grid)


def labelling(window: MainWindow) -> None:
    """One picture by key, then thousands, and back; then all, and back."""
    grid, label, undo = window.pictures.grid, window.class_menu.actions(), window.actions_.undo
    grid.setFocus()
    painted = Painted(grid.viewport())
    ids = window.pictures.model.ids
    for number in range(KEYS):
        grid.setCurrentIndex(grid.model().index((200 + number) % len(ids), 0))
        paint(grid)
        painted.count = 0
        with watch.timed("label by key → painted"):
            label[number % 9].trigger()
            wait_for(lambda: painted.count > 0)
    middle = len(ids) // 2
    for name, chosen in ((f"{MANY:,}", ids[middle : middle + MANY]), ("all", ids)):
        grid.select_ids(chosen)
        with watch.timed(f"label {name}"):
            label[0].trigger()
            wait_for(lambda: not window.tasks.is_running(GESTURE))
            paint(grid)
        with watch.timed(f"undo {name}"):
            undo.trigger()
            paint(grid)
    wait_for_layout(grid)


def changing_classes(window: MainWindow) -> None:
    """A class is added, selected, renamed and merged into another, and all that undone."""
    commands, queries = window.hub.commands, window.hub.queries
    with watch.timed("class added"):
        commands.apply(AddClass("one more"))
        paint(window.pictures.grid)
    *_, last, added = queries.classes
    with watch.timed("class selected"):
        window.classes.select(last.id)
        paint(window.pictures.grid)
    for name, command in (
        ("class renamed", RenameClass(last.id, "another")),
        ("class merged", MergeClasses({last.id: added.id})),
    ):
        with watch.timed(name):
            commands.apply(command)
            paint(window.pictures.grid)
    for _ in range(3):
        with watch.timed("class: undone"):
            window.actions_.undo.trigger()
            paint(window.pictures.grid)


def running(window: MainWindow) -> None:
    """A run, listened to, and cancelled in its middle."""
    window.complete()
    wait_for(lambda: window.choices.algorithm.isEnabled())
    ended: list[int] = []
    predicted: list[int] = []
    window.runs.ended.connect(lambda: ended.append(1))
    window.bridge.on(Predictions).connect(lambda batch: predicted.append(len(batch.picture_ids)))
    with watch.step("run"):
        window.actions_.run.trigger()
        wait_for(lambda: sum(predicted) > ENOUGH or bool(ended))
    with watch.timed("run: cancel to idle"):
        window.actions_.cancel.trigger()
        wait_for(lambda: not window.bridge.busy)


def _assert_all_there(window: MainWindow, count: int) -> None:
    there = window.hub.queries.picture_count
    assert there == count, f"{there:,} pictures are in the project, not {count:,}."


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
