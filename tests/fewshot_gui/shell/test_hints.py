"""The lower edge of the window says what is true now: hints come, and go when they no longer hold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import Event, Finished, Predictions, Progress, RunRequest, Started
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from fewshot_gui.engine_link.kinds import IMPORT
from fewshot_gui.features.importing import importer as importing
from fewshot_gui.features.importing.importer import Found
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.scripted_engine import ScriptedEngine, probabilities


@pytest.fixture
def ready(window: MainWindow, tmp_path: Path) -> MainWindow:
    """All that a run needs."""
    fill(window.hub, tmp_path)
    return window


def fill(hub: ProjectHub, folder: Path) -> None:
    hub.commands.apply(AddClassFolders({"ant": [folder / "1.png"], "bee": [folder / "2.png"]}))
    hub.commands.apply(AddPictures([folder / "3.png", folder / "4.png"]))


def run(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()


# -- why a run cannot be started


def test_that_the_engine_is_loading_is_said_until_it_is_there(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    hub = ProjectHub(Workspace.create(tmp_path / "p.fewshot"))
    fill(hub, tmp_path)
    window = MainWindow(hub, lambda: engine)
    qtbot.addWidget(window)
    assert window.status.hint.text() == "The engine is still loading."
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    assert window.status.hint.text() == "Press Run: every picture without a label gets one."
    assert window.actions_.run.isEnabled()
    window.close()


def test_an_engine_that_cannot_be_loaded_is_the_reason_from_then_on(qtbot: QtBot, tmp_path: Path) -> None:
    def load() -> ScriptedEngine:
        raise FewshotError("The graphics driver is too old.")

    hub = ProjectHub(Workspace.create(tmp_path / "p.fewshot"))
    fill(hub, tmp_path)
    window = MainWindow(hub, load)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.engine_broken):
        window.complete()
    assert window.status.hint.text() == "The graphics driver is too old."
    assert window.actions_.run.toolTip() == "The graphics driver is too old."
    window.close()


def test_the_reason_is_said_once_and_covers_nothing_up_afterwards(window: MainWindow, tmp_path: Path) -> None:
    window.hub.commands.apply(AddPictures([tmp_path / "1.png"]))
    assert window.status.hint.text().startswith("Drop a few example pictures")
    window.status.show_hint("Something else happened.")
    window.pictures.grid.selectAll()
    assert window.status.hint.text() == "Something else happened."
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "2.png"]}))
    assert window.status.hint.text().startswith("A second class is needed")


def test_what_was_done_stands_beside_the_next_step_until_the_next_change(
    window: MainWindow, tmp_path: Path
) -> None:
    window.hub.commands.apply(AddPictures([tmp_path / "1.png"]))
    window.importer.added.emit("Added 1 picture.")
    assert window.status.hint.text().startswith("Added 1 picture. · Drop a few example pictures")
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "2.png"]}))
    assert window.status.hint.text().startswith("A second class is needed")
    for _ in range(2):
        window.actions_.undo.trigger()
    assert window.status.hint.text().startswith("Undone: Add 1 picture · Drop a few example pictures")


def test_after_a_cancelled_search_the_reason_is_said_again(
    window: MainWindow, tmp_path: Path, stuck_search: threading.Event
) -> None:
    reason = window.status.hint.text()
    window.importer.add_to_label([tmp_path])
    assert window.status.hint.text() == "Looking for pictures…"
    window.tasks.cancel_by_esc()
    assert window.status.hint.text() == reason != ""


# -- progress


@pytest.fixture
def stuck_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A search that finds one picture, and goes on when the event is set."""
    go_on = threading.Event()

    def search(paths: object, class_id: object) -> Generator[int, None, Found]:
        yield 1
        go_on.wait()
        return Found(AddPictures([tmp_path / "late.png"]))

    monkeypatch.setattr(importing, "search_pictures", search)
    yield go_on
    go_on.set()


def test_a_run_has_the_progress_bar_and_a_search_gets_it_back(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot, tmp_path: Path, stuck_search: threading.Event
) -> None:
    bar = ready.status.bar
    engine.hold_after = 0
    ready.actions_.run.trigger()
    stage = bar.accessibleName()
    with qtbot.waitSignal(ready.tasks.changed):
        ready.importer.add_to_label([tmp_path])
    assert bar.accessibleName() == stage
    with qtbot.waitSignal(ready.runs.ended):
        engine.go_on.set()
    assert bar.accessibleName() == "Looking for pictures…"
    assert bar.isVisible()
    with qtbot.waitSignal(ready.importer.added):
        stuck_search.set()
    assert not bar.isVisible()


def test_a_rate_is_shown_only_while_there_is_one(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    shown: list[str] = []
    ready.bridge.on(Progress).connect(lambda _event: shown.append(ready.status.rate.text()))
    run(ready, qtbot)
    assert "123 pictures/s" in shown
    assert ready.status.rate.text() == ""


# -- the device


def test_before_a_run_the_chosen_device_is_shown(ready: MainWindow, qtbot: QtBot) -> None:
    menu, shown = ready.choices.device, ready.status.device
    assert shown.text() == "Quick card"
    menu.setCurrentIndex(menu.findData("cpu"))
    assert shown.text() == "Processor"
    run(ready, qtbot)
    assert shown.text() == "Test device"


def test_a_device_remembered_from_the_last_time_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    window.choices.device.setCurrentIndex(window.choices.device.findData("cpu"))
    second = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(second)
    with qtbot.waitSignal(second.bridge.catalogue_ready):
        second.complete()
    assert second.status.device.text() == "Processor"
    second.close()


# -- a run that cannot be kept


@pytest.mark.parametrize("ends_by_itself", [True, False])
def test_a_full_disk_is_kept_as_a_failure_not_as_the_persons_cancelling(
    ready: MainWindow,
    engine: ScriptedEngine,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    ends_by_itself: bool,
) -> None:
    def full(*_: object) -> None:
        raise FewshotError("The disk is full.")

    def to_the_end(asked: RunRequest) -> Iterator[Event]:
        yield Started(asked.run_id, Message("Test device"), asked.class_names)
        ids = np.array([query.picture_id for query in asked.queries])
        yield Predictions(asked.run_id, ids, probabilities(np.zeros(len(ids), np.intp), 2))
        yield Finished(asked.run_id, 0.1, len(ids), 0, 0, 0, 1)

    if ends_by_itself:
        engine.script = to_the_end
    else:
        engine.hold_after = 1
        ready.hub.commands.apply(AddPictures([Path(f"/{number}.png") for number in range(20)]))
    monkeypatch.setattr(Workspace, "save_predictions", full)
    run(ready, qtbot)
    assert ready.status.hint.text() == "The run failed."
    assert ready.messages.text == "The disk is full."
    ((status, message),) = ready.hub._state.workspace._db.execute(
        "SELECT status, message FROM run"
    ).fetchall()
    assert (status, str(Message.from_json(message))) == ("failed", "The disk is full.")
    monkeypatch.undo()
    engine.hold_after, engine.script = None, None
    run(ready, qtbot)
    assert ready.hub.queries.predicted_count == ready.hub.queries.picture_count - 2


def test_what_was_added_is_still_told_when_the_search_is_over(
    window: MainWindow, make_pictures: Callable[..., Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(
        window.tasks.changed, check_params_cb=lambda _: not window.tasks.is_running(IMPORT)
    ):
        window.importer.add_to_label([make_pictures("ants", 3)])
    assert window.status.hint.text().startswith("Added 3 pictures. · Drop a few example pictures")
    assert not window.status.bar.isVisible()


def test_what_would_be_undone_is_told_letter_by_letter(window: MainWindow) -> None:
    window.hub.commands.apply(AddClass("R&D"))
    assert window.actions_.undo.text() == "&Undo Add class “R&&D”"
    assert window.actions_.undo.toolTip() == "Undo Add class “R&D” (Ctrl+Z)"
