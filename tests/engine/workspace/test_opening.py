"""Which files open, and what is said about those that do not."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")


def test_a_closed_project_is_one_file(project: Path, furnished: Workspace) -> None:
    furnished.close()
    assert [file for file in project.parent.iterdir() if file.name.startswith(project.name)] == [project]


def test_a_project_is_never_overwritten(project: Path, furnished: Workspace) -> None:
    furnished.close()
    before = project.read_bytes()
    with pytest.raises(FewshotError, match="already exists"):
        Workspace.create(project)
    assert project.read_bytes() == before


def test_open_or_create_does_either(project: Path) -> None:
    with Workspace.open_or_create(project) as workspace:
        workspace.apply(AddClass("ant"))
    with Workspace.open_or_create(project) as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]


def test_an_empty_file_becomes_a_project(project: Path) -> None:
    project.touch()
    with Workspace.open_or_create(project) as workspace:
        assert workspace.classes() == []


def test_a_missing_project_is_reported(project: Path) -> None:
    with pytest.raises(FewshotError, match="There is no project"):
        Workspace.open(project)
    assert not project.exists()


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="folder exists"):
        Workspace.create(tmp_path / "nowhere" / "project.fewshot")


def test_a_folder_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="already exists"):
        Workspace.create(tmp_path)
    with pytest.raises(FewshotError, match="There is no project"):
        Workspace.open(tmp_path)


@pytest.mark.parametrize("content", [b"hello, I am not a database" * 100, b"SQLite format 3\0", b"x"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(project: Path, content: bytes) -> None:
    project.write_bytes(content)
    with pytest.raises(FewshotError, match="not a Fewshot project"):
        Workspace.open(project)
    assert project.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(project: Path) -> None:
    db = sqlite3.connect(project)
    db.execute("CREATE TABLE class (id)")
    db.close()
    before = project.read_bytes()
    with pytest.raises(FewshotError, match="not a Fewshot project"):
        Workspace.open(project)
    assert project.read_bytes() == before


def test_a_newer_project_is_refused_and_left_alone(project: Path, furnished: Workspace) -> None:
    furnished.close()
    db = sqlite3.connect(project)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = project.read_bytes()
    with pytest.raises(FewshotError, match=r"newer Fewshot \(format 99"):
        Workspace.open(project)
    assert project.read_bytes() == before


def test_a_project_opens_in_one_window_at_a_time(project: Path, workspace: Workspace) -> None:
    with pytest.raises(FewshotError, match="open in another window"):
        Workspace.open(project)
    workspace.apply(AddClass("ant"))
    workspace.close()
    with Workspace.open(project) as reopened:
        assert len(reopened.classes()) == 1


@pytest.mark.parametrize(
    "name", ["프로젝트.fewshot", "a #?% b.fewshot", os.fsdecode(b"\xff\xfe.fewshot"), "no suffix"]
)
def test_a_project_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Workspace.create(tmp_path / name) as workspace:
        workspace.apply(AddPictures([tmp_path / "a.jpg"]))
    with Workspace.open(tmp_path / name) as workspace:
        assert workspace.picture_ids().tolist() == [1]
        assert workspace.path == tmp_path / name


def test_damage_is_found_after_an_unclean_end(project: Path, furnished: Workspace, tmp_path: Path) -> None:
    furnished.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(2000)]))
    furnished.close()
    content = bytearray(project.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    project.write_bytes(content)
    project.with_name(project.name + "-wal").touch()
    with pytest.raises(FewshotError, match="is damaged"):
        Workspace.open(project)


@contextmanager
def crash(project: Path) -> Iterator[Workspace]:
    """What is left of the project if the program ends at the end of the block."""
    workspace = Workspace.open(project)
    yield workspace
    left = {file: file.read_bytes() for file in (project, log_of(project))}
    workspace.close()
    for file, content in left.items():
        file.write_bytes(content)


@pytest.fixture
def crashed(project: Path, furnished: Workspace, tmp_path: Path) -> Path:
    """A project that was not closed: 5006 pictures, some of them and of their labels not in the file but in
    its log. Beside it lies a `backup` from before, of 3006 pictures."""
    furnished.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(3000)]))
    furnished.close()
    shutil.copy(project, tmp_path / "backup")
    with crash(project) as workspace:
        for part in range(100):
            workspace.apply(AddPictures([tmp_path / f"{part} {number}.jpg" for number in range(20)], 1))
    return project


def log_of(project: Path) -> Path:
    return project.with_name(project.name + "-wal")


def test_a_backup_that_is_put_in_the_place_of_a_crashed_project_is_left_whole(crashed: Path) -> None:
    backup = shutil.copy(crashed.with_name("backup"), crashed)
    before, log = backup.read_bytes(), log_of(crashed).read_bytes()
    with pytest.raises(FewshotError, match=r"fewshot-wal”, do not fit together .*: move the log"):
        Workspace.open_or_view(crashed)
    assert crashed.read_bytes() == before
    assert log_of(crashed).read_bytes() == log
    log_of(crashed).rename(crashed.with_name("moved away"))
    with Workspace.open(crashed) as workspace:
        assert workspace.picture_ids().size == 3006


def test_a_log_of_which_the_backup_lacks_the_beginning_is_noticed(
    project: Path, furnished: Workspace, tmp_path: Path
) -> None:
    furnished.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(3000)], 1))
    furnished.close()
    backup = project.read_bytes()
    with crash(project) as workspace:
        workspace.apply(LabelPictures(range(100, 3000, 300), 2))
        workspace.fold_journal()
        workspace.apply(LabelPictures([50], 2))
    project.write_bytes(backup)
    with pytest.raises(FewshotError, match="do not fit together"):
        Workspace.open(project)
    assert project.read_bytes() == backup


def test_a_log_whose_labels_are_of_pictures_that_the_backup_lacks_is_noticed(
    project: Path, furnished: Workspace, tmp_path: Path
) -> None:
    furnished.close()
    backup = project.read_bytes()
    with crash(project) as workspace:
        workspace.apply(AddPictures([tmp_path / "new.jpg"]))
        workspace.fold_journal()
        workspace.apply(LabelPictures([7], 1))
    project.write_bytes(backup)
    with pytest.raises(FewshotError, match="row 7 of label refers to none of picture"):
        Workspace.open(project)
    assert project.read_bytes() == backup


def test_a_crashed_project_keeps_what_only_its_log_has(crashed: Path) -> None:
    with Workspace.open(crashed) as workspace:
        assert workspace.picture_ids().size == 5006
        assert len(workspace.labels()) == 2000


@pytest.fixture
def link(crashed: Path, tmp_path: Path) -> Path:
    """To the crashed project, in another folder."""
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "link.fewshot"
    link.symlink_to(crashed)
    return link


@posix_only
def test_a_crashed_project_that_is_opened_by_a_link_keeps_what_only_its_log_has(
    crashed: Path, link: Path
) -> None:
    with Workspace.view(link, Message("why not")) as workspace:
        assert workspace.picture_ids().size == 5006
    with Workspace.open(link) as workspace:
        assert workspace.picture_ids().size == 5006
        assert workspace.path == crashed


@posix_only
def test_by_a_link_too_it_is_noticed_that_a_log_does_not_fit(crashed: Path, link: Path) -> None:
    shutil.copy(crashed.with_name("backup"), crashed)
    before = crashed.read_bytes()
    with pytest.raises(FewshotError, match="do not fit together"):
        Workspace.open(link)
    assert crashed.read_bytes() == before


@posix_only
def test_a_project_is_made_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "link.fewshot").symlink_to(tmp_path / "project.fewshot")
    with Workspace.create(tmp_path / "link.fewshot") as workspace:
        assert workspace.path == tmp_path / "project.fewshot"


def test_a_crashed_project_that_cannot_be_copied_for_want_of_space_stays_as_it_is(
    crashed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before, log = crashed.read_bytes(), log_of(crashed).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(FewshotError, match="no space for a copy"):
            Workspace.open(crashed)
    assert (crashed.read_bytes(), log_of(crashed).read_bytes()) == (before, log)
    with Workspace.open(crashed) as workspace:
        assert workspace.picture_ids().size == 5006


@pytest.mark.parametrize("opening", [Workspace.open, lambda path: Workspace.view(path, Message("why not"))])
def test_a_crashed_project_larger_than_the_systems_folder_is_copied_beside_itself(
    crashed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: Callable[[Path], Workspace]
) -> None:
    small, copy = tmp_path / "small", shutil.copyfile
    small.mkdir()
    beside = set(crashed.parent.iterdir())

    def copyfile(source: Path, target: Path) -> None:
        if small in target.parents:
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(tempfile, "tempdir", str(small))
    monkeypatch.setattr(shutil, "copyfile", copyfile)
    with opening(crashed) as workspace:
        assert workspace.picture_ids().size == 5006
    assert list(small.iterdir()) == []
    assert set(crashed.parent.iterdir()) <= beside


def test_a_project_that_is_open_elsewhere_is_not_copied_first(
    workspace: Workspace, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(shutil, "copyfile")
    with pytest.raises(FewshotError, match="open in another window"):
        Workspace.open(project)
    assert workspace.apply(AddClass("ant"))
