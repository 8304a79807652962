"""Pictures whose files were moved: with the project, without it, or away for good."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.images import file_hash
from engine.messages import Message
from engine.workspace import FileFacts, Workspace, locating
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RelocatePictures, RemovePictures
from tests.engine.workspace.conftest import missing, note, result_of


def make_files(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (number + 1))
    return paths


def add(workspace: Workspace, paths: list[Path]) -> None:
    workspace.apply(AddPictures(paths, facts={path: FileFacts.of(path) for path in paths}))


def paths_of(workspace: Workspace) -> list[Path]:
    return [row.path for row in workspace.pictures(workspace.picture_ids())]


@pytest.fixture
def old_place(tmp_path: Path) -> Path:
    """A folder with a project and, in a folder of it, three pictures of 1 to 3 bytes."""
    folder = tmp_path / "old"
    paths = make_files(folder / "pets", "cat/1.jpg", "cat/2.jpg", "dog/1.jpg")
    with Workspace.create(folder / "project.fewshot") as workspace:
        add(workspace, paths)
        workspace.apply(AddClass("cat"))
        workspace.apply(LabelPictures([1], 1))
    return folder


@pytest.fixture
def workspace_elsewhere(old_place: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The project is open; its pictures are not where they were."""
    (old_place / "pets").rename(tmp_path / "elsewhere")
    with Workspace.open(old_place / "project.fewshot") as workspace:
        yield workspace


def locate(workspace: Workspace, folder: Path) -> dict[int, Path]:
    gone = missing(workspace)
    there = [row for row in workspace.pictures(workspace.picture_ids()) if row not in gone]
    return result_of(locating.locate(gone, folder, there))


def test_the_size_and_time_of_a_file_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    seen, unseen = make_files(tmp_path, "a.jpg", "b.jpg")
    workspace.apply(AddPictures([seen, unseen], facts={seen: FileFacts.of(seen)}))
    rows = workspace.pictures([1, 2])
    assert [(row.size, row.mtime_ns) for row in rows] == [(1, seen.stat().st_mtime_ns), (None, None)]
    workspace.apply(RemovePictures([1]))
    workspace.undo()
    assert workspace.pictures([1]) == rows[:1]


def test_a_file_of_a_far_future_is_added_without_its_size_and_time(
    workspace: Workspace, tmp_path: Path
) -> None:
    [path] = make_files(tmp_path, "a.jpg")
    os.utime(path, ns=(2**63, 2**63))
    if path.stat().st_mtime_ns != 2**63:
        pytest.skip("this drive keeps no such date")
    add(workspace, [path])
    assert [(row.path, row.mtime_ns) for row in workspace.pictures([1])] == [(path, None)]
    os.utime(path, ns=(2**62, 2**62))
    assert FileFacts.of(path) == (1, 2**62)


def test_a_project_moved_with_its_pictures_just_opens(old_place: Path, tmp_path: Path) -> None:
    new_place = tmp_path / "far" / "away"
    new_place.parent.mkdir()
    old_place.rename(new_place)
    for _ in range(2):
        with Workspace.open(new_place / "project.fewshot") as workspace:
            assert missing(workspace) == []
            assert paths_of(workspace)[0] == new_place / "pets" / "cat" / "1.jpg"
            assert workspace.labels() == {1: 1}
            assert str(workspace.undo_title) == "Label 1 picture", "this is no gesture"


def test_pictures_beside_the_projects_folder_come_along_too(tmp_path: Path) -> None:
    paths = make_files(tmp_path / "old" / "pictures", "1.jpg")
    (tmp_path / "old" / "projects").mkdir()
    with Workspace.create(tmp_path / "old" / "projects" / "p.fewshot") as workspace:
        add(workspace, paths)
    (tmp_path / "old").rename(tmp_path / "new")
    with Workspace.open(tmp_path / "new" / "projects" / "p.fewshot") as workspace:
        assert paths_of(workspace) == [tmp_path / "new" / "pictures" / "1.jpg"]


def test_undo_and_redo_know_the_new_place(old_place: Path, tmp_path: Path) -> None:
    with Workspace.open(old_place / "project.fewshot") as workspace:
        workspace.apply(RemovePictures([2]))
    old_place.rename(tmp_path / "new")
    with Workspace.open(tmp_path / "new" / "project.fewshot") as workspace:
        while workspace.undo():
            pass
        while workspace.redo():
            pass
        workspace.undo()
        assert workspace.picture_ids().size == 3
        assert missing(workspace) == []


def test_a_picture_that_is_still_where_it_was_stays_there(old_place: Path, tmp_path: Path) -> None:
    shutil.copytree(old_place, tmp_path / "copy")
    with Workspace.open(tmp_path / "copy" / "project.fewshot") as workspace:
        assert paths_of(workspace)[0].is_relative_to(old_place)


def test_each_folder_the_project_was_in_tells_where_its_pictures_are(old_place: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    (old_place / "project.fewshot").rename(second / "project.fewshot")
    with Workspace.open(second / "project.fewshot") as workspace:
        add(workspace, make_files(second, "later.jpg"))
        assert missing(workspace) == []
    old_place.rename(tmp_path / "third")
    (second / "later.jpg").rename(tmp_path / "third" / "later.jpg")
    (second / "project.fewshot").rename(tmp_path / "third" / "project.fewshot")
    with Workspace.open(tmp_path / "third" / "project.fewshot") as workspace:
        assert missing(workspace) == []


def test_another_picture_of_the_same_name_did_not_come_along(old_place: Path, tmp_path: Path) -> None:
    old_place.rename(tmp_path / "new")
    (tmp_path / "new" / "pets" / "cat" / "1.jpg").write_bytes(b"another picture")
    with Workspace.open(tmp_path / "new" / "project.fewshot") as workspace:
        assert [row.id for row in missing(workspace)] == [1]


@pytest.fixture(params=[r"D:\old", r"\\server\share\old"] if os.sep == "/" else ["/home/old"])
def old_place_elsewhere(request: pytest.FixtureRequest, old_place: Path) -> Path:
    """The same folder, as if all in it were of another system."""
    folder, separator = request.param, "\\" if os.sep == "/" else "/"
    with closing(sqlite3.connect(old_place / "project.fewshot")) as db, db:
        db.execute("UPDATE home SET folder = ?", (folder.encode(),))
        for picture_id, name in enumerate(("cat/1.jpg", "cat/2.jpg", "dog/1.jpg"), 1):
            path = separator.join([folder, "pets", *name.split("/")])
            for table in ("picture", "picture_log"):
                db.execute(f"UPDATE {table} SET path = ? WHERE id = ?", (path.encode(), picture_id))
    return old_place


def test_a_project_moved_with_its_pictures_from_another_system_just_opens(old_place_elsewhere: Path) -> None:
    pets = old_place_elsewhere / "pets"
    with Workspace.open(old_place_elsewhere / "project.fewshot") as workspace:
        assert paths_of(workspace) == [pets / "cat" / "1.jpg", pets / "cat" / "2.jpg", pets / "dog" / "1.jpg"]
        while workspace.undo():
            pass
        while workspace.redo():
            pass
        assert missing(workspace) == []


@pytest.mark.parametrize("chosen", ["", "cat", "dog"])
def test_pictures_of_a_project_from_another_system_are_found_with_one_folder(
    old_place_elsewhere: Path, tmp_path: Path, chosen: str
) -> None:
    new = (old_place_elsewhere / "pets").rename(tmp_path / "elsewhere")
    with Workspace.open(old_place_elsewhere / "project.fewshot") as workspace:
        before = paths_of(workspace)
        assert workspace.picture_names([3, 1, 2]) == ["1.jpg", "1.jpg", "2.jpg"]
        places = locate(workspace, new / chosen)
        assert places == {1: new / "cat" / "1.jpg", 2: new / "cat" / "2.jpg", 3: new / "dog" / "1.jpg"}
        workspace.apply(RelocatePictures(places))
        assert workspace.picture_names([3, 1, 2]) == ["1.jpg", "1.jpg", "2.jpg"]
        workspace.undo()
        assert paths_of(workspace) == before


@pytest.mark.skipif(os.sep != "/", reason="no file of Windows has such a name")
def test_a_name_may_look_like_a_path_of_another_system(old_place: Path, tmp_path: Path) -> None:
    (name,) = make_files(tmp_path / "odd", r"D:\cat\1.jpg")
    with Workspace.open(old_place / "project.fewshot") as workspace:
        add(workspace, [name])
        assert workspace.picture_names([4]) == [name.name]
        (tmp_path / "odd").rename(tmp_path / "new")
        assert locate(workspace, tmp_path / "new") == {4: tmp_path / "new" / name.name}


def test_missing_pictures_are_listed(old_place: Path) -> None:
    (old_place / "pets" / "cat" / "2.jpg").unlink()
    shutil.rmtree(old_place / "pets" / "dog")
    with Workspace.open(old_place / "project.fewshot") as workspace:
        assert [row.id for row in missing(workspace)] == [2, 3]


@pytest.mark.parametrize("chosen", ["", "cat", "dog"])
def test_one_folder_tells_where_all_missing_pictures_are(
    workspace_elsewhere: Workspace, tmp_path: Path, chosen: str
) -> None:
    new = tmp_path / "elsewhere"
    places = locate(workspace_elsewhere, new / chosen)
    assert places == {1: new / "cat" / "1.jpg", 2: new / "cat" / "2.jpg", 3: new / "dog" / "1.jpg"}


def test_without_sizes_the_longest_end_of_a_path_decides(tmp_path: Path, workspace: Workspace) -> None:
    workspace.apply(AddPictures([tmp_path / "old" / "cat" / "1.jpg", tmp_path / "old" / "dog" / "2.jpg"]))
    make_files(tmp_path / "new", "cat/1.jpg", "cat/2.jpg", "dog/2.jpg")
    places = locate(workspace, tmp_path / "new" / "cat")
    assert places == {1: tmp_path / "new" / "cat" / "1.jpg", 2: tmp_path / "new" / "dog" / "2.jpg"}


def test_a_file_that_two_pictures_lead_to_alike_is_neithers(tmp_path: Path, workspace: Workspace) -> None:
    workspace.apply(AddPictures([tmp_path / "old" / "1.jpg", tmp_path / "older" / "1.jpg"]))
    make_files(tmp_path / "new", "1.jpg")
    assert locate(workspace, tmp_path / "new") == {}


def test_a_file_of_another_picture_is_left_to_it(tmp_path: Path, workspace: Workspace) -> None:
    there = make_files(tmp_path / "new", "1.jpg")
    workspace.apply(AddPictures([tmp_path / "old" / "1.jpg", *there]))
    assert locate(workspace, tmp_path / "new") == {}


def test_a_file_of_another_size_is_another_picture(workspace_elsewhere: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "cat" / "1.jpg").write_bytes(b"another picture")
    assert locate(workspace_elsewhere, tmp_path / "elsewhere").keys() == {2, 3}


def test_locating_is_one_gesture(workspace_elsewhere: Workspace, tmp_path: Path) -> None:
    before = paths_of(workspace_elsewhere)
    workspace_elsewhere.save_unreadable([1], [Message("it is not there")])
    places = locate(workspace_elsewhere, tmp_path / "elsewhere")
    changed = workspace_elsewhere.apply(RelocatePictures(places))
    assert (str(changed.title), changed.pictures, changed.membership) == (
        "Locate 3 pictures",
        {1, 2, 3},
        True,
    )
    assert missing(workspace_elsewhere) == []
    assert workspace_elsewhere.unreadable() == {}
    assert workspace_elsewhere.labels() == {1: 1}
    workspace_elsewhere.undo()
    assert paths_of(workspace_elsewhere) == before


def test_what_is_found_through_a_link_is_added_by_its_real_name_once(
    workspace_elsewhere: Workspace, tmp_path: Path
) -> None:
    new = tmp_path / "elsewhere"
    add(workspace_elsewhere, [new / "cat" / "2.jpg"])
    (tmp_path / "link").symlink_to(new)
    places = locate(workspace_elsewhere, tmp_path / "link")
    assert workspace_elsewhere.apply(RelocatePictures(places)).pictures == {1, 3}
    assert paths_of(workspace_elsewhere)[0] == new / "cat" / "1.jpg"
    assert [row.id for row in missing(workspace_elsewhere)] == [2]


def test_locating_pictures_where_each_has_the_name_that_another_had_can_be_undone(
    workspace: Workspace, tmp_path: Path
) -> None:
    before = [tmp_path / "b.jpg", tmp_path / "a.jpg"]
    after = [tmp_path / "c.jpg", tmp_path / "b.jpg"]
    workspace.apply(AddPictures(before))
    workspace.apply(RelocatePictures(dict(enumerate(after, 1))))
    for _ in range(2):
        assert paths_of(workspace) == after
        workspace.undo()
        assert paths_of(workspace) == before
        workspace.redo()


def test_undone_a_wrong_place_leaves_nothing_of_its_file(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, write(tmp_path / "old", a=b"apple"))
    (tmp_path / "old" / "a.jpg").rename(tmp_path / "away.jpg")
    write(tmp_path / "wrong", a=b"grape")
    workspace.apply(RelocatePictures(locate(workspace, tmp_path / "wrong")))
    read(workspace)
    workspace.undo()
    right = tmp_path / "right" / "a.jpg"
    right.parent.mkdir()
    (tmp_path / "away.jpg").rename(right)
    assert locate(workspace, right.parent) == {1: right}


def test_a_folder_that_cannot_be_read_holds_nothing(workspace_elsewhere: Workspace, tmp_path: Path) -> None:
    assert locate(workspace_elsewhere, tmp_path / "nowhere") == {}


def test_renamed_pictures_are_known_by_size_and_time(tmp_path: Path, workspace: Workspace) -> None:
    paths = make_files(tmp_path / "old", "1.jpg", "2.jpg", "3.jpg")
    for number, path in enumerate(paths, 1):
        os.utime(path, ns=(0, number))
    add(workspace, paths)
    new = tmp_path / "new" / "deep"
    new.mkdir(parents=True)
    renamed = [path.rename(new / f"leaf-{path.stem}.jpg") for path in paths]
    assert locate(workspace, tmp_path / "new") == dict(enumerate(renamed, 1))
    os.utime(renamed[1], ns=(0, 99))  # changed since
    assert locate(workspace, tmp_path / "new") == {1: renamed[0], 3: renamed[2]}


def test_renamed_pictures_that_cannot_be_told_apart_stay_missing(
    tmp_path: Path, workspace: Workspace
) -> None:
    paths = make_files(tmp_path / "old", "1.jpg", "2.jpg")
    for path in paths:
        path.write_bytes(b"as long")
        os.utime(path, ns=(0, 1))
    add(workspace, paths)
    for path in paths:
        path.rename(path.with_name(f"leaf-{path.name}"))
    assert locate(workspace, tmp_path / "old") == {}


# -- by content, of pictures that have been read


def read(workspace: Workspace) -> None:
    """As if a run had read every picture."""
    for row in workspace.pictures(workspace.picture_ids()):
        note(workspace, [row.id], row.path.read_bytes(), mtime_ns=row.path.stat().st_mtime_ns)


def write(folder: Path, **contents: bytes) -> list[Path]:
    """Files with these contents, all of one age that those in no other folder have."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.jpg" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
        os.utime(path, ns=(0, int.from_bytes(folder.name.encode())))
    return paths


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that a search reads."""
    names: list[str] = []

    def read_and_tell(path: Path) -> bytes:
        names.append(path.name)
        return file_hash(path)

    monkeypatch.setattr(locating, "file_hash", read_and_tell)
    return names


@pytest.fixture
def three_read(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Pictures 1 to 3, of 5, 5 and 6 bytes, were read and are gone."""
    add(workspace, write(tmp_path / "old", a=b"apple", b=b"lemon", c=b"cherry"))
    read(workspace)
    shutil.rmtree(tmp_path / "old")
    return workspace


def test_a_picture_that_was_copied_under_another_name_is_known_by_its_content(
    three_read: Workspace, tmp_path: Path, read_files: list[str]
) -> None:
    lemon, _, _, cherry, _ = write(
        tmp_path / "new", x=b"lemon", y=b"grape", z=b"of another size", u=b"cherry", v=b"banana"
    )
    assert locate(three_read, tmp_path / "new") == {2: lemon, 3: cherry}
    assert sorted(read_files) == ["u.jpg", "v.jpg", "x.jpg", "y.jpg"], "only those of a size looked for"


def test_a_file_of_the_same_name_and_size_but_other_content_is_another_picture(
    three_read: Workspace, tmp_path: Path
) -> None:
    _, lemon = write(tmp_path / "new", b=b"grape", lemon=b"lemon")
    assert locate(three_read, tmp_path / "new") == {2: lemon}


def test_a_file_that_was_moved_as_it_was_is_not_read(
    workspace: Workspace, tmp_path: Path, read_files: list[str]
) -> None:
    add(workspace, write(tmp_path / "old", a=b"apple", b=b"lemon"))
    read(workspace)
    (tmp_path / "old").rename(tmp_path / "new")
    assert locate(workspace, tmp_path / "new").keys() == {1, 2}
    assert read_files == []


def test_a_time_in_whole_seconds_is_no_sign_of_a_file_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    old, apple, grape = write(tmp_path / "old" / "x", a=b"apple"), b"apple", b"grape"
    os.utime(old[0], (7, 7))
    add(workspace, old)
    read(workspace)
    old[0].unlink()
    (there,) = write(tmp_path / "new", a=grape)
    os.utime(there, (7, 7))
    assert locate(workspace, tmp_path / "new") == {}
    there.write_bytes(apple)
    os.utime(there, (7, 7))
    assert locate(workspace, tmp_path / "new") == {1: there}


def test_as_many_files_as_pictures_of_one_content_are_theirs_in_order(
    workspace: Workspace, tmp_path: Path
) -> None:
    add(workspace, write(tmp_path / "old", a=b"apple", b=b"apple"))
    read(workspace)
    shutil.rmtree(tmp_path / "old")
    new = tmp_path / "new"
    found = write(new, x=b"apple")
    assert locate(workspace, new) == {}, "whose it is cannot be told"
    found += write(new, y=b"apple")
    assert locate(workspace, new) == dict(enumerate(found, 1))
    write(new, z=b"apple")
    assert locate(workspace, new) == {}, "which of the three they are cannot be told"


def test_content_goes_before_size_and_time(workspace: Workspace, tmp_path: Path) -> None:
    old = write(tmp_path / "old", a=b"apple", b=b"lemon")
    add(workspace, old)
    note(workspace, [1], b"apple", mtime_ns=1)
    (tmp_path / "new").mkdir()
    old[1].unlink()
    apple = old[0].rename(tmp_path / "new" / "x.jpg")
    assert locate(workspace, tmp_path / "new") == {1: apple}, "the second has its size and time, no more"


def test_a_file_that_cannot_be_read_is_no_picture_that_was(
    three_read: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(path)

    write(tmp_path / "new", a=b"apple", x=b"lemon")
    monkeypatch.setattr(locating, "file_hash", refuse)
    assert locate(three_read, tmp_path / "new") == {}


def test_a_search_by_content_can_be_stopped_after_any_file(
    three_read: Workspace, tmp_path: Path, read_files: list[str]
) -> None:
    write(tmp_path / "new", x=b"grape", y=b"lemon", z=b"cherry")
    search = locating.locate(missing(three_read), tmp_path / "new", [])
    steps = 0
    while not read_files:
        steps += next(search) > 3
    search.close()
    assert (steps, read_files) == (1, ["x.jpg"])
