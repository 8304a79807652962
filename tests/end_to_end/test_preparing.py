"""Pictures that were prepared while nothing else happened need no embedding when Run is pressed."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.demo import write_demo
from engine.runs.events import Finished
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.engine_link.kinds import PREPARATION
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG

SOME = 20


def test_a_run_after_the_preparation_embeds_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.choices.choose("prototypical", "conv4")
    demo = write_demo(tmp_path)
    with qtbot.waitSignal(window.preparer.progressed, timeout=LONG):
        window.hub.commands.apply(AddClassFolders(demo.examples))
        window.hub.commands.apply(AddPictures(demo.pictures[:SOME]))
    qtbot.waitUntil(lambda: not window.tasks.is_running(PREPARATION), timeout=LONG)
    with qtbot.waitSignal(window.bridge.on(Finished), timeout=LONG) as finished:
        window.actions_.run.trigger()
    assert finished.args[0].embedded == 0
    assert finished.args[0].classified == SOME
