"""Whoever asks `fewshot gui` to end, ends the window, and finds everything in the project."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.workspace import Workspace
from fewshot_gui.shell.quit_signals import SIGNALS, QuitSignals

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere there are no signals to send")

_WINDOW = """
import sys
from engine.workspace.commands import AddClass
from fewshot_gui import application, main_window
from tests.fewshot_gui.scripted_engine import ScriptedEngine

def complete(window):
    window.hub.commands.apply(AddClass("ant"))
    print("ready", flush=True)

main_window.MainWindow.__init__.__defaults__ = (ScriptedEngine,)
main_window.MainWindow.complete = complete
sys.exit(application.main(sys.argv[1:]))
"""

_COMMAND = """
import sys
from engine.cli import gui, main
gui.WINDOW = (sys.executable, "-c", sys.argv[1])
sys.exit(main.main(["gui", *sys.argv[2:]]))
"""

_HUNG = """
import time
from PySide6.QtWidgets import QApplication
from fewshot_gui.shell import quit_signals

quit_signals.MAX_SECONDS = 0.05
application = QApplication([])
quit_signals.QuitSignals().install()
print("ready", flush=True)
time.sleep(60)
"""


def _listen_to_all() -> None:
    """A shell's background ignores Ctrl-C, and `nohup` SIGHUP; both would pass that on to this process."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own, when it has said that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_listen_to_all,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


@pytest.mark.subprocess
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_closes_the_window_behind_the_command(name: str, tmp_path: Path) -> None:
    number = signal.Signals[name]
    project = tmp_path / "mine.fewshot"
    Workspace.create(project).close()
    process = started(_COMMAND, _WINDOW, str(project))
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]  # waits for the end of the window's output, too
    assert process.returncode == 128 + number, said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.glob("mine.fewshot*")] == ["mine.fewshot"]  # its log is in it
    with Workspace.open(project) as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]
    assert (tmp_path / "fewshot-data" / "crash.log").read_text() == ""


@pytest.mark.subprocess
def test_a_window_that_hangs_is_ended_all_the_same() -> None:
    process = started(_HUNG)
    process.terminate()
    assert (process.communicate(timeout=60), process.returncode) == (("", ""), 128 + signal.SIGTERM)


def test_a_signal_that_is_ignored_stays_so_and_the_others_come_back(qapp: object) -> None:
    of_the_tests = {number: signal.getsignal(number) for number in SIGNALS}
    _listen_to_all()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    earlier = {number: signal.getsignal(number) for number in SIGNALS}
    listener = QuitSignals()
    try:
        listener.install()
        heard = {number: signal.getsignal(number) for number in SIGNALS}
        listener.uninstall()
        assert {number for number in SIGNALS if heard[number] == earlier[number]} == {signal.SIGHUP}
        assert heard[signal.SIGHUP] == signal.SIG_IGN
        assert {number: signal.getsignal(number) for number in SIGNALS} == earlier
    finally:
        for number, handler in of_the_tests.items():
            signal.signal(number, handler)
