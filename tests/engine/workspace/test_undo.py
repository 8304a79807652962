"""Undo and redo: one gesture, one step, also after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.messages import Message
from engine.workspace import Initiator, Workspace, undo_log
from engine.workspace.commands import (
    AddPictures,
    LabelPictures,
    RelocatePictures,
    RemoveClass,
    RemovePictures,
    RenameClass,
)
from engine.workspace.rows import UNKNOWN
from tests.engine.workspace.conftest import predict


def test_undo_and_redo_say_what_they_changed(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1, 2], 1))
    done = furnished.apply(LabelPictures([2, 3], 2))
    assert str(furnished.undo_title) == "Label 2 pictures"
    assert done.initiator is Initiator.GESTURE
    assert furnished.undo() == replace(done, initiator=Initiator.UNDO)
    assert furnished.labels() == {1: 1, 2: 1}
    assert furnished.redo() == replace(done, initiator=Initiator.REDO)
    assert furnished.labels() == {1: 1, 2: 2, 3: 2}


def test_there_is_an_end_to_undoing_and_redoing(furnished: Workspace) -> None:
    while furnished.undo():
        pass
    assert furnished.undo_title is None
    assert furnished.classes() == []
    assert furnished.picture_ids().size == 0
    while furnished.redo():
        pass
    assert furnished.redo_title is None
    assert len(furnished.classes()) == 3
    assert furnished.picture_ids().size == 6


def test_a_new_gesture_ends_what_could_be_redone(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.undo()
    furnished.apply(LabelPictures([2], 2))
    assert furnished.redo() is None
    assert furnished.labels() == {2: 2}


def test_what_cannot_be_redone_is_deleted_with_the_next_gestures(
    furnished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left() -> int:
        """Rows of steps that are undone."""
        count = "SELECT count(*) FROM label_log JOIN step ON step.id = step WHERE undone"
        return int(furnished._db.execute(count).fetchone()[0])

    monkeypatch.setattr(undo_log, "_FORGET_AT_ONCE", 4)
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([1, 2, 3, 4, 5, 6], 2))
    furnished.apply(LabelPictures([1, 2], 1))
    furnished.undo()
    furnished.undo()
    begun = left()
    rest = []
    for number in range(5):
        furnished.apply(RenameClass(1, f"ant {number}"))
        assert furnished.redo_title is None
        rest.append(left())
    assert rest[0] < begun
    assert rest[1] < rest[0]
    assert rest[-1] == 0
    assert furnished._db.execute("SELECT count(*) FROM step WHERE undone").fetchone()[0] == 0
    assert [str(event.gesture) for event in furnished.history(1)] == ["Label 1 picture"]
    for _ in range(6):
        furnished.undo()
    assert furnished.labels() == {}


def test_undo_brings_back_a_class_with_its_labels(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1, 2], 1))
    before = furnished.classes()
    furnished.apply(RemoveClass(1))
    furnished.undo()
    assert furnished.classes() == before
    assert furnished.labels() == {1: 1, 2: 1}


def test_undo_brings_back_pictures_with_their_labels_and_predictions(furnished: Workspace) -> None:
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    furnished.save_predictions(run, np.array([1, 4]), np.array([[0.9, 0.1], [0.2, 0.8]], np.float32))
    furnished.apply(LabelPictures([1, 2], 1))
    furnished.apply(RemovePictures([1, 2, 4]))
    assert furnished.predictions(run).picture_ids.size == 0
    furnished.undo()
    assert furnished.labels() == {1: 1, 2: 1}
    assert furnished.predictions(run).picture_ids.tolist() == [1, 4]


def test_the_history_survives_a_restart(project: Path, furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([1], 2))
    furnished.undo()
    furnished.close()
    with Workspace.open(project) as reopened:
        assert (str(reopened.undo_title), str(reopened.redo_title)) == ("Label 1 picture", "Label 1 picture")
        reopened.redo()
        assert reopened.labels() == {1: 2}
        reopened.undo()
        reopened.undo()
        assert reopened.labels() == {}


def test_a_runs_findings_are_not_undone(furnished: Workspace) -> None:
    furnished.apply(RenameClass(1, "wasp"))
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    predict(furnished, run)
    furnished.save_unreadable([3], [Message("truncated")])
    furnished.finish_run(run, "finished")
    furnished.undo()
    assert furnished.classes()[0].name == "ant"
    assert furnished.pictures([3])[0].error == Message("truncated")
    assert [row.status for row in furnished.effective_runs()] == ["finished"]


def test_pictures_that_are_added_again_by_redo_are_as_unreadable_as_they_were(
    furnished: Workspace,
) -> None:
    furnished.save_unreadable([2, 3], [Message("truncated"), Message("not a picture")])
    furnished.undo()
    assert furnished.unreadable() == {}
    furnished.redo()
    assert furnished.unreadable() == {2: Message("truncated"), 3: Message("not a picture")}


def test_a_picture_found_unreadable_between_undo_and_redo_stays_unreadable(
    furnished: Workspace,
) -> None:
    furnished.save_unreadable([2, 3], [Message("truncated"), Message("not a picture")])
    furnished.apply(RemovePictures([2, 3, 4]))
    furnished.undo()
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    furnished.save_unreadable([3, 4], [Message("gone"), Message("gone")])
    furnished.finish_run(run, "finished")
    furnished.redo()
    furnished.undo()
    assert furnished.unreadable() == {3: Message("gone"), 4: Message("gone")}


def test_what_is_found_unreadable_at_a_new_place_is_so_again_when_the_move_is_redone(
    furnished: Workspace, tmp_path: Path
) -> None:
    furnished.save_unreadable([2, 3], [Message("gone"), Message("gone")])
    furnished.apply(RelocatePictures({2: tmp_path / "new" / "b.jpg", 3: tmp_path / "new" / "c.jpg"}))
    furnished.save_unreadable([3], [Message("truncated")])
    furnished.undo()
    assert furnished.unreadable() == {2: Message("gone"), 3: Message("gone")}
    furnished.redo()
    assert furnished.unreadable() == {3: Message("truncated")}


def test_ids_of_undone_pictures_are_not_given_to_others(furnished: Workspace, tmp_path: Path) -> None:
    furnished.apply(AddPictures([tmp_path / "x.jpg"]))
    furnished.undo()
    changed = furnished.apply(AddPictures([tmp_path / "y.jpg"]))
    assert changed.pictures == {8}


def test_old_steps_leave_the_log(furnished: Workspace) -> None:
    for number in range(undo_log.MAX_STEPS + 5):
        furnished.apply(LabelPictures([1], number % 2 + 1))
    undone = 0
    while furnished.undo():
        undone += 1
    assert undone == undo_log.MAX_STEPS
    assert furnished.picture_ids().size == 6


def test_each_gesture_deletes_some_log_rows_of_a_large_gesture_too_old_to_undo(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left() -> int:
        """Rows of pictures."""
        return int(workspace._db.execute("SELECT count(*) FROM picture_log").fetchone()[0])

    monkeypatch.setattr(undo_log, "_FORGET_AT_ONCE", 4)
    monkeypatch.setattr(undo_log, "MAX_STEPS", 2)
    workspace.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(10)]))
    rest = []
    for number in range(6):
        workspace.apply(LabelPictures([1], None if number % 2 else UNKNOWN))
        rest.append(left())
    assert rest == [10, 6, 2, 0, 0, 0]


def test_a_gesture_of_which_only_some_rows_have_left_the_log_is_not_undone(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_log, "_FORGET_AT_ONCE", 4)
    monkeypatch.setattr(undo_log, "MAX_STEPS", 1)
    workspace.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(10)]))
    workspace.apply(LabelPictures([1], UNKNOWN))
    workspace.undo()
    assert (workspace.undo_title, workspace.undo()) == (None, None)
    assert workspace.picture_ids().size == 10
    workspace.redo()
    assert workspace.labels() == {1: UNKNOWN}
