from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QPalette
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.runs.events import AdaptationProgress
from fewshot_gui.shell.theme import palette
from fewshot_gui.widgets.loss_plot import LossPlot

# Qt's offscreen platform says so of every window with a layout.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.setPalette(palette("light"))
    plot.resize(500, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def step(number: int, total: int = 100, loss: float = 0.5, kind: str = "support") -> AdaptationProgress:
    return AdaptationProgress(0, number, total, loss, 0.96, kind)


def colors_of(plot: LossPlot) -> set[str]:
    image = plot.plot.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_steps_are_drawn_with_the_next_frame(plot: LossPlot) -> None:
    for number in range(1, 13):
        plot.add(step(number, loss=0.31))
    assert plot.points_shown == 0
    plot.flush()
    assert plot.points_shown == 12
    words = "step 12 of 100 · loss 0.31 · accuracy 96 % (on the examples themselves)"
    assert plot.summary.text() == words
    assert plot.plot.accessibleDescription() == plot.summary.text()


def test_even_a_single_step_can_be_seen(plot: LossPlot) -> None:
    before = colors_of(plot)
    plot.add(step(1, total=1))
    plot.flush()
    plot.grab()
    assert plot.points_shown == 1
    assert len(colors_of(plot) - before) > 1
    assert plot.plot.getViewBox().viewRect().contains(1, 0.5)


def test_the_whole_run_has_room_from_the_first_step_on(plot: LossPlot) -> None:
    plot.add(step(1))
    plot.flush()
    (first, last), (bottom, top) = plot.plot.getViewBox().viewRange()
    assert first <= 0
    assert last >= 100
    assert bottom == 0
    assert top >= 0.5


def test_the_frame_grows_with_the_loss_and_does_not_shrink(plot: LossPlot) -> None:
    tops = []
    for number, loss in enumerate((0.5, 2.0, 0.01), 1):
        plot.add(step(number, loss=loss))
        plot.flush()
        tops.append(plot.plot.getViewBox().viewRange()[1][1])
    assert tops[0] < tops[1] == tops[2]


@pytest.mark.parametrize(
    ("height", "left", "right"),
    [(400, "loss (solid)", "accuracy % (dashed)"), (180, "loss (solid)", "accuracy %"), (110, "loss", "%")],
)
def test_axes_are_named_as_there_is_room(
    plot: LossPlot, qtbot: QtBot, height: int, left: str, right: str
) -> None:
    plot.add(step(1))
    plot.flush()
    plot.resize(330, height)
    qtbot.waitUntil(lambda: plot.plot.getAxis("right").labelText == right)
    assert plot.plot.getAxis("left").labelText == left


def test_no_axis_comes_with_a_new_size_before_there_is_a_curve(plot: LossPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.plot.getViewBox().sigResized):
        plot.resize(330, 180)
    assert not any(plot.plot.getAxis(side).isVisible() for side in ("left", "bottom", "right"))


def test_a_very_long_run_is_thinned_out_and_keeps_its_first_and_last_step(plot: LossPlot) -> None:
    for number in range(30_001):
        plot.add(step(number, total=30_000, loss=1 / (1 + number)))
    plot.flush()
    x, _ = plot.plot.listDataItems()[0].getData()
    assert 1000 < plot.points_shown <= 4097
    assert (x[0], x[-1]) == (0, 30_000)


def test_a_loss_that_is_not_a_number_is_passed_over_and_said(plot: LossPlot) -> None:
    for number, loss in enumerate((0.5, math.nan, math.inf), 1):
        plot.add(step(number, loss=loss))
    plot.flush()
    plot.grab()
    assert "loss —" in plot.summary.text()
    assert math.isfinite(plot.plot.getViewBox().viewRange()[1][1])


def test_held_out_accuracy_is_left_to_the_sentence_of_the_run(plot: LossPlot) -> None:
    plot.add(step(1, kind="leave-one-out"))
    plot.flush()
    assert plot.summary.text().endswith("(leave-one-out)")
    assert "%" not in plot.summary.text()


def test_clear_forgets_the_run(plot: LossPlot) -> None:
    plot.add(step(1))
    plot.flush()
    plot.clear()
    plot.flush()
    assert plot.points_shown == 0
    assert "appears here" in plot.summary.text()


def test_the_plot_follows_the_palette(plot: LossPlot) -> None:
    plot.add(step(1))
    plot.flush()
    for name in ("light", "dark"):
        colors = palette(name)  # type: ignore[arg-type]
        plot.setPalette(colors)
        corner = plot.plot.grab().toImage().pixelColor(1, 1)
        assert corner == colors.color(QPalette.ColorRole.Base)


def test_a_drag_over_the_plot_reaches_the_window_around_it(qtbot: QtBot) -> None:
    class Window(QWidget):
        entered = False

        def dragEnterEvent(self, event: QDragEnterEvent) -> None:
            self.entered = True
            event.accept()

    window = Window()
    qtbot.addWidget(window)
    window.setAcceptDrops(True)
    plot = LossPlot(window)
    QVBoxLayout(window).addWidget(plot)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/pictures/a.jpg")])
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(plot.plot.viewport(), event)
    assert window.entered


def test_a_run_without_any_number_yet_draws_nothing_and_says_so(plot: LossPlot, qtbot: QtBot) -> None:
    plot.add(AdaptationProgress(0, 1, 100, math.nan, math.nan))
    plot.flush()
    plot.grab()  # paints, where a warning would be an error
    assert plot.summary.text() == "step 1 of 100 · loss — · accuracy — % (on the examples themselves)"
