"""A gesture that moves or removes labels says so, and its message has a button that undoes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures
from fewshot_gui.engine_link.kinds import GESTURE
from fewshot_gui.features.labeling import labeling
from fewshot_gui.features.labeling.accept_dialog import AcceptDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands
from fewshot_gui.project.picture_drag import PictureMimeData
from tests.fewshot_gui.gestures import click, drop, files, middle_of

MakePictures = Callable[..., Path]


@pytest.fixture
def full(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    """Three discs, ids 1 to 3, two squares, 4 and 5, and the pictures 6 and 7."""
    folders = {
        name: sorted(make_pictures(name, count).iterdir()) for name, count in (("disc", 3), ("square", 2))
    }
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 2).iterdir())))
    window.actions_.run_again.setChecked(False)
    return window


def press_undo(window: MainWindow) -> None:
    button = window.messages.findChild(QPushButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert button.text() == "Undo"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def labels(window: MainWindow) -> list[int]:
    return window.hub.queries.labels_of(np.arange(1, 8)).tolist()


def place_of(window: MainWindow, row: int) -> QPoint:
    return middle_of(window.classes.list, window.classes.model.index(row))


def test_files_dropped_on_another_class_are_moved_with_a_word(full: MainWindow, qtbot: QtBot) -> None:
    before = labels(full)
    paths = [full.hub.queries.path(picture) for picture in (1, 2, 3)]
    with qtbot.waitSignal(full.importer.added):
        drop(full.classes.list.viewport(), files(paths), place_of(full, 1))
    assert full.messages.text == "3 moved from disc to square."
    assert labels(full) != before
    full.pictures.grid.setFocus()
    press_undo(full)
    assert labels(full) == before
    assert full.messages.text == ""
    assert full.pictures.grid.hasFocus()


@pytest.mark.parametrize(
    ("ids", "words"), [([1], "1 moved from disc to square."), ([1, 2, 6, 4], "2 moved from disc to square.")]
)
def test_pictures_dragged_to_another_class_are_moved_with_a_word(
    full: MainWindow, ids: list[int], words: str
) -> None:
    mime = PictureMimeData(full.hub, np.array(ids, np.int64))
    drop(full.classes.list.viewport(), mime, place_of(full, 1))
    assert full.messages.text == words


def test_a_first_label_needs_no_word_and_takes_the_last_one_away(full: MainWindow) -> None:
    full.hub.commands.apply(LabelPictures([1], 2))
    assert full.messages.text
    full.hub.commands.apply(LabelPictures([6], 2))
    assert full.messages.text == ""


def test_labels_that_go_are_counted(full: MainWindow) -> None:
    full.hub.commands.apply(LabelPictures([1, 4, 6], None))
    assert full.messages.text == "2 labels removed."
    press_undo(full)
    full.hub.commands.apply(LabelPictures([1, 4], 0))
    assert full.messages.text == "2 moved from other classes to Unknown."


def test_a_removed_class_says_how_many_lost_their_label(full: MainWindow) -> None:
    before = labels(full)
    click(full.classes.list, 0)
    QTest.keyClick(full.classes.list, Qt.Key.Key_Delete)
    assert full.messages.text == "“disc” was removed, and 3 pictures have no label any more."
    press_undo(full)
    assert labels(full) == before


def test_removed_pictures_are_counted_over_all_parts(
    full: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", 2)
    monkeypatch.setattr(commands, "_PART_REMOVED", 2)
    full.pictures.grid.select_ids(np.array([1, 2, 3, 6, 7]))
    full.pictures.grid.setFocus()
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: full.messages.text == "5 pictures removed from the project.")
    qtbot.waitUntil(lambda: not full.tasks.is_running(GESTURE))
    press_undo(full)
    assert full.hub.queries.picture_count == 7


def test_return_on_many_pictures_asks_before(full: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labeling, "MAX_UNASKED", 1)
    run = full.hub.run_store.begin("protonet", "photo", "cpu", 0, [1, 2])
    assert run is not None
    sure = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    full.hub.run_store.save_predictions(run, np.array([6, 7]), sure)
    grid = full.pictures.grid
    grid.select_ids(np.array([6, 7]))
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert labels(full)[5:] == [-1, -1]
    [dialog] = full.findChildren(AcceptDialog)
    QTest.mouseClick(dialog.defaultButton(), Qt.MouseButton.LeftButton)
    assert labels(full)[5:] == [1, 2]
