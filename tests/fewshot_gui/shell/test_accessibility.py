"""Whoever does not use a mouse, or does not see the screen, finds everything and knows what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, AddClassFolders, AddPictures, MoveClass, RemovePictures
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from tests.fewshot_gui.accessible import controls, missed_by_tab, nameless, spoken

MakePictures = Callable[..., Path]


@pytest.fixture
def full(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    for name, color in (("ants", "teal"), ("bees", "orange")):
        folder = make_pictures(name, 2, color)
        window.hub.commands.apply(AddClassFolders({name: sorted(folder.iterdir())}))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 3, "gray").iterdir())))
    return window


def test_every_control_of_the_window_has_a_name(full: MainWindow) -> None:
    full.messages.warn("Something to read")
    assert len(list(controls(full))) > 15
    assert nameless(full) == []


def test_every_control_of_the_empty_window_has_a_name(window: MainWindow) -> None:
    assert window.welcome.demo in list(controls(window))
    assert nameless(window) == []


def test_every_control_that_acts_says_more_when_pointed_at(full: MainWindow) -> None:
    acting = [w for w in controls(full) if not isinstance(w, QAbstractItemView | QLabel)]
    silent = [f"{type(w).__name__} “{spoken(w)}”" for w in acting if not w.toolTip()]
    assert silent == []


def test_tab_reaches_every_control_and_shows_where_it_is(full: MainWindow, qtbot: QtBot) -> None:
    start = full.classes.list
    start.setFocus(Qt.FocusReason.TabFocusReason)
    reached: list[QWidget] = []
    unseen = []
    for _ in range(100):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in reached:
            break
        reached.append(focused)
        owner = focused.parentWidget()  # a frame may be drawn around it
        with_focus = owner.grab().toImage()
        focused.clearFocus()
        if owner.grab().toImage() == with_focus:
            unseen.append(f"{type(focused).__name__} “{spoken(focused)}”")
        focused.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert reached[0] is start
    assert missed_by_tab(full, reached) == []
    assert unseen == []


def test_the_models_keep_their_promises_whatever_happens(full: MainWindow) -> None:
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    classes, pictures = full.classes.model, full.pictures.model
    testers = [QAbstractItemModelTester(model, fatal) for model in (classes, pictures)]
    hub = full.hub
    first = hub.queries.classes[0].id
    hub.commands.apply(AddClass("wasps"))
    hub.commands.apply(MoveClass(first, 2))
    assert [classes.index(row).data() for row in range(3)] == ["bees", "wasps", "ants"]
    hub.commands.apply(RemovePictures(pictures.ids[:2].tolist()))
    assert pictures.rowCount() == 5
    full.pictures.tabs.choose(Show.UNLABELED)
    assert pictures.rowCount() == 3
    full.pictures.search.setText("1.png")
    assert pictures.rowCount() == 1
    full.pictures.search.clear()
    full.pictures.tabs.choose(Show.ALL)
    for _ in range(3):
        hub.commands.undo()
    assert (classes.rowCount(), pictures.rowCount()) == (2, 7)
    for _ in range(3):
        hub.commands.redo()
    assert (classes.rowCount(), pictures.rowCount()) == (3, 5)
    assert [tester.model() for tester in testers] == [classes, pictures]
