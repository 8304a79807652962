"""A folder is watched by a process of its own; the window starts it, shows what it does, and ends it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fewshot_gui.engine_link.kinds import WATCH
from fewshot_gui.features.classifiers import folder_watcher
from fewshot_gui.features.classifiers.folder_watcher import WatchPanel
from fewshot_gui.features.classifiers.watch_dialog import WatchDialog, WatchOrder
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.gestures import choose_from_menu_bar, paste_into

_PROCESS = r"""
import json, sys, time
def say(**values):
    print(json.dumps(values), flush=True)
say(message="Watching the folder.")
for number in range(60):
    say(image=f"/in/{number}.png", label="ant", confidence=0.75, error="")
say(image="/in/bad.png", label="", confidence=None, error="it is empty")
time.sleep(600)
"""


@pytest.fixture
def order(tmp_path: Path) -> WatchOrder:
    classifier, folder = tmp_path / "insects.classifier", tmp_path / "in"
    classifier.write_bytes(b"")
    folder.mkdir()
    return WatchOrder(classifier, folder, tmp_path / "labels.csv", False, False)


def run_instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(folder_watcher, "PROGRAM", [sys.executable, "-c", program])


def panel(window: MainWindow) -> WatchPanel:
    (found,) = window.findChildren(WatchPanel)
    return found


def watch_by_hand(window: MainWindow, qtbot: QtBot, order: WatchOrder) -> None:
    choose_from_menu_bar(window, qtbot, "File", "Watch a folder…")
    dialog = window.findChild(WatchDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    for row, path in (
        (dialog.classifier, order.classifier),
        (dialog.folder, order.folder),
        (dialog.target, order.target),
    ):
        paste_into(row.line, str(path))
    QTest.mouseClick(dialog.watch_button, Qt.MouseButton.LeftButton)


def test_a_folder_is_watched_until_it_is_stopped(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: WatchOrder
) -> None:
    run_instead(monkeypatch, _PROCESS)
    watch_by_hand(window, qtbot, order)
    qtbot.waitUntil(lambda: "Unreadable: 1." in panel(window).head.text())
    shown = panel(window)
    assert shown.state.text() == "Watching the folder."
    assert shown.head.text().startswith("60 labelled since the start")
    assert shown.list.item(0).text() == "bad.png: unreadable"
    assert shown.list.item(1).text() == "59.png: ant · 75 %"
    assert shown.list.count() == 50
    assert window.tasks.is_running(WATCH)
    QTest.mouseClick(shown.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.folder_watcher.is_watching)
    assert not window.tasks.is_running(WATCH)
    assert not window.messages.isVisible(), "to stop is no problem"


def test_the_panel_comes_back_while_the_folder_is_watched(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: WatchOrder
) -> None:
    run_instead(monkeypatch, _PROCESS)
    window.folder_watcher.start(order)
    panel(window).hide()
    choose_from_menu_bar(window, qtbot, "File", "Watch a folder…")
    assert panel(window).isVisible()
    assert window.findChild(WatchDialog) is None
    window.folder_watcher.stop()
    qtbot.waitUntil(lambda: not window.folder_watcher.is_watching)


def test_why_it_has_ended_is_said(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: WatchOrder
) -> None:
    run_instead(monkeypatch, "import sys; sys.exit('fewshot: The classifier is damaged.')")
    with qtbot.waitSignal(window.folder_watcher.problem) as problem:
        window.folder_watcher.start(order)
    assert str(problem.args[0]) == "The folder is not watched any more: The classifier is damaged."
    assert not window.tasks.is_running(WATCH)


def test_a_process_that_cannot_be_started_is_a_problem_too(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: WatchOrder
) -> None:
    monkeypatch.setattr(folder_watcher, "PROGRAM", ["/nowhere/python"])
    with qtbot.waitSignal(window.folder_watcher.problem):
        window.folder_watcher.start(order)
    assert not window.folder_watcher.is_watching


def test_closing_the_window_ends_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, order: WatchOrder
) -> None:
    run_instead(monkeypatch, _PROCESS)
    window.folder_watcher.start(order)
    qtbot.waitUntil(lambda: panel(window).list.count() > 0)
    assert window.folder_watcher._close(10)
    qtbot.waitUntil(lambda: not window.folder_watcher.is_watching)


@pytest.mark.parametrize("missing", ["classifier", "folder", "target"])
def test_without_a_choice_it_says_which(
    window: MainWindow, qtbot: QtBot, order: WatchOrder, missing: str
) -> None:
    choose_from_menu_bar(window, qtbot, "File", "Watch a folder…")
    dialog = window.findChild(WatchDialog)
    for name in {"classifier", "folder", "target"} - {missing}:
        getattr(dialog, name).line.setText(str(getattr(order, name)))
    QTest.mouseClick(dialog.watch_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.problem.text().startswith("Choose")


@pytest.mark.parametrize(
    ("into_folders", "move", "ends"),
    [
        (False, False, ["--table", "labels", "--json"]),
        (True, True, ["--folders", "labels", "--move", "--json"]),
    ],
)
def test_the_order_is_that_of_the_command(into_folders: bool, move: bool, ends: list[str]) -> None:
    order = WatchOrder(Path("c"), Path("in"), Path("labels"), into_folders, move)
    assert order.arguments[:5] == ["watch", "--classifier", "c", "--in", "in"]
    assert order.arguments[5:] == ends
