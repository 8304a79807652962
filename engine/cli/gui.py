"""`fewshot gui`: open the window, in a process of its own."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from engine.cli.base import Command
from engine.demo import write_demo_project
from engine.errors import FewshotError
from engine.paths import data_dir

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
        raise FewshotError(f"There is no project {options.project}.")
    problem = None if _has_display() else "There is no display here"
    if problem is None:
        project = write_demo_project(data_dir() / "demo") if options.demo else options.project
        command = [sys.executable, "-P", "-m", "fewshot_gui", *([str(project)] if project else [])]
        began = time.monotonic()
        status = subprocess.run(command, check=False).returncode
        # Qt aborts where it finds no display to talk to, or not the libraries it needs.
        if status != -signal.SIGABRT or time.monotonic() - began > SECONDS_TO_OPEN:
            return status if status >= 0 else 128 - status
        problem = f"The window could not be opened; on Debian or Ubuntu Qt needs: apt install {LIBRARIES}"
    if not options.demo:
        raise FewshotError(f"{problem}; `fewshot predict` and `fewshot demo` work without one.")
    print(f"{problem}; doing the demo's job without a window.", flush=True)
    return subprocess.run([sys.executable, "-P", "-m", "engine.cli.main", "demo"], check=False).returncode


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


COMMAND = Command("gui", "Open the window.", _configure, _run)
