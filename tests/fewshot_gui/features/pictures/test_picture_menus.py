"""The clipboard, and the menus of a right click on pictures and beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClassFolders, AddPictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Order
from fewshot_gui.widgets.drop_frame import DropFrame
from tests.fewshot_gui.gestures import (
    choose_from_open_menu,
    click,
    drag_over,
    drop,
    files,
    leave,
    right_click,
)

MakePictures = Callable[..., Path]


@pytest.fixture
def full(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    """A class of one example, id 1, and the pictures 2 to 4."""
    window.hub.commands.apply(AddClassFolders({"ant": [make_pictures("ants", 1) / "1.png"]}))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 3).iterdir())))
    window.actions_.run_again.setChecked(False)
    return window


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files and folders that were opened in other programs."""
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return opened


def path(window: MainWindow, picture: int) -> str:
    return str(window.hub.queries.path(picture))


def entries() -> list[str]:
    """The menu that is open, without its separators; every entry can be chosen."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    shown = [action for action in menu.actions() if not action.isSeparator()]
    assert all(action.isEnabled() for action in shown)
    return [action.text().replace("&", "") for action in shown]


def right_click_beside(window: MainWindow, above: int = 5) -> None:
    """So many pixels above the corner: twice in one place is a double click."""
    viewport = window.pictures.grid.viewport()
    corner = QPoint(viewport.width() - 5, viewport.height() - above)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.RightButton, pos=viewport.mapTo(window, corner))


def test_the_menu_of_a_picture_has_what_is_done_with_pictures(full: MainWindow, opened: list[str]) -> None:
    right_click(full.pictures.grid, 1)
    assert entries() == [
        *("Open", "Show in folder", "Copy pictures", "Copy path", "Find similar", "Label as"),
        "Remove from the project",
    ]
    choose_from_open_menu("Open")
    assert opened == [path(full, 2)]


def test_the_menu_offers_what_the_picture_has(full: MainWindow) -> None:
    run = full.hub.run_store.begin("protonet", "photo", "cpu", 0, [1])
    assert run is not None
    full.hub.run_store.save_predictions(run, np.array([2]), np.ones((1, 1), np.float32))
    for row, entry, other in (
        (0, "Remove the label", "Accept the prediction"),
        (1, "Accept the prediction", "Remove the label"),
    ):
        right_click(full.pictures.grid, row)
        shown = entries()
        assert entry in shown
        assert other not in shown
        QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)


def test_what_cannot_be_done_now_is_not_in_the_menu(full: MainWindow) -> None:
    click(full.pictures.grid, 1)
    full.actions_.similar.setEnabled(False)
    right_click(full.pictures.grid, 1)
    assert "Find similar" not in entries()
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)


def test_a_file_that_is_gone_is_told(full: MainWindow, opened: list[str]) -> None:
    Path(path(full, 2)).unlink()
    click(full.pictures.grid, 1)
    full.actions_.open_picture.trigger()
    assert not opened
    assert "was not found" in full.status.hint.text()


def test_the_menu_beside_the_pictures_has_what_makes_sense_there(full: MainWindow) -> None:
    QGuiApplication.clipboard().clear()
    right_click_beside(full)
    adding = ["Add pictures…", "Add folder…", "Add folder of classes…"]
    assert entries() == [*adding, "Select all", "Order"]
    choose_from_open_menu("Order", "By name")
    assert full.pictures.order_menu.currentData() is Order.NAME
    QGuiApplication.clipboard().setMimeData(files([Path(path(full, 1))]))
    right_click_beside(full, above=50)
    assert entries() == [*adding, "Paste pictures", "Select all", "Order"]
    choose_from_open_menu("Select all")
    assert len(full.pictures.grid.selected_ids()) == 4


def test_in_an_empty_project_only_adding_is_offered(window: MainWindow) -> None:
    QGuiApplication.clipboard().clear()
    right_click_beside(window)
    assert entries() == ["Add pictures…", "Add folder…", "Add folder of classes…"]
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)


def test_the_menu_labels_as_unknown_and_as_a_new_class(full: MainWindow, qtbot: QtBot) -> None:
    right_click(full.pictures.grid, 1)
    choose_from_open_menu("Label as", "Label as unknown")
    assert full.hub.queries.class_of(2) == UNKNOWN
    right_click(full.pictures.grid, 2)
    choose_from_open_menu("Label as", "Label as a new class")
    editor = full.classes.list.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "wasp")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [row.name for row in full.hub.queries.classes] == ["ant", "wasp"])
    assert full.hub.queries.class_of(3) == full.hub.queries.classes[1].id


def test_copying_paths_copies_a_line_each(full: MainWindow) -> None:
    full.pictures.grid.select_ids(np.array([2, 4]))
    full.actions_.copy_path.trigger()
    assert QGuiApplication.clipboard().text().splitlines() == [path(full, 2), path(full, 4)]
    assert full.status.hint.text() == "Copied 2 paths."


def test_files_that_are_in_the_project_are_pasted_with_a_word(full: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(files([Path(path(full, 1)), Path(path(full, 2))]))
    with qtbot.waitSignal(full.importer.added) as told:
        full.actions_.paste.trigger()
    assert told.args == ["All 2 pictures were in the project already."]


def test_files_are_made_unknown_by_a_drop(
    full: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(full.importer.added):
        drop(full.classes.unknown_zone, files([make_pictures("others", 2)]), QPoint(5, 5))
    assert full.hub.queries.class_of(6) == UNKNOWN


def test_the_middle_lights_up_under_files_until_they_leave(
    full: MainWindow, make_pictures: MakePictures
) -> None:
    viewport = full.pictures.grid.viewport()
    frame = viewport.findChild(DropFrame)
    assert drag_over(viewport, files([make_pictures("others", 2)]), QPoint(9, 9))
    assert frame.isVisible()
    assert frame.size() == viewport.size()
    leave(viewport)
    assert not frame.isVisible()
