"""The line in the histogram: what is less sure is unknown, what is sure can be accepted at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QMessageBox
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.exporting.exporter import export_rows
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.project.picture_model import Role
from tests.fewshot_gui.gestures import click_tab

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def predicted(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Pictures 1 and 2 are examples; 3 to 12 are ants with 51, 55, … 87 % confidence."""
    hub = window.hub
    hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(10)]))
    run = hub.run_store.begin("protonet", "photo", "cpu", 0, [row.id for row in hub.queries.classes])
    assert run is not None
    ant = np.arange(51, 90, 4, dtype=np.float32) / 100
    hub.run_store.save_predictions(run, np.arange(3, 13), np.stack([ant, 1 - ant], axis=1))
    window.pictures.rearrange()
    return window


def drag_to(window: MainWindow, percent: int) -> None:
    slider = window.confidence.slider
    QTest.mousePress(slider, _LEFT, pos=QPoint(slider.place_of(slider.value()), 20))
    QTest.mouseMove(slider, QPoint(slider.place_of(percent), 20))
    QTest.mouseRelease(slider, _LEFT, pos=QPoint(slider.place_of(percent), 20))
    assert slider.value() == percent


def question(window: MainWindow) -> QMessageBox:
    return next(box for box in window.findChildren(QMessageBox) if box.isVisible())


def test_what_is_below_the_line_is_unknown_in_grid_tabs_and_export(predicted: MainWindow) -> None:
    drag_to(predicted, 70)
    model, tabs = predicted.pictures.model, predicted.pictures.tabs
    assert [model.index(row).data(Role.CLASS_NAME) for row in (0, 2, 6, 7)] == [
        "ant",
        "Unknown",
        "Unknown",
        "ant",
    ]
    assert "unknown: ant at only 51 %" in model.index(2).data(Qt.ItemDataRole.ToolTipRole)
    assert tabs.tabText(tabs.place_of(Show.UNKNOWN)) == "Unknown (5)"
    rows = list(export_rows(predicted.hub))
    assert [row.label for row in rows] == ["ant", "bee", *["unknown"] * 5, *["ant"] * 5]
    assert rows[2].confidence == pytest.approx(0.51)
    click_tab(tabs, Show.UNKNOWN)
    assert model.ids.tolist() == [3, 4, 5, 6, 7]


def test_the_counts_follow_the_line_while_it_moves_and_labels_as_they_come(predicted: MainWindow) -> None:
    slider, words = predicted.confidence.slider, predicted.confidence.summary.text
    assert words().startswith("10 to review")
    QTest.mousePress(slider, _LEFT, pos=QPoint(slider.place_of(60), 20))
    assert words() == "7 at 60 % or more · 3 below, so unknown"
    QTest.mouseMove(slider, QPoint(slider.place_of(70), 20))
    assert words() == "5 at 70 % or more · 5 below, so unknown"
    QTest.mouseRelease(slider, _LEFT, pos=QPoint(slider.place_of(70), 20))
    predicted.hub.commands.apply(LabelPictures([3, 12], 1))
    assert words() == "4 at 70 % or more · 4 below, so unknown"


def test_the_line_makes_no_label_and_no_undo_step(predicted: MainWindow) -> None:
    before = predicted.hub.commands.undo_title
    drag_to(predicted, 100)
    assert predicted.hub.queries.labeled_count == 2
    assert predicted.hub.commands.undo_title == before
    drag_to(predicted, 0)
    assert predicted.hub.queries.prediction(3) == (1, pytest.approx(0.51))


def test_the_line_moves_by_keys_and_stands_there_when_its_project_is_opened_again(
    predicted: MainWindow, tmp_path: Path
) -> None:
    project, slider = predicted.hub.file, predicted.confidence.slider
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    drag_to(predicted, 52)
    predicted.hub.switch_to(Workspace.create(tmp_path / "another.fewshot"))
    assert (slider.value(), predicted.hub.queries.threshold) == (0, 0)
    drag_to(predicted, 20)
    predicted.hub.switch_to(Workspace.open(project))
    assert (slider.value(), predicted.hub.queries.threshold) == (52, pytest.approx(0.52))
    assert predicted.hub.queries.counts()[Show.UNKNOWN] > 0


def test_a_key_press_moves_the_line_for_good(predicted: MainWindow, tmp_path: Path) -> None:
    project = predicted.hub.file
    QTest.keyClick(predicted.confidence.slider, Qt.Key.Key_PageUp)
    QTest.keyClick(predicted.confidence.slider, Qt.Key.Key_Right)
    predicted.hub.switch_to(Workspace.create(tmp_path / "another.fewshot"))
    with Workspace.open(project) as workspace:
        assert workspace.setting("threshold") == pytest.approx(0.06)


def test_in_a_project_that_cannot_be_changed_the_line_moves_for_now(
    predicted: MainWindow, tmp_path: Path
) -> None:
    project = predicted.hub.file
    predicted.hub.switch_to(Workspace.create(tmp_path / "another.fewshot"))
    predicted.hub.switch_to(Workspace.view(project, Message("It is on a read-only medium.")))
    told = predicted.messages.text
    drag_to(predicted, 52)
    assert predicted.hub.queries.threshold == pytest.approx(0.52)
    assert predicted.messages.text == told
    predicted.hub.switch_to(Workspace.open(project))
    assert predicted.hub.queries.threshold == 0


def test_return_accepts_what_the_cell_says_so_also_unknown(predicted: MainWindow) -> None:
    drag_to(predicted, 70)
    grid = predicted.pictures.grid
    grid.setFocus()
    grid.selectAll()
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [predicted.hub.queries.class_of(picture) for picture in (2, 7, 8)] == [2, UNKNOWN, 1]


def test_all_that_is_sure_and_in_view_is_accepted_after_a_counted_question(
    predicted: MainWindow, qtbot: QtBot
) -> None:
    drag_to(predicted, 70)
    predicted.hub.commands.apply(LabelPictures([8], 2))
    predicted.pictures.search.setText("9")  # of the sure ones, that is picture 12 alone
    QTest.mouseClick(predicted.confidence.button, _LEFT)
    assert question(predicted).text() == "Label 1 picture as predicted?"
    QTest.keyClick(question(predicted), Qt.Key.Key_Escape)
    assert predicted.hub.queries.labeled_count == 3
    predicted.pictures.search.clear()
    qtbot.waitUntil(predicted.isActiveWindow)
    QTest.keyClick(predicted.pictures.grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    asked = question(predicted)
    assert asked.text() == "Label 4 pictures as predicted?"
    assert "ant: 4" in asked.informativeText()
    assert "5 below 70 %" in asked.informativeText()
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert [predicted.hub.queries.class_of(picture) for picture in range(7, 13)] == [None, 2, 1, 1, 1, 1]
    assert predicted.hub.commands.undo_title == "Accept 4 predictions"
    predicted.hub.commands.undo()
    assert predicted.hub.queries.labeled_count == 3


def test_what_is_accepted_is_what_was_counted_also_if_a_run_ends_behind_the_question(
    predicted: MainWindow,
) -> None:
    predicted.pictures.grid.setFocus()
    predicted.actions_.accept_all.trigger()
    asked = question(predicted)
    assert "ant: 10" in asked.informativeText()
    hub = predicted.hub
    run = hub.run_store.begin("protonet", "photo", "cpu", 0, [row.id for row in hub.queries.classes])
    assert run is not None
    hub.run_store.save_predictions(run, np.arange(3, 13), np.tile(np.float32([0.1, 0.9]), (10, 1)))
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert hub.queries.labeled_count == 2
    assert "bee: 10" in question(predicted).informativeText()
    assert "changed meanwhile" in predicted.status.hint.text()
    QTest.keyClick(question(predicted), Qt.Key.Key_Return)
    assert [hub.queries.class_of(picture) for picture in range(3, 13)] == [2] * 10


def test_nothing_sure_in_view_is_said_and_not_asked(predicted: MainWindow) -> None:
    drag_to(predicted, 70)
    click_tab(predicted.pictures.tabs, Show.UNKNOWN)
    QTest.mouseClick(predicted.confidence.button, _LEFT)
    assert "Nothing to accept" in predicted.status.hint.text()


def test_the_words_have_as_much_room_as_they_need(predicted: MainWindow, qtbot: QtBot) -> None:
    pane, words = predicted.confidence, predicted.confidence.summary
    dock = pane.parentWidget()
    assert isinstance(dock, QDockWidget)
    heights = []
    for width in (1, 500):
        predicted.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        qtbot.waitUntil(lambda wide=width > 1: (pane.width() > 200) is wide)
        qtbot.waitUntil(
            lambda: words.height() == words.minimumHeight() == words.heightForWidth(words.width())
        )
        assert words.y() > pane.slider.geometry().bottom()
        assert pane.button.y() > words.geometry().bottom()
        heights.append(words.height())
    assert heights[0] > heights[1]
