from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.runs.events import EmbeddingMap
from fewshot_gui.features.map.scatter_plot import ScatterPlot
from fewshot_gui.shell.theme import palette, visible_on
from fewshot_gui.widgets.lasso import inside
from tests.fewshot_gui.gestures import draw_loop

# Qt's offscreen platform says so of every window with a layout.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

COLORS = ["#0072b2", "#d55e00"]


@pytest.fixture
def plot(qtbot: QtBot) -> ScatterPlot:
    plot = ScatterPlot()
    qtbot.addWidget(plot)
    plot.setPalette(palette("light"))
    plot.resize(500, 500)
    plot.set_classes(["cat", "dog"], COLORS)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def embedding_map(
    xy: list[tuple[float, float]],
    class_index: list[int],
    support: tuple[int, ...] = (),
    run_id: int = 1,
    of_total: int | None = None,
) -> EmbeddingMap:
    """Pictures 100, 101, … at `xy`; those at the places `support` are examples."""
    count = len(xy)
    return EmbeddingMap(
        run_id=run_id,
        picture_ids=np.arange(100, 100 + count),
        xy=np.array(xy, np.float32).reshape(-1, 2),
        class_index=np.array(class_index, np.int16),
        is_support=np.isin(np.arange(count), support),
        of_total=count if of_total is None else of_total,
    )


CORNERS = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]


def pixel_of(plot: ScatterPlot, x: float, y: float) -> QPoint:
    view = plot.plot.getViewBox()
    return plot.plot.mapFromScene(view.mapViewToScene(QPointF(x, y)))


def around(plot: ScatterPlot, x: float, y: float, reach: int = 8) -> NDArray[np.uint32]:
    """The colours near a point of the map, without their opacity."""
    image = plot.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    place = pixel_of(plot, x, y)
    cut = image.copy(place.x() - reach, place.y() - reach, 2 * reach + 1, 2 * reach + 1)
    return np.frombuffer(cut.constBits(), np.uint32) & 0xFFFFFF


def count_of(pixels: NDArray[np.uint32], color: str | QColor) -> int:
    return int(np.count_nonzero(pixels == QColor(color).rgb() & 0xFFFFFF))


def click(qtbot: QtBot, plot: ScatterPlot, place: QPoint) -> None:
    qtbot.mouseMove(plot.plot.viewport(), place)
    qtbot.mouseClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)


def turn_wheel(plot: ScatterPlot, notches: int) -> None:
    where = QPointF(200, 200)
    event = QWheelEvent(
        where,
        plot.plot.viewport().mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.plot.viewport(), event)


def test_pictures_appear_in_the_colour_of_their_class(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, -1, 0]))
    assert plot.points_shown == 4
    ground = plot.palette().color(QPalette.ColorRole.Base)
    unknown = visible_on(QColor("#8a8f98"), ground)
    for (x, y), color in zip(CORNERS, [*COLORS, unknown, COLORS[0]], strict=True):
        assert count_of(around(plot, x, y), color) > 8


def test_examples_are_larger_and_outlined(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 0, 1, 1], support=(0,)))
    example, other = around(plot, -1, -1), around(plot, 1, -1)
    assert count_of(example, COLORS[0]) > 2 * count_of(other, COLORS[0]) > 0
    ground = plot.palette().color(QPalette.ColorRole.Base)
    dark = [sum(QColor.fromRgb(int(pixel)).lightness() < 80 for pixel in area) for area in (example, other)]
    assert dark[0] > 15
    assert dark[1] == 0
    assert count_of(other, ground) > 0


def test_many_classes_are_drawn_as_one_item(plot: ScatterPlot) -> None:
    items = len(plot.plot.getPlotItem().items)
    way = 300
    plot.set_classes([f"class {n}" for n in range(way)], ["#0072b2"] * (way - 1) + ["#d55e00"])
    plot.show_map(embedding_map(CORNERS, [0, 1, 2, way - 1], support=(0, 3)))
    assert len(plot.plot.getPlotItem().items) == items
    assert count_of(around(plot, 1, 1), COLORS[1]) > count_of(around(plot, 1, -1), COLORS[0]) > 0


def test_a_later_map_replaces_an_earlier_one(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 0, 0, 0], support=(1,)))
    plot.show_map(embedding_map([(0.0, 0.0)], [1]))
    assert plot.points_shown == 1
    for x, y in CORNERS:
        assert count_of(around(plot, x, y), COLORS[0]) == 0
    assert count_of(around(plot, 0, 0), COLORS[1]) > 8


def test_the_view_only_widens_while_a_run_is_on(plot: ScatterPlot) -> None:
    view = plot.plot.getViewBox()
    plot.show_map(embedding_map(CORNERS, [0, 0, 1, 1]))
    first = view.viewRect()
    plot.show_map(embedding_map([(0.0, 0.0), (0.1, 0.1)], [0, 1]))
    assert view.viewRect() == first
    plot.show_map(embedding_map([(4.0, 4.0)], [0]))
    assert view.viewRect().contains(QPointF(4, 4))
    assert view.viewRect().contains(QPointF(-1, -1))
    plot.show_map(embedding_map(CORNERS, [0, 0, 1, 1], run_id=2))
    assert view.viewRect() == first


def test_a_view_that_was_moved_by_hand_is_kept_until_a_double_click(plot: ScatterPlot, qtbot: QtBot) -> None:
    view = plot.plot.getViewBox()
    plot.show_map(embedding_map(CORNERS, [0, 0, 1, 1]))
    fitted = view.viewRect()
    turn_wheel(plot, 3)
    assert view.viewRect() != fitted
    zoomed = view.viewRect()
    plot.show_map(embedding_map(CORNERS, [1, 0, 1, 1]))
    assert view.viewRect() == zoomed
    centre = pixel_of(plot, 0, 0)
    # What a mouse sends: press, release, double click, release.
    click(qtbot, plot, centre)
    qtbot.mouseDClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    qtbot.mouseRelease(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert view.viewRect() == fitted


def test_a_click_on_a_point_names_its_picture(plot: ScatterPlot, qtbot: QtBot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1], support=(3,)))
    for index, (x, y) in enumerate(CORNERS):
        with qtbot.waitSignal(plot.picked) as picked:
            click(qtbot, plot, pixel_of(plot, x, y) + QPoint(2, 1))
        assert picked.args == [100 + index]


def test_a_click_on_bare_ground_names_none(plot: ScatterPlot, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plot.picked):
        click(qtbot, plot, QPoint(200, 200))
        plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1]))
        click(qtbot, plot, pixel_of(plot, 0, 0))


def test_where_points_overlap_the_example_on_top_is_meant(plot: ScatterPlot, qtbot: QtBot) -> None:
    plot.show_map(embedding_map([*CORNERS, (0.0, 0.0), (0.0, 0.0)], [0, 1, 0, 1, 0, 0], support=(4,)))
    with qtbot.waitSignal(plot.picked) as picked:
        click(qtbot, plot, pixel_of(plot, 0, 0))
    assert picked.args == [104]


def test_highlighted_pictures_are_ringed_in_this_map_and_the_next(plot: ScatterPlot) -> None:
    text = plot.palette().color(QPalette.ColorRole.Text)
    first = embedding_map(CORNERS, [0, 1, 0, 1])
    plot.show_map(first)
    plot.highlight([102, 999])
    assert count_of(around(plot, -1, 1), text) > 20
    assert count_of(around(plot, 1, 1), text) == 0
    plot.show_map(replace(first, xy=first.xy[::-1].copy()))
    assert count_of(around(plot, 1, -1), text) > 20
    assert count_of(around(plot, -1, 1), text) == 0
    plot.highlight([])
    assert count_of(around(plot, 1, -1), text) == 0


def test_points_that_are_not_finite_are_left_out(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map([*CORNERS, (np.nan, 0.0), (np.inf, 1.0)], [0, 1, 0, 1, 0, 1]))
    plot.grab()
    assert plot.points_shown == 4


@pytest.mark.parametrize("xy", [[], [(2.0, 3.0)], [(2.0, 3.0)] * 5])
def test_no_point_one_point_and_equal_points_are_maps_too(
    plot: ScatterPlot, xy: list[tuple[float, float]]
) -> None:
    plot.show_map(embedding_map(xy, [0] * len(xy)))
    plot.grab()
    assert plot.points_shown == len(xy)
    if xy:
        assert plot.plot.getViewBox().viewRect().contains(QPointF(2, 3))


def test_the_caption_says_how_much_is_shown(plot: ScatterPlot) -> None:
    xy = [(float(i), 0.0) for i in range(1200)]
    plot.show_map(embedding_map(xy, [0] * 1200, of_total=40_000))
    assert plot.summary.text() == "1,200 of 40,000 pictures · 2-D view (PCA) · Shift and drag to select"
    plot.show_map(embedding_map(xy, [0] * 1200))
    assert plot.summary.text() == "1,200 pictures · 2-D view (PCA) · Shift and drag to select"


def test_new_classes_empty_the_map(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1], support=(1,)))
    plot.set_classes(["a", "b", "c"], ["#000000", "#ff0000", "#00ff00"])
    assert plot.points_shown == 0
    plot.show_map(embedding_map(CORNERS, [0, 1, 2, 2], support=(2,)))
    assert plot.points_shown == 4


def test_ten_thousand_pictures_are_shown(plot: ScatterPlot) -> None:
    random = np.random.default_rng(0)
    many = EmbeddingMap(
        run_id=1,
        picture_ids=np.arange(10_000),
        xy=random.normal(size=(10_000, 2)).astype(np.float32),
        class_index=random.integers(-1, 2, 10_000).astype(np.int16),
        is_support=np.zeros(10_000, np.bool_),
        of_total=10_000,
    )
    plot.show_map(many)
    assert plot.points_shown == 10_000
    assert count_of(around(plot, 0, 0, reach=60), COLORS[0]) > 500


def test_the_map_follows_the_palette(plot: ScatterPlot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1]))
    for name in ("dark", "light"):
        colors = palette(name)  # type: ignore[arg-type]
        plot.setPalette(colors)
        ground = colors.color(QPalette.ColorRole.Base)
        assert plot.plot.grab().toImage().pixelColor(2, 2) == ground
        assert count_of(around(plot, -1, -1), visible_on(QColor(COLORS[0]), ground)) > 8


def lasso(
    plot: ScatterPlot,
    corners: list[tuple[float, float]],
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.ShiftModifier,
) -> None:
    """Draw a loop through these places of the map."""
    draw_loop(plot.plot.viewport(), [pixel_of(plot, x, y) for x, y in corners], held)


AROUND_THE_LEFT = [(-1.1, -1.1), (-1.1, 1.1), (0.0, 1.1), (0.0, -1.1)]


@pytest.mark.usefixtures("every_move_counts")
def test_a_loop_drawn_with_shift_names_the_pictures_in_it(plot: ScatterPlot, qtbot: QtBot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1]))
    before = plot.plot.getViewBox().viewRange()
    with qtbot.waitSignal(plot.surrounded) as told:
        lasso(plot, AROUND_THE_LEFT)
    ids, adding = told.args
    assert (ids.tolist(), adding) == ([100, 102], False)
    assert plot.plot.getViewBox().viewRange() == before
    held = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(plot.surrounded) as told:
        lasso(plot, AROUND_THE_LEFT, held)
    assert told.args[1]


@pytest.mark.usefixtures("every_move_counts")
def test_a_drag_without_shift_moves_the_view_and_names_none(plot: ScatterPlot, qtbot: QtBot) -> None:
    plot.show_map(embedding_map(CORNERS, [0, 1, 0, 1]))
    before = plot.plot.getViewBox().viewRange()
    with qtbot.assertNotEmitted(plot.surrounded):
        lasso(plot, AROUND_THE_LEFT, Qt.KeyboardModifier.NoModifier)
    assert plot.plot.getViewBox().viewRange() != before


def test_what_is_inside_a_loop_is_what_qt_takes_for_inside() -> None:
    random = np.random.default_rng(0)
    for corners in (3, 4, 30):
        loop, xy = random.normal(size=(corners, 2)), random.normal(size=(500, 2)).astype(np.float32)
        polygon = QPolygonF([QPointF(*corner) for corner in loop.tolist()])
        expected = [polygon.containsPoint(QPointF(*point), Qt.FillRule.OddEvenFill) for point in xy.tolist()]
        assert inside(xy, loop).tolist() == expected


def test_many_examples_are_drawn_smaller_so_that_they_hide_less(plot: ScatterPlot) -> None:
    def reach(others: int) -> int:
        """Pixels of the class of the one example in the middle of the map."""
        around_it = [(float(np.cos(i)), float(np.sin(i))) for i in range(others)]
        every_one = tuple(range(others + 1))
        plot.show_map(embedding_map([(0.0, 0.0), *around_it], [0] + [1] * others, every_one))
        return count_of(around(plot, 0, 0), COLORS[0])

    assert 0 < reach(200) < reach(20)
