"""The map in the window: laid out in the way that was chosen, and what its points tell of pictures."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.projections import Frame, Points, Projection, projections
from engine.runs.events import (
    AdaptationProgress,
    Event,
    Finished,
    PicturesUnreadable,
    Predictions,
    RunRequest,
    Started,
)
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelPictures,
    RemoveClass,
    RemovePictures,
    RenameClass,
)
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.widgets import plot_pane
from tests.fewshot_gui.gestures import answer_with_paths, choose_by_keys, choose_from_open_menu, draw_loop
from tests.fewshot_gui.scripted_engine import DEVICE, ScriptedEngine, embedding_map, probabilities

_LEFT, _NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PICTURES = 30


class Slow:
    """A projection that puts every point in its row, half of them at first, and then waits.

    Ten times as far apart as they end, as long as it is not told to be `narrow`. Nothing comes
    before `first`.
    """

    def __init__(self) -> None:
        self.first = threading.Event()
        self.first.set()
        self.narrow = threading.Event()
        self.narrow.set()
        self.go_on = threading.Event()
        self.left = threading.Event()
        self.error: Exception | None = None

    def frames(self, points: Points) -> Iterator[Frame]:
        rows = np.arange(len(points.embeddings))
        xy = np.stack([rows, rows % 2], axis=1).astype(np.float32)
        try:
            self.first.wait(5)
            while not self.narrow.wait(0.01):
                yield Frame(rows[::2], 10 * xy[::2], 0.1)
            yield Frame(rows[::2], xy[::2], 0.5)
            while not self.go_on.wait(0.01):
                yield Frame(rows[::2], xy[::2], 0.5)
            if self.error is not None:
                raise self.error
            yield Frame(rows, xy, 1.0)
        finally:
            self.left.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """One more projection in the menu: it takes no more than to publish it."""
    slow = Slow()
    monkeypatch.setitem(projections(), "slow", Projection("slow", "Slow", "Waits.", slow.frames))
    return slow


@pytest.fixture
def mapped(
    slow: Slow, window: MainWindow, engine: ScriptedEngine, make_pictures: Callable[..., Path]
) -> MainWindow:
    """Two examples and `PICTURES` others, before the first run."""

    def script(request: RunRequest) -> Iterator[Event]:
        yield Started(request.run_id, Message(DEVICE), request.class_names)
        last = embedding_map(request)
        points = np.random.default_rng(1).normal(size=(len(last.xy), 6)).astype(np.float32)
        yield replace(last, points=points)
        ids = np.array([query.picture_id for query in request.queries])
        yield Predictions(request.run_id, ids, probabilities(np.arange(len(ids)) % 2, 2))
        yield Finished(request.run_id, 0.5, len(ids), 0, len(ids), 0, 1.0)

    engine.script = script
    folder = make_pictures("all", PICTURES + 2)
    paths = [folder / f"{number}.png" for number in range(1, PICTURES + 3)]
    window.hub.commands.apply(AddClassFolders({"ant": paths[:1], "bee": paths[1:2]}))
    window.hub.commands.apply(AddPictures(paths[2:]))
    return window


def run(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.runs.ended):
        QTest.keyClick(window, Qt.Key.Key_F5)
    QApplication.processEvents()  # the legend takes its room, and the view gets another size


def caption(window: MainWindow) -> str:
    return window.plots.scatter.summary.text()


def place_of(window: MainWindow, row: int) -> QPointF:
    """Where in the plot the point of a row of the map is."""
    x, y = window.plots.scatter.places[row].tolist()
    plot = window.plots.scatter.plot
    return QPointF(plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y))))


def view_to_points(window: MainWindow) -> float:
    """How much wider or higher the view is than what is in it, whichever is less."""
    view = np.ptp(window.plots.scatter.plot.getViewBox().viewRange(), axis=1)
    return float((view / np.maximum(np.ptp(window.plots.scatter.places, axis=0), 1e-9)).min())


def test_another_layout_is_chosen_from_the_menu_on_the_map(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    assert "2-D view (PCA)" in caption(mapped)
    before = mapped.plots.scatter.places.copy()
    choose_by_keys(mapped.plots.projector.bar.menu, "lda")
    qtbot.waitUntil(lambda: "2-D view (LDA)" in caption(mapped))
    assert mapped.plots.scatter.points_shown == PICTURES + 2
    assert np.abs(mapped.plots.scatter.places - before).max() > 0.1
    choose_by_keys(mapped.plots.projector.bar.menu, "pca")
    np.testing.assert_array_equal(mapped.plots.scatter.places, before)
    assert not mapped.plots.projector.bar.stop_button.isVisible()


def test_tsne_lays_out_all_points_on_demand(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    choose_by_keys(mapped.plots.projector.bar.menu, "tsne")
    qtbot.waitUntil(lambda: not mapped.plots.projector.bar.progress.isVisible(), timeout=60_000)
    assert caption(mapped).startswith(f"{PICTURES + 2} pictures · 2-D view (t-SNE)")
    assert view_to_points(mapped) < 1.3


def test_the_choice_holds_for_the_next_run_and_the_next_start(
    mapped: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    choose_by_keys(mapped.plots.projector.bar.menu, "lda")
    run(mapped, qtbot)
    qtbot.waitUntil(lambda: "2-D view (LDA)" in caption(mapped))
    again = MainWindow(ProjectHub(Workspace.create(tmp_path / "again.fewshot")), lambda: engine)
    qtbot.addWidget(again)
    assert again.plots.projector.bar.name == "lda"
    again.close()


def test_a_layout_on_its_way_is_seen_and_can_be_stopped(mapped: MainWindow, slow: Slow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    bar = mapped.plots.projector.bar
    slow.first.clear()
    slow.narrow.clear()
    choose_by_keys(bar.menu, "slow")
    assert bar.progress.isVisible()
    assert bar.progress.maximum() == 0, "it moves while the layout is prepared"
    slow.first.set()
    qtbot.waitUntil(lambda: bar.progress.value() == 10)
    assert bar.progress.maximum() == 100
    slow.narrow.set()
    qtbot.waitUntil(lambda: caption(mapped).startswith("16 of 32 pictures · 2-D view (Slow)"))
    qtbot.waitUntil(lambda: bar.progress.value() == 50)
    assert view_to_points(mapped) < 1.3
    QTest.mouseClick(bar.stop_button, _LEFT)
    assert not bar.progress.isVisible()
    assert slow.left.wait(0.5)
    slow.go_on.set()
    choose_by_keys(bar.menu, "pca")
    choose_by_keys(bar.menu, "slow")
    qtbot.waitUntil(lambda: caption(mapped).startswith("32 pictures · 2-D view (Slow)"))


def test_a_layout_stopped_before_its_first_frame_leaves_the_menu_at_the_map_that_is_shown(
    mapped: MainWindow, slow: Slow, qtbot: QtBot
) -> None:
    run(mapped, qtbot)
    bar = mapped.plots.projector.bar
    slow.first.clear()
    choose_by_keys(bar.menu, "slow")
    assert bar.name == "slow"
    QTest.mouseClick(bar.stop_button, _LEFT)
    slow.first.set()
    assert slow.left.wait(0.5)
    assert (bar.name, "(PCA)" in caption(mapped)) == ("pca", True)
    choose_by_keys(bar.menu, "slow")
    qtbot.waitUntil(lambda: "(Slow)" in caption(mapped))
    QTest.mouseClick(bar.stop_button, _LEFT)
    assert bar.name == "slow"


def test_a_new_run_and_another_project_end_a_layout(
    mapped: MainWindow, slow: Slow, qtbot: QtBot, tmp_path: Path
) -> None:
    choose_by_keys(mapped.plots.projector.bar.menu, "slow")
    for end, left in (
        (lambda: mapped.runs.run(), 16),
        (lambda: mapped.hub.switch_to(Workspace.create(tmp_path / "other.fewshot")), 0),
    ):
        run(mapped, qtbot)
        qtbot.waitUntil(lambda: "(Slow)" in caption(mapped))
        slow.left.clear()
        end()
        assert slow.left.wait(0.5)
        assert mapped.plots.scatter.points_shown == left
        qtbot.waitUntil(lambda: not mapped.bridge.busy)


def read_nothing(request: RunRequest) -> Iterator[Event]:
    yield Started(request.run_id, Message(DEVICE), request.class_names)
    ids = tuple(query.picture_id for query in request.queries)
    yield PicturesUnreadable(request.run_id, ids, (Message("It is not there."),) * len(ids))
    yield Finished(request.run_id, 0.1, 0, len(ids), 0, 0, 1.0)


def test_a_run_without_readable_pictures_keeps_the_map_and_the_predictions(
    mapped: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    run(mapped, qtbot)
    places, predicted = mapped.plots.scatter.places.copy(), mapped.hub.queries.predicted_count
    mapped.hub.commands.apply(AddClass("cat"))
    mapped.hub.commands.apply(LabelPictures([5], 3))
    engine.script = read_nothing
    run(mapped, qtbot)
    np.testing.assert_array_equal(mapped.plots.scatter.places, places)
    assert caption(mapped).startswith("32 pictures")
    assert mapped.hub.queries.predicted_count == predicted - 1
    mapped.hub.commands.apply(RenameClass(1, "wasp"))
    assert mapped.plots.scatter._legend.accessibleName() == "wasp, bee"
    choose_by_keys(mapped.plots.projector.bar.menu, "lda")
    qtbot.waitUntil(lambda: "2-D view (LDA)" in caption(mapped))


def test_a_layout_that_gave_way_to_a_run_without_a_map_goes_on_after_it(
    mapped: MainWindow, engine: ScriptedEngine, slow: Slow, qtbot: QtBot
) -> None:
    run(mapped, qtbot)
    choose_by_keys(mapped.plots.projector.bar.menu, "slow")
    qtbot.waitUntil(lambda: "16 of 32 pictures · 2-D view (Slow)" in caption(mapped))
    engine.script = read_nothing
    slow.left.clear()
    run(mapped, qtbot)
    assert slow.left.wait(0.5)
    slow.go_on.set()
    qtbot.waitUntil(lambda: caption(mapped).startswith("32 pictures · 2-D view (Slow)"))


def test_what_a_run_showed_stays_until_the_next_has_something_to_show(
    window: MainWindow, engine: ScriptedEngine, make_pictures: Callable[..., Path], qtbot: QtBot
) -> None:
    folder = make_pictures("all", 9)
    paths = [folder / f"{number}.png" for number in range(1, 10)]
    window.hub.commands.apply(AddClassFolders({"ant": paths[:1], "bee": paths[1:2], "cat": paths[2:3]}))
    window.hub.commands.apply(AddPictures(paths[3:]))
    run(window, qtbot)
    scatter, loss = window.plots.scatter, window.plots.loss
    before, steps, said = scatter.places, loss.points_shown, loss.summary.text()
    window.hub.commands.apply(RemoveClass(window.hub.queries.classes[0].id))

    def wait_first(request: RunRequest) -> Iterator[Event]:
        yield Started(request.run_id, Message(DEVICE), request.class_names)
        engine.go_on.wait(5)
        yield AdaptationProgress(request.run_id, 1, 1, 0.5, 0.5)
        yield embedding_map(request)
        yield Finished(request.run_id, 0.5, 6, 0, 6, 0, 1.0)

    engine.script = wait_first
    with qtbot.waitSignal(window.bridge.on(Started)):
        QTest.keyClick(window, Qt.Key.Key_F5)
    window.hub.commands.apply(RenameClass(window.hub.queries.classes[0].id, "hornet"))
    assert scatter.places is before
    assert (loss.points_shown, loss.summary.text()) == (steps, said)
    with qtbot.waitSignal(window.runs.ended):
        engine.go_on.set()
    assert scatter.places is not before
    assert loss.points_shown == 1
    assert scatter._legend.accessibleName() == "hornet, cat"


def test_the_map_of_the_last_run_can_be_laid_out_while_the_next_has_none(
    mapped: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    run(mapped, qtbot)

    def wait_first(request: RunRequest) -> Iterator[Event]:
        yield Started(request.run_id, Message(DEVICE), request.class_names)
        engine.go_on.wait(10)
        yield Finished(request.run_id, 0.5, 0, 0, 0, 0, 1.0)

    engine.script = wait_first
    with qtbot.waitSignal(mapped.bridge.on(Started)):
        QTest.keyClick(mapped, Qt.Key.Key_F5)
    choose_by_keys(mapped.plots.projector.bar.menu, "lda")
    qtbot.waitUntil(lambda: "(LDA)" in caption(mapped))
    with qtbot.waitSignal(mapped.runs.ended):
        engine.go_on.set()
    choose_by_keys(mapped.plots.projector.bar.menu, "pca")
    assert "(PCA)" in caption(mapped)


def test_a_layout_that_fails_says_so_and_leaves_the_map(mapped: MainWindow, slow: Slow, qtbot: QtBot) -> None:
    slow.error = FewshotError("Too little memory.")
    slow.go_on.set()
    run(mapped, qtbot)
    choose_by_keys(mapped.plots.projector.bar.menu, "slow")
    qtbot.waitUntil(lambda: mapped.messages.isVisible())
    assert "Too little memory." in mapped.messages.text
    assert mapped.plots.scatter.points_shown > 0


def test_the_mouse_over_a_point_shows_its_picture(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    hover, viewport = mapped.plots.hover, mapped.plots.scatter.plot.viewport()
    picture = int(mapped.hub.queries.picture_ids[5])
    QTest.mouseMove(viewport, place_of(mapped, 5).toPoint())
    qtbot.waitUntil(hover.isVisible)
    assert hover.picture_id == picture
    assert hover.name.text() == "6.png"
    assert hover.class_name.text() == "bee · 90 %"
    qtbot.waitUntil(lambda: not hover.picture.pixmap().isNull())
    assert hover.picture.pixmap().toImage().pixelColor(64, 60).name() == "#008080"
    mapped.hub.commands.apply(LabelPictures([picture], 1))
    assert not hover.isVisible()
    QTest.mouseMove(viewport, place_of(mapped, 5).toPoint() + QPoint(1, 0))
    qtbot.waitUntil(hover.isVisible)
    assert hover.class_name.text() == "ant"
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert not hover.isVisible()


def test_the_name_of_the_map_does_not_cover_the_card_of_a_point(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    scatter = mapped.plots.scatter
    viewport, place = scatter.plot.viewport(), place_of(mapped, 5).toPoint()
    for where, covered in ((place, False), (QPoint(1, 1), True)):
        QToolTip.hideText()
        QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, where, viewport.mapToGlobal(where)))
        assert (QToolTip.text() == scatter.plot.toolTip()) is covered
    QToolTip.hideText()


def test_what_is_selected_in_one_is_selected_in_the_other(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    choose_by_keys(mapped.plots.projector.bar.menu, "lda")
    qtbot.waitUntil(lambda: "(LDA)" in caption(mapped))
    picture = int(mapped.hub.queries.picture_ids[5])
    viewport, place = mapped.plots.scatter.plot.viewport(), place_of(mapped, 5).toPoint()
    QTest.mouseMove(viewport, place)
    QTest.mouseClick(viewport, _LEFT, pos=place)
    assert mapped.pictures.grid.selected_ids().tolist() == [picture]
    assert mapped.plots.scatter.rings_shown == 1
    mapped.pictures.tabs.choose(Show.ALL)
    mapped.pictures.grid.selectAll()
    assert mapped.plots.scatter.rings_shown == PICTURES + 2


@pytest.mark.usefixtures("every_move_counts")
def test_removed_pictures_leave_the_map_and_come_back_with_undo(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    scatter, viewport = mapped.plots.scatter, mapped.plots.scatter.plot.viewport()
    place, before = place_of(mapped, 5), caption(mapped)
    removed = int(mapped.hub.queries.picture_ids[5])
    mapped.hub.commands.apply(RemovePictures([removed]))
    assert scatter.points_shown == PICTURES + 1
    assert scatter.picture_at(place) != removed
    assert caption(mapped) == before.replace(str(PICTURES + 2), str(PICTURES + 1))
    mapped.actions_.undo.trigger()
    assert (scatter.points_shown, scatter.picture_at(place)) == (PICTURES + 2, removed)
    area = viewport.rect().adjusted(2, 2, -2, -2)
    mapped.hub.commands.apply(RemovePictures([removed]))
    draw_loop(viewport, [area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft()])
    assert len(mapped.pictures.grid.selected_ids()) == PICTURES + 1


def test_a_label_is_on_the_map_at_once(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    mapped.actions_.run_again.setChecked(False)
    scatter, ids = mapped.plots.scatter, mapped.hub.queries.picture_ids
    bee = mapped.hub.queries.classes[1].id
    mapped.hub.commands.apply(LabelPictures(ids[2:].tolist(), bee))
    assert scatter._map.is_support.all(), "no run can follow it"
    assert scatter._map.class_index.tolist() == [0] + [1] * (PICTURES + 1)
    mapped.hub.commands.undo()
    assert scatter._map.is_support.tolist() == [True] * 2 + [False] * PICTURES


def test_without_pictures_there_are_no_points_and_no_curve(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    mapped.hub.commands.apply(RemovePictures(mapped.hub.queries.picture_ids.tolist()))
    assert mapped.plots.scatter.points_shown == mapped.plots.loss.points_shown == 0
    assert "appears here" in caption(mapped)


def test_tab_goes_through_the_plots_from_the_top(window: MainWindow) -> None:
    plots = window.plots
    way, there = [], plots.projector.bar.menu
    while there is not plots.loss.plot:
        way.append(there)
        there = there.nextInFocusChain()
    assert plots.scatter.plot in way
    assert window.classes.list not in way, "it goes round the window"


def right_click_on(window: MainWindow, plot: QWidget) -> None:
    """Through the window system, which turns a press of the right button into the wish for a menu."""
    place = plot.mapTo(window, plot.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.RightButton, pos=place)


def test_a_right_click_on_a_plot_copies_it_as_an_image(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    for pane in (mapped.plots.scatter, mapped.plots.loss):
        QGuiApplication.clipboard().clear()
        right_click_on(mapped, pane.plot)
        choose_from_open_menu("Copy as an image")
        image, scale = QGuiApplication.clipboard().image(), pane.devicePixelRatioF()
        assert image.width() == round(scale * pane.plot.width())
        assert image.height() > scale * pane.plot.height(), "the words below it are in it"


def save_map(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    run(window, qtbot)
    right_click_on(window, window.plots.scatter.plot)
    choose_from_open_menu("Save as an image…")
    answer_with_paths(window, qtbot, path)


def test_the_map_is_saved_as_an_image(mapped: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    save_map(mapped, qtbot, tmp_path / "my map")
    assert QImage(str(tmp_path / "my map.png")).width() >= mapped.plots.scatter.plot.width()


def test_a_map_that_cannot_be_saved_says_why(
    mapped: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(plot_pane, "write_atomically", full)
    save_map(mapped, qtbot, tmp_path / "map.png")
    assert mapped.messages.text == f"'{tmp_path / 'map.png'}' cannot be written: No space left on device"


def test_the_menu_of_the_map_shows_all_points_again(mapped: MainWindow, qtbot: QtBot) -> None:
    run(mapped, qtbot)
    viewport = mapped.plots.scatter.plot.viewport()
    middle = viewport.rect().center()
    draw_loop(viewport, [middle, middle + QPoint(30, 30), middle + QPoint(60, 60)], _NO_KEY)
    moved = mapped.plots.scatter.plot.getViewBox().viewRange()
    right_click_on(mapped, mapped.plots.scatter.plot)
    choose_from_open_menu("Show all points")
    assert mapped.plots.scatter.plot.getViewBox().viewRange() != moved
    assert view_to_points(mapped) < 1.3
