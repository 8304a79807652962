"""Nothing leaves the computer: the whole job opens no connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# A hook cannot be taken back, so each job has a process of its own.
GUARD = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "urllib.Request"):
        print("REFUSED", event, arguments, file=sys.stderr, flush=True)
        os._exit(9)

sys.addaudithook(refuse)
"""

BY_COMMAND = """
from engine.cli.main import main

status = main(["list", "devices"]) or main(["demo", "--out", sys.argv[1]])
"""

IN_THE_WINDOW = """
from pathlib import Path
from PySide6.QtCore import QEventLoop
from engine.demo import write_demo_project
from engine.workspace import Workspace
from fewshot_gui.application import make_application
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project import ProjectHub

application = make_application()
window = MainWindow(ProjectHub(Workspace.open(write_demo_project(Path(sys.argv[1])))))
window.show()
waiting = QEventLoop()
window.bridge.catalogue_ready.connect(waiting.quit)
window.complete()
waiting.exec()
window.runs.ended.connect(waiting.quit)
window.actions_.run.trigger()
waiting.exec()
status = 0 if window.hub.predicted_count else 4
window.close()
assert "PySide6.QtNetwork" not in sys.modules
"""

A_CONNECTION = """
import socket

socket.create_connection(("127.0.0.1", 9))
status = 0
"""


def ends_with(job: str, folder: Path) -> int:
    """The exit status of a process in which no connection can be opened."""
    script = GUARD + job + "\nsys.stdout.flush(); sys.stderr.flush(); os._exit(status)\n"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)], env=environment, check=False
    ).returncode


@pytest.mark.parametrize("job", [BY_COMMAND, IN_THE_WINDOW], ids=["by command", "in the window"])
def test_the_whole_job_opens_no_connection(job: str, tmp_path: Path) -> None:
    assert ends_with(job, tmp_path / "demo") == 0


def test_a_connection_would_be_noticed(tmp_path: Path) -> None:
    assert ends_with(A_CONNECTION, tmp_path) == 9
