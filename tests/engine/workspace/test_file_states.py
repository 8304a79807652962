"""What the files of pictures hold is noted as a fact: beside the gestures, and whatever becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.images import content_hash
from engine.messages import Message
from engine.workspace import FileFacts, Workspace
from engine.workspace.commands import (
    AddPictures,
    LabelPictures,
    RelocatePictures,
    RemovePictures,
)
from tests.engine.workspace.conftest import missing, note

Facts = tuple[int | None, int | None, bytes | None]


def facts(workspace: Workspace, picture_id: int) -> Facts:
    (row,) = workspace.pictures([picture_id])
    return row.size, row.mtime_ns, row.content


def test_what_was_read_is_known_from_then_on(project: Path, furnished: Workspace) -> None:
    assert facts(furnished, 3) == (None, None, None)
    assert note(furnished, [3, 5], b"three", b"five", mtime_ns=-7) == []
    furnished.close()
    with Workspace.open(project) as reopened:
        assert facts(reopened, 3) == (5, -7, content_hash(b"three"))
        assert facts(reopened, 4) == (None, None, None)
        assert facts(reopened, 5) == (4, -7, content_hash(b"five"))


def test_noting_is_no_gesture(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.undo()
    note(furnished, [1], b"one")
    assert (str(furnished.undo_title), str(furnished.redo_title)) == ("Add 6 pictures", "Label 1 picture")


def test_what_is_read_of_a_picture_that_is_gone_is_passed_over(furnished: Workspace) -> None:
    furnished.apply(RemovePictures([2]))
    assert note(furnished, [2, 3], b"two", b"three") == []
    assert facts(furnished, 3) == (5, 1, content_hash(b"three"))
    furnished.undo()
    assert facts(furnished, 2) == (None, None, None)


# Each leads away from what is known and back again; the last picture is the one that it concerns.
WAYS: dict[str, Callable[[Workspace], object]] = {
    "import": lambda workspace: (workspace.undo(), workspace.redo()),
    "removal": lambda workspace: (workspace.apply(RemovePictures([7])), workspace.undo()),
    "second removal": lambda workspace: (
        workspace.apply(RemovePictures([7])),
        workspace.undo(),
        note(workspace, [7], b"newest", mtime_ns=4),
        workspace.redo(),
        workspace.undo(),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_facts_are_as_new_as_they_were_when_a_picture_comes_back(
    furnished: Workspace, tmp_path: Path, way: str
) -> None:
    path = tmp_path / "x.jpg"
    furnished.apply(AddPictures([path], facts={path: FileFacts(3, 2)}))
    note(furnished, [7], b"older" if way == "second removal" else b"newest", mtime_ns=4)
    WAYS[way](furnished)
    assert facts(furnished, 7) == (6, 4, content_hash(b"newest"))


def test_file_states_stay_with_the_file_through_relocation_and_undo(
    furnished: Workspace, tmp_path: Path
) -> None:
    note(furnished, [1], b"at first", mtime_ns=3)
    furnished.apply(RelocatePictures({1: tmp_path / "found.jpg"}))
    note(furnished, [1], b"read there", mtime_ns=4)
    furnished.undo()
    assert furnished.pictures([1])[0].path == tmp_path / "a.jpg"
    assert facts(furnished, 1) == (8, 3, content_hash(b"at first"))
    note(furnished, [1], b"again", mtime_ns=5)
    furnished.redo()
    assert furnished.pictures([1])[0].path == tmp_path / "found.jpg"
    assert facts(furnished, 1) == (10, 4, content_hash(b"read there"))
    furnished.undo()
    assert facts(furnished, 1) == (5, 5, content_hash(b"again"))


def test_undoing_a_gesture_without_a_move_keeps_later_file_states(
    furnished: Workspace, tmp_path: Path
) -> None:
    there_and_back = [RelocatePictures({1: tmp_path / name}) for name in ("found.jpg", "a.jpg")]
    assert len(list(furnished.apply_in_parts(Message("There and back"), there_and_back))) == 2
    note(furnished, [1], b"newest", mtime_ns=6)
    furnished.undo()
    assert facts(furnished, 1) == (6, 6, content_hash(b"newest"))


def test_only_what_is_new_is_written(furnished: Workspace) -> None:
    note(furnished, [1, 2], b"one", b"two")
    before = furnished._db.total_changes
    note(furnished, [1, 2], b"one", b"two")
    assert furnished._db.total_changes == before
    note(furnished, [1, 2], b"one", b"2")
    assert furnished._db.total_changes - before == 2  # and the mark of the transaction


def test_a_picture_that_is_another_file_now_is_told(furnished: Workspace) -> None:
    assert note(furnished, [1, 2, 3], b"a", b"b", b"c") == [], "nothing was known yet"
    assert note(furnished, [3, 2, 1], b"C", b"b", b"A", mtime_ns=2) == [1, 3]
    assert note(furnished, [1, 3], b"A", b"C", mtime_ns=3) == [], "it is told once"
    assert facts(furnished, 1) == (1, 3, content_hash(b"A"))


def test_a_project_that_moved_knows_its_pictures_by_what_they_were_last(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    path = old / "1.jpg"
    path.write_bytes(b"longer at first")
    with Workspace.create(old / "project.fewshot") as workspace:
        workspace.apply(AddPictures([path], facts={path: FileFacts.of(path)}))
        path.write_bytes(b"edited")
        note(workspace, [1], b"edited")
    old.rename(tmp_path / "new")
    with Workspace.open(tmp_path / "new" / "project.fewshot") as workspace:
        assert missing(workspace) == []
