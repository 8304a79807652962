"""During a run that takes long, what an earlier run predicted is told from what this one has predicted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_model import Role
from tests.fewshot_gui.scripted_engine import BATCH, ScriptedEngine

COUNT = 2 * BATCH


@pytest.fixture
def predicted(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """One run has ended."""
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(COUNT)]))
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    return window


def earlier(window: MainWindow) -> int:
    model = window.pictures.model
    return sum(model.index(row).data(Role.IS_EARLIER) for row in range(model.rowCount()))


@pytest.mark.parametrize("cancelled", [False, True])
def test_they_are_pale_until_this_run_has_looked_at_them(
    predicted: MainWindow, qtbot: QtBot, engine: ScriptedEngine, cancelled: bool
) -> None:
    assert earlier(predicted) == 0
    engine.hold_after = 1
    predicted.runs._long.setInterval(0)
    predicted.actions_.run.trigger()
    qtbot.waitUntil(lambda: earlier(predicted) == COUNT - BATCH)
    words = f"{BATCH} of {COUNT} still as the run before"
    assert predicted.confidence.summary.text().startswith(words)
    tips = [predicted.pictures.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(COUNT)]
    assert sum("not by the run in progress yet" in tip for tip in tips) == BATCH
    with qtbot.waitSignal(predicted.runs.ended):
        if cancelled:
            QTest.keyClick(predicted, Qt.Key.Key_Escape)
        else:
            engine.go_on.set()
    assert earlier(predicted) == 0
    assert predicted.confidence.summary.text().startswith(f"{COUNT} to review")


def test_in_a_short_run_nothing_flickers(predicted: MainWindow, qtbot: QtBot, engine: ScriptedEngine) -> None:
    engine.hold_after = 1
    predicted.actions_.run.trigger()
    assert earlier(predicted) == 0
    with qtbot.waitSignal(predicted.runs.ended):
        engine.go_on.set()
    assert not predicted.runs._long.isActive()
