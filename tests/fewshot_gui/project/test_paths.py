"""Paths are read when they are asked for, and anew when pictures have come, gone or moved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.workspace.commands import AddPictures, RelocatePictures, RemovePictures
from fewshot_gui.project.hub import ProjectHub


@pytest.fixture
def five(hub: ProjectHub) -> ProjectHub:
    """A project of five pictures whose paths are known."""
    hub.commands.apply(AddPictures([Path(f"/imagined/{number}.png") for number in range(5)]))
    assert hub.all_paths()[0] == [1, 2, 3, 4, 5]
    return hub


def test_all_paths_are_those_of_each(five: ProjectHub) -> None:
    ids, paths = five.all_paths()
    assert [Path(os.fsdecode(path)) for path in paths] == [
        five.queries.path(picture_id) for picture_id in ids
    ]


def test_they_follow_what_is_added_removed_and_moved(five: ProjectHub) -> None:
    known, _ = five.all_paths()
    five.commands.apply(AddPictures([Path("/imagined/new.png")]))
    assert five.all_paths()[0] == [1, 2, 3, 4, 5, 6]
    five.commands.apply(RemovePictures([1]))
    assert five.all_paths()[0] == [2, 3, 4, 5, 6]
    five.commands.apply(RelocatePictures({2: Path("/elsewhere/1.png")}))
    assert five.all_paths()[1][0] == b"/elsewhere/1.png"
    assert known == [1, 2, 3, 4, 5]  # who was given them before keeps them


def test_what_has_come_in_parts_is_told_before(five: ProjectHub) -> None:
    parts = five.commands.apply_in_parts(
        AddPictures([Path(f"/more/{number}.png") for number in range(9_000)])
    )
    next(parts)
    next(parts)
    assert len(five.all_paths()[0]) == five.queries.picture_count == 2_005
    parts.close()
