"""Pictures are prepared for a run when they come in, whatever else happens meanwhile comes first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, RemovePictures
from fewshot_gui.engine_link.kinds import PREPARATION
from fewshot_gui.features.preparing.pause_button import PauseButton
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar, drop, files
from tests.fewshot_gui.scripted_engine import ScriptedEngine

SWITCH = ("Run", "Prepare pictures while you work")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fewshot_gui.features.preparing.preparer.DELAY_MS", 10)


def names_prepared(engine: ScriptedEngine) -> list[list[str]]:
    """The names of the files of each preparation so far."""
    return [[Path(path.decode()).name for path in one.paths] for one in engine.preparations]


def add(window: MainWindow, *names: str) -> None:
    window.hub.commands.apply(AddPictures([Path(f"/imagined/{name}") for name in names]))


def button_of(window: MainWindow) -> PauseButton:
    return window.status.findChild(PauseButton)


def settled(window: MainWindow) -> bool:
    """Whether nothing is prepared, or waits to be."""
    return not (window.preparer._due or window.tasks.is_running(PREPARATION))


@pytest.fixture
def preparing(window: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> MainWindow:
    """The last of three pictures is being prepared."""
    engine.hold_preparation = True
    add(window, "1.png", "2.png", "3.png")
    qtbot.waitUntil(lambda: button_of(window).text() == "Preparing 2 / 3")
    return window


def test_pictures_are_prepared_when_they_are_dropped(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot, make_pictures: Callable[..., Path]
) -> None:
    shown: list[int] = []
    window.preparer.progressed.connect(lambda done, _total: shown.append(done))
    grid = window.pictures.grid.viewport()
    drop(grid, files([make_pictures("ants", 3)]), grid.rect().center())
    qtbot.waitUntil(lambda: names_prepared(engine) == [["1.png", "2.png", "3.png"]])
    [preparation] = engine.preparations
    assert preparation.algorithm == window.choices.algorithm_name
    assert preparation.backbone == window.choices.backbone_name
    assert preparation.device == window.choices.device_name
    qtbot.waitUntil(lambda: settled(window))
    assert not shown  # all was cached


def test_only_what_is_new_is_prepared(window: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    add(window, "1.png", "2.png")
    qtbot.waitUntil(lambda: len(engine.preparations) == 1 and settled(window))
    add(window, "3.png")
    qtbot.waitUntil(lambda: len(engine.preparations) == 2 and settled(window))
    window.hub.commands.apply(RemovePictures([1]))
    qtbot.waitUntil(lambda: settled(window))
    assert names_prepared(engine) == [["1.png", "2.png"], ["3.png"]]


def test_pictures_that_come_in_meanwhile_follow(
    preparing: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    add(preparing, "4.png")
    assert not preparing.preparer._timer.isActive()  # it waits for the end of the first
    engine.go_on.set()
    qtbot.waitUntil(lambda: len(engine.preparations) == 2 and settled(preparing))
    assert names_prepared(engine)[1] == ["4.png"]


def test_a_picture_whose_file_was_replaced_is_prepared_again(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    add(window, "1.png", "2.png")
    qtbot.waitUntil(lambda: len(engine.preparations) == 1 and settled(window))
    window.hub.replaced.emit(window.hub.queries.picture_ids[1:])
    qtbot.waitUntil(lambda: names_prepared(engine)[1:] == [["2.png"]])


def test_another_backbone_begins_it_again(
    preparing: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    choose_by_keys(preparing.choices.backbone, "conv4")
    qtbot.waitUntil(lambda: len(engine.preparations) == 2)
    assert [one.backbone for one in engine.preparations] == ["photo", "conv4"]
    assert len(engine.preparations[1].paths) == 3


def test_a_click_pauses_it_and_another_continues(
    preparing: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    button = button_of(preparing)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Preparing paused"
    assert button.isVisible()
    assert not preparing.actions_.prepare.isChecked()
    qtbot.waitUntil(lambda: not preparing.tasks.is_running(PREPARATION))
    engine.go_on.set()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    qtbot.waitUntil(lambda: len(engine.preparations) == 2 and settled(preparing))
    assert not button.isVisible()


def test_the_switch_in_the_menu_is_remembered(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    choose_from_menu_bar(window, qtbot, *SWITCH)
    assert not window.actions_.prepare.isChecked()
    add(window, "1.png")
    another = MainWindow(ProjectHub(Workspace.create(tmp_path / "another.fewshot")), lambda: engine)
    qtbot.addWidget(another)
    assert not another.actions_.prepare.isChecked()
    another.close()
    assert not window.preparer._timer.isActive()
    assert engine.preparations == []


def test_a_run_interrupts_it_and_it_goes_on_afterwards(
    preparing: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    preparing.hub.commands.apply(AddClassFolders({"ant": [Path("/a.png")], "bee": [Path("/b.png")]}))
    with qtbot.waitSignal(preparing.runs.ended):
        preparing.actions_.run.trigger()
    assert preparing.tasks.is_running(PREPARATION)
    assert len(engine.preparations) == 1
    engine.go_on.set()
    qtbot.waitUntil(lambda: settled(preparing))
    assert len(engine.preparations) == 2  # the examples came in meanwhile


def test_a_failure_is_left_to_the_run(window: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.error = FewshotError("The disk is gone.")
    add(window, "1.png")
    qtbot.waitUntil(lambda: len(engine.preparations) == 1 and settled(window))
    assert not window.messages.isVisible()


def test_nothing_is_prepared_in_a_project_that_is_only_read(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    file = tmp_path / "project.fewshot"
    with Workspace.create(file) as workspace:
        workspace.apply(AddPictures([Path("/imagined/1.png")]))
    only_read = Workspace.view(file, Message("It is open elsewhere."))
    window = MainWindow(ProjectHub(only_read), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    assert not window.preparer._timer.isActive()
    window.close()
    assert engine.preparations == []


def test_closing_ends_it(preparing: MainWindow) -> None:
    preparing.close()
    assert preparing.all_ended
