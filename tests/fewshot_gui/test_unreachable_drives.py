"""A drive that does not answer, or answers with an error, costs what is on it and nothing else."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from engine import threads
from engine.errors import FewshotError
from engine.exports import Exported
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from fewshot_gui import main_window
from fewshot_gui.features.exporting import exporter as exporting
from fewshot_gui.features.exporting.export_dialog import ExportOrder
from fewshot_gui.features.importing import importer as importing
from fewshot_gui.features.importing.importer import Found
from fewshot_gui.features.projects.project_files import open_at_start
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.saved_settings import recent_projects, remember, remember_project
from fewshot_gui.widgets.file_dialog import FileDialog

MakePictures = Callable[..., Path]


@pytest.fixture
def dead_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of which the operating system says nothing but that it cannot be read."""
    drive, answer = tmp_path / "drive", os.stat

    def refuse(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(str(drive)):
            raise OSError(errno.EIO, os.strerror(errno.EIO), os.fspath(path))
        return answer(path, *args, **options)

    monkeypatch.setattr(os, "stat", refuse)
    return drive


def test_the_program_starts_although_the_last_project_cannot_be_reached(dead_drive: Path) -> None:
    remember("projects/recent", [str(dead_drive / "mine.fewshot")])
    assert recent_projects() == []
    project, _ = open_at_start(None)
    workspace = project.workspace
    remember_project(workspace.path)
    assert recent_projects() == [workspace.path]
    workspace.close()


def test_a_dialog_opens_elsewhere_if_its_last_folder_cannot_be_reached(
    dead_drive: Path, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    remember("folders/pictures", str(dead_drive))
    dialog = FileDialog(parent, "Add", "pictures", QFileDialog.FileMode.ExistingFiles)
    assert not dialog.directory().absolutePath().startswith(str(dead_drive))


def test_a_project_that_breaks_while_it_is_read_leaves_the_present_one_whole(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise FewshotError("The drive went away.")

    window.hub.commands.apply(AddClass("ant"))
    other = tmp_path / "other.fewshot"
    Workspace.create(other).close()
    monkeypatch.setattr(Workspace, "effective_runs", broken)
    with qtbot.waitSignal(window.files.problem):
        window.files.open(other)
    assert window.messages.text == "The drive went away."
    assert window.hub.file.stem == "project"
    window.hub.commands.apply(AddClass("bee"))
    assert [row.name for row in window.hub.queries.classes] == ["ant", "bee"]
    monkeypatch.undo()
    Workspace.open(other).close()  # it has been let go of


# -- closing


@pytest.fixture
def drive_answers() -> Iterator[threading.Event]:
    """Until it is set, whoever asks the drive waits."""
    answers = threading.Event()
    yield answers
    answers.set()
    for thread in threading.enumerate():
        if thread.name in ("import", "prepare"):
            thread.join()


def test_closing_does_not_wait_for_a_search_that_hangs(
    window: MainWindow, tmp_path: Path, drive_answers: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(paths: object, class_id: object) -> Generator[int, None, Found]:
        drive_answers.wait()
        yield 1
        return Found(AddPictures([tmp_path / "late.png"]))

    monkeypatch.setattr(importing, "search_pictures", stuck)
    monkeypatch.setattr(main_window, "CLOSING_S", 0.01)
    window.importer.add_to_label([tmp_path])
    window.close()
    assert not window.all_ended
    with Workspace.open(window.hub.file) as workspace:
        assert len(workspace.picture_ids()) == 0


@pytest.fixture
def go_on_writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, no export is written."""
    go_on, export = threading.Event(), exporting.export_in_steps

    def slow(*args: Any) -> Generator[int, None, Exported]:
        assert go_on.wait(5)
        return (yield from export(*args))

    monkeypatch.setattr(exporting, "export_in_steps", slow)
    yield go_on
    go_on.set()


def export_and_close(window: MainWindow, make_pictures: MakePictures, path: Path, way: str = "close") -> None:
    window.hub.commands.apply(AddPictures(list(make_pictures("ants", 3).iterdir())))
    window.exporter.start(ExportOrder(path, "csv"))
    getattr(window, way)()


@pytest.mark.parametrize("way", ["close", "end"])
def test_closing_waits_for_an_export_and_says_so(
    window: MainWindow,
    make_pictures: MakePictures,
    tmp_path: Path,
    go_on_writing: threading.Event,
    qtbot: QtBot,
    way: str,
) -> None:
    with qtbot.waitSignal(window.closed):
        export_and_close(window, make_pictures, tmp_path / "out.csv", way)
        assert window.isVisible()
        assert "closes when the export is written" in window.messages.text
        go_on_writing.set()
    assert window.all_ended
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4


def test_a_window_that_waits_for_an_export_is_closed_at_once_when_it_is_closed_again(
    window: MainWindow,
    make_pictures: MakePictures,
    tmp_path: Path,
    go_on_writing: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(main_window, "CLOSING_S", 0.01)
    export_and_close(window, make_pictures, tmp_path / "out.csv")
    window.close()
    assert not window.isVisible()
    assert not window.all_ended


def test_a_window_that_waits_for_an_export_can_stay_open(
    window: MainWindow,
    make_pictures: MakePictures,
    tmp_path: Path,
    go_on_writing: threading.Event,
    qtbot: QtBot,
) -> None:
    export_and_close(window, make_pictures, tmp_path / "out.csv")
    qtbot.mouseClick(window.messages._action, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.exporter.written):
        go_on_writing.set()
    QApplication.processEvents()
    assert window.isVisible()
    assert "closes when" not in window.messages.text


def test_a_window_stays_to_say_that_the_export_it_waited_for_has_failed(
    window: MainWindow,
    make_pictures: MakePictures,
    tmp_path: Path,
    go_on_writing: threading.Event,
    qtbot: QtBot,
) -> None:
    export_and_close(window, make_pictures, tmp_path / "nowhere" / "out.csv")
    with qtbot.waitSignal(window.exporter.problem):
        go_on_writing.set()
    QApplication.processEvents()
    assert window.isVisible()
    assert "nowhere" in window.messages.text


def test_what_a_cancelled_run_goes_on_preparing_is_noticed(
    window: MainWindow, drive_answers: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "CLOSING_S", 0.01)
    threads.start(drive_answers.wait, "prepare")
    window.close()
    assert not window.all_ended


def test_a_window_at_rest_closes_with_nothing_left(window: MainWindow) -> None:
    window.close()
    assert window.all_ended


# -- folders that cannot be looked into


def test_folders_left_out_are_told_in_one_sentence(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [str(make_pictures(f"insects/{name}", 1)) for name in ("ants", "bees", "cicadas")]
    folder, entries = make_pictures("insects/wasps", 2).parent, os.listdir

    def refuse(path: str) -> list[str]:
        if path in closed:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return entries(path)

    monkeypatch.setattr(os, "listdir", refuse)
    with qtbot.waitSignal(window.importer.added):
        window.importer.add_classes([folder])
    assert {row.name: row.count for row in window.hub.queries.classes} == {"wasps": 2}
    assert window.messages.text == f"3 folders were left out, among them {closed[0]}: Permission denied."
    window.messages.dismiss()
    assert window.messages.text == ""


@pytest.fixture
def unplugged(window: MainWindow, make_pictures: MakePictures, qtbot: QtBot) -> Path:
    """Where the drive of all pictures was, whose absence is told of each (1 and 2 of a class, 3 to 6 not).

    Renaming `away` beside it plugs it in again.
    """
    make_pictures("ants", 1)
    make_pictures("bees", 1)
    folder = make_pictures("new", 4)
    drive = folder.parent
    drive.rename(drive.with_name("away"))
    window.hub.commands.apply(AddClassFolders({"ant": [drive / "ants/1.png"], "bee": [drive / "bees/1.png"]}))
    window.hub.commands.apply(AddPictures([folder / f"{number}.png" for number in range(1, 5)]))
    thumbnails = window.pictures.thumbnails
    qtbot.waitUntil(lambda: all(thumbnails.error(number) for number in range(1, 7)))
    return drive


def has_thumbnail(window: MainWindow, picture_id: int) -> bool:
    return window.pictures.thumbnails.image(picture_id, window.hub.queries.path(picture_id)) is not None


def test_pictures_of_a_drive_that_is_there_again_are_seen_once_they_are_looked_for(
    window: MainWindow, unplugged: Path, qtbot: QtBot
) -> None:
    unplugged.with_name("away").rename(unplugged)
    window.actions_.locate.trigger()
    qtbot.waitUntil(lambda: all(has_thumbnail(window, number) for number in range(1, 7)))
    assert window.messages.text == "No picture is missing."


def test_locating_does_not_retry_pictures_that_are_still_missing(
    window: MainWindow, unplugged: Path, qtbot: QtBot
) -> None:
    window.actions_.locate.trigger()
    qtbot.waitUntil(lambda: "6 pictures are missing" in window.messages.text)
    assert window.pictures.thumbnails.failed_among(window.hub.queries.picture_ids) == [1, 2, 3, 4, 5, 6]


def test_pictures_that_a_run_could_read_are_seen(window: MainWindow, unplugged: Path, qtbot: QtBot) -> None:
    unplugged.with_name("away").rename(unplugged)
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    qtbot.waitUntil(lambda: all(has_thumbnail(window, number) for number in range(3, 7)))


def test_pictures_that_a_run_could_not_read_are_not_tried_again(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("ants", 2)
    window.hub.commands.apply(AddClassFolders({"ant": [folder / "1.png"], "bee": [folder / "2.png"]}))
    window.hub.commands.apply(AddPictures([folder / "broken.png"]))
    thumbnails = window.pictures.thumbnails
    qtbot.waitUntil(lambda: thumbnails.error(3) is not None)
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    assert thumbnails.error(3) is not None
