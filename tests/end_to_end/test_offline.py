"""Nothing leaves the computer: a run asks no DNS, connects to nothing, and leaves no file in foreign places.

Libraries connect from native threads of their own, which no guard in Python sees, so strace watches.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.subprocess

ROOT = Path(__file__).resolve().parents[2]
STRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,bind,sendto,sendmsg,sendmmsg"]
OWN_FOLDERS = (".cache/fewshot/", ".local/share/fewshot/", ".config/fewshot/", "work/")

# Libraries that report on their users do so some seconds after they were loaded.
A_RUN_BY_COMMAND_AND_ONE_IN_THE_WINDOW = """
import time
from pathlib import Path

end = time.monotonic() + 30

from engine.cli.main import main
from engine.demo import write_demo, write_demo_project
from engine.workspace import Workspace

folder = Path("demo")
support, images = write_demo(folder).folder / "examples", folder / "pictures"
choices = ["--algorithm", "prototypical", "--backbone", "conv4", "--out", "labels.csv"]
assert main(["predict", "--support", str(support), "--images", str(images), *choices]) == 0

from PySide6.QtCore import QEventLoop, QTimer
from fewshot_gui.application import make_application
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.saved_settings import remember

application = make_application()
remember("run/backbone", "conv4")
window = MainWindow(ProjectHub(Workspace.open(write_demo_project(folder))))
window.show()
waiting = QEventLoop()
window.bridge.catalogue_ready.connect(waiting.quit)
window.complete()
waiting.exec()
window.runs.ended.connect(waiting.quit)
window.actions_.run.trigger()
waiting.exec()
assert window.hub.queries.predicted_count
QTimer.singleShot(1000 * max(10, int(end - time.monotonic())), waiting.quit)
waiting.exec()
window.close()
"""

# Connecting a datagram socket sends nothing.
A_QUESTION_TO_A_NAME_SERVER = """
import socket

socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 53))
"""

A_FILE_ELSEWHERE = """
from pathlib import Path

(Path.home() / ".cache" / "other").mkdir(parents=True)
(Path.home() / ".cache" / "other" / "deviceid").touch()
"""


def test_qt_s_network_module_is_used_for_local_sockets_only() -> None:
    network = re.compile(r"^.*PySide6\.QtNetwork.*$", re.MULTILINE)
    found = {
        file.name: network.findall(file.read_text("utf-8")) for file in (ROOT / "fewshot_gui").rglob("*.py")
    }
    assert {name: lines for name, lines in found.items() if lines} == {
        "one_window.py": ["from PySide6.QtNetwork import QLocalServer, QLocalSocket"]
    }


@functools.cache
def unavailable_reason() -> str:
    """Why strace cannot watch a process here; empty if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (it exists for Linux only)"
    probe = subprocess.run([*STRACE, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"strace may not watch a process here: {probe.stderr.strip()}"


def left_behind_by(job: str, home: Path) -> tuple[list[str], list[str]]:
    """What the job did on the network beyond this computer, and its files in others' folders, in a new home.

    The environment is a new one, too: a library keeps quiet where it sees one of a CI system.
    """
    if reason := unavailable_reason():
        pytest.skip(reason)
    (home / "work").mkdir()
    (home / "tmp").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        "ORT_DISABLE_TELEMETRY": "0",
    }
    trace = home.with_suffix(".trace")
    done = subprocess.run(
        [*STRACE, "-o", str(trace), sys.executable, "-P", "-c", job],
        env=environment,
        cwd=home / "work",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    calls = [line for line in trace.read_text(errors="replace").splitlines() if is_foreign(line)]
    files = [str(file.relative_to(home)) for file in home.rglob("*") if not file.is_dir()]
    return calls, [file for file in files if not file.startswith(OWN_FOLDERS)]


def is_foreign(call: str) -> bool:
    """Whether a line of strace names another computer, or one of the services that resolve names for it.

    nscd is none of them, as it is asked for the names of users as well.
    """
    if "/systemd/resolve/" in call or "/avahi-daemon/" in call:
        return True
    address = re.search(r'sa_family=AF_INET6?, .*?htons\((\d+)\).*?"([^"]+)"', call)
    if address is None:
        return "sa_family=AF_INET" in call
    is_local = address[2].startswith("127.") or address[2] in ("::1", "::ffff:127.0.0.1")
    return not is_local or address[1] == "53"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ('{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}', True),
        ('{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("127.0.0.1")}', False),
        ('{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}', True),
        ('{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}', True),
        ('{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}', True),
        ('{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}', False),
        ('{sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}', True),
        ('{sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X0"}', False),
        ("{sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}", False),
    ],
)
def test_another_computer_is_told_from_this_one(address: str, expected: bool) -> None:
    assert is_foreign(f"12322 connect(8, {address}, 16) = 0") is expected


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_run_reaches_nothing_beyond_this_computer_nor_files_of_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert left_behind_by(A_RUN_BY_COMMAND_AND_ONE_IN_THE_WINDOW, home) == ([], [])
    assert (home / "work" / "labels.csv").is_file()


def test_a_question_to_a_name_server_would_be_noticed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    calls, files = left_behind_by(A_QUESTION_TO_A_NAME_SERVER, home)
    assert [("192.0.2.1" in call) for call in calls] == [True]
    assert files == []


def test_a_file_in_the_folder_of_others_would_be_noticed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert left_behind_by(A_FILE_ELSEWHERE, home) == ([], [".cache/other/deviceid"])
