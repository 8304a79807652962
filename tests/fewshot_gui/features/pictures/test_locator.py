"""Missing pictures are found again from the message bar."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.images import find_pictures
from engine.workspace.commands import AddClassFolders, AddPictures, RemovePictures
from fewshot_gui.engine_link.kinds import LOCATE
from fewshot_gui.features.importing.importer import search_pictures
from fewshot_gui.features.pictures import locator
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands

MakePictures = Callable[..., Path]


def said(window: MainWindow, words: str) -> Callable[[], bool]:
    return lambda: words in window.messages.text


@pytest.mark.parametrize("at_once", [10_000, 2])
def test_missing_pictures_are_located_in_one_undoable_gesture(
    window: MainWindow,
    make_pictures: MakePictures,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    monkeypatch.setattr(commands, "_AT_ONCE", at_once)
    folder = make_pictures("ants", 3)
    paths = list(find_pictures([folder]))
    folder.rename(folder.with_name("moved"))
    window.hub.commands.apply(AddPictures(paths))
    thumbnails = window.pictures.thumbnails
    qtbot.waitUntil(lambda: thumbnails.error(1) is not None)
    window.actions_.locate.trigger()
    qtbot.waitUntil(said(window, "3 pictures are missing, for example"))
    assert window.messages._action.text() == "Choose their folder…"
    qtbot.mouseClick(window.messages._action, Qt.MouseButton.LeftButton)
    dialog = window.findChild(QFileDialog)
    dialog.chosen.emit([folder.with_name("moved")])
    dialog.close()
    qtbot.waitUntil(said(window, "Found 3 of 3 missing pictures"))
    assert window.hub.queries.path(1).parent == folder, "it is only a proposal so far"
    qtbot.mouseClick(window.messages._action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(said(window, "No picture is missing."))
    assert window.hub.queries.path(1).parent == folder.with_name("moved")
    qtbot.waitUntil(lambda: thumbnails.error(1) is None)
    assert window.hub.commands.undo_title == "Locate 3 pictures"


def test_a_folder_without_them_says_so(window: MainWindow, make_pictures: MakePictures, qtbot: QtBot) -> None:
    folder = make_pictures("ants", 1)
    window.hub.commands.apply(AddPictures(list(find_pictures([folder]))))
    (folder / "1.png").unlink()
    window.actions_.locate.trigger()
    qtbot.waitUntil(said(window, "1 picture is missing: "))
    qtbot.mouseClick(window.messages._action, Qt.MouseButton.LeftButton)
    dialog = window.findChild(QFileDialog)
    dialog.chosen.emit([folder])
    dialog.close()
    qtbot.waitUntil(said(window, "None of the missing pictures is in"))


def test_pictures_that_go_while_all_are_read_are_not_looked_for(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locator, "_BLOCK", 2)
    folder = make_pictures("ants", 7)
    window.hub.commands.apply(AddPictures(sorted(find_pictures([folder]))))
    for number in (2, 5, 6):
        (folder / f"{number}.png").unlink()
    window.actions_.locate.trigger()
    window.hub.commands.apply(RemovePictures([5]))
    qtbot.waitUntil(said(window, "2 pictures are missing, for example"))


@pytest.fixture
def stuck(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Looks at the first of four pictures, and goes on when it is set."""
    go_on = threading.Event()

    def look(pictures: object) -> Generator[int, None, list[object]]:
        yield 1
        go_on.wait()
        return []

    monkeypatch.setattr(locator.locating, "find_missing", look)
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(4)]))
    yield go_on
    go_on.set()


def test_a_search_is_seen_and_can_be_cancelled(
    window: MainWindow, stuck: threading.Event, qtbot: QtBot
) -> None:
    window.actions_.locate.trigger()
    qtbot.waitUntil(lambda: window.status.hint.text() == "Looking for missing pictures… 1 / 4")
    assert window.status.bar.isVisible()
    assert window.actions_.cancel.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.tasks.is_running(LOCATE)
    assert not window.status.bar.isVisible()
    assert not window.actions_.cancel.isVisible()
    stuck.set()


def test_a_search_that_ends_leaves_the_bar_free(
    window: MainWindow, stuck: threading.Event, qtbot: QtBot
) -> None:
    window.actions_.locate.trigger()
    stuck.set()
    qtbot.waitUntil(said(window, "No picture is missing."))
    assert not window.status.bar.isVisible()
    assert not window.actions_.cancel.isVisible()


def test_a_search_that_fails_says_why(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> Generator[int, None, object]:
        yield 0
        raise FewshotError("The drive went away.")

    folder = make_pictures("ants", 1)
    window.hub.commands.apply(AddPictures(list(find_pictures([folder]))))
    monkeypatch.setattr(locator.locating, "find_missing", lost)
    window.actions_.locate.trigger()
    qtbot.waitUntil(said(window, "The drive went away."))
    assert not window.tasks.is_running(LOCATE)


def test_what_was_found_can_be_used_after_a_run(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folders = {name: list(find_pictures([make_pictures(name, 1)])) for name in ("ant", "bee")}
    gone = make_pictures("new", 1) / "1.png"
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures([gone]))
    gone.unlink()
    window.actions_.locate.trigger()
    qtbot.waitUntil(said(window, "1 picture is missing: "))
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    QTest.keyClick(window, Qt.Key.Key_Escape)  # nothing is on that it could mean
    assert "1 picture is missing: " in window.messages.text


def test_a_search_notes_the_facts_of_the_files(make_pictures: MakePictures) -> None:
    folder = make_pictures("ants", 2)
    search = search_pictures([folder], None)
    while True:
        try:
            next(search)
        except StopIteration as stop:
            command = stop.value.command
            break
    sizes = [facts.size for facts in command.facts.values()]
    assert sizes == [path.stat().st_size for path in command.paths]
