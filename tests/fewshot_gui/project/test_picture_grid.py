from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent, QItemSelectionModel, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QImage, QPaintEvent, QPalette, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.project.picture_grid import CELL_SIZES, DEFAULT_CELL_SIZE, PictureGrid
from fewshot_gui.project.picture_model import PictureModel
from fewshot_gui.shell.theme import palette
from fewshot_gui.widgets.thumbnails import ThumbnailLoader
from tests.fewshot_gui.picture_source import FakeSource

RED = (200, 30, 20)


@pytest.fixture
def source(tmp_path: Path) -> FakeSource:
    return FakeSource(tmp_path)


@pytest.fixture
def loader(qtbot: QtBot) -> Iterator[ThumbnailLoader]:
    loader = ThumbnailLoader()
    yield loader
    loader.close()


@pytest.fixture
def model(qtbot: QtBot, source: FakeSource) -> PictureModel:
    return PictureModel(source)


@pytest.fixture
def grid(qtbot: QtBot, model: PictureModel, loader: ThumbnailLoader) -> PictureGrid:
    grid = PictureGrid(model, loader)
    qtbot.addWidget(grid)
    grid.setPalette(palette("light"))
    grid.resize(900, 600)
    with qtbot.waitExposed(grid):
        grid.show()
    return grid


def pictures(source: FakeSource, count: int) -> list[int]:
    for picture_id in range(count):
        Image.new("RGB", (40, 40), RED).save(source.path(picture_id))
    return list(range(count))


def middle(grid: PictureGrid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row)).center()


def click(
    qtbot: QtBot,
    grid: PictureGrid,
    row: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, middle(grid, row))


def cell(grid: PictureGrid, row: int) -> QImage:
    return grid.viewport().grab(grid.visualRect(grid.model().index(row))).toImage()


def colors_of(image: QImage) -> NDArray[np.uint32]:
    """The colour of every pixel, without its opacity."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), np.uint32) & 0xFFFFFF


def count_of(image: QImage, color: QColor) -> int:
    return int(np.count_nonzero(colors_of(image) == color.rgb() & 0xFFFFFF))


def turn_wheel(grid: PictureGrid, notches: float, modifier: Qt.KeyboardModifier) -> None:
    where = QPointF(50, 50)
    event = QWheelEvent(
        where,
        grid.viewport().mapToGlobal(where),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.viewport(), event)


def test_clicks_select_pictures_by_id_in_the_order_shown(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids([30, 10, 20, 50, 40])
    with qtbot.waitSignal(grid.selection_changed):
        click(qtbot, grid, 3)
    click(qtbot, grid, 1, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, grid, 0, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_array_equal(grid.selected_ids(), [30, 10, 50])
    click(qtbot, grid, 1)
    click(qtbot, grid, 3, Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_array_equal(grid.selected_ids(), [10, 20, 50])


def test_all_of_very_many_pictures_are_selected_as_one_range(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids(np.arange(100_000))
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert grid.selectionModel().selection().count() == 1
    np.testing.assert_array_equal(grid.selected_ids(), np.arange(100_000))


def test_select_ids_selects_those_that_are_shown_and_no_others(
    grid: PictureGrid, model: PictureModel
) -> None:
    model.set_ids([5, 6, 7, 8])
    grid.selectAll()
    grid.select_ids(np.array([8, 6, 99]))
    np.testing.assert_array_equal(grid.selected_ids(), [6, 8])


def test_very_many_scattered_pictures_give_way_to_others(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids(range(10, 6010))
    grid.setCurrentIndex(model.index(5))
    for wanted in (range(10, 6010, 3), range(11, 6010, 2), [17], []):
        with qtbot.waitSignal(grid.selection_changed):
            grid.select_ids(np.array(wanted, np.int64))
        assert grid.selected_ids().tolist() == list(wanted)
        assert [grid.selectionModel().isRowSelected(row) for row in (1, 7)] == [11 in wanted, 17 in wanted]
        assert grid.currentIndex().row() == 5


def test_nothing_is_selected_in_an_empty_grid(grid: PictureGrid) -> None:
    grid.selectAll()
    assert grid.selected_ids().size == 0


def test_selection_and_current_picture_survive_a_new_order(grid: PictureGrid, model: PictureModel) -> None:
    model.set_ids([1, 2, 3, 4])
    grid.setCurrentIndex(model.index(1))
    grid.select_ids(np.array([2, 4]))
    model.set_ids([9, 4, 3, 2])
    np.testing.assert_array_equal(grid.selected_ids(), [4, 2])
    assert grid.currentIndex().row() == 3


def test_a_selected_picture_that_is_no_longer_shown_is_no_longer_selected(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids([1, 2, 3])
    grid.select_ids(np.array([1, 2]))
    with qtbot.waitSignal(grid.selection_changed):
        model.set_ids([2, 3])
    np.testing.assert_array_equal(grid.selected_ids(), [2])


def test_the_same_pictures_stay_in_sight_when_pictures_are_added_or_the_cells_grow(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot
) -> None:
    source.errors = dict.fromkeys(range(5010), "not read in this test")
    model.set_ids(np.arange(5000))
    last = model.index(4999)
    qtbot.waitUntil(lambda: grid.visualRect(last).isValid())
    grid.scrollTo(model.index(3000))
    grid.setCurrentIndex(model.index(3000))

    model.set_ids(np.arange(-10, 5000))
    index = model.index(3010)
    qtbot.waitUntil(lambda: grid.viewport().rect().intersects(grid.visualRect(index)))
    assert grid.currentIndex() == index

    grid.zoom(2)
    qtbot.waitUntil(lambda: grid.viewport().rect().intersects(grid.visualRect(index)))


def test_arrow_keys_walk_through_the_cells(grid: PictureGrid, model: PictureModel, qtbot: QtBot) -> None:
    model.set_ids(np.arange(20))
    grid.setCurrentIndex(model.index(0))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(grid, key)
    per_row = sum(
        grid.visualRect(model.index(row)).top() == grid.visualRect(model.index(0)).top() for row in range(20)
    )
    assert grid.currentIndex().row() == per_row


@pytest.mark.parametrize("count", [9, 200])
def test_the_columns_fill_the_width_with_and_without_a_scroll_bar(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot, count: int
) -> None:
    source.errors = dict.fromkeys(range(count), "not read in this test")
    model.set_ids(np.arange(count))
    for width in range(600, 1000, 9):
        grid.resize(width, 700)
        QApplication.processEvents()
        boxes = [grid.visualRect(model.index(row)) for row in range(9)]
        columns = sum(box.top() == boxes[0].top() for box in boxes)
        empty = grid.viewport().width() - columns * grid.gridSize().width()
        assert empty < grid.gridSize().width() / 2, f"{columns} columns at {width}"


def test_control_and_wheel_or_keys_change_the_size_of_the_cells(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids(np.arange(20))
    with qtbot.waitSignal(grid.cell_size_changed) as changed:
        turn_wheel(grid, 1, Qt.KeyboardModifier.ControlModifier)
    assert changed.args == [192]
    turn_wheel(grid, 0.5, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_size == 192
    turn_wheel(grid, 0.5, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_size == 224
    qtbot.keyClick(grid, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_size == 192
    turn_wheel(grid, -50, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_size == CELL_SIZES[0]
    for _ in CELL_SIZES:
        qtbot.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_size == CELL_SIZES[-1]


def test_the_wheel_alone_scrolls(grid: PictureGrid, model: PictureModel, qtbot: QtBot) -> None:
    model.set_ids(np.arange(200))
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() > 0)
    turn_wheel(grid, -1, Qt.KeyboardModifier.NoModifier)
    assert grid.verticalScrollBar().value() > 0
    assert grid.cell_size == DEFAULT_CELL_SIZE


def test_thumbnails_appear_by_themselves_in_every_visible_cell(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot
) -> None:
    # More than may wait at a time, so that some are asked for twice.
    grid.set_cell_size(CELL_SIZES[0])
    grid.resize(1300, 900)
    model.set_ids(pictures(source, 60))
    red = QColor(*RED)

    def all_red() -> bool:
        image = grid.viewport().grab().toImage()
        return all(image.pixelColor(middle(grid, row) - QPoint(0, 20)) == red for row in range(60))

    qtbot.waitUntil(all_red)


def test_a_broken_picture_shows_a_sign_instead_of_itself(
    grid: PictureGrid, model: PictureModel, source: FakeSource, loader: ThumbnailLoader, qtbot: QtBot
) -> None:
    source.path(0).write_bytes(b"no picture")
    source.errors = {1: "truncated"}
    warning = grid.palette().color(QPalette.ColorRole.BrightText)
    model.set_ids([0, 1, 2])
    for row in (0, 1):
        qtbot.waitUntil(lambda row=row: count_of(cell(grid, row), warning) > 0)
    assert loader.error(0) == "not a picture"


def test_a_label_is_painted_solid_and_a_prediction_as_far_as_it_is_sure(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot
) -> None:
    source.errors = dict.fromkeys(range(4), "not read in this test")
    source.labels = {0: 1}
    source.predictions = {1: (1, 0.9), 2: (1, 0.3)}
    grid.setPalette(palette("dark"))
    model.set_ids([0, 1, 2, 3])
    grid.selectionModel().setCurrentIndex(model.index(3), QItemSelectionModel.SelectionFlag.NoUpdate)
    ink = [count_of(cell(grid, row), QColor("#56b4e9")) for row in range(4)]
    assert ink[0] > ink[1] > ink[2] > ink[3] == 0


class Painted(QObject):
    """The part of a widget that has been painted since `region` was emptied."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return False


def test_only_the_cells_of_what_changed_are_painted_anew(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot
) -> None:
    source.errors = dict.fromkeys(range(12), "not read in this test")
    model.set_ids(range(12))
    click(qtbot, grid, 5)
    painted = Painted(grid.viewport())
    for change in (lambda: model.refresh([5]), lambda: QTest.keyClick(grid, Qt.Key.Key_Right)):
        grid.repaint()
        while not painted.region.isEmpty():
            painted.region = QRegion()
            QApplication.processEvents()
        change()
        qtbot.waitUntil(lambda: painted.region.contains(middle(grid, 5)))
        assert [row for row in range(12) if painted.region.contains(middle(grid, row))] in ([5], [5, 6])


def test_selection_and_focus_are_visible(
    grid: PictureGrid, model: PictureModel, source: FakeSource, qtbot: QtBot
) -> None:
    source.errors = dict.fromkeys(range(3), "not read in this test")
    model.set_ids([0, 1, 2])
    # Without a window manager nobody else gives the window the keyboard.
    with qtbot.waitActive(grid):
        grid.activateWindow()
    grid.setFocus()
    grid.selectionModel().setCurrentIndex(model.index(0), QItemSelectionModel.SelectionFlag.NoUpdate)
    grid.select_ids(np.array([1]))
    plain, focused, selected = (cell(grid, row) for row in (2, 0, 1))
    highlight = grid.palette().color(QPalette.ColorRole.Highlight)
    assert count_of(selected, highlight) > 1000 > count_of(plain, highlight)
    text = grid.palette().color(QPalette.ColorRole.Text)
    assert count_of(focused, text) > count_of(plain, text) + 200


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_empty_grid_says_what_to_do(grid: PictureGrid, theme: Literal["light", "dark"]) -> None:
    grid.setPalette(palette(theme))
    blank = grid.viewport().grab().toImage()
    grid.set_empty_text("Drop pictures here", "or choose Add pictures.")
    image = grid.viewport().grab().toImage()
    assert len(np.unique(colors_of(blank))) == 1
    assert count_of(image, palette(theme).color(QPalette.ColorRole.Text)) > 50
    assert grid.accessibleDescription() == "Drop pictures here or choose Add pictures."


def test_a_drop_is_left_to_whoever_handles_it(grid: PictureGrid, model: PictureModel) -> None:
    model.set_ids([1, 2])
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/pictures/a.jpg")])
    event = QDragEnterEvent(
        QPoint(20, 20),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    assert grid.viewport().acceptDrops()
    QApplication.sendEvent(grid.viewport(), event)
    assert not event.isAccepted()


def test_letters_and_digits_are_left_to_shortcuts(
    grid: PictureGrid, model: PictureModel, qtbot: QtBot
) -> None:
    model.set_ids([1, 2, 3])
    grid.setCurrentIndex(model.index(0))
    qtbot.keyClicks(grid, "3")
    assert grid.currentIndex().row() == 0


def test_a_screen_of_double_density_gets_thumbnails_of_double_size(
    model: PictureModel, source: FakeSource, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def decode(path: Path, pixels: int) -> NDArray[np.uint8]:
        asked.append(pixels)
        return np.zeros((pixels, pixels, 3), np.uint8)

    loader = ThumbnailLoader(decode=decode)
    grid = PictureGrid(model, loader)
    qtbot.addWidget(grid)
    monkeypatch.setattr(grid, "devicePixelRatioF", lambda: 2.0)
    model.set_ids([1])
    with qtbot.waitSignal(loader.loaded):
        grid.show()
    loader.close()
    assert set(asked) == {2 * DEFAULT_CELL_SIZE}
