"""What was done to very many pictures is undone and redone as one, also beside what is still to come."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, AddPictures, LabelPictures, RemovePictures
from fewshot_gui.engine_link.kinds import GESTURE
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import commands

COUNT = 7
ALL = list(range(1, COUNT + 1))


@pytest.fixture
def full(window: MainWindow, tmp_path: Path) -> MainWindow:
    """All seven pictures are labelled as ants."""
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in ALL]))
    window.hub.commands.apply(AddClass("ant"))
    window.hub.commands.apply(LabelPictures(ALL, 1))
    return window


def test_labels_go_and_come_back_at_once(full: MainWindow) -> None:
    counts: list[int] = []
    full.hub.changed.connect(lambda _changes: counts.append(full.hub.queries.labeled_count))
    full.actions_.undo.trigger()
    assert full.hub.commands.redo_title == "Label 7 pictures"
    full.actions_.redo.trigger()
    assert full.hub.commands.undo_title == "Label 7 pictures"
    assert counts == [0, COUNT]


def test_pictures_that_were_removed_come_back_with_their_labels(full: MainWindow) -> None:
    full.hub.commands.apply(RemovePictures(ALL))
    assert full.pictures.model.ids.tolist() == []
    full.actions_.undo.trigger()
    assert full.pictures.model.ids.tolist() == ALL
    assert full.hub.queries.labeled_count == COUNT


def test_an_undo_before_the_first_part_of_a_long_gesture_is_of_the_gesture_before(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.hub.commands.apply(AddClass("bee"))
    full.hub.commands.apply(LabelPictures(ALL, 2))
    monkeypatch.setattr(commands, "_AT_ONCE", 2)
    full.hub.commands.apply_to_many(LabelPictures([5, 6, 7], 1))
    full.actions_.undo.trigger()
    qtbot.waitUntil(lambda: not full.tasks.is_running(GESTURE))
    assert full.hub.queries.labels_of(full.hub.queries.picture_ids).tolist() == [1] * COUNT


def test_an_import_that_has_found_its_pictures_comes_after_an_undo(
    full: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "new.png")
    full.importer.add_to_label([tmp_path / "new.png"])
    assert all(thread.wait(5) for thread in full.tasks.threads())
    full.actions_.undo.trigger()
    with qtbot.waitSignal(full.importer.added):
        pass
    assert (full.hub.queries.labeled_count, full.hub.queries.picture_count) == (0, COUNT + 1)


def test_an_undo_that_cannot_be_written_says_so_and_changes_nothing(full: MainWindow) -> None:
    full.hub._state.workspace._db.execute("PRAGMA query_only = ON")
    full.actions_.undo.trigger()
    full.hub._state.workspace._db.execute("PRAGMA query_only = OFF")
    assert full.messages.text
    assert full.hub.queries.labeled_count == COUNT
    full.actions_.undo.trigger()
    assert full.hub.queries.labeled_count == 0
