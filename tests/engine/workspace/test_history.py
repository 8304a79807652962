"""The history of a picture's labels."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.messages import Message
from engine.workspace import LabelEvent, Workspace, undo_log
from engine.workspace.commands import (
    AddPictures,
    LabelPictures,
    RecolorClass,
    RemoveClass,
    RemovePictures,
    RenameClass,
)
from tests.engine.workspace.conftest import predict


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is, in seconds; a test may set it."""
    now = [0.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def class_names(workspace: Workspace, picture_id: int = 1) -> list[str | None]:
    return [event.class_name for event in workspace.history(picture_id)]


def test_a_picture_remembers_each_label_with_its_source_and_time(
    furnished: Workspace, clock: list[float]
) -> None:
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    clock[0] = 10.0
    furnished.apply(LabelPictures([1, 2], 1, "model", run))
    clock[0] = 20.0
    furnished.apply(LabelPictures([1], 2))
    clock[0] = 30.0
    furnished.apply(LabelPictures([1], None))
    assert furnished.history(1) == [
        LabelEvent("ant", "model", run, at(10), Message("Label {n} pictures", n=2)),
        LabelEvent("bee", "human", None, at(20), Message("Label 1 picture")),
        LabelEvent(None, None, None, at(30), Message("Unlabel 1 picture")),
    ]
    assert class_names(furnished, 2) == ["ant"]
    assert furnished.history(3) == []


def test_a_suggestion_that_a_human_accepted_names_its_run(furnished: Workspace) -> None:
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    furnished.apply(LabelPictures([1], 1, "model", run))
    furnished.apply(LabelPictures([1], 1, "human", run))
    assert [(event.source, event.run_id) for event in furnished.history(1)] == [
        ("model", run),
        ("human", run),
    ]
    furnished.apply(LabelPictures([1], 2))
    furnished.undo()
    assert furnished.history(1)[-1].run_id == run


def test_a_label_that_did_not_change_is_no_event(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([1, 2], 1))
    assert len(furnished.history(1)) == 1


def test_what_was_undone_has_not_happened(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([1], 2))
    furnished.undo()
    assert class_names(furnished) == ["ant"]
    furnished.redo()
    assert class_names(furnished) == ["ant", "bee"]


def test_what_was_undone_for_good_has_not_happened_while_it_is_still_in_the_log(
    furnished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_log, "_FORGET_AT_ONCE", 0)
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(LabelPictures([1], 2))
    furnished.undo()
    furnished.apply(LabelPictures([1], 3))
    assert furnished._db.execute("SELECT count(*) FROM label_log WHERE class_id = 2").fetchone() == (1,)
    assert class_names(furnished) == ["ant", "cat"]


def test_the_name_of_a_class_is_its_present_or_last_one(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(RenameClass(1, "wasp"))
    furnished.apply(RecolorClass(1, "#000000"))
    assert class_names(furnished) == ["wasp"]
    furnished.apply(RemoveClass(1))
    assert class_names(furnished) == ["wasp", None]
    assert str(furnished.history(1)[-1].gesture) == "Remove class"


def test_a_picture_that_was_removed_and_brought_back_has_its_history(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(RemovePictures([1]))
    furnished.undo()
    assert class_names(furnished) == ["ant"]


def test_the_history_reaches_back_further_than_undo(
    furnished: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_log, "MAX_STEPS", 3)
    furnished.apply(LabelPictures([1], 1))
    furnished.apply(RemoveClass(1))
    for number in range(9):
        furnished.apply(LabelPictures([2], number % 2 + 2))
        if number == 4:
            furnished.undo()
    assert class_names(furnished) == ["ant", None]
    assert class_names(furnished, 2) == ["bee", "cat", "bee", "cat", "bee", "cat", "bee"]
    undone = 0
    while furnished.undo():
        undone += 1
    assert undone == 3
    assert furnished.picture_ids().size == 6, "the pictures' own steps are past"
    furnished.apply(AddPictures([tmp_path / "x.jpg"]))
    assert class_names(furnished) == ["ant", None]


def test_a_clock_set_back_changes_neither_order_nor_undo(furnished: Workspace, clock: list[float]) -> None:
    clock[0] = 1000.0
    furnished.apply(LabelPictures([1], 1))
    run = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    clock[0] = 10.0
    furnished.apply(LabelPictures([1], 2))
    later = furnished.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    for number in (later, run):
        predict(furnished, number)
    furnished.finish_run(run, "finished")
    assert class_names(furnished) == ["ant", "bee"]
    assert [event.time for event in furnished.history(1)] == [at(1000), at(10)]
    assert [row.id for row in furnished.effective_runs()] == [run, later]
    furnished.undo()
    assert furnished.labels() == {1: 1}


def test_a_project_of_an_earlier_format_tells_what_its_log_holds(project: Path) -> None:
    script = Path(__file__).with_name("format_2.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(project)) as db:
        db.executescript(
            script + "DELETE FROM step WHERE id = 4; DELETE FROM label_log WHERE step IN (4, 6);"
        )
    with Workspace.open(project) as workspace:
        assert workspace.history(1) == [
            LabelEvent("ant", "human", None, at(1700000000), Message("")),
            LabelEvent("bee", "human", None, at(1700000001), Message("Label 1 picture")),
        ]
        assert workspace.history(2) == [LabelEvent("ant", "model", None, at(1700000004), Message(""))]
        workspace.apply(LabelPictures([2], None))
        assert [event.class_name for event in workspace.history(2)] == ["ant", None]


def test_titles_of_gestures_are_translatable_and_harmful_ones_replaced(
    project: Path, furnished: Workspace
) -> None:
    furnished.apply(RenameClass(1, "wasp"))
    assert furnished.undo_title == Message("Rename class to “{name}”", name="wasp")
    furnished.close()
    with closing(sqlite3.connect(project)) as db:
        title = json.dumps(["{a}\n{b}", {"a": "\ud800\x07", "b": 7}])
        db.execute("UPDATE step SET title = ?", (title,))
        db.commit()
    with Workspace.open(project) as workspace:
        assert str(workspace.undo_title) == "? 7"
