"""An empty project shows the loop of the work, and how to start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddPictures
from fewshot_gui.main_window import MainWindow
from fewshot_gui.widgets.file_dialog import FileDialog
from tests.fewshot_gui.gestures import choose_from_open_menu

_LEFT = Qt.MouseButton.LeftButton


def test_the_loop_is_shown_until_there_is_a_picture(
    window: MainWindow, make_pictures: Callable[..., Path]
) -> None:
    assert window.welcome.isVisible()
    assert window.welcome.size() == window.pictures.grid.viewport().size()
    window.hub.commands.apply(AddPictures([make_pictures("new", 1) / "1.png"]))
    assert not window.welcome.isVisible()
    window.hub.commands.undo()
    assert window.welcome.isVisible()


def test_the_steps_have_room_for_their_words(window: MainWindow) -> None:
    loop = window.welcome.loop
    before = loop.height()
    font = loop.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    loop.setFont(font)
    window.resize(window.width() + 100, window.height())
    QTest.qWait(1)
    assert loop.height() > before + 40


def test_the_demo_opens_from_the_empty_window(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.welcome.demo, _LEFT)
    qtbot.waitUntil(lambda: window.hub.file.stem == "demo", timeout=20_000)
    assert len(window.hub.queries.classes) == 6
    assert window.hub.queries.picture_count > 100
    assert not window.welcome.isVisible()
    window.files.open_demo()
    assert not window.files._reading, "it is open already"


def test_a_demo_that_cannot_be_written_is_told(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "fewshot-data").write_text("in the way")
    with qtbot.waitSignal(window.files.problem) as told:
        QTest.mouseClick(window.welcome.demo, _LEFT)
    assert "The demo could not be written" in told.args[0]


def test_a_recent_project_opens_from_the_empty_window(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    first = window.hub.file
    window.files._create([tmp_path / "second.fewshot"])
    qtbot.waitUntil(window.welcome.recent.isEnabled)
    window.welcome.recent.setFocus()
    QTest.keyClick(window.welcome.recent, Qt.Key.Key_Space)
    qtbot.waitUntil(window.files.recent_menu.isVisible)
    with qtbot.waitSignal(window.hub.opened):
        choose_from_open_menu(first.stem)
    assert window.hub.file == first


def test_what_is_dropped_on_the_loop_lands_on_the_grid(window: MainWindow) -> None:
    # Qt gives a drag to the nearest ancestor that takes drops.
    for part in (window.welcome, window.welcome.loop, window.welcome.demo):
        assert not part.acceptDrops()
    assert window.welcome.parentWidget() is window.pictures.grid.viewport()


@pytest.mark.parametrize(
    ("step", "title"),
    [(0, "Add a folder that has a subfolder for each class"), (1, "Add pictures to be labelled")],
)
def test_a_click_on_a_step_asks_for_its_files(window: MainWindow, step: int, title: str) -> None:
    loop = window.welcome.loop
    QTest.mouseClick(loop, _LEFT, pos=loop.button_places()[step].center())
    [dialog] = window.findChildren(FileDialog)
    assert (dialog.isVisible(), dialog.windowTitle()) == (True, title)
    dialog.close()


def hover(widget: QWidget, place: QPoint) -> None:
    """Move over a place, wherever the pointer of the screen is."""
    where, none = QPointF(place), Qt.MouseButton.NoButton
    no_key = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, where, widget.mapToGlobal(where), none, none, no_key)
    QApplication.sendEvent(widget, event)


def test_only_the_steps_that_act_like_buttons_look_so(window: MainWindow) -> None:
    loop = window.welcome.loop
    assert len(loop.button_places()) == 2
    hover(loop, loop.button_places()[1].center())
    assert loop.cursor().shape() is Qt.CursorShape.PointingHandCursor
    beside = QPoint(loop.width() // 2, loop.height() - 2)
    hover(loop, beside)
    assert loop.cursor().shape() is Qt.CursorShape.ArrowCursor
    QTest.mouseClick(loop, _LEFT, pos=beside)
    assert not window.findChildren(FileDialog)


@pytest.mark.parametrize("by_key", [False, True])
def test_the_zone_for_classes_asks_for_a_folder(window: MainWindow, by_key: bool) -> None:
    zone = window.classes.new_zone
    if by_key:
        zone.setFocus()
        QTest.keyClick(zone, Qt.Key.Key_Space)
    else:
        QTest.mouseClick(zone, _LEFT)
    [dialog] = window.findChildren(FileDialog)
    assert dialog.windowTitle() == "Add a folder that has a subfolder for each class"
    dialog.close()
