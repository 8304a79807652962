"""Projects of earlier formats, as the programs of their time wrote them (`format_1.sql` and so on)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.images import content_hash
from engine.workspace import Workspace, schema
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RenameClass, SetClassKey
from tests.engine.workspace.conftest import note

FORMATS = [1, 2, 3, 4, 5, 6]
BACKUP = "project (backup before format 7).fewshot"


@pytest.fixture(params=FORMATS)
def old_project(request: pytest.FixtureRequest, project: Path) -> Path:
    return make(project, request.param)


def make(project: Path, version: int) -> Path:
    script = Path(__file__).with_name(f"format_{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(project)) as db:
        db.executescript(script)
    return project


def content(project: Path) -> list[str]:
    with closing(sqlite3.connect(project)) as db:
        return list(db.iterdump())


def structure(project: Path) -> dict[str, object]:
    """Columns of every table, and the text of every trigger and index."""
    with closing(sqlite3.connect(project)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: db.execute(f"PRAGMA table_xinfo({name})").fetchall() for name in names}
        others = db.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')")
        # Where a column was put does not matter, as all statements name their columns.
        return {name: {row[1:] for row in rows} for name, rows in columns.items()} | dict(others.fetchall())


def test_a_project_of_an_earlier_format_opens_with_all_it_holds(old_project: Path) -> None:
    for _ in range(2):
        with Workspace.open(old_project) as workspace:
            assert [(row.name, row.count) for row in workspace.classes()] == [("ant", 1), ("bee", 1)]
            pictures = workspace.pictures(workspace.picture_ids())
            assert [(row.path, row.class_id, row.source) for row in pictures] == [
                (Path("/pictures/a.jpg"), 2, "human"),
                (Path("/pictures/b.jpg"), 1, "model"),
            ]
            [run] = workspace.effective_runs()
            assert (run.algorithm, run.options, run.status) == ("prototypical", {}, "finished")
            assert run.record == {}
            assert workspace.predictions(run.id).confidence.tolist() == [0.75]
            assert str(workspace.redo_title) == "Rename class to “wasp”"


def test_what_was_known_of_files_outlives_the_formats(project: Path) -> None:
    with Workspace.open(make(project, 4)) as workspace:
        rows = workspace.pictures([1, 2])
        assert [(row.size, row.mtime_ns, row.content) for row in rows] == [(5, 17, None), (None, None, None)]
        assert note(workspace, [2], b"read") == []
        while workspace.undo():
            pass
        while workspace.redo():
            pass
        rows = workspace.pictures([1, 2])
        assert [(row.size, row.content) for row in rows] == [(5, None), (4, content_hash(b"read"))]


def test_the_undo_log_goes_on_across_formats(old_project: Path) -> None:
    with Workspace.open(old_project) as workspace:
        workspace.apply(LabelPictures([2], 2))
        workspace.undo()
        while workspace.undo():
            pass
        assert (workspace.classes(), workspace.picture_ids().size) == ([], 0)
        for _ in range(7):
            workspace.redo()
        assert workspace.labels() == {1: 2, 2: 1}
        workspace.apply(RenameClass(1, "wasp"))
        changed = workspace.apply(AddPictures([Path("/pictures/d.jpg")]))
        assert changed.pictures == {4}, "the removed picture's number is not used again"


def test_a_migrated_project_has_the_structure_of_a_new_one(old_project: Path, tmp_path: Path) -> None:
    Workspace.open(old_project).close()
    Workspace.create(tmp_path / "new.fewshot").close()
    assert structure(old_project) == structure(tmp_path / "new.fewshot")


def test_a_copy_of_the_earlier_format_is_kept_beside_the_project(old_project: Path) -> None:
    before = content(old_project)
    for _ in range(2):
        Workspace.open(old_project).close()
    assert {file.name for file in old_project.parent.iterdir()} == {old_project.name, BACKUP}
    assert content(old_project.with_name(BACKUP)) == before


def test_an_earlier_backup_is_never_overwritten(project: Path) -> None:
    project.with_name(BACKUP).write_text("mine")
    Workspace.open(make(project, 2)).close()
    assert project.with_name(BACKUP).read_text() == "mine"
    second = project.with_name("project (backup before format 7, 2).fewshot")
    with closing(sqlite3.connect(second)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_backup_is_a_project_that_opens(project: Path) -> None:
    Workspace.open(make(project, 1)).close()
    with Workspace.open(project.with_name(BACKUP)) as workspace:
        assert workspace.labels() == {1: 2, 2: 1}


def test_gestures_that_a_crash_left_in_the_journal_are_in_the_backup(project: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(make(project, 2), isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("DELETE FROM label WHERE picture_id = 2")
        crashed = tmp_path / "crashed" / project.name
        crashed.parent.mkdir()
        for suffix in ("", "-wal"):
            crashed.with_name(crashed.name + suffix).write_bytes(Path(f"{project}{suffix}").read_bytes())
    Workspace.open(crashed).close()
    with closing(sqlite3.connect(crashed.with_name(BACKUP))) as db:
        assert db.execute("SELECT picture_id FROM label").fetchall() == [(1,)]


@pytest.fixture
def no_space_for_copies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connect = sqlite3.connect

    def refuse(path: str | Path, *args: object, **options: object) -> sqlite3.Connection:
        if os.fspath(path).endswith(".part"):
            raise sqlite3.OperationalError("database or disk is full")
        return connect(path, *args, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", refuse)
        yield


@pytest.mark.usefixtures("no_space_for_copies")
def test_without_a_backup_nothing_is_migrated(old_project: Path) -> None:
    with pytest.raises(FewshotError, match="earlier format and was left as it is") as refusal:
        Workspace.open(old_project)
    assert "disk is full" in str(refusal.value)
    assert [file.name for file in old_project.parent.iterdir()] == [old_project.name]
    with closing(sqlite3.connect(old_project)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] < schema.VERSION


def test_a_migration_that_breaks_off_has_not_happened(
    old_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(old_project)
    monkeypatch.setattr(schema, "LOG_TRIGGERS", "CREATE TRIGGER nonsense;")
    with pytest.raises(sqlite3.OperationalError):
        Workspace.open(old_project)
    assert content(old_project) == before
    monkeypatch.undo()
    Workspace.open(old_project).close()


def test_keys_of_classes_outlive_the_formats_and_may_be_letters_then(old_project: Path) -> None:
    with Workspace.open(old_project) as workspace:
        assert [row.key for row in workspace.classes()] == ["1", "2"]
        workspace.apply(SetClassKey(1, "x"))
        while workspace.undo():
            pass
        while workspace.redo():
            pass
        assert [row.key for row in workspace.classes()] == ["X", "2"]
        workspace.apply(AddClass("cat"))
        assert [(row.id, row.key) for row in workspace.classes()] == [(1, "X"), (2, "2"), (3, "1")]
