"""A classifier that was saved labels next week's pictures in a new process as the window would have today."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.demo import write_demo
from fewshot_gui.features.classifiers.apply_dialog import ApplyDialog
from fewshot_gui.main_window import MainWindow
from tests.end_to_end.conftest import LONG
from tests.end_to_end.steps import bring_in, choose_run, export_by_keys, run_by_key
from tests.fewshot_gui.gestures import answer_with_paths, choose_from_menu_bar, paste_into

_FOLDER = "FEWSHOT_TEST_NEXT_WEEK"
"""The environment variable that tells the new process which folder to work in."""


@pytest.mark.subprocess
def test_a_saved_classifier_writes_the_table_of_the_run_in_a_new_process(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    demo = write_demo(tmp_path / "my letters")
    pictures = demo.pictures[0].parent
    bring_in(window, qtbot, [paths[0].parent for paths in demo.examples.values()], pictures)
    choose_run(window, "prototypical", "conv4")
    assert run_by_key(window, qtbot).classified == len(demo.pictures)
    export_by_keys(window, qtbot, tmp_path / "by the run.csv")
    choose_from_menu_bar(window, qtbot, "File", "Save classifier…")
    with qtbot.waitSignal(window.classifier_saver.saved, timeout=LONG):
        answer_with_paths(window, qtbot, tmp_path / "letters")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.closed):
        QTest.keySequence(window, "Ctrl+Q")

    job = [__file__, "-o", f"python_functions={apply_the_classifier.__name__}", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *job],
        env=os.environ | {_FOLDER: str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

    first, *by_the_run = (tmp_path / "by the run.csv").read_bytes().splitlines()
    # The run's table has the examples, too.
    expected = [first, *(row for row in by_the_run if str(pictures).encode() in row)]
    assert len(expected) == 1 + len(demo.pictures)
    assert (tmp_path / "my letters" / "pictures labelled.csv").read_bytes().splitlines() == expected


def apply_the_classifier(window: MainWindow, qtbot: QtBot) -> None:
    """In the new process, with settings and a cache of its own."""
    folder = Path(os.environ[_FOLDER])
    choose_from_menu_bar(window, qtbot, "File", "Apply classifier to folder…")
    dialog = window.findChild(ApplyDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    paste_into(dialog.classifier.line, folder / "letters.classifier")
    paste_into(dialog.folder.line, folder / "my letters" / "pictures")
    with qtbot.waitSignal(window.classifier_applier.written, timeout=LONG):
        QTest.keyClick(dialog.folder.line, Qt.Key.Key_Return)
