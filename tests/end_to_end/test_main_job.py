"""The main job in a real window with the real engine: from dropped pictures to exported labels."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolBar
from pytestqt.qtbot import QtBot

from engine.labeling.events import Finished
from engine.learners.registry import learners
from engine.workspace import Workspace
from fewshot_gui.dialogs.export_dialog import ExportDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import ProjectHub
from tests.end_to_end.conftest import Job
from tests.fewshot_gui.gestures import drop, files

LONG = 60_000
_CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on an empty project, its menus filled by the real engine."""
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "project.fewshot")))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.bridge.catalogue_ready, timeout=LONG):
        window.start_engine()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()


def bring_in(window: MainWindow, job: Job, qtbot: QtBot) -> None:
    """Drop the class folders beside the classes, and the folder to be labelled on the grid."""
    zone, grid = window.classes.new_zone, window.pictures.grid.viewport()
    for folder in job.class_folders:
        mime = files([folder])
        with qtbot.waitSignal(window.importer.added):
            drop(zone, mime, QPoint(10, 10), Qt.DropAction.MoveAction)
    mime = files([job.to_label])
    with qtbot.waitSignal(window.importer.added):
        drop(grid, mime, grid.rect().center(), Qt.DropAction.MoveAction)


def choose_by_keys(menu: QComboBox, name: str) -> None:
    """Walk through a menu of the toolbar with the arrow keys."""
    menu.setFocus()
    QTest.keyClick(menu, Qt.Key.Key_Home)
    for _ in range(menu.count()):
        if menu.currentData() == name:
            return
        QTest.keyClick(menu, Qt.Key.Key_Down)
    raise AssertionError(f"{name} cannot be reached by keys in the menu {menu.objectName()}")


def run_by_key(window: MainWindow, qtbot: QtBot) -> Finished:
    with qtbot.waitSignal(window.bridge.finished, timeout=LONG) as finished:
        QTest.keyClick(window, Qt.Key.Key_R, _CONTROL)
    event: Finished = finished.args[0]
    return event


def share_right(window: MainWindow, job: Job) -> float:
    """Of the pictures to be labelled, how many the grid shows under their true class."""
    right = 0
    for row in window.hub.pictures():
        prediction = window.hub.prediction(row.id)
        if row.path.name in job.truth and prediction is not None:
            right += window.hub.class_name(prediction[0]) == job.truth[row.path.name]
    return right / len(job.truth)


def export_by_hand(window: MainWindow, qtbot: QtBot, path: Path) -> list[dict[str, str]]:
    """Ctrl+E, type a name, Return; then read the file back."""
    QTest.keyClick(window, Qt.Key.Key_E, _CONTROL)
    name = window.findChild(ExportDialog).findChild(QLineEdit, "fileNameEdit")
    name.setText(str(path))  # typed, Qt's list of completions would take the Return
    with qtbot.waitSignal(window.exporter.written):
        QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_from_dropped_pictures_to_exported_labels(
    window: MainWindow, job: Job, qtbot: QtBot, tmp_path: Path
) -> None:
    originals = sorted(path for folder in (*job.class_folders, job.to_label) for path in folder.iterdir())
    bring_in(window, job, qtbot)
    assert {row.name: row.count for row in window.hub.classes} == {
        folder.name: len(list(folder.iterdir())) for folder in job.class_folders
    }

    # A first run, cancelled by the button as soon as it is under way.
    choose_by_keys(window.choices.algorithm, "prototypical")
    choose_by_keys(window.choices.backbone, job.backbone)
    toolbar = window.findChild(QToolBar)
    with qtbot.waitSignal(window.bridge.state_changed):
        QTest.mouseClick(toolbar.widgetForAction(window.actions_.run), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.bridge.cancelled, timeout=LONG):
        QTest.mouseClick(toolbar.widgetForAction(window.actions_.cancel), Qt.MouseButton.LeftButton)
    assert not window.bridge.busy

    for algorithm in learners():
        choose_by_keys(window.choices.algorithm, algorithm)
        finished = run_by_key(window, qtbot)
        assert finished.classified == len(job.truth)
        assert finished.unreadable == 0
        assert window.loss.points_shown >= 1
        assert window.scatter.points_shown == window.hub.picture_count
        assert window.hub.predicted_count == len(job.truth)
        accuracy = share_right(window, job)
        if algorithm != "maml" or job.backbone == "conv4":
            assert accuracy > job.expected_accuracy, algorithm

    # The second run of an algorithm reads every embedding from the cache.
    choose_by_keys(window.choices.algorithm, "fine-tuning")
    choose_by_keys(window.choices.backbone, job.backbone)
    assert run_by_key(window, qtbot).embedded == 0
    assert window.loss.points_shown > 10

    rows = export_by_hand(window, qtbot, tmp_path / "labels.csv")
    names = [row.name for row in window.hub.classes]
    assert list(rows[0]) == ["image", "label", "confidence", "error", *(f"p:{name}" for name in names)]
    assert len(rows) == window.hub.picture_count
    for row in rows:
        assert row["label"] in names
        assert sum(float(row[f"p:{name}"]) for name in names) == pytest.approx(1, abs=1e-4)
    assert sorted(path for path in originals if path.is_file()) == originals, "a drop moved a file"
