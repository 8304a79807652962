"""A project is read while the window goes on with the present one, which stays until the other is there."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from engine import demo
from engine.paths import data_dir
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from fewshot_gui.engine_link.kinds import OPEN, RUN
from fewshot_gui.features.projects import project_files
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.one_window import OneWindow
from fewshot_gui.shell.saved_settings import recent_projects, remember, remember_project, remembered
from fewshot_gui.widgets.file_dialog import FileDialog
from tests.fewshot_gui.gestures import answer_with_paths, drop, files


@pytest.fixture(autouse=True)
def everything_is_worth_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "_SHOW_AFTER_MS", 0)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    with Workspace.create(tmp_path / "other.fewshot") as workspace:
        workspace.apply(AddClass("bee"))
    return workspace.path


def names(window: MainWindow) -> list[str]:
    return [row.name for row in window.hub.queries.classes]


def begin_to_open(window: MainWindow, qtbot: QtBot, project: Path) -> None:
    with qtbot.waitSignal(window.tasks.shown):
        window.files.open(project)


def let_all_end(window: MainWindow, go_on: threading.Event, qtbot: QtBot) -> None:
    go_on.set()
    qtbot.waitUntil(lambda: not window.files._reading)


def test_the_present_project_goes_on_until_the_other_is_read(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event
) -> None:
    first = window.hub.file
    begin_to_open(window, qtbot, other)
    assert window.status.hint.text() == "Opening the project…"
    assert window.status.bar.isVisible()
    window.hub.commands.apply(AddClass("ant"))
    assert names(window) == ["ant"]
    with qtbot.waitSignal(window.hub.opened):
        go_on.set()
    assert (window.hub.file, names(window)) == (other, ["bee"])
    assert recent_projects() == [other, first]
    assert window.status.hint.text() != "Opening the project…"
    assert not window.status.bar.isVisible()
    assert not window.actions_.cancel.isVisible()
    with Workspace.open(first) as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_link_to_the_present_project_leads_to_what_is_open(
    window: MainWindow, qtbot: QtBot, other: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.fewshot"
    link.symlink_to(other)
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(link)
    assert recent_projects()[0] == window.hub.file == other
    window.files.open(link)
    assert not window.tasks.is_running(OPEN)


def test_a_project_that_is_dropped_alone_is_opened(window: MainWindow, qtbot: QtBot, other: Path) -> None:
    grid = window.pictures.grid.viewport()
    with qtbot.waitSignal(window.hub.opened):
        drop(grid, files([other]), grid.rect().center())
    assert window.hub.file == other


def test_a_project_among_pictures_is_no_picture(
    window: MainWindow, qtbot: QtBot, other: Path, make_pictures: Callable[..., Path]
) -> None:
    grid = window.pictures.grid.viewport()
    with qtbot.waitSignal(window.importer.added):
        drop(grid, files([window.hub.file, make_pictures("new", 1) / "1.png"]), grid.rect().center())
    assert window.hub.queries.picture_count == 1
    assert "it is a project, open it by itself" in window.messages.text


def test_a_project_that_another_window_has_brings_that_to_the_front(
    window: MainWindow, qtbot: QtBot, other: Path
) -> None:
    first, its_window = window.hub.file, OneWindow()
    its_window.listen(other)
    QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(its_window.asked):
        answer_with_paths(window, qtbot, other)
    words = "other is open in another window, which is in front now."
    qtbot.waitUntil(lambda: window.status.hint.text() == words)
    assert window.hub.file == first
    assert recent_projects() == [first]
    its_window.close()
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(other)
    assert not window.hub.read_only_reason


def test_recent_projects_of_one_name_are_told_apart_by_their_folders(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for folder in ("robins", "wrens"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "birds.fewshot"
        Workspace.create(path).close()
        remember_project(path)
    window.files.recent_menu.aboutToShow.emit()
    texts = [action.text() for action in window.files.recent_menu.actions()]
    assert texts == ["birds – wrens", "birds – robins", window.hub.file.stem]
    assert window.files.recent_menu.toolTipsVisible()


def test_escape_stays_with_the_present_project_and_lets_the_other_go(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event
) -> None:
    first = window.hub.file
    begin_to_open(window, qtbot, other)
    assert window.actions_.cancel.isVisible()
    QTest.keyClick(window.pictures.grid, Qt.Key.Key_Escape)
    assert not window.status.bar.isVisible()
    assert not window.actions_.cancel.isVisible()
    let_all_end(window, go_on, qtbot)
    assert window.hub.file == first
    Workspace.open(other).close()


def test_a_project_can_be_opened_again_while_what_was_cancelled_still_holds_it(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event
) -> None:
    begin_to_open(window, qtbot, other)
    window.tasks.cancel_by_esc()
    begin_to_open(window, qtbot, other)
    with qtbot.waitSignal(window.hub.opened):
        go_on.set()
    assert (window.hub.file, window.hub.read_only_reason) == (other, "")


def test_of_two_projects_the_one_asked_for_last_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, other: Path, go_on: threading.Event
) -> None:
    third = tmp_path / "third.fewshot"
    Workspace.create(third).close()
    begin_to_open(window, qtbot, other)
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(third)
    assert window.hub.file == third
    let_all_end(window, go_on, qtbot)
    assert window.hub.file == third
    Workspace.open(other).close()


def test_a_run_begun_meanwhile_keeps_the_present_project(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event
) -> None:
    first = window.hub.file
    begin_to_open(window, qtbot, other)
    window.tasks.begin(RUN)
    with qtbot.waitSignal(window.files.problem):
        go_on.set()
    assert "Wait until the tasks of this project" in window.messages.text
    assert window.hub.file == first
    Workspace.open(other).close()


@pytest.fixture
def go_on_with_demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, the demo is not made to its end."""
    go_on = threading.Event()

    def wait(folder: Path, _pictures: demo.DemoPictures) -> Path:
        assert go_on.wait(10)
        folder.mkdir(parents=True)
        with Workspace.create(folder / "demo.fewshot") as workspace:
            return workspace.path

    monkeypatch.setattr(demo, "write_demo_project", wait)
    yield go_on
    go_on.set()


def begin_to_make_the_demo(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.welcome.demo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.actions_.cancel.isVisible)


def test_a_project_asked_for_while_the_demo_is_made_is_shown(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event, go_on_with_demo: threading.Event
) -> None:
    begin_to_make_the_demo(window, qtbot)
    go_on.set()
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(other)
    let_all_end(window, go_on_with_demo, qtbot)
    assert window.hub.file == other


def test_escape_forgets_a_demo_that_is_made(
    window: MainWindow, qtbot: QtBot, go_on_with_demo: threading.Event
) -> None:
    first = window.hub.file
    begin_to_make_the_demo(window, qtbot)
    QTest.keyClick(window.pictures.grid, Qt.Key.Key_Escape)
    let_all_end(window, go_on_with_demo, qtbot)
    assert window.hub.file == first


def test_the_demo_asked_for_twice_is_made_once(
    window: MainWindow, qtbot: QtBot, go_on_with_demo: threading.Event
) -> None:
    begin_to_make_the_demo(window, qtbot)
    window.files.open_demo()
    with qtbot.waitSignal(window.hub.opened):
        go_on_with_demo.set()
    assert (window.hub.file.name, window.hub.read_only_reason) == ("demo.fewshot", "")


def test_a_window_that_is_closed_meanwhile_lets_both_go(
    window: MainWindow, qtbot: QtBot, other: Path, go_on: threading.Event
) -> None:
    first = window.hub.file
    begin_to_open(window, qtbot, other)
    go_on.set()
    window.close()
    assert window.all_ended
    qtbot.waitUntil(lambda: not window.files._reading)
    for project in (first, other):
        Workspace.open(project).close()


def test_what_is_soon_there_is_not_told(window: MainWindow, qtbot: QtBot, other: Path) -> None:
    told: list[object] = []
    window.tasks.shown.connect(told.append)
    window.files._slow.setInterval(60_000)
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(other)
    assert told == []
    assert not window.files._slow.isActive()


def open_dialogs(window: MainWindow) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def choose_a_folder_of_missing_pictures(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.locate.trigger()
    qtbot.waitUntil(window.messages._action.isVisible)
    qtbot.mouseClick(window.messages._action, Qt.MouseButton.LeftButton)


def ask_for(action: str) -> Callable[[MainWindow, QtBot], None]:
    return lambda window, _qtbot: getattr(window.actions_, action).trigger()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(ask_for("add_examples"), id="examples"),
        pytest.param(ask_for("export"), id="export"),
        pytest.param(ask_for("accept_all"), id="accept all"),
        pytest.param(ask_for("compare"), id="compare"),
        pytest.param(lambda window, _qtbot: window.classes.recolor_selected(), id="colour"),
        pytest.param(lambda window, _qtbot: window.classes.ask_key_of_selected(), id="key"),
        pytest.param(choose_a_folder_of_missing_pictures, id="missing pictures"),
    ],
)
def test_a_dialog_about_one_project_is_not_answered_in_the_next(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    other: Path,
    go_on: threading.Event,
    ask: Callable[[MainWindow, QtBot], None],
) -> None:
    hub = window.hub
    hub.commands.apply(AddClassFolders({"ant": [tmp_path / "1.png"]}))
    hub.commands.apply(AddPictures([tmp_path / "2.png"]))
    run = hub.run_store.begin("protonet", "conv4", "cpu", 0, [1])
    assert run is not None
    hub.run_store.save_predictions(run, np.array([2]), np.ones((1, 1), np.float32))
    hub.run_store.finish(run, "finished")
    window.classes.select(1)
    begin_to_open(window, qtbot, other)
    ask(window, qtbot)
    (dialog,) = open_dialogs(window)
    with qtbot.waitSignal(dialog.rejected), qtbot.waitSignal(hub.opened):
        go_on.set()
    assert open_dialogs(window) == []
    assert hub.file == other


@pytest.mark.parametrize("ask", ["settings", "shortcuts", "about", "meta_train"])
def test_a_dialog_about_no_project_stays_when_another_is_opened(
    window: MainWindow, qtbot: QtBot, other: Path, ask: str
) -> None:
    getattr(window.actions_, ask).trigger()
    (dialog,) = open_dialogs(window)
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(other)
    assert open_dialogs(window) == [dialog]
    dialog.close()


def test_a_report_stays_when_another_project_is_opened(window: MainWindow, qtbot: QtBot, other: Path) -> None:
    window.show_report("A mistake.")
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(other)
    assert open_dialogs(window) == [window.report]


def test_a_new_project_is_offered_a_name_that_is_free(window: MainWindow, tmp_path: Path) -> None:
    remember("folders/projects", str(tmp_path))
    offered = []
    for _ in range(2):
        window.actions_.new_project.trigger()
        (dialog,) = window.findChildren(FileDialog)
        offered.append(dialog.findChild(QLineEdit, "fileNameEdit").text())
        (tmp_path / offered[-1]).touch()
        dialog.deleteLater()
        QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
    assert offered == ["My pictures.fewshot", "My pictures 2.fewshot"]


@pytest.mark.parametrize("works", [True, False])
def test_another_project_opens_in_a_window_of_its_own(
    window: MainWindow, other: Path, works: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def start(_program: str, arguments: list[str]) -> tuple[bool, int]:
        started.append(arguments)
        return works, 1

    monkeypatch.setattr(project_files.QProcess, "startDetached", start)
    before = window.hub.file
    window.actions_.open_beside.trigger()
    (dialog,) = window.findChildren(FileDialog)
    dialog.chosen.emit([other])
    assert (started, window.hub.file) == ([["-P", "-m", "fewshot_gui", str(other)]], before)
    assert window.messages.isVisible() is not works


def test_the_demo_has_a_backbone_of_its_own_and_the_persons_choice_comes_back(
    window: MainWindow, qtbot: QtBot, other: Path
) -> None:
    demo_project = data_dir() / project_files.LETTERS / "demo.fewshot"
    demo_project.parent.mkdir(parents=True)
    Workspace.create(demo_project).close()
    with qtbot.waitSignal(window.hub.opened):
        QTest.mouseClick(window.welcome.demo, Qt.MouseButton.LeftButton)
    assert (window.choices.backbone_name, remembered("run/backbone")) == ("conv4", "")
    assert window.windowTitle() == "Demo: letters – Fewshot"
    with qtbot.waitSignal(window.hub.opened):
        QTest.keySequence(window, "Ctrl+O")
        answer_with_paths(window, qtbot, other)
    assert (window.choices.backbone_name, remembered("run/backbone")) == ("photo", "")


def test_a_backbone_that_a_person_chooses_in_the_demo_stands(
    window: MainWindow, qtbot: QtBot, other: Path
) -> None:
    window.choices.suit("conv4")
    window.choices.backbone.choose("photo")
    assert (window.choices.backbone_name, remembered("run/backbone")) == ("photo", "photo")
    window.choices.algorithm.choose(window.choices.algorithm_name)
    assert window.choices.backbone_name == "photo"
