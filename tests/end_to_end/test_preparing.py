"""Pictures that were prepared while nothing else happened need no embedding when Run is pressed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.demo import LETTERS, write_demo
from fewshot_gui.engine_link.kinds import PREPARATION
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG
from tests.end_to_end.steps import bring_in, choose_run, run_by_key

SOME = 20


def test_a_run_after_the_preparation_embeds_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    choose_run(window, "prototypical", "conv4")
    demo = write_demo(tmp_path / "letters", replace(LETTERS, count=SOME))
    with qtbot.waitSignal(window.preparer.progressed, timeout=LONG):
        bring_in(
            window, qtbot, [paths[0].parent for paths in demo.examples.values()], demo.pictures[0].parent
        )
    qtbot.waitUntil(lambda: not window.tasks.is_running(PREPARATION), timeout=LONG)
    finished = run_by_key(window, qtbot)
    assert finished.embedded == 0
    assert finished.classified == SOME
