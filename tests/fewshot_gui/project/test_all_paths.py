"""Who wants the paths of all pictures gets them when they are known, unless that is wanted no longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import AddPictures, RemovePictures
from fewshot_gui.engine_link.kinds import PATHS
from fewshot_gui.project import all_paths
from fewshot_gui.project.all_paths import AllPaths
from fewshot_gui.project.hub import ProjectHub


@pytest.fixture
def paths(hub: ProjectHub) -> AllPaths:
    """Of five pictures."""
    hub.apply(AddPictures([Path(f"/imagined/{number}.png") for number in range(5)]))
    return AllPaths(hub)


@pytest.fixture
def bit_by_bit(paths: AllPaths, monkeypatch: pytest.MonkeyPatch) -> AllPaths:
    """Two are read at a time."""
    monkeypatch.setattr(all_paths, "_BLOCK", 2)
    return paths


def test_a_few_are_known_at_once(paths: AllPaths) -> None:
    known: list[int] = []
    assert not paths.request(lambda: known.extend(paths.ids), pytest.fail).waits
    assert known == [1, 2, 3, 4, 5]


def test_many_are_known_after_a_while(bit_by_bit: AllPaths, hub: ProjectHub, qtbot: QtBot) -> None:
    known: list[int] = []
    path_request = bit_by_bit.request(lambda: known.extend(bit_by_bit.ids), pytest.fail)
    assert path_request.waits
    assert hub.tasks.is_running(PATHS)
    qtbot.waitUntil(lambda: known == [1, 2, 3, 4, 5])
    assert not path_request.waits
    assert not hub.tasks.is_running(PATHS)


def test_what_changes_while_they_are_read_is_read_anew(
    bit_by_bit: AllPaths, hub: ProjectHub, qtbot: QtBot
) -> None:
    known: list[int] = []
    bit_by_bit.request(lambda: known.extend(bit_by_bit.ids), pytest.fail)
    bit_by_bit._read_block()
    hub.apply(RemovePictures([1]))
    qtbot.waitUntil(lambda: known == [2, 3, 4, 5])


def test_a_wish_that_was_cancelled_is_not_granted(
    bit_by_bit: AllPaths, hub: ProjectHub, qtbot: QtBot
) -> None:
    bit_by_bit.request(lambda: pytest.fail("called"), pytest.fail).cancel()
    qtbot.waitUntil(lambda: not hub.tasks.is_running(PATHS))


def test_another_project_drops_all_wishes(
    bit_by_bit: AllPaths, hub: ProjectHub, qtbot: QtBot, tmp_path: Path
) -> None:
    bit_by_bit.request(lambda: pytest.fail("called"), pytest.fail)
    hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert not hub.tasks.is_running(PATHS)
    assert bit_by_bit.ids == []
    hub.close()


def test_why_they_cannot_be_read_is_told_to_who_still_waits(
    bit_by_bit: AllPaths, hub: ProjectHub, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise FewshotError("The disk is gone.")

    monkeypatch.setattr(Workspace, "paths_after", unreadable)
    told: list[str] = []
    bit_by_bit.request(lambda: None, pytest.fail).cancel()
    bit_by_bit.request(lambda: None, told.append)
    qtbot.waitUntil(lambda: told == ["The disk is gone."])
