"""After the first run, another follows every change of the labels, as soon as the hand pauses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import Cancelled
from engine.workspace import RunRow, Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures, RemovePictures
from fewshot_gui.engine_link.kinds import IMPORT, RUN
from fewshot_gui.features.exporting.export_dialog import ExportOrder
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.gestures import choose_from_menu_bar, drop, files
from tests.fewshot_gui.scripted_engine import ScriptedEngine

SWITCH = ("Run", "Run again after every change of a label")


@pytest.fixture
def furnished(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Two classes, and ten pictures to label (ids 3 to 12)."""
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "1.png"], "bee": [tmp_path / "2.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"new {number}.png" for number in range(10)]))
    return window


@pytest.fixture
def ready(furnished: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> MainWindow:
    """There was a run."""
    with qtbot.waitSignal(furnished.runs.ended):
        furnished.actions_.run.trigger()
    furnished.rerunner.stop()
    engine.requests.clear()
    return furnished


def examples_of(engine: ScriptedEngine) -> list[int]:
    """How many examples each run so far was given."""
    return [len(request.examples) for request in engine.requests]


def test_a_label_is_followed_by_a_run_and_several_by_one(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    with qtbot.waitSignal(ready.runs.ended):
        for picture in (3, 4, 5):
            ready.hub.commands.apply(LabelPictures([picture], 1))
    assert examples_of(engine) == [5]
    with qtbot.waitSignal(ready.runs.ended):
        ready.hub.commands.undo()
    assert examples_of(engine) == [5, 4]


def test_no_run_follows_where_no_example_has_changed(ready: MainWindow, tmp_path: Path) -> None:
    ready.hub.run_store.save_unreadable([12], [Message("truncated")])
    ready.hub.commands.apply(RemovePictures([12]))
    assert not ready.rerunner.due
    ready.hub.commands.apply(AddPictures([tmp_path / "late.png"]))
    assert ready.rerunner.due
    ready.rerunner.stop()
    ready.hub.commands.undo()
    assert not ready.rerunner.due
    ready.hub.commands.apply(RemovePictures([1]))  # an example
    assert ready.rerunner.due
    ready.rerunner.stop()


def test_a_run_that_is_on_gives_way_to_one_that_knows_the_label(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.hold_after = 1
    ready.actions_.run.trigger()
    qtbot.waitUntil(lambda: ready.hub.queries.prediction(3) is not None)
    with qtbot.waitSignal(ready.bridge.on(Cancelled)):
        ready.hub.commands.apply(LabelPictures([12], 1))
    assert ready.hub.queries.prediction(3) is not None  # the grid does not go blank meanwhile
    engine.go_on.set()
    with qtbot.waitSignal(ready.runs.ended):
        pass
    assert examples_of(engine) == [2, 3]
    assert ready.hub.queries.predicted_count == 9


def test_a_run_that_gives_way_to_one_that_is_refused_is_over(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise FewshotError("The disk is full.")

    engine.hold_after = 1
    ready.actions_.run.trigger()
    ready.hub.commands.apply(LabelPictures([3], 1))
    monkeypatch.setattr(Workspace, "begin_run", full)
    with qtbot.waitSignal(ready.runs.ended):
        pass
    assert not ready.bridge.busy
    assert not ready.status.bar.isVisible()


def test_cancelling_by_hand_is_the_end(ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    engine.hold_after = 0
    ready.actions_.run.trigger()
    ready.runs.run_again()
    with qtbot.waitSignal(ready.runs.ended):
        ready.tasks.cancel_by_esc()
    assert len(engine.requests) == 1
    assert not ready.bridge.busy


def test_an_import_is_waited_for(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine, make_pictures: Callable[..., Path]
) -> None:
    grid = ready.pictures.grid.viewport()
    drop(grid, files([make_pictures("more", 3)]), grid.rect().center())
    assert ready.tasks.is_running(IMPORT)
    ready.hub.commands.apply(LabelPictures([3], 1))
    assert ready.rerunner.due
    with qtbot.waitSignal(ready.runs.ended):
        pass
    assert [len(request.queries) for request in engine.requests] == [12]


def test_a_gesture_on_very_many_pictures_is_waited_for(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", 0)
    monkeypatch.setattr(commands, "_PART", 1)
    timer = ready.rerunner.findChild(QTimer)
    assert timer is not None
    timer.setInterval(0)
    with qtbot.waitSignal(ready.runs.ended):
        ready.hub.commands.apply_to_many(LabelPictures([3, 4, 5, 6, 7], 1))
    assert examples_of(engine) == [7]


def test_without_the_switch_nothing_follows_and_the_choice_is_remembered(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    again = MainWindow(ProjectHub(Workspace.create(tmp_path / "again.fewshot")), lambda: engine)
    qtbot.addWidget(again)
    assert again.actions_.run_again.isChecked()
    again.close()
    choose_from_menu_bar(ready, qtbot, *SWITCH)
    ready.hub.commands.apply(LabelPictures([3], 1))
    assert not ready.rerunner.due
    third = MainWindow(ProjectHub(Workspace.create(tmp_path / "third.fewshot")), lambda: engine)
    qtbot.addWidget(third)
    assert not third.actions_.run_again.isChecked()
    third.close()


def test_the_first_run_is_left_to_the_person(
    furnished: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    furnished.hub.commands.apply(LabelPictures([3], 1))
    assert furnished.rerunner.due
    qtbot.waitUntil(lambda: not furnished.rerunner.due)
    assert engine.requests == []
    assert not furnished.bridge.busy


def test_where_no_run_is_possible_a_label_is_followed_by_none(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    ready.hub.commands.apply(LabelPictures(range(3, 13), 1))  # nothing is left to be labelled
    qtbot.waitUntil(lambda: not ready.rerunner.due)
    assert engine.requests == []


def test_a_run_by_hand_follows_all_changes_so_far(
    furnished: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    assert furnished.rerunner.due
    with qtbot.waitSignal(furnished.runs.ended):
        furnished.actions_.run.trigger()
    assert not furnished.rerunner.due
    assert not furnished.bridge.busy
    assert len(engine.requests) == 1


def test_a_run_knows_the_labels_that_have_come_of_those_that_come_in_parts(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    parts = ready.hub.commands.apply_in_parts(
        AddPictures([tmp_path / f"more {n}.png" for n in range(9_000)], 1)
    )
    for _ in range(3):
        next(parts)
    with qtbot.waitSignal(ready.runs.ended):
        ready.actions_.run.trigger()
    assert examples_of(engine) == [3_002]
    parts.close()
    ready.rerunner.stop()


def test_a_project_that_cannot_be_read_fails_the_run(
    ready: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise FewshotError("The drive is gone.")

    ready.hub._state.paths.clear()
    monkeypatch.setattr(Workspace, "paths_after", lost)
    with qtbot.waitSignal(ready.runs.ended):
        ready.actions_.run.trigger()
    assert "The drive is gone." in ready.messages.text
    assert not ready.tasks.is_running(RUN)


@pytest.fixture
def half_said(ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> MainWindow:
    """A run by itself is on, as 12 was labelled, and has said something of some pictures."""
    engine.hold_after = 1
    ready.hub.commands.apply(LabelPictures([12], 1))
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    qtbot.waitUntil(lambda: len(set(ready.hub.queries.runs_of(range(3, 12)).values())) == 2)
    return ready


def test_what_is_shown_is_exported_also_while_a_run_goes_on(
    half_said: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(half_said.exporter.written):
        half_said.exporter.start(ExportOrder(tmp_path / "out.csv", "csv"))
    labels = [line.split(",")[1] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert all(labels)
    assert len(labels) == 12


def test_closing_the_window_during_a_run_loses_no_prediction(
    half_said: MainWindow,
) -> None:
    half_said.close()
    with Workspace.open(half_said.hub.file) as workspace:
        assert ProjectHub(workspace).queries.predicted_count == 9


def test_an_accepted_prediction_is_of_the_run_that_made_it(half_said: MainWindow) -> None:
    runs = half_said.hub.queries.runs_of([3, 11])
    assert runs[3] > runs[11]
    half_said.pictures.grid.select_ids(np.array([3, 11]))
    half_said.labeling.accept()
    assert {picture: half_said.hub.queries.history(picture)[-1].run_id for picture in runs} == runs


def test_a_run_by_itself_leaves_what_others_have_told(ready: MainWindow, qtbot: QtBot) -> None:
    ready.messages.warn("A file was left out.")
    with qtbot.waitSignal(ready.runs.ended):
        ready.hub.commands.apply(LabelPictures([5], 1))
    assert ready.messages.text == "A file was left out."
    with qtbot.waitSignal(ready.runs.ended):
        ready.actions_.run.trigger()
    assert ready.messages.text == ""


def test_the_next_run_takes_back_what_the_last_one_told(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.error = FewshotError("The memory is full.")
    with qtbot.waitSignal(ready.runs.ended):
        ready.hub.commands.apply(LabelPictures([5], 1))
    assert ready.messages.text == "The memory is full."
    engine.error = None
    with qtbot.waitSignal(ready.runs.ended):
        ready.hub.commands.apply(LabelPictures([6], 1))
    assert ready.messages.text == ""


def test_escape_also_ends_what_was_to_follow(ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    engine.hold_after = 1
    ready.actions_.run.trigger()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    ready.hub.commands.apply(LabelPictures([12], 1))
    with qtbot.waitSignal(ready.runs.ended):
        QTest.keyClick(ready, Qt.Key.Key_Escape)
    assert not ready.rerunner.due


def test_a_window_closed_while_a_run_gives_way_begins_no_other(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    engine.hold_after = 1
    before = ready.hub.queries.run_id
    ready.actions_.run.trigger()
    qtbot.waitUntil(lambda: ready.hub.queries.run_id != before)
    ready.runs.run_again()
    ready.close()
    assert not ready.bridge.busy
    with Workspace.open(ready.hub.file) as workspace:
        assert [run.status for run in workspace.runs_with_predictions()] == ["cancelled", "finished"]


def test_a_label_given_while_the_engine_loads_is_followed_when_it_is_there(
    ready: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    ready.close()
    again = MainWindow(ProjectHub(Workspace.open(ready.hub.file)), lambda: engine)
    qtbot.addWidget(again)
    again.hub.commands.apply(LabelPictures([5], 1))
    again.rerunner._run()
    assert again.rerunner.due
    with qtbot.waitSignal(again.runs.ended):
        again.complete()
    assert examples_of(engine) == [3]
    again.close()


@pytest.fixture
def opening(ready: MainWindow, tmp_path: Path, go_on: threading.Event) -> MainWindow:
    """Another project is being read, and a picture of this one has just been labelled."""
    Workspace.create(tmp_path / "other.fewshot").close()
    ready.rerunner._timer.setInterval(0)
    ready.files.open(tmp_path / "other.fewshot")
    ready.hub.commands.apply(LabelPictures([3], 1))
    return ready


def test_no_run_by_itself_keeps_another_project_from_being_shown(
    opening: MainWindow, qtbot: QtBot, engine: ScriptedEngine, go_on: threading.Event
) -> None:
    with qtbot.assertNotEmitted(opening.runs.requested, wait=50):
        pass
    with qtbot.waitSignal(opening.hub.opened):
        go_on.set()
    assert opening.hub.file.stem == "other"
    assert opening.messages.text == ""
    assert not opening.rerunner.due
    assert engine.requests == []


def test_a_label_given_before_a_project_is_opened_begins_no_run_either(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path, go_on: threading.Event
) -> None:
    Workspace.create(tmp_path / "other.fewshot").close()
    ready.rerunner._timer.setInterval(0)
    ready.hub.commands.apply(LabelPictures([3], 1))
    with qtbot.assertNotEmitted(ready.runs.requested, wait=50):
        ready.files.open(tmp_path / "other.fewshot")
    with qtbot.waitSignal(ready.hub.opened):
        go_on.set()


def test_a_label_is_followed_by_a_run_when_the_other_project_cannot_be_opened(
    opening: MainWindow,
    qtbot: QtBot,
    engine: ScriptedEngine,
    go_on: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = opening.hub.file
    effective_runs = Workspace.effective_runs

    def lost(workspace: Workspace) -> list[RunRow]:
        if workspace.path != shown:
            raise FewshotError("The drive is gone.")
        return effective_runs(workspace)

    monkeypatch.setattr(Workspace, "effective_runs", lost)
    with qtbot.waitSignals([opening.files.problem, opening.runs.ended], order="strict"):
        go_on.set()
    assert examples_of(engine) == [3]


def test_a_label_is_followed_by_a_run_when_the_opening_is_cancelled(
    opening: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    with qtbot.waitSignal(opening.runs.ended):
        opening.tasks.cancel_by_esc()
    assert examples_of(engine) == [3]
