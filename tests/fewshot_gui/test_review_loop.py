"""Label a picture, and the next one is at hand: where one works is where one goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.main_window import MainWindow
from fewshot_gui.picture_columns import Order, Show
from fewshot_gui.views.picture_grid import CELL_SIZES
from fewshot_gui.views.picture_pane import PicturePane
from tests.fewshot_gui.gestures import middle_of

COUNT = 3000


@pytest.fixture
def full(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Two classes of one example each, and thousands of pictures to label."""
    window.hub.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.apply(AddPictures([tmp_path / f"{number}.png" for number in range(COUNT)]))
    return window


def show(window: MainWindow, what: Show, order: Order = Order.ADDED) -> None:
    pane = window.pictures
    pane.show_menu.setCurrentIndex(pane.show_menu.findData(what))
    pane.order_menu.setCurrentIndex(pane.order_menu.findData(order))


def go_to(window: MainWindow, qtbot: QtBot, row: int) -> int:
    """Click on the picture in this row; returns its id."""
    grid, index = window.pictures.grid, window.pictures.model.index(row)
    last = window.pictures.model.index(window.pictures.model.rowCount() - 1)
    qtbot.waitUntil(lambda: grid.visualRect(last).isValid())
    grid.scrollTo(index)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(grid, index))
    return window.pictures.model.id_at(row)


def current(window: MainWindow) -> tuple[int, list[int]]:
    """The row of the current picture, and the selected ids."""
    grid = window.pictures.grid
    return grid.currentIndex().row(), grid.selected_ids().tolist()


def predict_less_sure_the_later(window: MainWindow) -> None:
    ids = window.hub.arrange(window.pictures._arrangement())
    unlabelled = ids[[window.hub.class_of(picture) is None for picture in ids.tolist()]]
    run = window.hub.begin_run("protonet", "photo", "cpu", 0, [row.id for row in window.hub.classes])
    assert run is not None
    second = np.linspace(0.01, 0.49, len(unlabelled), dtype=np.float32)
    window.hub.save_predictions(run, unlabelled, np.stack([1 - second, second], axis=1))


def test_a_labelled_picture_makes_room_for_the_next_in_the_same_place(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.TO_LABEL)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 1500)
    place, following = grid.visualRect(grid.currentIndex()), model.ids[1501:1504].tolist()
    for picture in following:
        QTest.keyClick(grid, Qt.Key.Key_1)
        assert current(full) == (1500, [picture])
        qtbot.waitUntil(lambda: grid.visualRect(grid.currentIndex()) == place)
    assert full.hub.classes[0].count == 1 + len(following)


def test_keys_pressed_faster_than_the_cells_are_laid_out_do_not_lose_the_place(
    full: MainWindow, qtbot: QtBot
) -> None:
    show(full, Show.TO_LABEL)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 2500)
    place, sixth = grid.visualRect(grid.currentIndex()), model.id_at(2505)
    for _ in range(5):
        QTest.keyClick(grid, Qt.Key.Key_2)
    assert current(full) == (2500, [sixth])
    qtbot.waitUntil(lambda: grid.visualRect(grid.currentIndex()) == place)


def test_after_several_at_once_the_one_behind_them_is_next(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.TO_LABEL)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 20)
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    behind = model.id_at(24)
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert full.hub.classes[0].count == 5
    assert current(full) == (20, [behind])


def test_after_the_last_picture_the_one_before_it_is_next(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.TO_LABEL)
    go_to(full, qtbot, COUNT - 1)
    before = full.pictures.model.id_at(COUNT - 2)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    assert current(full) == (COUNT - 2, [before])


def test_a_labelled_picture_is_not_followed_to_the_end_of_least_sure_first(
    full: MainWindow, qtbot: QtBot
) -> None:
    predict_less_sure_the_later(full)
    show(full, Show.ALL, Order.LEAST_SURE)
    grid, model = full.pictures.grid, full.pictures.model
    for row in (0, 1500):
        labelled = go_to(full, qtbot, row)
        following = model.id_at(row + 1)
        QTest.keyClick(grid, Qt.Key.Key_1)
        assert current(full) == (row, [following])
        assert model.row_of(labelled) >= COUNT - 2


def test_a_picture_that_keeps_its_place_stays_selected(full: MainWindow, qtbot: QtBot) -> None:
    picture = go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    assert current(full) == (100, [picture])


def test_undo_brings_the_picture_back_and_leaves_one_where_one_was(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.TO_LABEL)
    labelled = go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    _, following = current(full)
    full.actions_.undo.trigger()
    assert full.pictures.model.row_of(labelled) == 100
    assert current(full) == (101, following)


def test_when_every_picture_is_labelled_none_is_current(full: MainWindow) -> None:
    show(full, Show.TO_LABEL)
    grid = full.pictures.grid
    grid.setFocus()
    grid.setCurrentIndex(full.pictures.model.index(3))
    grid.selectAll()
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert current(full) == (-1, [])


@pytest.mark.parametrize("row", [5, COUNT - 5])
def test_a_point_of_the_map_finds_its_picture_also_if_the_filter_hides_it(
    full: MainWindow, qtbot: QtBot, row: int
) -> None:
    picture = full.pictures.model.id_at(row)
    show(full, Show.UNREADABLE)
    full.scatter.picked.emit(picture)
    assert full.pictures.show_menu.currentData() is Show.ALL
    assert current(full) == (row, [picture])
    grid = full.pictures.grid
    qtbot.waitUntil(lambda: grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex())))


def test_the_size_of_the_cells_is_remembered(full: MainWindow, qtbot: QtBot) -> None:
    grid = full.pictures.grid
    for _ in CELL_SIZES:
        QTest.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    pane = PicturePane(full.hub)
    qtbot.addWidget(pane)
    assert pane.grid.cell_size == CELL_SIZES[-1]
    pane.close_threads()


def test_another_project_begins_with_nothing_selected(full: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    other = tmp_path / "other.fewshot"
    with Workspace.create(other) as workspace:  # its classes and pictures have the same ids
        workspace.apply(AddClassFolders({"cat": [tmp_path / "c.png"], "dog": [tmp_path / "d.png"]}))
        workspace.apply(AddPictures([tmp_path / f"{number}.png" for number in range(COUNT)]))
    full.classes.select(full.hub.classes[1].id)
    go_to(full, qtbot, 1500)
    full.files.open(other)
    assert current(full) == (-1, [])
    assert not full.classes.list.currentIndex().isValid()
    assert not full.actions_.add_examples.isEnabled()
    assert not full.actions_.remove_pictures.isEnabled()
    show_menu = full.pictures.show_menu
    assert show_menu.itemText(show_menu.findData(Show.CLASS)) == Show.CLASS.value
