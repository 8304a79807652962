"""A gesture on very many pictures goes on part by part, is one step to undo, and Esc ends it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.workspace import ChangeSet, Workspace
from engine.workspace.commands import (
    AddClass,
    AddPictures,
    LabelByClass,
    LabelPictures,
    RemoveClass,
    RemovePictures,
)
from fewshot_gui.engine_link.kinds import GESTURE, IMPORT
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands
from fewshot_gui.project.picture_columns import Show

ANT, BEE = 1, 2
_CONTROL, _NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def many(
    window: MainWindow, make_pictures: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """Ants and bees, and twenty pictures without a label, of which four are very many and two a part."""
    monkeypatch.setattr(commands, "_AT_ONCE", 3)
    monkeypatch.setattr(commands, "_PART", 2)
    monkeypatch.setattr(commands, "_PART_REMOVED", 2)
    for name in ("ant", "bee"):
        window.hub.commands.apply(AddClass(name))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 20).iterdir())))
    window.pictures.grid.setFocus()
    return window


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    QTest.keyClick(window.pictures.grid, key, modifiers)


def select_all_and_press(window: MainWindow, key: Qt.Key) -> None:
    press(window, Qt.Key.Key_A, _CONTROL)
    press(window, key)


def go_on_to(qtbot: QtBot, window: MainWindow, pictures: int) -> None:
    """Let it go on until it has changed so many pictures."""
    with qtbot.waitSignal(
        window.tasks.shown, check_params_cb=lambda task: task is not None and task.done == pictures
    ):
        pass


def let_it_end(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.tasks.is_running(GESTURE))


def test_a_key_labels_them_part_by_part_and_undo_takes_all_back(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 6)
    assert many.status.hint.text() == "Label 20 pictures: 6 / 20"
    assert (many.status.bar.isVisible(), many.status.bar.value()) == (True, 6)
    assert many.actions_.cancel.isVisible()
    let_it_end(qtbot, many)
    assert many.hub.queries.class_named("ant").count == many.hub.queries.labeled_count == 20
    assert not many.status.bar.isVisible()
    assert not many.actions_.cancel.isVisible()
    press(many, Qt.Key.Key_Z, _CONTROL)
    assert many.hub.queries.labeled_count == 0
    assert many.hub.commands.undo_title == "Add 20 pictures"


def test_escape_ends_it_and_what_is_done_stays_and_is_told(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 8)
    press(many, Qt.Key.Key_Escape)
    assert not many.tasks.is_running(GESTURE)
    assert not many.status.bar.isVisible()
    assert many.hub.queries.labeled_count == 8
    assert many.status.hint.text() == "Label 20 pictures: stopped after 8. Undo takes them back."
    press(many, Qt.Key.Key_Z, _CONTROL)
    assert many.hub.queries.labeled_count == 0


def test_undone_in_its_midst_it_ends(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 8)
    press(many, Qt.Key.Key_Z, _CONTROL)
    assert many.hub.queries.labeled_count == 0
    let_it_end(qtbot, many)
    assert many.hub.queries.labeled_count == 0
    assert many.hub.commands.redo_title == "Label 20 pictures"


def test_a_label_given_meanwhile_stands(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 4)
    last = int(many.hub.queries.picture_ids[-1])
    many.pictures.grid.reveal(last)
    press(many, Qt.Key.Key_2)
    assert many.hub.queries.class_of(last) == BEE
    let_it_end(qtbot, many)
    assert many.hub.queries.class_of(last) == BEE
    assert many.hub.queries.class_named("ant").count == 19


def test_it_ends_where_its_class_is_removed_says_so_and_undo_takes_back_all_of_it(
    many: MainWindow, qtbot: QtBot
) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 8)
    many.classes.list.setFocus()
    QTest.keyClick(many.classes.list, Qt.Key.Key_Delete)
    let_it_end(qtbot, many)
    assert (many.hub.queries.class_named("ant"), many.hub.queries.labeled_count) == (None, 0)
    assert many.status.hint.text() == (
        "Label 20 pictures: stopped after 8, as the class was removed. Undo brings it back with its labels."
    )
    many.actions_.undo.trigger()
    assert many.hub.queries.class_named("ant").count == many.hub.queries.labeled_count == 8
    many.actions_.undo.trigger()
    assert (many.hub.queries.class_named("ant").count, many.hub.commands.undo_title) == (0, "Add 20 pictures")


def test_where_one_of_several_classes_is_removed_the_others_go_on_and_that_is_told(
    many: MainWindow, qtbot: QtBot
) -> None:
    many.hub.commands.apply_to_many(LabelByClass({ANT: list(range(1, 11)), BEE: list(range(11, 21))}))
    go_on_to(qtbot, many, 4)
    many.hub.commands.apply(RemoveClass(ANT))
    let_it_end(qtbot, many)
    assert many.hub.queries.class_named("bee").count == many.hub.queries.labeled_count == 10
    assert many.status.hint.text() == (
        "Label 20 pictures: 14 done. Pictures of a class that was removed meanwhile have no label."
    )
    many.hub.commands.undo()
    assert many.hub.queries.labeled_count == 0
    many.hub.commands.undo()
    assert many.hub.queries.class_named("ant").count == many.hub.queries.labeled_count == 4
    many.hub.commands.undo()
    assert (many.hub.queries.labeled_count, many.hub.commands.undo_title) == (0, "Add 20 pictures")


def test_only_one_goes_on_at_a_time(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 4)
    select_all_and_press(many, Qt.Key.Key_2)
    assert "Wait until the present change has finished" in many.status.hint.text()
    let_it_end(qtbot, many)
    assert many.hub.queries.class_named("ant").count == 20


def test_pictures_are_removed_part_by_part_and_come_back_as_one(many: MainWindow, qtbot: QtBot) -> None:
    ids = many.hub.queries.picture_ids.tolist()
    select_all_and_press(many, Qt.Key.Key_Delete)
    go_on_to(qtbot, many, 10)
    let_it_end(qtbot, many)
    assert many.hub.queries.picture_count == 0
    assert many.welcome.isVisible()
    many.actions_.undo.trigger()
    assert many.hub.queries.picture_ids.tolist() == ids


def test_what_is_gone_is_not_painted_any_more(many: MainWindow, qtbot: QtBot) -> None:
    counts: list[tuple[int, int]] = []

    def paint() -> None:
        many.pictures.grid.viewport().repaint()
        counts.append((len(many.pictures.grid.shown_ids()), many.hub.queries.picture_count))

    many.hub.changed.connect(paint)
    select_all_and_press(many, Qt.Key.Key_Delete)
    let_it_end(qtbot, many)
    assert counts == [(left, left) for left in range(18, -1, -2)]


def test_all_predictions_are_accepted_part_by_part(many: MainWindow, qtbot: QtBot) -> None:
    many.hub.commands.apply(LabelPictures([1], ANT))
    many.hub.commands.apply(LabelPictures([2], BEE))
    with qtbot.waitSignal(many.runs.ended):
        many.runs.run()
    counts = many.hub.queries.counts()
    many.pictures.tabs.choose(Show.TO_REVIEW)
    select_all_and_press(many, Qt.Key.Key_Return)
    go_on_to(qtbot, many, 4)
    let_it_end(qtbot, many)
    assert many.hub.queries.labeled_count == counts[Show.TO_REVIEW] + 2 > 4
    many.hub.commands.undo()
    assert many.hub.queries.counts() == counts


def test_where_the_disk_is_full_it_ends_with_the_reason(
    many: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts = Workspace.apply_in_parts

    def full_soon(*gesture: object) -> Generator[ChangeSet, None, bool]:
        yield next(in_parts(*gesture))  # type: ignore[arg-type]
        raise FewshotError("The disk is full.")

    monkeypatch.setattr(Workspace, "apply_in_parts", full_soon)
    select_all_and_press(many, Qt.Key.Key_1)
    let_it_end(qtbot, many)
    assert many.messages.text == "The disk is full."
    assert many.hub.queries.labeled_count == 2
    assert not many.status.bar.isVisible()


def test_a_window_that_is_closed_meanwhile_keeps_what_is_done(many: MainWindow, qtbot: QtBot) -> None:
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 8)
    many.close()
    with Workspace.open(many.hub.file) as workspace:
        assert len(workspace.labels()) == 8
        workspace.undo()
        assert workspace.labels() == {}


def test_no_other_project_is_opened_meanwhile(many: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "other.fewshot").close()
    select_all_and_press(many, Qt.Key.Key_1)
    go_on_to(qtbot, many, 4)
    assert not many.actions_.open_project.isEnabled()
    many.files.open(tmp_path / "other.fewshot")
    let_it_end(qtbot, many)
    assert (many.hub.file.name, many.hub.queries.labeled_count) == ("project.fewshot", 20)
    assert many.actions_.open_project.isEnabled()


def test_a_few_pictures_are_done_at_once(many: MainWindow) -> None:
    changes = many.hub.commands.apply_to_many(RemovePictures([1, 2, 3]))
    assert changes is not None
    assert many.hub.queries.picture_count == 17
    assert not many.tasks.is_running(GESTURE)


def test_an_import_and_a_long_gesture_come_one_after_the_other(
    many: MainWindow, qtbot: QtBot, make_pictures: Callable[..., Path]
) -> None:
    before = many.hub.queries.picture_count
    many.importer.add_to_label([make_pictures("more", 7)])
    select_all_and_press(many, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: not many.tasks.is_running(GESTURE) and not many.tasks.is_running(IMPORT))
    assert (many.hub.queries.labeled_count, many.hub.queries.picture_count) == (before, before + 7)
    assert many.hub.commands.undo_title == "Add 7 pictures"
    many.hub.commands.undo()
    assert (many.hub.queries.labeled_count, many.hub.queries.picture_count) == (before, before)
    many.hub.commands.undo()
    assert many.hub.queries.labeled_count == 0


def test_no_long_gesture_begins_while_pictures_are_being_added(
    many: MainWindow, qtbot: QtBot, make_pictures: Callable[..., Path]
) -> None:
    before = many.hub.queries.picture_count
    many.importer.add_to_label([make_pictures("more", 7)])
    with qtbot.waitSignal(many.importer.adding):
        pass
    select_all_and_press(many, Qt.Key.Key_1)
    assert not many.tasks.is_running(GESTURE)
    assert "Wait until the present change has finished" in many.status.hint.text()
    qtbot.waitUntil(lambda: not many.tasks.is_running(IMPORT))
    assert (many.hub.queries.labeled_count, many.hub.queries.picture_count) == (0, before + 7)


def test_a_class_of_very_many_pictures_goes_after_them(many: MainWindow, qtbot: QtBot) -> None:
    many.hub.commands.apply(LabelPictures(many.hub.queries.picture_ids.tolist(), ANT))
    many.classes.select(ANT)
    many.classes.list.setFocus()
    QTest.keyClick(many.classes.list, Qt.Key.Key_Delete)
    go_on_to(qtbot, many, 6)
    assert many.status.hint.text() == "Remove class: 6 / 20"
    assert [row.name for row in many.hub.queries.classes] == ["ant", "bee"]
    let_it_end(qtbot, many)
    assert [row.name for row in many.hub.queries.classes] == ["bee"]
    assert many.hub.queries.labeled_count == 0
    press(many, Qt.Key.Key_Z, _CONTROL)
    assert many.hub.queries.class_named("ant").count == 20


def test_escape_leaves_a_class_with_the_pictures_that_still_have_it(many: MainWindow, qtbot: QtBot) -> None:
    many.hub.commands.apply(LabelPictures(many.hub.queries.picture_ids.tolist(), ANT))
    many.classes.select(ANT)
    many.classes.list.setFocus()
    QTest.keyClick(many.classes.list, Qt.Key.Key_Delete)
    go_on_to(qtbot, many, 6)
    press(many, Qt.Key.Key_Escape)
    assert many.hub.queries.class_named("ant").count == 14
    assert many.status.hint.text() == "Remove class: stopped after 6. Undo takes them back."
