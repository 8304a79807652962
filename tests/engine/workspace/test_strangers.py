"""Projects that come from anybody, or from a disk that rots: what opens, and what is said of the others."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace, connection, relocation, schema
from engine.workspace.checks import LARGEST_ID
from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemovePictures, RenameClass
from engine.workspace.temporary import TemporaryFolder, remove_left_behind
from tests.engine.workspace.test_migration import FORMATS, make

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs pipes, links and locks")


@pytest.fixture
def furnished_file(project: Path, furnished: Workspace) -> Path:
    """Closed: classes 1 to 3, pictures 1 to 6, of which 1 and 2 are labelled; one run."""
    furnished.apply(LabelPictures([1, 2], 1))
    run_id = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    furnished.save_predictions(run_id, np.array([3, 4]), np.array([[1, 0], [0.5, 0.5]], np.float32))
    furnished.finish_run(run_id, "finished")
    furnished.close()
    return project


@contextmanager
def edited(project: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(project, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA writable_schema = ON")
        yield db


def change(project: Path, *statements: str) -> bytes:
    with edited(project) as db:
        for statement in statements:
            db.execute(statement)
    return project.read_bytes()


# What a file is made of


@pytest.mark.parametrize("version", FORMATS)
def test_each_format_is_known_by_its_structure(project: Path, version: int) -> None:
    with closing(sqlite3.connect(make(project, version))) as db:
        assert schema.structure(db) == schema.expected(version)


@pytest.mark.parametrize("version", FORMATS)
def test_a_project_that_was_brought_to_the_present_format_has_its_structure(
    project: Path, version: int
) -> None:
    Workspace.open(make(project, version)).close()
    with closing(sqlite3.connect(project)) as db:
        assert schema.structure(db) == schema.expected(schema.VERSION)


def test_the_steps_from_the_first_format_lead_to_the_present_one() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(schema._FIRST_TABLES)
        db.execute("PRAGMA user_version = 1")
        db.executescript(schema.log_triggers(db))
        schema.upgrade(db)
        assert schema.structure(db) == schema.expected(schema.VERSION)


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, x'61' AS path FROM n"
)
STRANGE = {
    "CREATE TRIGGER evil AFTER INSERT ON home BEGIN DELETE FROM class; END": "a foreign trigger “evil”",
    f"CREATE VIEW evil AS {ENDLESS}": "a foreign view “evil”",
    "CREATE INDEX evil ON picture(hex(path))": "a foreign index “evil”",
    "CREATE TABLE evil (x)": "a foreign table “evil”",
    'CREATE TABLE "a\nb" (x)': "a foreign table “a b”",
    "DROP TRIGGER label_insert": "no trigger “label_insert”",
    "DROP TABLE setting": "no table “setting”",
    "ALTER TABLE class ADD COLUMN evil TEXT AS (hex(zeroblob(400000000)))": "a changed table “class”",
    "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')"
    " WHERE name = 'class'": "a changed table “class”",
    "UPDATE sqlite_schema SET sql = replace(sql, 'BEGIN', 'BEGIN DELETE FROM class;')"
    " WHERE name = 'label_insert'": "a changed trigger “label_insert”",
}


@pytest.mark.parametrize("opening", [Workspace.open, lambda path: Workspace.view(path, Message("why not"))])
@pytest.mark.parametrize(("statement", "named"), STRANGE.items())
def test_what_fewshot_has_not_put_into_a_project_is_named_and_does_nothing(
    furnished_file: Path, statement: str, named: str, opening: Callable[[Path], Workspace]
) -> None:
    before = change(furnished_file, statement)
    with pytest.raises(FewshotError, match=f"is not as Fewshot makes it .it has {named}"):
        opening(furnished_file)
    assert furnished_file.read_bytes() == before


def test_in_an_earlier_format_foreign_triggers_are_found_too(project: Path) -> None:
    trigger = "CREATE TRIGGER evil AFTER UPDATE ON class BEGIN DELETE FROM class; END"
    before = change(make(project, 3), trigger)
    with pytest.raises(FewshotError, match="a foreign trigger “evil”"):
        Workspace.open(project)
    assert (project.read_bytes(), list(project.parent.iterdir())) == (before, [project])


# What is in it


IMPOSSIBLE = {
    f"UPDATE picture SET id = {LARGEST_ID + 1} WHERE id = 6": "id of picture is 2000000001",
    "UPDATE picture SET id = -1 WHERE id = 6": "id of picture is -1",
    "UPDATE class SET id = 1099511627776 WHERE id = 3": "id of class is 1099511627776",
    "UPDATE class SET position = 9223372036854775807 WHERE id = 3": "position of class is",
    "UPDATE picture SET path = x'2f6100622e6a7067' WHERE id = 6": "of picture is 3",
    "UPDATE picture SET path = x'' WHERE id = 6": "length.path. of picture is 0",
    "UPDATE label SET class_id = 77": "row 1 of label refers to none of class",
    "INSERT INTO step(id, title) VALUES (9223372036854775807, 'x')": "id of step is",
    "UPDATE sqlite_sequence SET seq = 9223372036854775807": "the last id of .* is 9223372036854775807",
    "UPDATE run SET started = 1e300": "started of run is 1e.300",
    "UPDATE label SET time = 9e999": "time of label is inf",
    "UPDATE run SET class_ids = '{}'": "run 1 has no classes or options",
    "UPDATE run SET class_ids = '[1,'": "run 1 has no classes or options",
    "UPDATE run SET class_ids = '[99999999999999999999]'": "run 1 has no classes or options",
    "UPDATE run SET options = hex(zeroblob(9))": "run 1 has no classes or options",
    "UPDATE run SET options = '{\"k\": NaN}'": "run 1 has no classes or options",
    f"UPDATE run SET options = '{{\"k\": 1{'0' * 400}}}'": "run 1 has no classes or options",
    "UPDATE prediction_batch SET picture_ids = x'01'": "run 1 has predictions of another size",
    "UPDATE prediction_batch SET probabilities = zeroblob(4)": "run 1 has predictions of another size",
    "UPDATE run SET class_ids = '[]'": "run 1 has predictions of another size",
    "INSERT INTO recording SELECT id FROM step": "step of recording is",
    "UPDATE class SET color = 'red'": "CHECK constraint failed in class",
    "PRAGMA user_version = 0": "format 0",
}


@pytest.mark.parametrize(("statement", "fault"), IMPOSSIBLE.items())
def test_what_no_project_holds_is_damage(furnished_file: Path, statement: str, fault: str) -> None:
    change(furnished_file, statement)
    with pytest.raises(FewshotError, match=f"is damaged .*{fault}.*: restore it"):
        Workspace.open_or_view(furnished_file)


def test_deeply_nested_options_are_damage(furnished_file: Path) -> None:
    change(furnished_file, f"UPDATE run SET options = '{'[' * 100_000}'")
    with pytest.raises(FewshotError, match="run 1 has no classes or options"):
        Workspace.open(furnished_file)


def test_a_text_that_is_none_is_one_sentence_also_where_it_is_found_later(furnished_file: Path) -> None:
    change(furnished_file, "UPDATE class SET name = CAST(x'ff61' AS TEXT) WHERE id = 2")
    with (
        Workspace.open(furnished_file) as workspace,
        pytest.raises(FewshotError, match=r"is damaged .*UTF-8"),
    ):
        workspace.classes()


def test_a_project_with_one_picture_of_a_large_number_opens(furnished_file: Path) -> None:
    change(furnished_file, f"UPDATE picture SET id = {LARGEST_ID} WHERE id = 6")
    with Workspace.open(furnished_file) as workspace:
        assert workspace.picture_ids().tolist() == [1, 2, 3, 4, 5, LARGEST_ID]
        assert workspace.probabilities(1)[0].tolist() == [3, 4]


def test_what_is_no_probability_is_left_out(furnished_file: Path) -> None:
    with edited(furnished_file) as db:
        said = np.array([[np.nan, 1], [0.25, 0.75]], np.float32).tobytes()
        db.execute("UPDATE prediction_batch SET probabilities = ?", (said,))
    with Workspace.open(furnished_file) as workspace:
        assert workspace.probabilities(1)[0].tolist() == [4]
        assert workspace.latest_prediction(3) is None


def test_a_gesture_that_cannot_be_put_back_is_a_sentence_and_changes_nothing(furnished_file: Path) -> None:
    with Workspace.open(furnished_file) as workspace:
        workspace.apply(RenameClass(1, "wasp"))
    change(furnished_file, "UPDATE class_log SET name = NULL WHERE side = 0")
    with Workspace.open(furnished_file) as workspace:
        with pytest.raises(FewshotError, match=r"is damaged .*NOT NULL"):
            workspace.undo()
        assert [row.name for row in workspace.classes()] == ["wasp", "bee", "cat"]
        assert workspace.apply(AddClass("dog"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb", "a b"), ("\x1b[2J", "[2J"), ("a\u2028b", "a b"), ("x" * 5000, "x" * 1000 + "…")],
)
def test_the_name_of_a_class_is_one_line_whatever_a_file_holds(
    furnished_file: Path, name: str, shown: str
) -> None:
    with edited(furnished_file) as db:
        db.execute("UPDATE class SET name = ? WHERE id = 1", (name,))
    with Workspace.open(furnished_file) as workspace:
        assert workspace.classes()[0].name == shown
        assert {event.class_name for event in workspace.history(1)} == {shown}


def test_classes_that_are_shown_alike_are_told_apart(furnished_file: Path) -> None:
    change(
        furnished_file,
        "UPDATE class SET name = 'a b' WHERE id = 1",
        "UPDATE class SET name = 'a' || char(10) || 'b' WHERE id = 2",
    )
    with Workspace.open(furnished_file) as workspace:
        assert [row.name for row in workspace.classes()] == ["a b", "a b (2)", "cat"]


def test_a_new_class_has_no_control_characters_in_its_name(workspace: Workspace) -> None:
    workspace.apply(AddClass("\x1b[31mred\x07\n fox"))
    assert [row.name for row in workspace.classes()] == ["[31mred fox"]


# How long it takes


def test_opening_is_given_up_when_it_is_not_wanted_any_more(
    furnished_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_STEPS_BETWEEN_LOOKS", 1)
    with pytest.raises(FewshotError, match="was not opened"):
        Workspace.open_or_view(furnished_file, lambda: False)
    Workspace.open(furnished_file).close()


def test_opening_ends_after_a_while(furnished_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_STEPS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(connection, "_LEAST_SECONDS", -1)
    with pytest.raises(FewshotError, match="took too long for a project of its size"):
        Workspace.open_or_view(furnished_file)
    monkeypatch.undo()
    Workspace.open(furnished_file).close()


def test_only_the_last_homes_are_remembered(furnished_file: Path) -> None:
    with edited(furnished_file) as db:
        db.execute("BEGIN")
        folders = ((b"/%d" % number,) for number in range(1000))
        db.executemany("INSERT INTO home(folder) VALUES (?)", folders)
        db.execute("COMMIT")
    with Workspace.open(furnished_file) as workspace:
        found = workspace._rows("SELECT folder FROM home ORDER BY id DESC")
    assert len(found) == relocation._MOST_HOMES
    here = os.path.realpath(furnished_file.parent)
    assert [os.fsdecode(folder) for (folder,) in found[:2]] == [here, "/999"]


# What lies in its place, or beside it


ODD: dict[str, Callable[[Path], object]] = {
    "pipe": lambda path: os.mkfifo(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@posix_only
@pytest.mark.parametrize("suffix", ["-wal", "-journal", "-shm"])
@pytest.mark.parametrize("put", [*ODD.values(), lambda path: path.symlink_to("nowhere"), Path.mkdir])
def test_a_log_that_is_no_ordinary_file_is_named_at_once(
    furnished_file: Path, suffix: str, put: Callable[[Path], object]
) -> None:
    log = furnished_file.with_name(furnished_file.name + suffix)
    put(log)
    with pytest.raises(FewshotError, match=f"“{log.name}” beside .* is no ordinary file: move it"):
        Workspace.open_or_view(furnished_file)


@posix_only
@pytest.mark.parametrize("put", ODD.values(), ids=ODD)
@pytest.mark.parametrize("opening", [Workspace.open_or_view, Workspace.open_or_create])
def test_a_project_that_is_no_ordinary_file_is_refused_at_once(
    project: Path, put: Callable[[Path], object], opening: Callable[[Path], Workspace]
) -> None:
    put(project)
    with pytest.raises(FewshotError, match="is no ordinary file"):
        opening(project)


@posix_only
def test_a_log_that_is_larger_than_the_disk_is_not_copied(furnished_file: Path, project: Path) -> None:
    log = project.with_name(project.name + "-wal")
    with log.open("wb") as file:
        file.truncate(2**42)
    with pytest.raises(FewshotError, match="no space for a copy"):
        Workspace.open_or_view(furnished_file)


# What a kill leaves in the system's folder


OWNER = """
import sys
from pathlib import Path
from engine.workspace.temporary import TemporaryFolder
folder = TemporaryFolder(Path(sys.argv[1]))
print(folder.path, flush=True)
sys.stdin.readline()
"""


@posix_only
def test_only_what_a_killed_process_has_left_is_removed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    checkout = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        command, cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        with TemporaryFolder(tmp_path) as own:
            remove_left_behind(tmp_path)
            assert theirs.is_dir()
            process.kill()
            process.wait()
            remove_left_behind(tmp_path)
            assert list(tmp_path.iterdir()) == [own.path]
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_an_earlier_program_has_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    old, new, own, other = (tmp_path / name for name in (".fewshot-a", ".fewshot-b", ".fewshot-own", "other"))
    for folder in (old, new, own, other):
        folder.mkdir()
        (folder / "project").touch()
    (own / "my notes.txt").touch()
    for folder in (old, own, other):
        os.utime(folder, (time.time() - 7200,) * 2)
    remove_left_behind(tmp_path)
    assert set(tmp_path.iterdir()) == {new, own, other}


def test_a_check_leaves_nothing_behind(
    furnished_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    furnished_file.with_name(furnished_file.name + "-wal").touch()
    Workspace.open(furnished_file).close()
    assert list(folder.iterdir()) == []


def test_a_project_of_which_most_was_removed_opens_with_what_is_left(
    project: Path, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.apply(AddPictures([tmp_path / f"{number}.jpg" for number in range(3000)]))
    workspace.apply(RemovePictures(range(2, 3000)))
    workspace.close()
    with Workspace.open(project) as reopened:
        assert reopened.picture_ids().tolist() == [1, 3000]
