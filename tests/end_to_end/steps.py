"""What a person does in the main job, each step by mouse and keys."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from engine.runs.events import Finished
from fewshot_gui.engine_link.kinds import RUN
from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG
from tests.fewshot_gui.gestures import choose_by_keys, drop, export_to, files, middle_of


def drop_folder(window: MainWindow, qtbot: QtBot, target: QWidget, folder: Path, place: QPoint) -> None:
    """From a file manager that would rather move: what it is told afterwards is that it was a copy."""
    mime = files([folder])
    with qtbot.waitSignal(window.importer.added):
        event = drop(target, mime, place, Qt.DropAction.MoveAction)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction


def add_class_by_keys(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Ctrl+Shift+N, type the name, Return."""
    QTest.keySequence(window, "Ctrl+Shift+N")
    editor = window.classes.list.findChild(QLineEdit)
    QTest.keyClicks(editor, name)
    with qtbot.waitSignal(window.hub.changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)


def bring_in(window: MainWindow, qtbot: QtBot, class_folders: list[Path], to_label: Path) -> None:
    """The first class is added by hand and gets its folder dropped on its row; the other folders become
    classes by being dropped where new ones are made; the pictures to label land on the grid."""
    by_hand, *others = class_folders
    add_class_by_keys(window, qtbot, by_hand.name)
    classes = window.classes.list
    row = middle_of(classes, classes.model().index(0, 0))
    drop_folder(window, qtbot, classes.viewport(), by_hand, row)
    zone, grid = window.classes.new_zone, window.pictures.grid.viewport()
    for folder in others:
        drop_folder(window, qtbot, zone, folder, zone.rect().center())
    drop_folder(window, qtbot, grid, to_label, grid.rect().center())


def choose_run(window: MainWindow, algorithm: str, backbone: str) -> None:
    choose_by_keys(window.choices.algorithm, algorithm)
    choose_by_keys(window.choices.backbone, backbone)


def click_button(window: MainWindow, action_name: str) -> None:
    """On the toolbar."""
    button = window.findChild(QToolBar).widgetForAction(getattr(window.actions_, action_name))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def run_by_key(window: MainWindow, qtbot: QtBot) -> Finished:
    with qtbot.waitSignal(window.bridge.on(Finished), timeout=LONG) as finished:
        QTest.keySequence(window, "Ctrl+R")
    event: Finished = finished.args[0]
    return event


def is_at_rest(window: MainWindow) -> bool:
    """Whether no run is on or due: one follows each label by itself."""
    return not window.rerunner.due and not window.tasks.is_running(RUN)


def export_by_keys(window: MainWindow, qtbot: QtBot, path: Path) -> list[dict[str, str]]:
    """Ctrl+E, enter a path, Return; then read the file back."""
    QTest.keySequence(window, "Ctrl+E")
    with qtbot.waitSignal(window.exporter.written):
        export_to(window.findChild(ExportDialog), qtbot, path)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
