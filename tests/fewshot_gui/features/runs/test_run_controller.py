"""What the window says when a run has finished."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.runs.events import BackboneProposed, Event, Finished, RunRequest
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.scripted_engine import ScriptedEngine


@pytest.mark.parametrize(
    ("metrics", "untested", "says"),
    [
        ({"held_out_examples": 25, "held_out_accuracy": 0.68}, (), "17 of 25 held-out examples were right."),
        (
            {"held_out_examples": 3, "held_out_accuracy": 1.0},
            ("bee",),
            "Not tested on held-out examples: only one example of “bee”.",
        ),
        (
            {"held_out_examples": 0},
            ("ant", "bee", "cat", "dog"),
            "Not tested on held-out examples: only one example of “ant”, “bee”, “cat”, ….",
        ),
        ({}, (), "0 pictures classified in 2.0 s."),
    ],
)
def test_a_finished_run_says_how_many_held_out_examples_were_right_or_which_class_was_not_tested(
    window: MainWindow,
    engine: ScriptedEngine,
    qtbot: QtBot,
    tmp_path: Path,
    metrics: dict[str, float],
    untested: tuple[str, ...],
    says: str,
) -> None:
    def script(request: RunRequest) -> Iterator[Event]:
        yield Finished(request.run_id, 2.0, 0, 0, 0, 0, 1.0, metrics, untested)

    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "1.png"], "bee": [tmp_path / "2.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / "new.png"]))
    engine.script = script
    with qtbot.waitSignal(window.runs.hint) as told:
        window.actions_.run.trigger()
    assert told.args[0].startswith(says)


def buttons(window: MainWindow) -> list[QPushButton]:
    """Those that take what a message proposes."""
    return [
        one for one in window.messages.findChildren(QPushButton) if one.text() == "Use it" and one.isVisible()
    ]


def test_a_backbone_that_would_do_better_is_proposed_once_and_taken_with_a_run(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[str] = []

    def script(request: RunRequest) -> Iterator[Event]:
        asked.append(request.backbone)
        yield BackboneProposed(request.run_id, "conv4", Message("Conv4 may suit these pictures better."))
        yield Finished(request.run_id, 2.0, 0, 0, 0, 0, 1.0)

    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "1.png"], "bee": [tmp_path / "2.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / "new.png"]))
    engine.script = script
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    with qtbot.waitSignal(window.runs.ended):
        QTest.mouseClick(buttons(window)[0], Qt.MouseButton.LeftButton)
    assert asked[1:] == ["conv4"]
    assert window.choices.backbone_name == "conv4"
    assert not buttons(window), "it is not proposed again"
