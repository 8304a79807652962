"""A picture whose file was replaced while it is in the project: noticed by the next run, and told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolBar
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.images import content_hash, find_pictures
from engine.messages import Message
from engine.review.questions import EmbedOnly, PictureSet
from engine.runs.events import Cancelled, Event, FilesRead, Finished, Predictions, RunRequest, Started
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.engine_link.bridge import EngineEvent
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from tests.fewshot_gui.scripted_engine import DEVICE, ScriptedEngine, probabilities

MakePictures = Callable[..., Path]
_LEFT = Qt.MouseButton.LeftButton
NEW = [5, 6, 7]


def files_read(run_id: int, rows: Sequence[tuple[int, Path]]) -> FilesRead:
    states = [path.stat() for _, path in rows]
    return FilesRead(
        run_id,
        np.array([picture_id for picture_id, _ in rows], np.int64),
        np.array([state.st_size for state in states], np.int64),
        np.array([state.st_mtime_ns for state in states], np.int64),
        np.array([list(content_hash(path.read_bytes())) for _, path in rows], np.uint8),
    )


def read_and_classify(request: RunRequest) -> Iterator[Event]:
    """Tells in two batches what it read, like the real engine."""
    run, queries = request.run_id, list(request.queries)
    yield Started(run, Message(DEVICE), request.class_names)
    yield files_read(run, [(row.picture_id, row.path) for row in request.examples])
    yield files_read(run, [(row.picture_id, row.path) for row in queries])
    ids = np.array([row.picture_id for row in queries], np.int64)
    yield Predictions(run, ids, probabilities(np.zeros(len(ids), np.int64), len(request.class_names)))
    yield Finished(run, 0.5, len(ids), 0, len(ids), 0, 1.0)


@pytest.fixture
def reading_window(window: MainWindow, engine: ScriptedEngine, make_pictures: MakePictures) -> MainWindow:
    """Two ants, two bees and three pictures to label."""
    engine.script = read_and_classify
    folders = {name: list(find_pictures([make_pictures(name, 2)])) for name in ("ants", "bees")}
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures(list(find_pictures([make_pictures("new", 3)]))))
    return window


def run(window: MainWindow, qtbot: QtBot) -> None:
    button = window.findChild(QToolBar).widgetForAction(window.actions_.run)
    with qtbot.waitSignal(window.runs.ended):
        qtbot.mouseClick(button, _LEFT)


def replace_file(window: MainWindow, picture_id: int) -> None:
    Image.new("RGB", (31, 17), "crimson").save(window.hub.queries.path(picture_id))


def known_of(window: MainWindow) -> dict[int, tuple[int | None, int | None, bytes | None]]:
    return {
        row.id: (row.size, row.mtime_ns, row.content)
        for row in window.hub.queries.pictures(window.hub.queries.picture_ids)
    }


def test_a_run_leaves_the_contents_of_the_files_in_the_project(
    reading_window: MainWindow, qtbot: QtBot
) -> None:
    before = reading_window.hub.commands.undo_title
    run(reading_window, qtbot)
    assert known_of(reading_window) == {
        row.id: (row.path.stat().st_size, row.path.stat().st_mtime_ns, content_hash(row.path.read_bytes()))
        for row in reading_window.hub.queries.pictures(reading_window.hub.queries.picture_ids)
    }
    assert reading_window.hub.commands.undo_title == before, "it is no gesture"
    assert reading_window.messages.text == ""


def test_labelled_pictures_that_were_replaced_are_told_and_can_be_looked_at(
    reading_window: MainWindow, qtbot: QtBot
) -> None:
    window = reading_window
    run(window, qtbot)
    for picture_id in (1, 4, 6):
        replace_file(window, picture_id)
    run(window, qtbot)
    assert window.messages.text == (
        "2 labelled pictures are different files now than when they were last read:"
        " see whether their labels still fit."
    )
    qtbot.mouseClick(window.messages._action, _LEFT)
    assert window.pictures.tabs.chosen is Show.COMPARED
    place = window.pictures.tabs.place_of(Show.COMPARED)
    assert window.pictures.tabs.tabText(place) == "Replaced files (2)"
    assert window.pictures.model.ids.tolist() == [1, 4]
    run(window, qtbot)
    assert window.messages.text == "", "it is told once"


def test_what_was_told_stays_until_it_is_looked_at_or_dismissed(
    reading_window: MainWindow, qtbot: QtBot
) -> None:
    window, messages = reading_window, reading_window.messages
    run(window, qtbot)
    replace_file(window, 1)
    messages.warn("The last run had its troubles.")
    run(window, qtbot)
    run(window, qtbot)
    assert messages.text.startswith("1 labelled picture is a different file now")
    assert messages._others.isHidden(), "of the run before, no more is said"
    replace_file(window, 4)
    run(window, qtbot)
    assert messages.text.startswith("2 labelled pictures")
    qtbot.mouseClick(messages._close, _LEFT)
    assert messages.text == ""
    replace_file(window, 2)
    run(window, qtbot)
    assert messages.text.startswith("1 labelled picture is a different file now")
    qtbot.mouseClick(messages._action, _LEFT)
    assert window.pictures.model.ids.tolist() == [2]
    assert messages.isHidden()


def test_one_replaced_picture_is_told_in_the_singular_and_of_its_project_only(
    reading_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    run(reading_window, qtbot)
    replace_file(reading_window, 2)
    run(reading_window, qtbot)
    assert reading_window.messages.text.startswith("1 labelled picture is a different file now")
    reading_window.hub.switch_to(Workspace.create(tmp_path / "another.fewshot"))
    assert reading_window.messages.text == "", "another project has other pictures"


def test_a_replaced_picture_without_a_label_is_looked_at_anew_and_no_more(
    reading_window: MainWindow, qtbot: QtBot
) -> None:
    window = reading_window
    thumbnails, picture_id = window.pictures.thumbnails, NEW[0]
    path = window.hub.queries.path(picture_id)
    run(window, qtbot)
    qtbot.waitUntil(lambda: thumbnails.image(picture_id, path) is not None)
    replace_file(window, picture_id)
    run(window, qtbot)
    assert window.messages.text == ""
    assert known_of(window)[picture_id][2] == content_hash(path.read_bytes())

    def is_shown_as_it_is_now() -> bool:
        image = thumbnails.image(picture_id, path)
        return image is not None and image.pixelColor(3, 3) == QColor("crimson")

    qtbot.waitUntil(is_shown_as_it_is_now)


def test_what_a_cancelled_run_has_read_counts_too(
    reading_window: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    def cut_off(request: RunRequest) -> Iterator[Event]:
        for event in read_and_classify(request):
            if isinstance(event, Predictions):
                yield Cancelled(request.run_id, 0.1)
                return
            yield event

    run(reading_window, qtbot)
    replace_file(reading_window, 3)
    engine.script = cut_off
    run(reading_window, qtbot)
    assert reading_window.messages.text.startswith("1 labelled picture is a different file now")


def ask(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.questions.ask(EmbedOnly()).answered):
        pass


def test_a_question_that_has_to_read_pictures_notices_it_too(
    reading_window: MainWindow, engine: ScriptedEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, answer = reading_window, engine.answer

    def read_and_answer(run_id: int, pictures: PictureSet, *rest: Any) -> Iterator[EngineEvent]:
        paths = [Path(os.fsdecode(path)) for path in pictures.paths]
        yield files_read(run_id, list(zip(pictures.picture_ids.tolist(), paths, strict=True)))
        yield from answer(run_id, pictures, *rest)

    monkeypatch.setattr(engine, "answer", read_and_answer)
    ask(window, qtbot)
    assert window.messages.text == ""
    replace_file(window, 4)
    ask(window, qtbot)
    assert window.messages.text.startswith("1 labelled picture is a different file now")
    assert known_of(window)[4][2] == content_hash(window.hub.queries.path(4).read_bytes())


def test_questions_look_anew_at_what_a_run_found_replaced(
    reading_window: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    run(reading_window, qtbot)
    for replaced in (None, None, 6):
        if replaced is not None:
            replace_file(reading_window, replaced)
            run(reading_window, qtbot)
        ask(reading_window, qtbot)
    assert [pictures.known is None for pictures, _ in engine.questions] == [True, False, True]


def test_a_run_goes_on_although_the_contents_cannot_be_kept(
    reading_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise FewshotError("The disk is full.")

    monkeypatch.setattr(Workspace, "save_files", full)
    run(reading_window, qtbot)
    assert reading_window.messages.text == "The disk is full."
    assert reading_window.hub.queries.predicted_count == len(NEW)
