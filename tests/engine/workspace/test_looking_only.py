"""Projects that can be looked at but not changed: open elsewhere, read-only, or not to be migrated."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.images.archive import unpack
from engine.images.content import file_hash, read_picture
from engine.images.thumbnails import thumbnail
from engine.messages import Message
from engine.workspace import Workspace, read_only
from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from tests.engine.workspace.conftest import missing, note

CHECKOUT = Path(__file__).resolve().parents[3]

HOLD = """
import sys
from engine.workspace import Workspace, commands
workspace = Workspace.open(sys.argv[1])
workspace.apply(commands.LabelPictures([1], 2))
print("open", flush=True)
for line in sys.stdin:
    workspace.apply(commands.LabelPictures([int(line)], 3))
    print(workspace.labels(), flush=True)
"""

TRY = """
import sys
from engine.workspace import Workspace, read_only
Workspace.open(sys.argv[1])
"""

RELABEL_ALL = """
import itertools, sys
from engine.workspace import Workspace, commands
workspace = Workspace.open(sys.argv[1])
workspace._db.execute("PRAGMA wal_autocheckpoint = 50")
for number in itertools.count():
    workspace.apply(commands.LabelPictures(range(1, 7), number % 2 + 1))
    print("done", flush=True)
"""


@contextmanager
def other_window(script: str, project: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process with the project, after its first line; killed at the end."""
    command = [sys.executable, "-c", script, str(project)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            yield process
        finally:
            process.kill()


@pytest.fixture
def closed_project(project: Path, furnished: Workspace) -> Path:
    furnished.close()
    return project


@pytest.mark.parametrize(
    "read",
    [
        read_picture,
        file_hash,
        lambda path: thumbnail(path, 64),
        lambda path: next(unpack(path, path.parent)),
    ],
)
@pytest.mark.slow
def test_a_project_that_is_taken_for_a_picture_stays_locked(
    project: Path, furnished: Workspace, read: Callable[[Path], object]
) -> None:
    other_name = project.with_name("picture.jpg")
    other_name.hardlink_to(project)
    furnished.apply(AddPictures([project, other_name]))
    for path in (project, other_name):
        with pytest.raises((FewshotError, OSError)):
            read(path)
    command = [sys.executable, "-c", TRY, str(project)]
    other = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "is open in another window" in other.stderr
    furnished.close()
    assert read_picture(project).startswith(b"SQLite")  # as any file


@pytest.mark.slow
def test_a_second_window_sees_everything_and_changes_nothing(closed_project: Path) -> None:
    with other_window(HOLD, closed_project) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with Workspace.open_or_view(closed_project) as view:
            assert "is open in another window" in str(view.read_only_reason)
            assert [row.name for row in view.classes()] == ["ant", "bee", "cat"]
            assert view.labels() == {1: 2}
            gestures = [
                lambda: view.apply(LabelPictures([2], 1)),
                view.undo,
                view.redo,
                lambda: view.begin_run("prototypical", "conv4", "cpu", 0, [1, 2]),
                lambda: view.save_unreadable([1], [Message("truncated")]),
                lambda: note(view, [1], b"content"),
            ]
            for gesture in gestures:
                with pytest.raises(FewshotError) as refusal:
                    gesture()
                assert str(refusal.value) == str(view.read_only_reason)
            print(5, file=process.stdin, flush=True)
            assert process.stdout.readline() == "{1: 2, 5: 3}\n"
            assert view.labels() == {1: 2}, "it shows one moment"
        with Workspace.open_or_view(closed_project) as later:
            assert later.labels() == {1: 2, 5: 3}
    with Workspace.open_or_view(closed_project) as reopened:
        assert str(reopened.read_only_reason) == ""
        assert reopened.labels() == {1: 2, 5: 3}


@pytest.mark.slow
def test_neither_window_needs_memory_shared_between_processes(closed_project: Path) -> None:
    with other_window(HOLD, closed_project), Workspace.open_or_view(closed_project):
        names = {file.name for file in closed_project.parent.iterdir()}
    assert names == {closed_project.name, closed_project.name + "-wal"}


def test_a_view_taken_while_the_other_window_works_shows_whole_gestures(closed_project: Path) -> None:
    with other_window(RELABEL_ALL, closed_project) as process:
        assert process.stdout is not None
        for _ in range(10):
            for _ in range(7):
                process.stdout.readline()
            with Workspace.view(closed_project, Message("It is open elsewhere.")) as view:
                assert len(view.labels()) == 6
                assert len(set(view.labels().values())) == 1
                assert view._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(("changed", "fits"), [("nothing", True), ("log", False), ("file", False)])
def test_copies_of_file_and_log_that_do_not_belong_together_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, fits: bool
) -> None:
    file, log, copy = tmp_path / "p", tmp_path / "p-wal", tmp_path / "copy"
    file.write_text("pages")
    if changed == "log":
        log.write_text("an earlier log")
    copyfile = shutil.copyfile

    def copy_and_interfere(source: Path, target: Path) -> Path:
        copied = copyfile(source, target)
        if changed == "log":
            log.write_text("a later log")
        elif changed == "file":
            file.write_text("other pages")
        return copied

    monkeypatch.setattr(shutil, "copyfile", copy_and_interfere)
    assert read_only._copied(file, copy) is fits


def test_a_project_that_never_rests_is_refused_with_a_sentence(
    closed_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_only, "_copied", lambda *_: False)
    with pytest.raises(FewshotError, match="is being changed by another window"):
        Workspace.view(closed_project, Message("It is open elsewhere."))


@pytest.mark.slow
def test_a_window_does_not_view_what_it_has_open(project: Path, furnished: Workspace, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    for path in (project, tmp_path / "link"):
        with pytest.raises(FewshotError, match="open in this window already"):
            Workspace.open_or_view(path)
    command = [sys.executable, "-c", HOLD, str(project)]
    intruder = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert "is open in another window" in intruder.stderr, "the lock holds as before"
    furnished.apply(AddClass("dog"))
    furnished.close()
    with Workspace.view(project, Message("It is read-only.")) as view:
        assert len(view.classes()) == 4


@pytest.mark.parametrize("content", [b"hello, I am not a database" * 100, b"SQLite format 3\0", b""])
def test_what_is_no_project_cannot_be_viewed_either(project: Path, content: bytes) -> None:
    project.write_bytes(content)
    with pytest.raises(FewshotError, match="not a Fewshot project"):
        Workspace.open_or_view(project)
    assert project.read_bytes() == content


def test_a_missing_or_newer_project_cannot_be_viewed_either(closed_project: Path) -> None:
    with pytest.raises(FewshotError, match="There is no project"):
        Workspace.open_or_view(closed_project.with_name("other.fewshot"))
    with closing(sqlite3.connect(closed_project)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(FewshotError, match="newer Fewshot"):
        Workspace.open_or_view(closed_project)


def test_a_damaged_project_is_not_shown(closed_project: Path, tmp_path: Path) -> None:
    with Workspace.open(closed_project) as workspace:
        workspace.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(2000)]))
    content = bytearray(closed_project.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    closed_project.write_bytes(content)
    with pytest.raises(FewshotError, match="is damaged"):
        Workspace.view(closed_project, Message("It is open elsewhere."))


def test_a_project_that_may_not_be_migrated_is_shown_in_the_present_format(project: Path) -> None:
    script = Path(__file__).with_name("format_2.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(project)) as db:
        db.executescript(script)
    before = project.read_bytes()
    with Workspace.view(project, Message("It is read-only.")) as view:
        assert view.labels() == {1: 2, 2: 1}
        assert view.pictures([1])[0].size is None
    assert project.read_bytes() == before
    assert list(project.parent.iterdir()) == [project]


def test_a_moved_project_shows_the_pictures_that_came_along(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "a.jpg").write_bytes(b"picture")
    with Workspace.create(old / "p.fewshot") as workspace:
        workspace.apply(AddPictures([old / "a.jpg"]))
    old.rename(new)
    before = (new / "p.fewshot").read_bytes()
    with Workspace.view(new / "p.fewshot", Message("It is read-only.")) as view:
        assert missing(view) == []
    assert (new / "p.fewshot").read_bytes() == before


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """A folder that every user of the machine can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555), (0o444, 0o555)])
def test_a_project_that_may_not_be_written_is_shown(
    closed_project: Path, folder_for_all: Path, file_mode: int, folder_mode: int
) -> None:
    script = """
import os, sys
from engine.workspace import Workspace, read_only
if os.geteuid() == 0:  # whom no permission stops
    os.setuid(65534)
with Workspace.open_or_view(sys.argv[1]) as view:
    print(len(view.classes()), view.read_only_reason)
"""
    locked = folder_for_all / closed_project.name
    shutil.copyfile(closed_project, locked)
    locked.chmod(file_mode)
    folder_for_all.chmod(folder_mode)
    shown = subprocess.run(
        [sys.executable, "-c", script, str(locked)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    assert shown.startswith("3 ")
    assert "is read-only: copy it" in shown
    assert list(folder_for_all.iterdir()) == [locked]
    assert locked.read_bytes() == closed_project.read_bytes()
