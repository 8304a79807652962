"""`fewshot gui`: open the window, in a process of its own."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from engine.cli.base import Command
from engine.cli.terminal import write_remark
from engine.demo import write_demo_project
from engine.errors import FewshotError
from engine.paths import data_dir

WINDOW = (sys.executable, "-P", "-m", "fewshot_gui")
LIBRARIES = "libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libdbus-1-3"


SECONDS_TO_OPEN = 10.0


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", nargs="?", type=Path, help="NAME.fewshot; default: the last one")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="open the bundled demo; where there is no display, do its job without a window",
    )


def _run(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("PySide6") is None:
        raise FewshotError("The window needs PySide6; install it with: pip install PySide6-Essentials")
    if options.project is not None and not options.project.is_file():
        raise FewshotError("There is no project {path}.", path=options.project)
    problem = None if _has_display() else "There is no display here"
    if problem is None:
        project = write_demo_project(data_dir() / "demo") if options.demo else options.project
        began = time.monotonic()
        status = _run_to_its_end([*WINDOW, *([str(project)] if project else [])])
        # Qt aborts where it finds no display to talk to, or not the libraries it needs.
        if status != 128 + signal.SIGABRT or time.monotonic() - began > SECONDS_TO_OPEN:
            return status
        problem = f"The window could not be opened; on Debian or Ubuntu Qt needs: apt install {LIBRARIES}"
    if not options.demo:
        raise FewshotError("{reason}; `fewshot predict` and `fewshot demo` work without one.", reason=problem)
    write_remark(f"{problem}; doing the demo's job without a window.")
    return _run_to_its_end([sys.executable, "-P", "-m", "engine.cli.main", "demo"])


def _run_to_its_end(command: Sequence[str]) -> int:
    """Run a program; returns its exit status, 128 + n if signal n has ended it.

    What asks this process to end asks the program instead, which must not be left behind.
    """
    process = subprocess.Popen(command)

    def hand_on(number: int, frame: FrameType | None) -> None:
        if os.name == "posix":  # elsewhere a console tells all its processes
            process.send_signal(number)

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handled = [
        signal.Signals[name] for name in names if signal.getsignal(signal.Signals[name]) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, hand_on) for number in handled}
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


COMMAND = Command("gui", "Open the window.", _configure, _run)
