"""A gesture too long to be waited for is committed part by part, and undone as one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import ChangeSet, ClassRow, Command, PictureRow, Workspace, undo_log
from engine.workspace.commands import (
    AcceptPredictions,
    AddClass,
    AddClassFolders,
    AddPictures,
    LabelAsNewClass,
    LabelByClass,
    LabelPictures,
    LongCommand,
    MergeClasses,
    RelocatePictures,
    RemoveClass,
    RemovePictures,
    RenameClass,
)
from engine.workspace.rows import UNKNOWN

PICTURES = [Path(f"/pictures/{number}.jpg") for number in range(7)]
ADD = AddPictures(PICTURES)


def test_each_part_is_there_before_the_next_and_all_go_at_once(workspace: Workspace) -> None:
    counts = []
    for part in workspace.apply_in_parts(ADD.title, ADD.parts(3)):
        assert part.membership
        counts.append((len(part.pictures), len(workspace.picture_ids())))
    assert counts == [(3, 3), (3, 6), (1, 7)]
    assert str(workspace.undo_title) == "Add 7 pictures"
    undone = workspace.undo()
    assert undone is not None
    assert len(undone.pictures) == 7
    assert workspace.undo_title is None
    assert len(workspace.picture_ids()) == 0
    workspace.redo()
    assert [row.path for row in workspace.pictures(workspace.picture_ids())] == PICTURES


def test_pictures_are_located_in_parts_and_go_back_at_once(workspace: Workspace) -> None:
    workspace.apply(ADD)
    found = [Path(f"/found/{path.name}") for path in PICTURES]
    command = RelocatePictures(dict(enumerate(found, 1)))
    parts = [len(part.pictures) for part in workspace.apply_in_parts(command.title, command.parts(3))]
    assert (parts, command.count) == ([3, 3, 1], 7)

    def paths() -> list[Path]:
        return [row.path for row in workspace.pictures(workspace.picture_ids())]

    assert paths() == found
    workspace.undo()
    assert paths() == PICTURES
    workspace.redo()
    assert paths() == found


def test_a_picture_in_two_parts_goes_back_to_what_it_was_before_both(furnished: Workspace) -> None:
    ant, bee = (row.id for row in furnished.classes()[:2])
    picture = int(furnished.picture_ids()[0])
    parts = [LabelPictures([picture], ant), LabelPictures([picture], bee)]
    assert len(list(furnished.apply_in_parts(Message("Label twice"), parts))) == 2
    assert furnished.labels()[picture] == bee
    furnished.undo()
    assert picture not in furnished.labels()
    furnished.redo()
    assert furnished.labels()[picture] == bee


def test_what_is_done_between_the_parts_is_undone_in_its_turn(furnished: Workspace) -> None:
    before, [ant, *_] = furnished.labels(), furnished.classes()
    known = len(furnished.picture_ids())
    parts = furnished.apply_in_parts(ADD.title, ADD.parts(3))
    first = next(parts)
    furnished.apply(LabelPictures(sorted(first.pictures), ant.id))
    assert len(list(parts)) == 2
    titles, counts = [], []
    for _ in range(3):
        titles.append(str(furnished.undo_title))
        furnished.undo()
        counts.append(len(furnished.picture_ids()) - known)
    assert titles == ["Add 7 pictures", "Label 3 pictures", "Add 7 pictures"]
    assert counts == [3, 3, 0]
    assert furnished.labels() == before


def test_undone_in_its_midst_it_ends(workspace: Workspace) -> None:
    parts = workspace.apply_in_parts(ADD.title, ADD.parts(3))
    next(parts)
    workspace.undo()
    assert list(parts) == []
    assert len(workspace.picture_ids()) == 0
    assert str(workspace.redo_title) == "Add 7 pictures"


def test_undone_and_forgotten_in_its_midst_it_ends_as_well(workspace: Workspace) -> None:
    parts = workspace.apply_in_parts(ADD.title, ADD.parts(3))
    next(parts)
    workspace.undo()
    workspace.apply(AddPictures([Path("/elsewhere/1.jpg")]))
    assert list(parts) == []
    assert len(workspace.picture_ids()) == 1


def test_a_part_that_cannot_be_done_leaves_the_parts_before_it(workspace: Workspace) -> None:
    command = AddClassFolders({"ant": PICTURES[:2], " ": PICTURES[2:]})
    done: list[ChangeSet] = []
    with pytest.raises(FewshotError, match="needs a name"):
        done.extend(workspace.apply_in_parts(command.title, command.parts(2)))
    assert [row.count for row in workspace.classes()] == [2]


def test_a_class_that_is_renamed_between_the_parts_gets_the_rest_as_well(workspace: Workspace) -> None:
    command = AddClassFolders({"ant": PICTURES, "bee": []})
    parts = workspace.apply_in_parts(command.title, command.parts(3))
    next(parts)
    workspace.apply(RenameClass(1, "wasp"))
    list(parts)
    assert [(row.name, row.count) for row in workspace.classes()] == [("wasp", 7), ("bee", 0)]


@pytest.mark.parametrize("command", [AddClassFolders({"ant": PICTURES}), AddPictures(PICTURES, 1)])
def test_a_class_removed_between_parts_stays_removed_and_the_rest_has_no_label(
    workspace: Workspace, command: AddClassFolders | AddPictures
) -> None:
    workspace.apply(AddClass("ant"))
    parts = workspace.apply_in_parts(command.title, command.parts(3))
    next(parts)
    workspace.apply(RemoveClass(1))
    list(parts)
    assert (workspace.classes(), workspace.labels()) == ([], {})
    assert len(workspace.picture_ids()) == 7


def test_class_folders_can_be_added_again_when_they_were_undone(workspace: Workspace) -> None:
    command = AddClassFolders({"ant": PICTURES})
    for _ in range(2):
        list(workspace.apply_in_parts(command.title, command.parts(3)))
        assert [(row.name, row.count) for row in workspace.classes()] == [("ant", 7)]
        workspace.undo()


def test_nothing_new_is_no_gesture(workspace: Workspace) -> None:
    workspace.apply(ADD)
    assert list(workspace.apply_in_parts(ADD.title, ADD.parts(2))) == []
    workspace.undo()
    assert workspace.undo_title is None


ANT, BEE, CAT = 1, 2, 3
ON_FIVE = [
    LabelPictures([1, 2, 3, 4, 5], BEE),
    LabelPictures([1, 2, 3, 4, 5], UNKNOWN),
    LabelPictures([1, 2, 3, 4, 5], None),
    LabelPictures([1, 2, 3, 4, 5], BEE, source="model"),
    LabelByClass({CAT: [1, 3, 5], BEE: [2, 4]}),
    AcceptPredictions({CAT: [1, 3, 5], UNKNOWN: [2, 4]}),
    RemovePictures([1, 2, 3, 4, 5]),
]


def parts_of(workspace: Workspace, command: LongCommand, size: int) -> Iterator[ChangeSet]:
    return workspace.apply_in_parts(command.title, command.parts(size))


def as_it_is(workspace: Workspace) -> tuple[list[int], dict[int, int]]:
    return workspace.picture_ids().tolist(), workspace.labels()


@pytest.mark.parametrize("command", ON_FIVE, ids=lambda command: command.title)
def test_in_parts_it_comes_to_what_it_comes_to_at_once_and_is_undone_as_one(
    furnished: Workspace, command: LongCommand
) -> None:
    furnished.apply(LabelPictures([1, 2], ANT))
    furnished.apply(LabelPictures([3], ANT, source="model"))
    before = as_it_is(furnished)
    furnished.apply(command)
    at_once = as_it_is(furnished)
    furnished.undo()
    changed = [len(part.pictures) for part in furnished.apply_in_parts(command.title, command.parts(2))]
    assert as_it_is(furnished) == at_once != before
    assert len(changed) > 1
    assert max(changed) <= 2
    assert furnished.undo_title == command.title
    furnished.undo()
    assert as_it_is(furnished) == before


@pytest.mark.parametrize("command", ON_FIVE[:-1], ids=lambda command: command.title)
def test_what_a_human_says_of_a_picture_before_its_part_comes_stands(
    furnished: Workspace, command: LongCommand
) -> None:
    furnished.apply(LabelPictures([1, 2, 3, 4, 5], CAT))
    furnished.apply(LabelPictures([1], None))
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts, None)
    furnished.apply(LabelPictures([4, 5], ANT))
    list(parts)
    assert [furnished.labels()[picture] for picture in (4, 5)] == [ANT, ANT]


def test_a_class_is_made_of_pictures_at_once_or_in_parts_and_undone_as_one(furnished: Workspace) -> None:
    before = as_it_is(furnished), furnished.classes()
    command = LabelAsNewClass("dog", [1, 2, 3, 4, 5])
    for gesture in (lambda: furnished.apply(command), lambda: list(parts_of(furnished, command, 2))):
        gesture()
        *others, dog = furnished.classes()
        assert (len(others), dog.name, dog.count) == (len(before[1]), "dog", 5)
        furnished.undo()
        assert (as_it_is(furnished), furnished.classes()) == before


def test_a_class_is_not_made_again_if_it_is_removed_between_the_parts(furnished: Workspace) -> None:
    parts = parts_of(furnished, LabelAsNewClass("dog", [1, 2, 3, 4, 5]), 2)
    next(parts)
    furnished.apply(RemoveClass(furnished.classes()[-1].id))
    list(parts)
    assert "dog" not in [row.name for row in furnished.classes()]
    assert furnished.labels() == {}


def test_a_class_of_a_name_that_exists_is_not_made(furnished: Workspace) -> None:
    with pytest.raises(FewshotError, match="There is already a class"):
        furnished.apply(LabelAsNewClass(furnished.classes()[0].name, [1]))


@pytest.fixture
def ways_to_label(tmp_path: Path) -> dict[str, LongCommand]:
    """Gestures that label the pictures 1 to 5 as cats."""
    paths = [tmp_path / f"{letter}.jpg" for letter in "abcde"]
    return {
        "label": LabelPictures([1, 2, 3, 4, 5], CAT),
        "label by class": LabelByClass({CAT: [1, 2, 3, 4, 5]}),
        "accept": AcceptPredictions({CAT: [1, 2, 3, 4, 5]}),
        "add": AddPictures(paths, CAT),
        "add folders": AddClassFolders({"cat": paths}),
    }


@pytest.mark.parametrize("way", ["label", "label by class", "accept", "add", "add folders"])
def test_what_a_human_takes_a_label_from_before_its_part_comes_stays_without(
    furnished: Workspace, ways_to_label: dict[str, LongCommand], way: str
) -> None:
    furnished.apply(LabelPictures([4], BEE))
    furnished.apply(LabelPictures([5], BEE))
    furnished.apply(LabelPictures([5], None))  # before: it says nothing against the gesture
    command = ways_to_label[way]
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    furnished.apply(LabelPictures([1, 4], None))
    list(parts)
    assert furnished.labels() == {2: CAT, 3: CAT, 5: CAT}


@pytest.mark.parametrize("way", ["add", "add folders"])
def test_a_label_that_a_human_gives_between_the_parts_of_an_import_stands(
    furnished: Workspace, ways_to_label: dict[str, LongCommand], way: str
) -> None:
    command = ways_to_label[way]
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    furnished.apply(LabelPictures([4], BEE))
    list(parts)
    assert furnished.labels() == {1: CAT, 2: CAT, 3: CAT, 4: BEE, 5: CAT}


@pytest.mark.parametrize("way", ["label", "label by class", "accept", "add", "add folders"])
def test_a_label_that_is_back_or_went_with_its_class_was_not_taken_away(
    furnished: Workspace, ways_to_label: dict[str, LongCommand], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_log, "_FORGET_AT_ONCE", 0)  # of a large gesture, much is left in the log
    furnished.apply(LabelPictures([3], ANT, source="model"))
    furnished.apply(LabelPictures([4], BEE))
    command = ways_to_label[way]
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    furnished.apply(LabelPictures([3], None))
    furnished.undo()
    furnished.apply(RemoveClass(BEE))
    list(parts)
    labels = furnished.labels()
    assert labels[4] == CAT
    assert labels[3] == (ANT if way == "accept" else CAT)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is, in seconds; a test may set it."""
    now = [10_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.mark.parametrize("command", ON_FIVE[:-1], ids=lambda command: command.title)
def test_parts_have_the_result_of_one_gesture_even_if_the_clock_is_set_back(
    clock: list[float], furnished: Workspace, command: LongCommand
) -> None:
    furnished.apply(LabelPictures([1, 2], ANT))
    furnished.apply(LabelPictures([3], ANT))
    furnished.apply(LabelPictures([3], None))
    before = as_it_is(furnished)
    furnished.apply(command)
    at_once = as_it_is(furnished)
    furnished.undo()
    clock[0] -= 3600
    list(furnished.apply_in_parts(command.title, command.parts(2)))
    assert as_it_is(furnished) == at_once != before


def test_with_the_clock_set_back_what_was_removed_before_can_be_imported_again(
    clock: list[float], workspace: Workspace
) -> None:
    workspace.apply(ADD)
    workspace.apply(RemovePictures([1, 2, 3, 4, 5, 6, 7]))
    clock[0] -= 3600
    list(workspace.apply_in_parts(ADD.title, ADD.parts(3)))
    assert [row.path for row in workspace.pictures(workspace.picture_ids())] == PICTURES


@pytest.mark.parametrize("way", ["label", "label by class", "accept", "add", "add folders"])
def test_a_label_given_between_parts_stays_even_if_the_clock_is_set_back(
    clock: list[float], furnished: Workspace, ways_to_label: dict[str, LongCommand], way: str
) -> None:
    furnished.apply(LabelPictures([4], ANT))
    command = ways_to_label[way]
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    clock[0] -= 3600
    furnished.apply(LabelPictures([1, 4], None))
    furnished.apply(LabelPictures([3], BEE))
    furnished.apply(RemovePictures([5]))
    list(parts)
    assert as_it_is(furnished) == ([1, 2, 3, 4, 6], {2: CAT, 3: BEE})


def test_a_label_given_after_an_undo_stays_even_if_no_part_had_changed_anything(
    furnished: Workspace,
) -> None:
    furnished.apply(LabelPictures([1], CAT))
    furnished.apply(LabelPictures([2, 3], ANT))
    furnished.apply(LabelPictures([2, 3], BEE))

    def parts() -> Iterator[Command]:
        for number, part in enumerate(LabelPictures([1, 2, 3], CAT).parts(1)):
            yield part
            if number == 0:
                furnished.undo()
                furnished.apply(LabelPictures([3], UNKNOWN))

    list(furnished.apply_in_parts(Message("Label 3 pictures"), parts()))
    assert furnished.labels() == {1: CAT, 2: CAT, 3: UNKNOWN}


def test_a_picture_that_comes_in_several_parts_is_what_the_last_says(furnished: Workspace) -> None:
    path = furnished.pictures([1])[0].path
    furnished.apply(LabelPictures([1], BEE))
    command = AddClassFolders({"ant": [path], "cat": [path]})
    assert len(list(furnished.apply_in_parts(command.title, command.parts(1)))) == 2
    assert furnished.labels() == {1: CAT}


@pytest.mark.parametrize("command", ON_FIVE, ids=lambda command: command.title)
def test_what_is_removed_before_its_part_comes_stays_removed(
    furnished: Workspace, command: LongCommand
) -> None:
    furnished.apply(LabelPictures([2], ANT))
    furnished.apply(LabelPictures([4, 5], ANT, source="model"))
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    furnished.apply(RemovePictures([3]))
    furnished.apply(RemoveClass(BEE))
    list(parts)
    assert 3 not in furnished.picture_ids()
    assert BEE not in list(furnished.labels().values())


@pytest.mark.parametrize("way", ["add", "add folders"])
def test_a_picture_removed_between_parts_of_an_import_stays_removed(
    furnished: Workspace, ways_to_label: dict[str, LongCommand], way: str
) -> None:
    command = ways_to_label[way]
    parts = furnished.apply_in_parts(command.title, command.parts(1))
    next(parts)
    furnished.apply(RemovePictures([1, 4]))
    furnished.apply(RemovePictures([5]))
    furnished.undo()
    list(parts)
    assert as_it_is(furnished) == ([2, 3, 5, 6], {2: CAT, 3: CAT, 5: CAT})


def test_a_removed_picture_stays_removed_in_its_own_import_unless_added_by_hand(
    workspace: Workspace,
) -> None:
    command = AddClassFolders({"ant": PICTURES[:3], "bee": PICTURES[:3]})
    parts = workspace.apply_in_parts(command.title, command.parts(3))
    next(parts)
    workspace.apply(RemovePictures([1, 2]))
    workspace.apply(AddPictures(PICTURES[1:2]))
    list(parts)
    assert as_it_is(workspace) == ([3, 4], {3: BEE, 4: BEE})


def test_where_a_picture_has_moved_away_from_between_the_parts_another_may_come(
    workspace: Workspace,
) -> None:
    workspace.apply(AddPictures(PICTURES[6:]))
    parts = workspace.apply_in_parts(ADD.title, ADD.parts(3))
    next(parts)
    workspace.apply(RelocatePictures({1: Path("/elsewhere/6.jpg")}))
    list(parts)
    assert len(workspace.picture_ids()) == 8


def test_it_knows_on_how_many_pictures_it_is() -> None:
    assert [command.count for command in ON_FIVE] == [5] * len(ON_FIVE)
    assert ADD.count == 7
    assert AddClassFolders({"ant": PICTURES[:2], "bee": PICTURES[2:]}).count == 7


def everything(workspace: Workspace) -> tuple[list[PictureRow], dict[int, int], list[ClassRow]]:
    return workspace.pictures(workspace.picture_ids()), workspace.labels(), workspace.classes()


@pytest.fixture
def large(furnished: Workspace) -> tuple[Workspace, list[Command]]:
    """A project, and gestures on it that are large beside a part: one adds, one labels anew, one removes."""
    furnished.apply(LabelPictures([1, 2], 1))
    adding = AddPictures(PICTURES, 2)
    return furnished, [adding, LabelPictures(list(range(1, 14)), 3), RemovePictures([1, 3, 8, 9, 10, 13])]


def test_undone_and_redone_all_is_as_it_was(large: tuple[Workspace, list[Command]]) -> None:
    workspace, gestures = large
    states = [everything(workspace)]
    for gesture in gestures:
        workspace.apply(gesture)
        states.append(everything(workspace))
    titles = [gesture.title for gesture in gestures]
    for _ in range(2):
        for number in (2, 1, 0):
            assert workspace.undo_title == titles[number]
            workspace.undo()
            assert everything(workspace) == states[number]
            assert workspace.redo_title == titles[number]
        for number in (0, 1, 2):
            assert workspace.redo_title == titles[number]
            workspace.redo()
            assert everything(workspace) == states[number + 1]
        assert workspace.redo_title is None


def test_a_class_is_removed_after_its_labels_and_comes_back_with_them(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1, 2, 3, 4, 5], BEE))
    before = everything(furnished)
    command = RemoveClass(BEE, 5)
    seen = []
    for part in furnished.apply_in_parts(command.title, command.parts(2)):
        seen.append((len(part.pictures), part.classes, len(furnished.classes())))
    assert seen == [(2, False, 3), (2, False, 3), (1, True, 2)]
    after = everything(furnished)
    assert furnished.labels() == {}
    for _ in range(2):
        furnished.undo()
        assert everything(furnished) == before
        furnished.redo()
        assert everything(furnished) == after


def test_a_class_that_is_removed_before_the_last_part_of_its_removal_is_gone(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1, 2, 3], BEE))
    command = RemoveClass(BEE, 3)
    parts = furnished.apply_in_parts(command.title, command.parts(2))
    next(parts)
    furnished.apply(RemoveClass(BEE))
    assert list(parts) == []
    furnished.undo()
    furnished.undo()
    assert furnished.labels() == dict.fromkeys([1, 2, 3], BEE)


def test_what_gets_a_label_while_its_class_is_being_removed_loses_it(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1, 2, 3], BEE))
    command = RemoveClass(BEE, 3)
    parts = furnished.apply_in_parts(command.title, command.parts(2))
    next(parts)
    furnished.apply(LabelPictures([1, 4], BEE))
    list(parts)
    assert (furnished.labels(), len(furnished.classes())) == ({}, 2)
    for _ in range(3):
        furnished.undo()
    assert furnished.labels() == dict.fromkeys([1, 2, 3], BEE)


@pytest.mark.parametrize("moved", [{3: "d", 2: "c", 1: "b"}, {1: "elsewhere", 2: "a", 3: "b"}])
def test_pictures_that_moved_to_where_others_had_been_go_back_and_forth_all_at_once(
    workspace: Workspace, moved: dict[int, str]
) -> None:
    workspace.apply(AddPictures([Path(f"/{name}.jpg") for name in "abc"]))
    states = [everything(workspace)]
    workspace.apply(RelocatePictures({one: Path(f"/{name}.jpg") for one, name in moved.items()}))
    states.append(everything(workspace))
    workspace.undo()
    assert everything(workspace) == states[0]
    workspace.redo()
    assert everything(workspace) == states[1]


def test_an_import_that_is_undone_in_its_midst_stays_ended_whatever_is_done_then(
    workspace: Workspace,
) -> None:
    parts = workspace.apply_in_parts(ADD.title, ADD.parts(1))
    for _ in range(4):
        next(parts)
    workspace.undo()
    workspace.apply(AddClass("ant"))
    assert list(parts) == []
    assert len(workspace.picture_ids()) == 0


def test_an_import_goes_on_when_what_was_done_beside_it_is_undone(workspace: Workspace) -> None:
    parts = workspace.apply_in_parts(ADD.title, ADD.parts(1))
    next(parts)
    workspace.apply(LabelPictures([1], UNKNOWN))
    workspace.undo()
    assert len(list(parts)) == 6
    workspace.undo()
    assert len(workspace.picture_ids()) == 0


def test_classes_are_merged_in_parts_and_apart_again_at_once(workspace: Workspace) -> None:
    workspace.apply(AddClassFolders({"ant": PICTURES[:1], "Ant": PICTURES[1:5], "bee": PICTURES[5:]}))
    before = workspace.labels()
    command = MergeClasses({2: 1, 3: 1}, 6)
    parts = [len(part.pictures) for part in workspace.apply_in_parts(command.title, command.parts(4))]
    assert parts == [4, 2]
    assert [(row.name, row.count) for row in workspace.classes()] == [("ant", 7)]
    workspace.undo()
    assert workspace.labels() == before


@pytest.mark.parametrize("gone", [1, 2])
def test_what_a_merge_has_not_reached_stays_when_either_class_is_removed(
    workspace: Workspace, gone: int
) -> None:
    workspace.apply(AddClassFolders({"ant": PICTURES[:1], "Ant": PICTURES[1:5]}))
    command = MergeClasses({2: 1}, 4)
    parts = workspace.apply_in_parts(command.title, command.parts(2))
    next(parts)
    workspace.apply(RemoveClass(gone))
    list(parts)
    assert [(row.id, row.count) for row in workspace.classes()] == [(3 - gone, 2 if gone == 1 else 3)]
