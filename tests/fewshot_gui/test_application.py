"""Starting and leaving: which project, how fast, and with what exit status."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from engine.errors import FewshotError
from engine.paths import data_dir
from engine.workspace import Workspace
from engine.workspace.commands import AddClass
from fewshot_gui.features.projects.project_files import open_at_start
from fewshot_gui.shell.saved_settings import recent_projects, remember_project

ROOT = Path(__file__).parents[2]

_START_AND_QUIT = """
import sys
from fewshot_gui import application, main_window
from tests.fewshot_gui.scripted_engine import ScriptedEngine

complete = main_window.MainWindow.complete

def complete_and_close(window):
    heavy = {"torch", "torchvision", "onnxruntime", "timm", "pyqtgraph"} & set(sys.modules)
    print("visible:", window.isVisible(), "loaded:", sorted(heavy))
    window.bridge.catalogue_ready.connect(window.close)
    complete(window)

main_window.MainWindow.__init__.__defaults__ = (ScriptedEngine,)
main_window.MainWindow.complete = complete_and_close
sys.exit(application.main(sys.argv[1:]))
"""


@pytest.mark.subprocess
def test_the_window_opens_without_torch_and_pyqtgraph_and_closes_with_status_0(tmp_path: Path) -> None:
    project = tmp_path / "mine.fewshot"
    done = subprocess.run(
        [sys.executable, "-c", _START_AND_QUIT, str(project)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "visible: True loaded: []\n", done.stderr
    assert done.returncode == 0, done.stderr
    assert project.is_file()


def test_the_project_asked_for_is_made_if_it_is_not_there(tmp_path: Path) -> None:
    project, problem = open_at_start(tmp_path / "new.fewshot")
    assert (project.workspace.path, problem) == (tmp_path / "new.fewshot", "")
    project.workspace.close()


def test_the_first_start_makes_a_project_among_the_programs_own_files() -> None:
    project, problem = open_at_start(None)
    assert (project.workspace.path, problem) == (data_dir() / "My pictures.fewshot", "")
    project.workspace.close()


def test_the_next_start_opens_the_last_project(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with Workspace.create(tmp_path / f"{name}.fewshot") as workspace:
            remember_project(workspace.path)
    project, _ = open_at_start(None)
    assert project.workspace.path == tmp_path / "b.fewshot"
    project.workspace.close()


def test_a_last_project_that_is_not_there_is_told_and_kept_in_mind(tmp_path: Path) -> None:
    away, older = tmp_path / "drive" / "birds.fewshot", tmp_path / "older.fewshot"
    away.parent.mkdir()
    for path in (older, away):
        Workspace.create(path).close()
        remember_project(path)
    drive = away.parent.rename(tmp_path / "unplugged")
    project, problem = open_at_start(None)
    assert (project.workspace.path.name, "birds.fewshot" in problem) == ("My pictures.fewshot", True)
    remember_project(project.workspace.path)
    assert away not in recent_projects()
    drive.rename(away.parent)
    assert recent_projects() == [project.workspace.path, away, older]
    project.workspace.close()


def test_a_project_that_cannot_even_be_shown_is_told_and_another_one_opened(tmp_path: Path) -> None:
    first, _ = open_at_start(None)
    remember_project(first.workspace.path)
    second, problem = open_at_start(None)
    assert second.workspace.path.name == "My pictures 2.fewshot"
    assert "open in another window" in problem
    first.workspace.close(), second.workspace.close()


DAMAGE = {
    "UPDATE run SET class_ids = 'x'": "is damaged",
    "UPDATE class SET name = CAST(x'ff' AS TEXT)": "is damaged",
    "CREATE TRIGGER evil AFTER INSERT ON home BEGIN DELETE FROM class; END": "is not as Fewshot makes it",
    "PRAGMA user_version = 0": "is damaged",
    "DROP TABLE step": "is not as Fewshot makes it",
}


@pytest.mark.parametrize(("statement", "words"), DAMAGE.items())
def test_a_last_project_that_is_damaged_is_told_and_an_empty_one_opened(
    tmp_path: Path, statement: str, words: str
) -> None:
    with Workspace.create(tmp_path / "birds.fewshot") as workspace:
        workspace.apply(AddClass("robin"))
        workspace.begin_run("protonet", "conv4", "cpu", 0, [1])
        remember_project(workspace.path)
    with closing(sqlite3.connect(workspace.path, isolation_level=None)) as db:
        db.execute(statement)
    project, problem = open_at_start(None)
    assert f"birds.fewshot {words}" in problem
    assert (project.workspace.path.name, project.classes) == ("My pictures.fewshot", {})
    project.workspace.close()


def test_a_file_that_is_no_project_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff not a project at all, but something precious")
    before = path.read_bytes()
    project, problem = open_at_start(path)
    assert "photo.jpg" in problem
    assert path.read_bytes() == before
    project.workspace.close()


def test_no_place_for_any_project_is_an_error_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FEWSHOT_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(FewshotError):
        open_at_start(None)


def test_recent_projects_are_few_distinct_and_still_there(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.fewshot" for number in range(12)]
    for path in paths:
        path.touch()
        remember_project(path)
    remember_project(paths[5])
    paths[10].unlink()
    assert [path.stem for path in recent_projects()] == ["5", "11", "9", "8", "7", "6", "4"]


def test_qt_calls_do_not_use_up_none() -> None:
    """PySide6 6.12.0 on Python < 3.12 drops a reference to None with every call that returns it."""
    widget = QObject()
    before = sys.getrefcount(None)
    for _ in range(20_000):
        widget.setObjectName("x")
    assert sys.getrefcount(None) > before - 1000
