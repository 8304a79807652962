"""The orders that the engine finds: asked for when chosen, kept while labels change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.review.questions import DiverseFirst, PictureSet, Ranking, SimilarFirst
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemovePictures
from fewshot_gui.engine_link.kinds import QUESTION
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Order
from tests.fewshot_gui.gestures import choose_by_keys
from tests.fewshot_gui.scripted_engine import ScriptedEngine

BACKWARDS = np.array([6, 5, 4, 3, 2, 1])


@pytest.fixture
def six(window: MainWindow, make_pictures: Callable[..., Path], engine: ScriptedEngine) -> MainWindow:
    """Six pictures, of which 5 and 2 are the most diverse, and which are the more similar the later."""
    window.hub.commands.apply(AddClass("ant"))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 6).iterdir())))
    engine.answers[DiverseFirst] = lambda _pictures, _question: np.array([5, 2])
    engine.answers[SimilarFirst] = lambda _pictures, _question: Ranking(BACKWARDS, np.zeros(6, np.float32))
    return window


def choose(qtbot: QtBot, window: MainWindow, order: Order) -> None:
    choose_by_keys(window.pictures.order_menu, order)
    qtbot.waitUntil(lambda: not window.tasks.is_running(QUESTION))


def shown(window: MainWindow) -> list[int]:
    return window.pictures.grid.shown_ids().tolist()


def select(window: MainWindow, *ids: int) -> None:
    window.pictures.grid.select_ids(np.array(ids))
    window.pictures.grid.setFocus()


def last_question(engine: ScriptedEngine) -> tuple[PictureSet, DiverseFirst | SimilarFirst]:
    pictures, question = engine.questions[-1]
    assert isinstance(question, DiverseFirst | SimilarFirst)
    return pictures, question


def test_diverse_pictures_come_first_then_the_others_as_they_were_added(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    six.hub.commands.apply(LabelPictures([1], 1))
    choose(qtbot, six, Order.DIVERSE)
    assert shown(six) == [5, 2, 1, 3, 4, 6]
    _, question = last_question(engine)
    assert isinstance(question, DiverseFirst)
    assert question.labelled.tolist() == [1]
    assert "2 pictures unlike each other" in six.status.hint.text()


def test_the_order_stays_while_pictures_are_labelled_removed_and_added(
    qtbot: QtBot, six: MainWindow, make_pictures: Callable[..., Path]
) -> None:
    choose(qtbot, six, Order.DIVERSE)
    six.hub.commands.apply(LabelPictures([5], 1))
    six.hub.commands.apply(RemovePictures([2]))
    six.hub.commands.apply(AddPictures(sorted(make_pictures("more", 1).iterdir())))
    assert shown(six) == [5, 1, 3, 4, 6, 7]


def test_m_sorts_by_similarity_to_the_selection_and_again_to_the_next(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    select(six, 3, 1)
    QTest.keyClick(six.pictures.grid, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: shown(six) == BACKWARDS.tolist())
    assert six.pictures.order_menu.currentData() is Order.SIMILAR
    assert six.pictures.grid.selected_ids().tolist() == [3, 1]
    _, question = last_question(engine)
    assert isinstance(question, SimilarFirst)
    assert question.picture_ids.tolist() == [1, 3]
    engine.answers[SimilarFirst] = lambda *_: Ranking(np.array([4, 1, 2, 3, 5, 6]), np.zeros(6, np.float32))
    select(six, 4)
    QTest.keyClick(six.pictures.grid, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: shown(six) == [4, 1, 2, 3, 5, 6])


def test_with_nothing_selected_the_order_says_what_to_do(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    choose_by_keys(six.pictures.order_menu, Order.SIMILAR)
    assert "Select one or more pictures first" in six.status.hint.text()
    assert shown(six) == [1, 2, 3, 4, 5, 6]
    qtbot.waitUntil(lambda: not six.tasks.is_running(QUESTION))
    assert not any(isinstance(question, SimilarFirst) for _, question in engine.questions)


def test_without_pictures_the_order_says_that_there_are_none(window: MainWindow) -> None:
    choose_by_keys(window.pictures.order_menu, Order.DIVERSE)
    assert window.status.hint.text() == "There are no pictures yet."


def test_until_the_answer_is_there_the_pictures_stay_and_escape_cancels(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    choose_by_keys(six.pictures.order_menu, Order.DIVERSE)
    qtbot.waitUntil(six.status.bar.isVisible)
    assert shown(six) == [1, 2, 3, 4, 5, 6]
    QTest.keyClick(six, Qt.Key.Key_Escape)
    assert not six.tasks.is_running(QUESTION)
    qtbot.waitUntil(lambda: not six.bridge._timer.isActive())
    assert shown(six) == [1, 2, 3, 4, 5, 6]


def test_escape_and_a_refused_m_return_the_menu_to_the_order_in_force(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    choose_by_keys(six.pictures.order_menu, Order.NEWEST)
    select(six, 3)
    engine.hold_answer = True
    QTest.keyClick(six.pictures.grid, Qt.Key.Key_M)
    qtbot.waitUntil(six.status.bar.isVisible)
    QTest.keyClick(six, Qt.Key.Key_Escape)
    assert six.pictures.order_menu.currentData() is Order.NEWEST
    assert shown(six) == [6, 5, 4, 3, 2, 1]
    engine.hold_answer = False
    qtbot.waitUntil(lambda: not six.bridge._timer.isActive())
    choose(qtbot, six, Order.DIVERSE)
    six.pictures.grid.clearSelection()
    six.actions_.similar.trigger()
    assert six.pictures.order_menu.currentData() is Order.DIVERSE
    assert shown(six) == [5, 2, 1, 3, 4, 6]


def test_one_question_takes_the_place_of_another(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    select(six, 3)
    engine.hold_answer = True
    choose_by_keys(six.pictures.order_menu, Order.DIVERSE)
    engine.hold_answer = False
    choose_by_keys(six.pictures.order_menu, Order.SIMILAR)
    qtbot.waitUntil(lambda: shown(six) == BACKWARDS.tolist())
    assert six.pictures.order_menu.currentData() is Order.SIMILAR


def test_another_order_takes_the_place_of_one_that_is_being_found(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    choose_by_keys(six.pictures.order_menu, Order.DIVERSE)
    choose_by_keys(six.pictures.order_menu, Order.NEWEST)
    assert not six.tasks.is_running(QUESTION)
    assert shown(six) == [6, 5, 4, 3, 2, 1]


def test_an_answer_that_comes_when_another_order_is_shown_changes_nothing(
    qtbot: QtBot, six: MainWindow, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    choose_by_keys(six.pictures.order_menu, Order.DIVERSE)
    six.pictures.order_menu.setCurrentIndex(list(Order).index(Order.NEWEST))  # as the issues do
    six.status.show_hint("Something else.")
    engine.go_on.set()
    qtbot.waitUntil(lambda: not six.tasks.is_running(QUESTION))
    assert shown(six) == [6, 5, 4, 3, 2, 1]
    assert "First come" not in six.status.hint.text()


def test_why_there_is_no_order_is_said(qtbot: QtBot, six: MainWindow, engine: ScriptedEngine) -> None:
    engine.error = FewshotError("The disk is gone.")
    choose(qtbot, six, Order.DIVERSE)
    assert six.status.hint.text() == "The disk is gone."


def test_another_project_is_shown_in_the_order_of_adding(
    qtbot: QtBot, six: MainWindow, tmp_path: Path
) -> None:
    choose(qtbot, six, Order.DIVERSE)
    six.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert six.pictures.order_menu.currentData() is Order.ADDED
