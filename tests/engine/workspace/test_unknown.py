"""Pictures that belong to no class: labelled, so dealt with, but examples of nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import (
    AcceptPredictions,
    AddClass,
    AddClassFolders,
    LabelPictures,
    MoveClass,
    RenameClass,
)
from engine.workspace.rows import UNKNOWN


def test_unknown_is_a_label_and_no_class(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([2], UNKNOWN))
    assert furnished.labels() == {1: 1, 2: UNKNOWN}
    assert [row.name for row in furnished.classes()] == ["ant", "bee", "cat"]


def test_undo_and_redo_know_the_unknown(furnished: Workspace) -> None:
    changes = furnished.apply(LabelPictures([2, 3], UNKNOWN))
    assert str(changes.title) == "Label 2 pictures as unknown"
    furnished.undo()
    assert furnished.labels() == {}
    furnished.redo()
    assert furnished.labels() == {2: UNKNOWN, 3: UNKNOWN}


def test_classes_keep_their_places_keys_and_colours_beside_the_unknown(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], UNKNOWN))
    furnished.apply(AddClass("dog"))
    furnished.apply(MoveClass(4, 1))
    assert [(row.name, row.key) for row in furnished.classes()] == [
        *(("ant", "1"), ("dog", "4"), ("bee", "2"), ("cat", "3"))
    ]


def test_a_folder_of_unknowns_is_no_class(furnished: Workspace, tmp_path: Path) -> None:
    furnished.apply(AddClassFolders({"ant": [tmp_path / "a.jpg"], "Unknown": [tmp_path / "u.jpg"]}))
    new = furnished.picture_ids()[-1]
    assert furnished.labels() == {1: 1, new: UNKNOWN}
    assert len(furnished.classes()) == 3


def test_no_class_can_be_called_unknown(furnished: Workspace) -> None:
    for command in (AddClass(" UNKNOWN "), RenameClass(1, "unknown")):
        with pytest.raises(FewshotError, match="no class: choose another name"):
            furnished.apply(command)


def test_a_project_with_a_class_of_that_name_says_to_rename_it_first(
    workspace: Workspace, project: Path, tmp_path: Path
) -> None:
    workspace.apply(AddClassFolders({"ant": [tmp_path / "a.jpg"]}))
    workspace.close()
    with sqlite3.connect(project) as before:
        before.execute("UPDATE class SET name = 'Unknown'")
    before.close()
    with Workspace.open(project) as old:
        with pytest.raises(FewshotError, match="a class “Unknown”: rename it"):
            old.apply(LabelPictures([1], UNKNOWN))
        assert old.labels() == {1: 1}
        old.apply(RenameClass(1, "ant"))
        old.apply(LabelPictures([1], UNKNOWN))
        assert old.labels() == {1: UNKNOWN}


def test_accepting_is_one_gesture_and_leaves_labels_alone(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 3))
    changes = furnished.apply(AcceptPredictions({1: [1, 2], 2: [4], UNKNOWN: [5]}))
    assert str(changes.title) == "Accept 4 predictions"
    assert furnished.labels() == {1: 3, 2: 1, 4: 2, 5: UNKNOWN}
    furnished.undo()
    assert furnished.labels() == {1: 3}
