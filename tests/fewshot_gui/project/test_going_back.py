"""What was done to very many pictures is undone and redone part by part, while the window goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemovePictures
from fewshot_gui.engine_link.kinds import GESTURE, RESTORE
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import hub as project

COUNT = 7
ALL = list(range(1, COUNT + 1))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pictures are many, and each part is told at once."""
    monkeypatch.setattr(project, "_PART_RESTORED", 2)
    monkeypatch.setattr(project, "_EMIT_EVERY_S", 0.0)
    monkeypatch.setattr(project, "_PAUSES", 0)


@pytest.fixture
def full(window: MainWindow, tmp_path: Path) -> MainWindow:
    """All seven pictures are labelled as ants."""
    window.hub.apply(AddPictures([tmp_path / f"{number}.png" for number in ALL]))
    window.hub.apply(AddClass("ant"))
    window.hub.apply(LabelPictures(ALL, 1))
    return window


def undo(window: MainWindow) -> None:
    window.actions_.undo.trigger()  # a key would let the parts go on at once


def redo(window: MainWindow) -> None:
    window.actions_.redo.trigger()


def test_labels_go_and_come_back_part_by_part(full: MainWindow, qtbot: QtBot) -> None:
    counts: list[int] = []
    full.hub.changed.connect(lambda _changes: counts.append(full.hub.labeled_count))
    undo(full)
    assert full.status.hint.text() == "Undoing or redoing…"
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert counts == [5, 3, 1, 0]
    assert full.status.bar.isHidden()
    assert full.hub.redo_title == "Label 7 pictures"
    redo(full)
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert counts[4:] == [2, 4, 6, 7]
    assert full.hub.undo_title == "Label 7 pictures"


def test_pictures_that_go_part_by_part_are_not_shown_any_more(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_EMIT_EVERY_S", 1000.0)
    full.hub.apply(RemovePictures(ALL))
    undo(full)
    assert len(full.pictures.model.ids) == 2
    qtbot.waitUntil(lambda: full.pictures.model.ids.tolist() == ALL)
    assert full.hub.labeled_count == COUNT
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    shown: list[list[int]] = []
    full.pictures.model.modelReset.connect(lambda: shown.append(full.pictures.model.ids.tolist()))
    redo(full)
    qtbot.waitUntil(lambda: full.hub.picture_count == 0)
    assert [3, 4, 5, 6, 7] in shown
    assert [5, 6, 7] in shown


WAIT = "Wait until undoing or redoing has finished."


def test_a_gesture_meanwhile_has_to_wait_and_all_can_be_had_again(full: MainWindow, qtbot: QtBot) -> None:
    undo(full)
    assert full.hub.apply(LabelPictures([1], 1)) is None
    assert full.status.hint.text() == WAIT
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert full.hub.labeled_count == 0
    redo(full)
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert full.hub.labeled_count == COUNT


def test_a_long_gesture_meanwhile_has_to_wait(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_AT_ONCE", 2)
    undo(full)
    full.hub.apply_to_many(LabelPictures(ALL, 1))
    assert full.status.hint.text() == WAIT
    assert not full.tasks.is_running(GESTURE)
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert full.hub.labeled_count == 0


def test_an_undo_before_the_first_part_of_a_long_gesture_is_not_left_half_way(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.hub.apply(AddClass("bee"))
    full.hub.apply(LabelPictures(ALL, 2))
    monkeypatch.setattr(project, "_AT_ONCE", 2)
    full.hub.apply_to_many(LabelPictures([5, 6, 7], 1))
    undo(full)
    qtbot.waitUntil(lambda: not (full.tasks.is_running(GESTURE) or full.tasks.is_running(RESTORE)))
    assert full.hub.labels_of(full.hub.picture_ids).tolist() == [1] * COUNT


def test_an_import_that_has_found_its_pictures_meanwhile_waits(
    full: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "new.png")
    full.importer.add_to_label([tmp_path / "new.png"])
    assert all(thread.wait(5) for thread in full.tasks.threads())
    undo(full)
    with qtbot.waitSignal(full.importer.added):
        pass
    assert (full.hub.labeled_count, full.hub.picture_count) == (0, COUNT + 1)


def test_while_it_goes_on_it_is_not_begun_again_and_no_other_project_is_opened(
    full: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    undo(full)
    for again in (undo, redo):
        full.status.show_hint("")
        again(full)
        assert full.status.hint.text() == WAIT
    full.files.open(tmp_path / "other.fewshot")
    assert "Wait until the tasks of this project" in full.messages.text
    assert not full.actions_.open_project.isEnabled()
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    assert full.hub.labeled_count == 0
    assert [row.name for row in full.hub.classes] == ["ant"]
    assert full.actions_.open_project.isEnabled()


def test_what_a_closed_window_has_not_undone_can_be_undone_later(full: MainWindow) -> None:
    undo(full)
    full.close()
    with Workspace.open(full.hub.file) as workspace:
        assert sorted(workspace.labels()) == [3, 4, 5, 6, 7]
        assert str(workspace.undo_title) == "Label 7 pictures"


def test_an_undo_that_cannot_be_written_says_so_and_leaves_the_rest(full: MainWindow, qtbot: QtBot) -> None:
    undo(full)
    full.hub._workspace._db.execute("PRAGMA query_only = ON")
    qtbot.waitUntil(lambda: not full.tasks.is_running(RESTORE))
    full.hub._workspace._db.execute("PRAGMA query_only = OFF")
    assert full.messages.text
    assert full.hub.labeled_count == 5
    undo(full)
    qtbot.waitUntil(lambda: full.hub.labeled_count == 0)
