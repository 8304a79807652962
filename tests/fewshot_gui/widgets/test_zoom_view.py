"""Zooming and dragging: the place under the pointer stays there, and pixels are the file's own."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.zoom_view import ZoomView

WIDE = QSize(1200, 600)


def squares(size: QSize) -> QImage:
    """Every pixel of a colour that says where it is: red by column, green by row."""
    rows, columns = np.mgrid[: size.height(), : size.width()]
    pixels = np.full((size.height(), size.width(), 4), 255, np.uint8)
    pixels[..., 2], pixels[..., 1], pixels[..., 0] = columns % 256, rows % 256, 0
    return QImage(pixels.data, size.width(), size.height(), QImage.Format.Format_RGB32).copy()


@pytest.fixture
def view(qtbot: QtBot) -> ZoomView:
    view = ZoomView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    with qtbot.waitExposed(view):
        view.show()
    view.show_levels(WIDE, [squares(WIDE)])
    return view


def turn_wheel(view: ZoomView, at: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.viewport().mapToGlobal(at)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def seen(view: ZoomView, at: QPoint) -> tuple[int, int]:
    """The picture's pixel at this place of the screen, by its colour."""
    color = QColor(view.viewport().grab().toImage().pixel(at))
    return color.red(), color.green()


def test_a_picture_fits_the_view_and_goes_on_fitting_when_that_grows(view: ZoomView, qtbot: QtBot) -> None:
    assert view.fits
    assert view.zoom == pytest.approx(400 / 1200)
    view.resize(800, 300)
    qtbot.waitUntil(lambda: view.zoom == pytest.approx(0.5))


def test_a_small_picture_fits_as_large_as_there_is_room(view: ZoomView) -> None:
    view.show_levels(QSize(40, 20), [squares(QSize(40, 20))])
    assert view.zoom == pytest.approx(10)
    view.zoom_to(0.2)
    assert view.zoom == 1


def test_the_wheel_zooms_around_the_pointer(view: ZoomView) -> None:
    view.zoom_to(1.0)
    for place in (QPoint(60, 60), QPoint(330, 200)):
        before = view.mapToScene(place)
        turn_wheel(view, place, 3)
        after = view.mapToScene(place)
        assert abs(after.x() - before.x()) < 1.5
        assert abs(after.y() - before.y()) < 1.5
    assert view.zoom == pytest.approx(1.25**6)


def test_the_wheel_back_stops_where_the_picture_fits(view: ZoomView) -> None:
    turn_wheel(view, QPoint(200, 150), 4)
    assert not view.fits
    turn_wheel(view, QPoint(200, 150), -40)
    assert view.fits
    assert view.zoom == pytest.approx(400 / 1200)


def test_no_turn_of_the_wheel_goes_beyond_all_bounds(view: ZoomView) -> None:
    turn_wheel(view, QPoint(200, 150), 100)
    assert view.zoom == 32


def test_at_100_percent_every_pixel_is_one_of_the_file(view: ZoomView) -> None:
    view.zoom_to(1.0)
    corner = view.mapToScene(QPoint(0, 0)).toPoint()
    for place in (QPoint(0, 0), QPoint(17, 251), QPoint(399, 299)):
        assert seen(view, place) == ((corner.x() + place.x()) % 256, (corner.y() + place.y()) % 256)


def test_dragging_moves_the_picture_with_the_hand(view: ZoomView) -> None:
    view.zoom_to(1.0)
    before = seen(view, QPoint(100, 100))
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(port, QPoint(130, 80))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(130, 80))
    assert seen(view, QPoint(130, 80)) == before


def test_a_better_image_of_the_same_picture_stands_where_the_worse_stood(view: ZoomView) -> None:
    small = squares(WIDE).scaled(120, 60)
    view.show_levels(small.size(), [small])
    assert view.short_of_pixels
    view.zoom_to(10.0)
    middle = view.mapToScene(QPoint(200, 150))
    view.sharpen(WIDE, [squares(WIDE)])
    assert not view.short_of_pixels
    assert view.zoom == pytest.approx(1.0)
    now = view.mapToScene(QPoint(200, 150))
    assert abs(now.x() - 10 * middle.x()) < 6
    assert abs(now.y() - 10 * middle.y()) < 6


def test_the_size_that_fits_the_zoom_is_painted(view: ZoomView) -> None:
    half = QImage(600, 300, QImage.Format.Format_RGB32)
    half.fill(QColor(0, 0, 255))
    view.show_levels(WIDE, [squares(WIDE), half])
    blue = QColor(view.viewport().grab().toImage().pixel(QPoint(200, 150)))
    assert blue == QColor(0, 0, 255)
    view.zoom_to(1.0)
    assert QColor(view.viewport().grab().toImage().pixel(QPoint(200, 150))).blue() == 0
