"""What each command does to a project."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelByClass,
    LabelPictures,
    MergeClasses,
    MoveClass,
    RecolorClass,
    RemoveClass,
    RemovePictures,
    RenameClass,
    SetClassKey,
)
from engine.workspace.rows import UNKNOWN


def names(workspace: Workspace) -> list[str]:
    return [row.name for row in workspace.classes()]


def test_classes_get_the_next_free_key_and_a_colour_of_their_own(workspace: Workspace) -> None:
    for number in range(11):
        workspace.apply(AddClass(f"class {number}"))
    rows = workspace.classes()
    assert [row.key for row in rows] == [*"123456789", "", ""]
    assert len({row.color for row in rows}) == 11
    assert rows[0].color == "#0072b2"


def test_a_removed_classs_key_and_colour_are_free_again(furnished: Workspace) -> None:
    bee = furnished.classes()[1]
    furnished.apply(RemoveClass(bee.id))
    furnished.apply(AddClass("dog"))
    dog = furnished.classes()[2]
    assert (dog.name, dog.key, dog.color) == ("dog", bee.key, bee.color)
    assert dog.id != bee.id


def test_a_thousand_classes_can_be_added_in_one_gesture(workspace: Workspace) -> None:
    workspace.apply(AddClassFolders({f"class {number}": [] for number in range(1000)}))
    assert len(workspace.classes()) == 1000


def test_names_are_stripped_and_compared_in_one_unicode_form(workspace: Workspace) -> None:
    workspace.apply(AddClass("  café\tau\n lait "))
    assert names(workspace) == ["café au lait"]
    with pytest.raises(FewshotError, match="already a class “café au lait”"):
        workspace.apply(AddClass(unicodedata.normalize("NFD", "café au lait")))


@pytest.mark.parametrize("name", ["", "   ", "\n\t"])
def test_a_class_needs_a_name(workspace: Workspace, name: str) -> None:
    with pytest.raises(FewshotError, match="needs a name"):
        workspace.apply(AddClass(name))
    assert workspace.undo_title is None


def test_a_folder_name_that_is_not_unicode_still_names_a_class(workspace: Workspace) -> None:
    workspace.apply(AddClass(os.fsdecode(b"caf\xe9")))
    assert names(workspace) == ["caf?"]


def test_a_class_cannot_take_anothers_name_but_may_keep_its_own(furnished: Workspace) -> None:
    ant, bee, _ = furnished.classes()
    with pytest.raises(FewshotError, match="already a class “bee”"):
        furnished.apply(RenameClass(ant.id, " bee"))
    assert not furnished.apply(RenameClass(bee.id, "bee "))
    assert furnished.apply(RenameClass(ant.id, "Ameise")).classes
    assert names(furnished) == ["Ameise", "bee", "cat"]


def test_a_colour_is_stored_in_lower_case(furnished: Workspace) -> None:
    ant = furnished.classes()[0]
    furnished.apply(RecolorClass(ant.id, "#ABCDEF"))
    assert furnished.classes()[0].color == "#abcdef"


def test_a_merged_class_gives_its_pictures_to_another_which_stays_as_it_was(furnished: Workspace) -> None:
    ant, bee, cat = furnished.classes()
    furnished.apply(LabelPictures([1, 2], ant.id))
    furnished.apply(LabelPictures([3], bee.id, "model"))
    before = furnished.classes(), furnished.labels()
    changed = furnished.apply(MergeClasses({bee.id: ant.id, cat.id: ant.id}))
    assert (changed.classes, changed.pictures, changed.membership) == (True, {3}, False)
    [only] = furnished.classes()
    assert (only.id, only.name, only.color, only.key, only.count) == (ant.id, "ant", ant.color, ant.key, 3)
    assert furnished.labels() == dict.fromkeys((1, 2, 3), ant.id)
    event = furnished.history(3)[-1]
    assert (event.class_name, event.source) == ("ant", "model")
    assert str(furnished.undo_title) == "Merge 2 classes into others"
    furnished.undo()
    assert (furnished.classes(), furnished.labels()) == before
    furnished.redo()
    assert furnished.labels() == dict.fromkeys((1, 2, 3), ant.id)


def test_a_class_that_is_not_there_is_not_merged(furnished: Workspace) -> None:
    for pair in ({9: 1}, {1: 9}):
        with pytest.raises(KeyError):
            furnished.apply(MergeClasses(pair))


def keys(workspace: Workspace) -> list[str]:
    return [row.key for row in workspace.classes()]


def test_a_class_takes_any_letter_or_digit_for_its_key_or_none(furnished: Workspace) -> None:
    ant, bee, cat = (row.id for row in furnished.classes())
    furnished.apply(SetClassKey(ant, "x"))
    furnished.apply(SetClassKey(bee, "0"))
    furnished.apply(SetClassKey(cat, ""))
    assert keys(furnished) == ["X", "0", ""]
    assert str(furnished.undo_title) == "Change the key of a class"
    furnished.undo()
    assert keys(furnished) == ["X", "0", "3"]
    assert not furnished.apply(SetClassKey(ant, "X"))
    furnished.apply(AddClass("dog"))
    assert keys(furnished)[-1] == "1", "what nobody has is free again"


def test_two_classes_never_have_the_same_key(furnished: Workspace) -> None:
    ant, bee, _ = (row.id for row in furnished.classes())
    furnished.apply(SetClassKey(bee, "x"))
    with pytest.raises(FewshotError, match="“X” is the key of “bee”: choose another"):
        furnished.apply(SetClassKey(ant, "x"))
    assert keys(furnished) == ["1", "X", "3"]
    for class_id in (ant, bee):
        furnished.apply(SetClassKey(class_id, ""))


@pytest.mark.parametrize("key", ["ab", "+", " ", "ß", "F5"])
def test_what_is_no_letter_or_digit_is_no_key(furnished: Workspace, key: str) -> None:
    with pytest.raises(FewshotError, match="one letter or digit"):
        furnished.apply(SetClassKey(furnished.classes()[0].id, key))


@pytest.mark.parametrize(
    ("position", "order"),
    [
        (0, ["cat", "ant", "bee"]),
        (1, ["ant", "cat", "bee"]),
        (2, ["ant", "bee", "cat"]),
        (99, ["ant", "bee", "cat"]),
    ],
)
def test_a_class_moves_to_a_position(furnished: Workspace, position: int, order: list[str]) -> None:
    furnished.apply(MoveClass(furnished.classes()[2].id, position))
    assert names(furnished) == order


def test_a_removed_class_leaves_its_pictures_unlabelled(furnished: Workspace) -> None:
    ant, bee, _ = furnished.classes()
    furnished.apply(LabelPictures([1, 2], ant.id))
    furnished.apply(LabelPictures([3], bee.id))
    changed = furnished.apply(RemoveClass(ant.id))
    assert changed.classes
    assert changed.pictures == {1, 2}
    assert not changed.membership
    assert furnished.labels() == {3: bee.id}
    assert len(furnished.picture_ids()) == 6


def test_pictures_are_labelled_and_counted(furnished: Workspace) -> None:
    ant, bee, _ = furnished.classes()
    changed = furnished.apply(LabelPictures([1, 2, 3], ant.id))
    assert (str(changed.title), changed.pictures, changed.classes) == ("Label 3 pictures", {1, 2, 3}, False)
    furnished.apply(LabelPictures([3], bee.id))
    furnished.apply(LabelPictures([1], None))
    assert furnished.labels() == {2: ant.id, 3: bee.id}
    assert [row.count for row in furnished.classes()] == [1, 1, 0]


def test_only_a_human_replaces_what_a_human_said(furnished: Workspace) -> None:
    ant, bee, cat = furnished.classes()
    furnished.apply(LabelPictures([1], ant.id))
    furnished.apply(LabelPictures([1, 2], bee.id, source="model"))
    assert furnished.labels() == {1: ant.id, 2: bee.id}
    furnished.apply(LabelPictures([1, 2], None, source="model"))
    assert furnished.labels() == {1: ant.id}
    furnished.apply(LabelPictures([1], cat.id))
    assert furnished.labels() == {1: cat.id}


def test_confirming_a_models_label_makes_it_a_humans(furnished: Workspace) -> None:
    ant = furnished.classes()[0]
    furnished.apply(LabelPictures([1], ant.id, source="model"))
    assert furnished.apply(LabelPictures([1], ant.id))
    assert furnished.pictures([1])[0].source == "human"


def test_a_gesture_that_changes_nothing_is_no_undo_step(furnished: Workspace) -> None:
    ant = furnished.classes()[0]
    furnished.apply(LabelPictures([1], ant.id))
    furnished.undo()
    assert not furnished.apply(LabelPictures([2], None))
    assert not furnished.apply(RemovePictures([]))
    assert str(furnished.redo_title) == "Label 1 picture"


def test_a_gesture_on_something_unknown_is_a_bug_and_leaves_no_trace(furnished: Workspace) -> None:
    with pytest.raises(KeyError):
        furnished.apply(RenameClass(99, "dog"))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        furnished.apply(LabelPictures([1, 99], 1))
    assert furnished.labels() == {}
    assert str(furnished.undo_title) == "Add 6 pictures"


def test_the_same_picture_is_added_once(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    spellings = [
        tmp_path / "real" / "a.jpg",
        tmp_path / "real" / ".." / "real" / "a.jpg",
        tmp_path / "link" / "a.jpg",
    ]
    assert len(workspace.apply(AddPictures(spellings)).pictures) == 1
    assert not workspace.apply(AddPictures(spellings))
    assert [row.path for row in workspace.pictures([1])] == [tmp_path / "real" / "a.jpg"]


def test_relative_paths_become_absolute(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace.apply(AddPictures([Path("a.jpg"), Path("/a.jpg")]))
    assert [row.path for row in workspace.pictures([1, 2])] == [tmp_path / "a.jpg", Path("/a.jpg")]


def test_a_known_picture_dropped_on_a_class_gets_the_class(furnished: Workspace, tmp_path: Path) -> None:
    cat = furnished.classes()[2]
    changed = furnished.apply(AddPictures([tmp_path / "a.jpg", tmp_path / "new.jpg"], cat.id))
    assert changed.membership
    (added,) = changed.pictures - {1}
    assert furnished.labels() == {1: cat.id, added: cat.id}
    assert furnished.pictures([added])[0].path == tmp_path / "new.jpg"


def test_folders_become_classes_in_one_step(furnished: Workspace, tmp_path: Path) -> None:
    changed = furnished.apply(
        AddClassFolders({"dog": [tmp_path / "x.jpg", tmp_path / "y.jpg"], "ant": [tmp_path / "a.jpg"]})
    )
    assert str(changed.title) == "Add 3 pictures of 2 classes"
    assert [(row.name, row.count) for row in furnished.classes()] == [
        ("ant", 1),
        ("bee", 0),
        ("cat", 0),
        ("dog", 2),
    ]
    furnished.undo()
    assert [(row.name, row.count) for row in furnished.classes()] == [("ant", 0), ("bee", 0), ("cat", 0)]
    assert len(furnished.picture_ids()) == 6


def test_removing_pictures_leaves_the_files_alone(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"picture")
    workspace.apply(AddPictures([file]))
    assert workspace.apply(RemovePictures([1])).membership
    assert workspace.picture_ids().size == 0
    assert file.read_bytes() == b"picture"


@pytest.mark.parametrize(
    "name",
    [
        "고양이.jpg",
        "a#?%20 b.jpg",
        "new\nline.jpg",
        "'; DROP TABLE picture; --.jpg",
        os.fsdecode(b"\xff\xfe.jpg"),
    ],
)
def test_any_file_name_comes_back_as_it_was(workspace: Workspace, tmp_path: Path, name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    paths = list(dict.fromkeys([tmp_path / composed, tmp_path / decomposed]))
    workspace.apply(AddPictures(paths))
    workspace.undo()
    workspace.redo()
    assert [Path(os.fsdecode(path)) for _, path in workspace.paths_after(0, 2)] == paths
    ids = workspace.picture_ids()
    assert workspace.picture_names(ids[::-1]) == [path.name for path in reversed(paths)]


def test_a_path_with_a_zero_byte_is_no_file_and_left_out(workspace: Workspace, tmp_path: Path) -> None:
    paths = [tmp_path / "a\0b.jpg", tmp_path / "folder\0" / "c.jpg", tmp_path / "d.jpg"]
    workspace.apply(AddPictures(paths))
    assert workspace.picture_names(workspace.picture_ids()) == ["d.jpg"]


def test_pictures_get_different_classes_in_one_gesture(furnished: Workspace) -> None:
    ant, bee, _ = furnished.classes()
    furnished.apply(LabelPictures([1, 2], bee.id))
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [ant.id, bee.id])
    furnished.apply(LabelByClass({ant.id: [1, 3], bee.id: [4]}, run))
    assert furnished.labels() == {1: ant.id, 2: bee.id, 3: ant.id, 4: bee.id}
    assert furnished.history(1)[-1].run_id == run
    assert str(furnished.undo_title) == "Label 3 pictures"
    furnished.undo()
    assert furnished.labels() == {1: bee.id, 2: bee.id}


def test_paths_are_read_block_by_block(furnished: Workspace, tmp_path: Path) -> None:
    furnished.apply(RemovePictures([2]))
    first = furnished.paths_after(0, 2)
    assert first == [(1, os.fsencode(tmp_path / "a.jpg")), (3, os.fsencode(tmp_path / "c.jpg"))]
    assert [picture for picture, _ in furnished.paths_after(3, 10)] == [4, 5, 6]
    assert furnished.paths_after(6, 10) == []
    assert len(furnished.paths_after(0)) == 5


def test_pictures_are_listed_in_the_order_of_adding(furnished: Workspace) -> None:
    ant, bee, _ = furnished.classes()
    furnished.apply(LabelPictures([5, 2], ant.id))
    furnished.apply(LabelPictures([3], bee.id))
    furnished.save_unreadable([4, 2], [Message("truncated"), Message("not a picture")])
    assert furnished.picture_ids().tolist() == [1, 2, 3, 4, 5, 6]
    assert list(furnished.unreadable().items()) == [(2, Message("not a picture")), (4, Message("truncated"))]
    furnished.apply(RemovePictures([4]))
    assert furnished.picture_ids().tolist() == [1, 2, 3, 5, 6]
    assert furnished.unreadable() == {2: Message("not a picture")}


def test_pictures_come_in_the_order_asked_for(furnished: Workspace) -> None:
    assert [row.id for row in furnished.pictures([4, 1, 4])] == [4, 1, 4]
    assert [row.id for row in furnished.pictures(furnished.picture_ids()[::-2])] == [6, 4, 2]
    with pytest.raises(KeyError, match="99"):
        furnished.pictures([1, 99])


def test_pictures_that_were_there_already_are_only_labelled_and_the_gesture_is_called_so(
    furnished: Workspace,
) -> None:
    """Undo takes back labels then, and no picture."""
    paths = [Path(os.fsdecode(path)) for _, path in furnished.paths_after(0, 3)]
    ids = [row.id for row in furnished.classes()]
    assert str(furnished.apply(AddPictures(paths, ids[-1])).title) == "Label 3 pictures"
    assert str(furnished.undo_title) == "Label 3 pictures"
    assert str(furnished.apply(AddPictures(paths, UNKNOWN)).title) == "Label 3 pictures as unknown"
    assert str(furnished.apply(AddPictures([*paths, Path("/new.png")], ids[0])).title) == "Add 4 pictures"
