"""What is being written into a project goes nowhere else: no other is opened meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from fewshot_gui.main_window import MainWindow


@pytest.mark.usefixtures("many")
def test_another_project_is_opened_only_when_everything_is_in(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    Workspace.create(tmp_path / "other.fewshot").close()
    ways = (window.welcome.demo, window.welcome.recent, window.actions_.open_project)
    meanwhile: list[bool] = []

    def try_to(done: int, _total: int) -> None:
        if done == 20:
            meanwhile.extend(way.isEnabled() for way in ways)
            window.files.open(tmp_path / "other.fewshot")

    window.importer.adding.connect(try_to)
    assert all(way.isEnabled() for way in ways)
    with qtbot.waitSignal(window.importer.added):
        window.importer.add_to_label([Path("anywhere")])
    assert meanwhile == [False] * 3
    assert (window.hub.file.name, window.hub.queries.picture_count) == ("project.fewshot", 95)
    assert "Wait until the tasks of this project" in window.messages.text
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(tmp_path / "other.fewshot")
    assert (window.hub.file.name, window.hub.queries.picture_count) == ("other.fewshot", 0)
