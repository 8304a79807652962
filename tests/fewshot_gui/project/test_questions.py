"""Questions about the pictures: one at a time, without holding the window, nothing read twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.review.questions import EmbeddingIndex, EmbedOnly
from engine.workspace import Workspace
from engine.workspace.commands import AddPictures, RemovePictures
from fewshot_gui.engine_link.kinds import QUESTION
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.scripted_engine import ScriptedEngine


def asked_of(engine: ScriptedEngine) -> list[tuple[list[int], EmbeddingIndex | None]]:
    return [(pictures.picture_ids.tolist(), pictures.known) for pictures, _ in engine.questions]


def add(window: MainWindow, folder: Path) -> None:
    assert window.hub.commands.apply(AddPictures(sorted(folder.iterdir())))


@pytest.fixture
def five(window: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    """The window with five pictures."""
    add(window, make_pictures("ants", 5))
    return window


def test_a_question_carries_every_picture_and_the_choices_of_the_run_bar(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine
) -> None:
    five.choices.backbone.choose("conv4")
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    pictures, question = engine.questions[0]
    assert question == EmbedOnly()
    assert pictures.picture_ids.tolist() == [1, 2, 3, 4, 5]
    assert [Path(path.decode()).name for path in pictures.paths] == [f"{n}.png" for n in range(1, 6)]
    assert (pictures.backbone, pictures.device) == ("conv4", "auto")


def test_the_next_question_knows_what_the_one_before_found(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine
) -> None:
    first, second = five.questions.ask(EmbedOnly()), five.questions.ask(EmbedOnly())
    with qtbot.waitSignals([first.answered, second.answered]):
        pass
    (_, nothing), (_, known) = asked_of(engine)
    assert nothing is None
    assert known is not None
    assert known.picture_ids.tolist() == [1, 2, 3, 4, 5]


def test_pictures_that_come_and_go_are_asked_about_from_then_on(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine
) -> None:
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    five.hub.commands.apply(RemovePictures([2]))
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    assert [ids for ids, _ in asked_of(engine)] == [[1, 2, 3, 4, 5], [1, 3, 4, 5]]


def test_what_could_not_be_read_is_looked_at_anew_when_pictures_changed(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine, make_pictures: Callable[..., Path]
) -> None:
    add(five, make_pictures("broken", 1))
    for _ in range(2):
        with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
            pass
    five.hub.commands.undo()
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    known = [embedding_index for _, embedding_index in asked_of(engine)]
    assert known[1] is not None
    assert known[1].unreadable == {6: Message("truncated")}
    assert known[2] is not None
    assert known[2].unreadable == {}


def test_escape_cancels_all_questions_and_the_progress_goes(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    first, second = five.questions.ask(EmbedOnly()), five.questions.ask(EmbedOnly())
    qtbot.waitUntil(five.status.bar.isVisible)
    assert "Looking at the pictures" in five.status.hint.text()
    with qtbot.waitSignals([first.cancelled, second.cancelled]):
        QTest.keyClick(five, Qt.Key.Key_Escape)
    assert not five.status.bar.isVisible()
    assert not five.actions_.cancel.isVisible()
    assert not five.tasks.is_running(QUESTION)


def test_a_window_can_be_closed_while_a_question_waits(five: MainWindow) -> None:
    five.questions.ask(EmbedOnly())
    assert five.tasks.is_running(QUESTION)
    five.close()
    QApplication.processEvents()
    assert not five.tasks.is_running(QUESTION)


def test_a_question_that_fails_makes_way_for_the_next(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine
) -> None:
    engine.error = FewshotError("The disk is gone.")
    first, second = five.questions.ask(EmbedOnly()), five.questions.ask(EmbedOnly())
    with qtbot.waitSignals([first.failed, second.failed]):
        pass
    assert not five.tasks.is_running(QUESTION)


def test_another_project_begins_with_no_questions_and_no_embeddings(
    qtbot: QtBot, five: MainWindow, engine: ScriptedEngine, tmp_path: Path, make_pictures: Callable[..., Path]
) -> None:
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    waiting = five.questions.ask(EmbedOnly())
    with qtbot.waitSignal(waiting.cancelled):
        five.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert "no pictures" in five.questions.unavailable_reason
    add(five, make_pictures("bees", 2))
    with qtbot.waitSignal(five.questions.ask(EmbedOnly()).answered):
        pass
    assert asked_of(engine)[-1] == ([1, 2], None)
