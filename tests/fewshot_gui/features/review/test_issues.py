"""Issues: found in the background, dealt with by one key each, and every remedy is one step to undo."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from engine.review.questions import DuplicateGroups, FindDuplicates
from engine.runs.events import DoubtfulLabels, RunRequest
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemoveClass, RemovePictures
from fewshot_gui.engine_link.kinds import GESTURE, QUESTION
from fewshot_gui.features.review import doubts, issues
from fewshot_gui.features.review.issue_model import FACTS
from fewshot_gui.features.review.issue_pane import IssuePane
from fewshot_gui.features.review.reviewer import issue_kinds
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Order, Show
from tests.fewshot_gui.scripted_engine import ScriptedEngine

ANT, BEE = 1, 2
KINDS = [kind.__name__ for kind in issue_kinds()]
WRONG_LABELS, DUPLICATES, UNREADABLE, SCARCE, ALIKE = map(
    KINDS.index, ("WrongLabels", "Duplicates", "PicturesUnreadable", "ScarceClasses", "AlikeNames")
)


@pytest.fixture
def full(window: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    """Ants (ids 1-6) and bees (7-12) with labels, and the pictures 13-18 without."""
    for name, folder in (("ant", "ants"), ("bee", "bees")):
        window.hub.commands.apply(AddClass(name))
        row = window.hub.queries.class_named(name)
        assert row is not None
        window.hub.commands.apply(AddPictures(sorted(make_pictures(folder, 6).iterdir()), row.id))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 6).iterdir())))
    return window


def open_issues(window: MainWindow, kind: int) -> IssuePane:
    """With the mouse, as a person would."""
    tabs, pane = window.pictures.tabs, window.reviewer.pane
    for bar, place in ((tabs, tabs.count() - 1), (pane.tabs, kind)):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    QApplication.sendPostedEvents(pane)
    QApplication.processEvents()
    assert pane.list.hasFocus()
    return pane


def press(
    window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def do_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pictures are very many, and each is a part."""
    monkeypatch.setattr(commands, "_AT_ONCE", 0)
    monkeypatch.setattr(commands, "_PART", 1)
    monkeypatch.setattr(commands, "_PART_REMOVED", 1)


def titles(pane: IssuePane) -> list[str]:
    model = pane.list.model()
    return [model.index(row, 0).data(FACTS).title for row in range(model.rowCount())]


def label_of(window: MainWindow, picture: int) -> int | None:
    return window.hub.queries.class_of(picture)


# --- likely wrong labels ----------------------------------------------------------------------


def doubting(*judgements: tuple[int, int, int]) -> Callable[[RunRequest], DoubtfulLabels]:
    """Doubts (picture, index of its class, index of the suggested one)."""
    pictures, labelled, suggested = (np.array(column, np.int64) for column in zip(*judgements, strict=True))
    share = np.full(len(pictures), 0.04, np.float32)

    def doubts(request: RunRequest) -> DoubtfulLabels:
        narrow = labelled.astype(np.int16), suggested.astype(np.int16)
        return DoubtfulLabels(request.run_id, pictures, *narrow, share, share + 0.9, 12)

    return doubts


@pytest.fixture
def doubted(qtbot: QtBot, full: MainWindow, engine: ScriptedEngine) -> MainWindow:
    """A run has doubts of the pictures 8 and 9, which are labelled bee, and of 2, which is labelled ant."""
    engine.doubts = doubting((8, 1, 0), (2, 0, 1), (9, 1, 0))
    run(qtbot, full)
    return full


def run(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.runs.ended):
        window.runs.run()


def test_before_the_first_run_the_page_says_what_to_do(full: MainWindow) -> None:
    pane = open_issues(full, WRONG_LABELS)
    assert "Press Run" in pane.list.accessibleDescription()


def test_doubtful_labels_are_listed_with_the_worst_first_and_counted(doubted: MainWindow) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    looks_like_ant = "Labelled bee, looks like ant"
    assert titles(pane) == [looks_like_ant, "Labelled ant, looks like bee", looks_like_ant]
    assert pane.tabs.tabText(WRONG_LABELS) == "Likely wrong labels (3)"
    tabs = doubted.pictures.tabs
    counted = [
        int(n) for kind in range(pane.tabs.count()) for n in re.findall(r"\d+", pane.tabs.tabText(kind))
    ]
    assert tabs.tabText(tabs.count() - 1) == f"Issues ({sum(counted)})"
    facts = pane.list.model().index(0, 0).data(FACTS)
    assert facts.classes == ((BEE, "bee 4 %"), (ANT, "ant 94 %"))


def test_return_takes_the_suggestion_goes_on_to_the_next_and_is_undone_by_one_step(
    doubted: MainWindow,
) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_Return)
    assert label_of(doubted, 8) == ANT
    assert pane.list.selected_issues().tolist() == [2]
    press(doubted, Qt.Key.Key_Enter)
    assert label_of(doubted, 2) == BEE
    assert pane.list.selected_issues().tolist() == [9]
    QTest.keyClick(doubted, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert label_of(doubted, 2) == ANT
    assert len(titles(pane)) == 2


def test_all_suggestions_are_taken_in_one_gesture(doubted: MainWindow) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(doubted, Qt.Key.Key_Return)
    assert [label_of(doubted, picture) for picture in (8, 2, 9)] == [ANT, BEE, ANT]
    assert titles(pane) == []
    assert doubted.hub.commands.undo_title == "Label 3 pictures"
    assert "judged 12 examples" in pane.list.accessibleDescription()
    doubted.hub.commands.undo()
    assert len(titles(pane)) == 3


def test_very_many_suggestions_are_taken_part_by_part_and_are_one_step_to_undo(
    qtbot: QtBot, doubted: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_in_parts(monkeypatch)
    pane = open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(doubted, Qt.Key.Key_Return)
    assert doubted.tasks.is_running(GESTURE)
    qtbot.waitUntil(lambda: not doubted.tasks.is_running(GESTURE))
    assert [label_of(doubted, picture) for picture in (8, 2, 9)] == [ANT, BEE, ANT]
    assert titles(pane) == []
    doubted.hub.commands.undo()
    assert len(titles(pane)) == 3


def test_k_keeps_the_label_for_good_unless_it_is_brought_back(
    qtbot: QtBot, doubted: MainWindow, engine: ScriptedEngine
) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_K)
    assert label_of(doubted, 8) == BEE
    assert pane.list.selected_issues().tolist() == [2]
    run(qtbot, doubted)
    assert len(titles(pane)) == 2
    engine.doubts = doubting((8, 1, 0))
    run(qtbot, doubted)
    assert titles(pane) == []
    assert pane.restore_dismissed.text() == "Show 1 dismissed again"
    QTest.mouseClick(pane.restore_dismissed, Qt.MouseButton.LeftButton)
    assert len(titles(pane)) == 1
    assert not pane.restore_dismissed.isVisible()


def test_an_issue_goes_when_the_label_changes_in_another_way(doubted: MainWindow) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    doubted.hub.commands.apply(LabelPictures([9], None))
    doubted.hub.commands.apply(RemovePictures([8]))
    assert titles(pane) == ["Labelled ant, looks like bee"]


def test_a_suggested_class_that_is_removed_is_no_longer_suggested(doubted: MainWindow) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    doubted.hub.commands.apply(RemoveClass(ANT))
    assert titles(pane) == []


def reopened(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The next start of the program with the same project."""
    window.close()
    again = MainWindow(ProjectHub(Workspace.open(window.hub.file)), ScriptedEngine)
    qtbot.addWidget(again)
    with qtbot.waitActive(again):
        again.show()
        again.activateWindow()
    return again


def test_the_next_start_lists_the_same_doubtful_labels_and_their_remedies_work(
    qtbot: QtBot, doubted: MainWindow
) -> None:
    before = titles(open_issues(doubted, WRONG_LABELS))
    again = reopened(qtbot, doubted)
    pane = open_issues(again, WRONG_LABELS)
    assert titles(pane) == before
    assert pane.tabs.tabText(WRONG_LABELS) == "Likely wrong labels (3)"
    assert pane.list.model().index(0, 0).data(FACTS).classes == ((BEE, "bee 4 %"), (ANT, "ant 94 %"))
    press(again, Qt.Key.Key_Return)
    assert label_of(again, 8) == ANT
    [history] = [event for event in again.hub.queries.history(8) if event.class_name == "ant"]
    assert history.run_id == again.hub.queries.run_id
    again.close()


def test_a_label_that_was_changed_or_kept_is_not_doubted_again_at_the_next_start(
    qtbot: QtBot, doubted: MainWindow
) -> None:
    open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_Return)
    press(doubted, Qt.Key.Key_K)
    again = reopened(qtbot, doubted)
    pane = open_issues(again, WRONG_LABELS)
    assert pane.kind.found.tolist() == [9]
    QTest.mouseClick(pane.restore_dismissed, Qt.MouseButton.LeftButton)
    assert pane.kind.found.tolist() == [2, 9]
    third = reopened(qtbot, again)
    assert open_issues(third, WRONG_LABELS).kind.found.tolist() == [2, 9]
    third.close()


def test_another_project_and_back_has_its_doubts_again(
    qtbot: QtBot, doubted: MainWindow, tmp_path: Path
) -> None:
    pane, first = open_issues(doubted, WRONG_LABELS), doubted.hub.file
    doubted.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert pane.tabs.tabText(WRONG_LABELS) == "Likely wrong labels"
    with qtbot.waitSignal(doubted.hub.opened):
        doubted.files.open(first)
    assert pane.tabs.tabText(WRONG_LABELS) == "Likely wrong labels (3)"


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"picture_ids": [8]},
        {"own": [0.1, 0.2, 7.0]},
        {"own": [0.1, 0.2, None]},
        {"labels": [[1], [2], [2]]},
        {"labels": [10**30, 2, 2]},
        {"judged": "many"},
        {"kept": [[1, 2]]},
        {"kept": [[10**30, 1, 2]]},
    ],
)
def test_doubts_that_another_program_has_spoilt_are_none(
    qtbot: QtBot, doubted: MainWindow, spoilt: dict[str, object]
) -> None:
    found = doubted.hub.run_store.last_finding("doubtful_labels")
    assert found is not None
    run_id, finding = found
    doubted.hub.run_store.save_finding(run_id, "doubtful_labels", {**finding, **spoilt} if spoilt else {})
    again = reopened(qtbot, doubted)
    assert again.reviewer.pane.tabs.tabText(WRONG_LABELS) == "Likely wrong labels"
    again.close()


def test_of_very_many_doubts_the_project_keeps_the_worst(
    qtbot: QtBot, full: MainWindow, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "_MOST", 2)
    engine.doubts = doubting((8, 1, 0), (2, 0, 1), (9, 1, 0))
    run(qtbot, full)
    again = reopened(qtbot, full)
    assert open_issues(again, WRONG_LABELS).kind.found.tolist() == [8, 2]
    again.close()


# --- near-duplicates --------------------------------------------------------------------------


def duplicates(*groups: Sequence[int]) -> Callable[[object, object], DuplicateGroups]:
    sizes = [len(group) for group in groups]
    identical = np.zeros(len(groups), np.bool_)
    ids = np.array([picture for group in groups for picture in group], np.int64)
    return lambda _pictures, _question: DuplicateGroups(
        ids, np.repeat(np.arange(len(groups)), sizes), identical
    )


@pytest.fixture
def searched(qtbot: QtBot, full: MainWindow, engine: ScriptedEngine) -> MainWindow:
    """Near-duplicates: 13 and 14, which have no labels; 3 and 15; 4 (an ant), 10 (a bee) and 16."""
    engine.answers[FindDuplicates] = duplicates((13, 14), (3, 15), (4, 10, 16))
    search(qtbot, full)
    return full


def search(qtbot: QtBot, window: MainWindow) -> IssuePane:
    pane = open_issues(window, DUPLICATES)
    press(window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: not window.tasks.is_running(QUESTION))
    return pane


def test_groups_with_two_labels_come_first_and_say_so(searched: MainWindow) -> None:
    pane = searched.reviewer.pane
    assert titles(pane) == ["3 pictures nearly alike, different labels", *["2 pictures nearly alike"] * 2]
    assert pane.tabs.tabText(DUPLICATES) == "Near-duplicates (3)"
    facts = pane.list.model().index(0, 0).data(FACTS)
    assert facts.picture_ids == (4, 10, 16)
    assert facts.classes == ((ANT, "ant × 1"), (BEE, "bee × 1"))


def test_return_gives_all_the_label_of_the_first_and_undo_brings_the_group_back(searched: MainWindow) -> None:
    pane = searched.reviewer.pane
    press(searched, Qt.Key.Key_Return)
    assert [label_of(searched, picture) for picture in (4, 10, 16)] == [ANT] * 3
    assert len(titles(pane)) == 2
    searched.hub.commands.undo()
    assert [label_of(searched, picture) for picture in (4, 10, 16)] == [ANT, BEE, None]
    assert len(titles(pane)) == 3


def test_the_first_is_the_earliest_that_has_a_label(searched: MainWindow) -> None:
    searched.hub.commands.apply(LabelPictures([14], BEE))
    model = searched.reviewer.pane.list.model()
    assert [model.index(row, 0).data(FACTS).picture_ids for row in range(3)] == [
        (4, 10, 16),
        (14, 13),
        (3, 15),
    ]


def test_where_none_has_a_label_return_says_what_to_do(searched: MainWindow) -> None:
    press(searched, Qt.Key.Key_Down)
    press(searched, Qt.Key.Key_Return)
    assert "None of these has a label" in searched.status.hint.text()
    assert len(titles(searched.reviewer.pane)) == 3


def test_delete_removes_the_copies_from_the_project_but_not_from_the_disk(searched: MainWindow) -> None:
    paths = [searched.hub.queries.path(picture) for picture in (10, 16)]
    press(searched, Qt.Key.Key_Delete)
    assert searched.hub.queries.has(np.array([4, 10, 16])).tolist() == [True, False, False]
    assert all(path.exists() for path in paths)
    assert len(titles(searched.reviewer.pane)) == 2
    searched.hub.commands.undo()
    assert searched.hub.queries.has(np.array([4, 10, 16])).all()
    assert len(titles(searched.reviewer.pane)) == 3


def test_copies_of_several_groups_are_removed_in_one_gesture(searched: MainWindow) -> None:
    press(searched, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(searched, Qt.Key.Key_Delete)
    assert searched.hub.commands.undo_title == "Remove 4 pictures"
    assert titles(searched.reviewer.pane) == []


def test_very_many_groups_are_labelled_part_by_part_and_come_back_as_one(
    qtbot: QtBot, searched: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_in_parts(monkeypatch)
    pane = open_issues(searched, DUPLICATES)
    before = titles(pane)
    press(searched, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(searched, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not searched.tasks.is_running(GESTURE))
    assert [label_of(searched, picture) for picture in (10, 13, 15, 16)] == [ANT, None, ANT, ANT]
    assert len(titles(pane)) == 1
    searched.hub.commands.undo()
    assert titles(pane) == before


def test_a_group_left_as_it_is_stays_away_also_after_another_search(
    qtbot: QtBot, searched: MainWindow, engine: ScriptedEngine
) -> None:
    pane = searched.reviewer.pane
    press(searched, Qt.Key.Key_K)
    assert len(titles(pane)) == 2
    engine.answers[FindDuplicates] = duplicates((1, 2), (4, 10, 16), (13, 14))
    search(qtbot, searched)
    assert titles(pane) == ["2 pictures nearly alike"] * 2
    searched.hub.commands.apply(LabelPictures([16], BEE))  # not as it was left
    assert len(titles(pane)) == 3


def test_a_group_that_was_left_without_a_removed_copy_stays_away_too(
    qtbot: QtBot, searched: MainWindow, engine: ScriptedEngine
) -> None:
    searched.hub.commands.apply(RemovePictures([16]))
    press(searched, Qt.Key.Key_K)
    assert len(titles(searched.reviewer.pane)) == 2
    engine.answers[FindDuplicates] = duplicates((13, 14), (3, 15), (4, 10))
    search(qtbot, searched)
    assert len(titles(searched.reviewer.pane)) == 2


def test_a_search_says_how_far_it_is_and_escape_cancels_it(
    qtbot: QtBot, full: MainWindow, engine: ScriptedEngine
) -> None:
    engine.hold_answer = True
    pane = open_issues(full, DUPLICATES)
    assert pane.tabs.tabText(DUPLICATES) == "Near-duplicates"  # not that there are none
    assert "Press F" in pane.list.accessibleDescription()
    press(full, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: bool(engine.questions))
    assert full.status.bar.isVisible()
    assert "Looking for near-duplicates" in pane.list.accessibleDescription()
    press(full, Qt.Key.Key_F)  # once is enough
    press(full, Qt.Key.Key_Escape)
    assert not full.tasks.is_running(QUESTION)
    assert "Press F" in pane.list.accessibleDescription()
    qtbot.waitUntil(lambda: not full.bridge._timer.isActive())
    assert len(engine.questions) == 1


def test_a_search_that_fails_says_why(qtbot: QtBot, full: MainWindow, engine: ScriptedEngine) -> None:
    engine.error = FewshotError("The disk is gone.")
    search(qtbot, full)
    assert full.status.hint.text() == "The disk is gone."


def test_a_search_in_an_empty_project_says_that_there_is_nothing(window: MainWindow) -> None:
    open_issues(window, DUPLICATES)
    press(window, Qt.Key.Key_F)
    assert window.status.hint.text() == "There are no pictures yet."


# --- unreadable pictures ----------------------------------------------------------------------


@pytest.fixture
def broken(qtbot: QtBot, full: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    """The pictures 19 and 20 cannot be read, as a run has found."""
    folder = make_pictures("more", 2)
    for number in (1, 2):
        (folder / f"{number}.png").rename(folder / f"broken{number}.png")
    full.hub.commands.apply(AddPictures(sorted(folder.iterdir())))
    run(qtbot, full)
    return full


def test_unreadable_pictures_are_listed_with_the_reason(broken: MainWindow) -> None:
    pane = open_issues(broken, UNREADABLE)
    assert titles(pane) == ["broken1.png: truncated", "broken2.png: truncated"]


def test_delete_removes_an_unreadable_picture_and_undo_brings_it_back(broken: MainWindow) -> None:
    pane = open_issues(broken, UNREADABLE)
    press(broken, Qt.Key.Key_Delete)
    assert titles(pane) == ["broken2.png: truncated"]
    assert not broken.hub.queries.has(np.array([19])).any()
    broken.hub.commands.undo()
    assert broken.hub.queries.has(np.array([19])).all()


def test_l_looks_for_missing_pictures(qtbot: QtBot, broken: MainWindow) -> None:
    broken.hub.queries.path(20).unlink()
    open_issues(broken, UNREADABLE)
    press(broken, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: "1 picture is missing" in broken.messages.text)


def test_unreadable_pictures_that_are_left_stay_away(qtbot: QtBot, broken: MainWindow) -> None:
    pane = open_issues(broken, UNREADABLE)
    press(broken, Qt.Key.Key_K)
    assert titles(pane) == ["broken2.png: truncated"]
    run(qtbot, broken)
    assert titles(pane) == ["broken2.png: truncated"]


def test_a_double_click_opens_the_issue_under_the_mouse(qtbot: QtBot, broken: MainWindow) -> None:
    pane = open_issues(broken, UNREADABLE)
    broken.hub.run_store.save_unreadable([18], [Message("truncated")])
    pane.list.selectAll()
    with qtbot.waitSignal(pane.opened) as opened:
        pane.list.doubleClicked.emit(pane.list.model().index(1, 0))
    assert opened.args == [pane.kind.pictures_of(pane.list.issue_at(1))[0]]
    pane.list.clearSelection()
    with qtbot.waitSignal(pane.opened):
        pane.list.doubleClicked.emit(pane.list.model().index(0, 0))


def test_scroll_position_and_selection_of_the_issues_stay_when_others_are_added(
    qtbot: QtBot, full: MainWindow, tmp_path: Path
) -> None:
    full.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(2000)]))
    ids = full.hub.queries.picture_ids[-2000:].tolist()
    full.hub.run_store.save_unreadable(ids[:-1], [Message("not found")] * 1999)
    issues = open_issues(full, UNREADABLE).list
    bar = issues.verticalScrollBar()
    full.reviewer.pane.list.selectAll()
    qtbot.waitUntil(lambda: bar.maximum() > 1000 * issues.visualRect(issues.model().index(0, 0)).height())
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    full.hub.commands.apply(AddPictures([tmp_path / "unrelated.png"]))
    assert (len(issues.selected_issues()), bar.value()) == (1999, place)
    full.hub.run_store.save_unreadable(ids[-1:], [Message("not found")])
    qtbot.waitUntil(lambda: bar.value() == place)
    assert (issues.model().rowCount(), len(issues.selected_issues())) == (2000, 1999)


def test_a_search_tells_of_unreadable_pictures_too(
    qtbot: QtBot, full: MainWindow, engine: ScriptedEngine, make_pictures: Callable[..., Path]
) -> None:
    full.hub.commands.apply(AddPictures(sorted(make_pictures("broken", 1).iterdir())))
    engine.answers[FindDuplicates] = duplicates((1, 2))
    search(qtbot, full)
    assert full.reviewer.pane.tabs.tabText(UNREADABLE) == "Unreadable (1)"
    assert full.hub.queries.error(19) == "truncated"


# --- classes with too few examples ------------------------------------------------------------


def test_return_shows_what_is_most_likely_of_a_class_with_too_few_examples(
    qtbot: QtBot, full: MainWindow
) -> None:
    full.hub.commands.apply(LabelPictures([8, 9, 10, 11, 12], None))
    run(qtbot, full)
    pane = open_issues(full, SCARCE)
    assert titles(pane) == ["1 example"]
    press(full, Qt.Key.Key_Return)
    assert full.pictures.tabs.chosen is Show.CLASS
    assert full.classes.selected_class == BEE
    assert full.pictures.order_menu.currentData() is Order.MOST_SURE
    first = full.pictures.grid.selected_ids().tolist()
    assert [full.hub.queries.prediction(picture) for picture in first] == [(BEE, pytest.approx(0.9))]


def test_without_predictions_return_says_that_a_run_is_needed(full: MainWindow) -> None:
    full.hub.commands.apply(LabelPictures([8, 9, 10, 11, 12], None))
    pane = open_issues(full, SCARCE)
    press(full, Qt.Key.Key_Return)
    assert "press Run" in full.status.hint.text()
    press(full, Qt.Key.Key_K)
    assert titles(pane) == []
    full.hub.commands.apply(LabelPictures([8], BEE))
    assert titles(pane) == []
    full.hub.commands.apply(LabelPictures([7, 8], None))
    assert titles(pane) == ["0 examples"]


# --- the page ---------------------------------------------------------------------------------


def test_keys_of_the_grid_do_nothing_to_pictures_that_cannot_be_seen(doubted: MainWindow) -> None:
    doubted.pictures.grid.select_ids(np.array([13, 14]))
    pane = open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_1)
    press(doubted, Qt.Key.Key_U)
    press(doubted, Qt.Key.Key_0)
    assert [label_of(doubted, picture) for picture in (13, 14, 8)] == [None, None, BEE]
    assert len(titles(pane)) == 3


def test_the_pictures_of_the_selected_issue_are_shown_on_the_map(doubted: MainWindow) -> None:
    told: list[list[int]] = []
    doubted.pictures.selection_changed.connect(lambda ids: told.append(ids.tolist()))
    open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_Down)
    assert told[-1] == [2]


def test_space_shows_the_picture_among_the_others_too(doubted: MainWindow) -> None:
    open_issues(doubted, WRONG_LABELS)
    press(doubted, Qt.Key.Key_Down)
    press(doubted, Qt.Key.Key_Space)
    assert doubted.pictures.tabs.chosen is Show.ALL
    assert doubted.pictures.grid.selected_ids().tolist() == [2]
    assert not doubted.inspector.is_large


def test_a_double_click_shows_the_picture_among_the_others(doubted: MainWindow) -> None:
    pane = open_issues(doubted, WRONG_LABELS)
    place = pane.list.visualRect(pane.list.model().index(1, 0)).center()
    QTest.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert doubted.pictures.tabs.chosen is Show.ALL
    assert doubted.pictures.grid.selected_ids().tolist() == [2]


def test_another_project_has_issues_of_its_own(searched: MainWindow, tmp_path: Path) -> None:
    searched.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    tabs = searched.pictures.tabs
    assert tabs.tabText(tabs.count() - 1) == "Issues (0)"
    for kind in range(4):
        assert titles(open_issues(searched, kind)) == []


def test_the_keys_of_the_remedies_are_in_the_list_of_shortcuts(full: MainWindow) -> None:
    words = [text for text, _ in full.reviewer.pane.actions_with_keys()]
    assert "Likely wrong labels: Take the suggestion" in words
    assert "Near-duplicates: Remove the copies" in words


def test_a_group_that_came_of_two_left_ones_was_not_left(
    qtbot: QtBot, searched: MainWindow, engine: ScriptedEngine
) -> None:
    press(searched, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(searched, Qt.Key.Key_K)
    assert titles(searched.reviewer.pane) == []
    engine.answers[FindDuplicates] = duplicates((3, 13, 14, 15), (10, 16))
    search(qtbot, searched)
    assert len(titles(searched.reviewer.pane)) == 2  # and the other has lost one
    engine.answers[FindDuplicates] = duplicates((13, 14), (3, 15))
    search(qtbot, searched)
    assert len(titles(searched.reviewer.pane)) == 2  # what was left then was forgotten


def test_a_new_module_is_a_new_kind_of_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nameless.py").write_text(
        "from fewshot_gui.features.review.issues.kind import IssueKind\n"
        "class Nameless(IssueKind):\n"
        "    position = 15\n"
        "ISSUE_KIND = Nameless\n"
    )
    monkeypatch.setattr(issues, "__path__", [*issues.__path__, str(tmp_path)])
    try:
        names = [kind.__name__ for kind in issue_kinds()]
    finally:
        sys.modules.pop("fewshot_gui.features.review.issues.nameless", None)
    assert [name for name in names if name != "Nameless"] == KINDS
    assert WRONG_LABELS < DUPLICATES < UNREADABLE < SCARCE
    assert names.index("WrongLabels") < names.index("Nameless") < names.index("Duplicates")


def test_classes_with_names_alike_are_merged_by_one_key_or_left(full: MainWindow) -> None:
    for name in ("Ant", "ANT "):
        full.hub.commands.apply(AddClass(name))
    full.hub.commands.apply(LabelPictures([7], full.hub.queries.class_named("Ant").id))
    pane = open_issues(full, ALIKE)
    assert titles(pane) == ["“Ant” and “ant”", "“ANT” and “ant”"]
    assert pane.kind.pictures_of(int(pane.kind.found[0])) == (7, 1, 2, 3)
    press(full, Qt.Key.Key_Down)
    press(full, Qt.Key.Key_K)
    assert (titles(pane), pane.kind.dismissed) == (["“Ant” and “ant”"], 1)
    press(full, Qt.Key.Key_Return)
    assert [(row.name, row.count) for row in full.hub.queries.classes] == [("ant", 7), ("bee", 5), ("ANT", 0)]
    press(full, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert full.hub.queries.class_of(7) == full.hub.queries.class_named("Ant").id
