"""A class has the key that one presses for it: shown, undoable, and never the key of something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, AddPictures
from fewshot_gui.features.classes.class_model import ClassRole
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.shell.help import ShortcutsDialog
from tests.fewshot_gui.gestures import (
    choose_from_menu_bar,
    choose_from_open_menu,
    click,
    click_tab,
    right_click,
)

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def two(window: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    """Classes ant (1) and R&D (2), and three pictures."""
    for name in ("ant", "R&D"):
        window.hub.commands.apply(AddClass(name))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("p", 3).iterdir())))
    return window


def keys(window: MainWindow) -> list[str]:
    model = window.classes.model
    return [model.index(row).data(ClassRole.KEY) for row in range(model.rowCount())]


def ask(window: MainWindow, qtbot: QtBot, row: int) -> KeyDialog:
    click(window.classes.list, row)
    choose_from_menu_bar(window, qtbot, "Edit", "Key…")
    dialog = window.findChild(KeyDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def label_first(window: MainWindow, qtbot: QtBot, key: str) -> int | None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click_tab(window.pictures.tabs, Show.ALL)
    click(window.pictures.grid, 0)
    QTest.keyClicks(window.pictures.grid, key)
    return window.hub.queries.class_of(1)


def test_the_key_that_is_pressed_labels_as_the_class(two: MainWindow, qtbot: QtBot) -> None:
    click(two.classes.list, 0)
    right_click(two.classes.list, 0)
    choose_from_open_menu("Key…")
    dialog = two.findChild(KeyDialog)
    QTest.keyClicks(dialog, "x")
    assert not dialog.isVisible()
    assert keys(two) == ["X", "2"]
    assert label_first(two, qtbot, "x") == 1
    assert label_first(two, qtbot, "1") == 1, "its old key means nothing any more"


def test_a_key_can_be_taken_away_and_that_undone(two: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(two, qtbot, 1)
    QTest.mouseClick(dialog.none_button, _LEFT)
    assert keys(two) == ["1", ""]
    assert two.hub.commands.undo_title == "Change the key of a class"
    two.activateWindow()
    qtbot.waitUntil(two.isActiveWindow)
    QTest.keySequence(two, "Ctrl+Z")
    assert keys(two) == ["1", "2"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("u", "U is taken, by the command “Label as unknown”: press another."),
        ("s", "S is taken, by the command “Skip to the next”: press another."),
        ("0", "0 is taken, by the command “Remove the label”: press another."),
        ("2", "2 is the key of “R&D”: press another."),
    ],
)
def test_a_key_that_something_else_answers_to_is_refused_in_one_sentence(
    two: MainWindow, qtbot: QtBot, key: str, sentence: str
) -> None:
    dialog = ask(two, qtbot, 0)
    QTest.keyClicks(dialog, key)
    assert dialog.isVisible()
    assert dialog.problem.text() == sentence
    assert keys(two) == ["1", "2"]
    accented = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Eacute, Qt.KeyboardModifier.NoModifier, "é")
    QApplication.sendEvent(dialog, accented)
    assert keys(two) == ["É", "2"]


def test_what_is_no_letter_or_digit_and_escape_change_nothing(two: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(two, qtbot, 0)
    for key in ("+", " "):
        QTest.keyClicks(dialog, key)
    QTest.keyClick(dialog, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert keys(two) == ["1", "2"]


def test_the_sheet_of_shortcuts_names_the_classes_with_their_keys(two: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(ask(two, qtbot, 1), "q")
    two.activateWindow()
    qtbot.waitUntil(two.isActiveWindow)
    QTest.keyClick(two, Qt.Key.Key_F1)
    sheet = two.findChild(ShortcutsDialog)
    lines = [line.strip() for line in sheet.text.toPlainText().splitlines() if line.strip()]
    assert lines[1:5] == ["Label as ant", "1", "Label as R&D", "Q"]
    sheet.close()
