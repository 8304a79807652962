"""Crashes, full disks and read-only files: what was acknowledged stays, and work goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddPictures, LabelPictures
from tests.engine.workspace.conftest import note

CHECKOUT = Path(__file__).resolve().parents[3]
PICTURES = 50

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX process limits or users")


@contextmanager
def child(script: str, project: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process with the project; killed, not asked, at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(project)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def integrity(project: Path) -> str:
    db = sqlite3.connect(project)
    try:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        db.close()


@pytest.fixture
def full_project(project: Path, furnished: Workspace, tmp_path: Path) -> Path:
    furnished.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(PICTURES - 6)]))
    furnished.close()
    return project


def test_a_gesture_killed_midway_has_not_happened_at_all(full_project: Path) -> None:
    script = """
import sys
from pathlib import Path
from engine.workspace import Workspace, commands
workspace = Workspace.open(sys.argv[1])
paths = [Path(f"/pictures/{number}.jpg") for number in range(40_000)]
def pause() -> None:
    print("working", flush=True)
    input()
workspace._db.set_progress_handler(pause, 1_000_000)
workspace.apply(commands.AddPictures(paths))
"""
    with child(script, full_project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
    with Workspace.open(full_project) as workspace:
        assert workspace.picture_ids().size == PICTURES
        assert str(workspace.undo_title) == f"Add {PICTURES - 6} pictures"
    assert integrity(full_project) == "ok"


def test_a_project_open_in_another_process_is_refused_until_that_process_is_gone(full_project: Path) -> None:
    script = """
import sys
from engine.workspace import Workspace
workspace = Workspace.open(sys.argv[1])
print("open", flush=True)
input()
"""
    with child(script, full_project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(FewshotError, match="open in another window"):
            Workspace.open(full_project)
    with Workspace.open(full_project) as workspace:
        assert workspace.picture_ids().size == PICTURES


def test_a_full_disk_keeps_the_last_good_state_and_work_goes_on(furnished: Workspace, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(5000)]
    furnished.apply(LabelPictures([1], 1))
    pages = furnished._db.execute("PRAGMA page_count").fetchone()[0]
    furnished._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(FewshotError, match="is full: free some space"):
        furnished.apply(AddPictures(paths))
    assert furnished.picture_ids().size == 6
    assert str(furnished.undo_title) == "Label 1 picture"
    furnished._db.execute("PRAGMA max_page_count = 1000000")
    assert len(furnished.apply(AddPictures(paths)).pictures) == 5000
    assert furnished.labels() == {1: 1}


def test_every_write_to_a_read_only_file_says_so_and_work_goes_on(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished._db.execute("PRAGMA query_only = ON")
    writes = [
        lambda: furnished.apply(LabelPictures([2], 1)),
        furnished.undo,
        lambda: furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2]),
        lambda: furnished.save_unreadable([1], [Message("truncated")]),
        lambda: note(furnished, [1], b"content"),
    ]
    for write in writes:
        with pytest.raises(FewshotError, match="read-only"):
            write()
    furnished._db.execute("PRAGMA query_only = OFF")
    furnished.apply(LabelPictures([2], 1))
    assert furnished.labels() == {1: 1, 2: 1}


@posix_only
def test_a_write_that_the_system_refuses_keeps_the_last_good_state(full_project: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from engine.errors import FewshotError
from engine.workspace import Workspace, commands
workspace = Workspace.open(sys.argv[1])
workspace.apply(commands.LabelPictures([1], 1))
paths = [Path(f"/pictures/{number}.jpg") for number in range(20_000)]
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    workspace.apply(commands.AddPictures(paths))
except FewshotError as error:
    print(error)
print(Path(sys.argv[1] + "-wal").stat().st_size)
print(workspace.picture_ids().size, workspace.labels(), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
workspace.apply(commands.AddPictures(paths))
print(workspace.picture_ids().size, workspace.labels(), flush=True)
"""
    with child(script, full_project) as process:
        assert process.stdout is not None
        sentence, left_behind, refused, allowed = process.stdout.read().splitlines()
    assert "could not be read or written" in sentence
    assert left_behind == "0"
    assert refused == f"{PICTURES} {{1: 1}}"
    assert allowed == f"{PICTURES + 20_000} {{1: 1}}"
    assert integrity(full_project) == "ok"


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """A folder that every user of the machine can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix_only
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555)])
def test_a_project_that_may_not_be_written_is_refused(
    full_project: Path, folder_for_all: Path, file_mode: int, folder_mode: int
) -> None:
    script = """
import os, sys
from engine.errors import FewshotError
from engine.workspace import Workspace
if os.geteuid() == 0:  # whom no permission stops
    os.setuid(65534)
try:
    Workspace.open(sys.argv[1])
except FewshotError as error:
    print(error)
"""
    locked = folder_for_all / full_project.name
    shutil.copyfile(full_project, locked)
    locked.chmod(file_mode)
    folder_for_all.chmod(folder_mode)
    with child(script, locked) as process:
        assert process.stdout is not None
        assert "is read-only: copy it" in process.stdout.read()
    assert locked.read_bytes() == full_project.read_bytes()


def test_a_project_renamed_while_open_refuses_gestures_and_keeps_the_work(
    furnished: Workspace, project: Path
) -> None:
    furnished.apply(LabelPictures([1, 2], 1))
    renamed = project.rename(project.with_name("renamed.fewshot"))
    with pytest.raises(FewshotError, match=r"project\.fewshot was renamed, moved or deleted .* put it back"):
        furnished.apply(LabelPictures([3], 1))
    assert furnished.is_gone
    furnished.close()
    with Workspace.open(renamed) as again:
        assert again.labels() == {1: 1, 2: 1}


def test_a_project_that_gets_its_name_back_goes_on(furnished: Workspace, project: Path) -> None:
    renamed = project.rename(project.with_name("renamed.fewshot"))
    with pytest.raises(FewshotError):
        furnished.apply(LabelPictures([1], 1))
    renamed.rename(project)
    furnished.apply(LabelPictures([2], 1))
    assert furnished.labels() == {2: 1}
    assert not furnished.is_gone


def test_a_project_deleted_or_replaced_while_open_refuses_gestures_and_runs(
    furnished: Workspace, project: Path
) -> None:
    kept = project.rename(project.with_name("kept.fewshot"))
    shutil.copy(kept, project)
    with pytest.raises(FewshotError, match="was renamed, moved or deleted"):
        furnished.apply(LabelPictures([1], 1))
    project.unlink()
    with pytest.raises(FewshotError, match="was renamed, moved or deleted"):
        furnished.begin_run("a", "b", "cpu", 0, [1, 2])


def test_a_project_goes_on_when_its_whole_folder_is_moved(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    with Workspace.create(folder / "project.fewshot") as workspace:
        workspace.apply(AddPictures([tmp_path / "a.jpg"]))
        moved = folder.rename(tmp_path / "moved")
        workspace.apply(AddPictures([tmp_path / "b.jpg"]))
    with Workspace.open(moved / "project.fewshot") as again:
        assert len(again.picture_ids()) == 2


def test_a_drive_that_does_not_answer_for_a_moment_is_not_taken_for_a_lost_project(
    furnished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("engine.workspace.open_file.os.stat", silent)
    furnished.apply(LabelPictures([1], 1))
    assert furnished.labels() == {1: 1}


def test_a_log_stays_with_the_file_that_was_renamed_and_not_with_its_name(
    furnished: Workspace, project: Path
) -> None:
    backup = shutil.copy(project, project.with_name("backup"))
    furnished.apply(LabelPictures([1, 2], 1))
    renamed = project.rename(project.with_name("renamed.fewshot"))
    shutil.move(backup, project)
    before = project.read_bytes()
    with pytest.raises(FewshotError, match="put it back"):
        furnished.apply(LabelPictures([3], 1))
    assert project.with_name(project.name + "-wal").stat().st_size == 0
    assert project.read_bytes() == before
    furnished.close()
    with Workspace.open(renamed) as again:
        assert again.labels() == {1: 1, 2: 1}


def test_a_window_whose_file_was_renamed_leaves_the_log_of_the_next_alone(
    furnished: Workspace, project: Path
) -> None:
    furnished.close()
    left = Workspace.open(project)
    shutil.copy(project, project.with_name("backup"))
    project.rename(project.with_name("renamed.fewshot"))
    project.with_name("backup").rename(project)
    next_one = Workspace.open(project)
    next_one.apply(LabelPictures([1, 2], 1))
    log = project.with_name(project.name + "-wal")
    before = log.read_bytes()
    assert before
    left.close()
    assert log.read_bytes() == before
    next_one.close()
    with Workspace.open(project) as again:
        assert again.labels() == {1: 1, 2: 1}


@pytest.fixture
def backup(full_project: Path, tmp_path: Path) -> Path:
    """A copy of the project as it was before its last gesture, and of the same size."""
    copy = Path(shutil.copy(full_project, tmp_path / "backup"))
    with Workspace.open(full_project) as workspace:
        workspace.apply(LabelPictures([1], 1))
    assert copy.stat().st_size == full_project.stat().st_size
    return copy


@posix_only
@pytest.mark.parametrize("folded", [False, True])
def test_a_backup_that_is_copied_over_an_open_project_is_noticed_and_left_as_it_is(
    full_project: Path, backup: Path, folded: bool
) -> None:
    workspace = Workspace.open(full_project)
    workspace.apply(LabelPictures([2, 3], 2))
    if folded:
        workspace.fold_journal()
    log = full_project.with_name(full_project.name + "-wal").read_bytes()
    # Not by this process: that would end the lock.
    subprocess.run(["cp", backup, full_project], check=True)
    with pytest.raises(FewshotError, match=r"other content into .*project\.fewshot while it was open"):
        workspace.apply(LabelPictures([4], 1))
    workspace.close()
    assert full_project.read_bytes() == backup.read_bytes()
    aside = [file for file in full_project.parent.iterdir() if "before it was overwritten" in file.name]
    assert [file.read_bytes() for file in aside] == [log] * (not folded)
    with Workspace.open(full_project) as again:
        assert again.labels() == {}


def test_a_project_that_is_touched_or_folds_its_log_while_it_is_open_goes_on(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.fold_journal()
    furnished.apply(AddPictures([Path(f"/{number:0200}.jpg") for number in range(20_000)]))
    os.utime(furnished.path, (1, 1))
    furnished.apply(LabelPictures([2], 1))
    assert furnished.labels() == {1: 1, 2: 1}
    furnished.close()
    with Workspace.open(furnished.path) as again:
        assert again.labels() == {1: 1, 2: 1}
