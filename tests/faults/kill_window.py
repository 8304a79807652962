"""kill -9 of the real window while a person types: what could be seen on disk before is there after."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures
from engine.workspace.rows import UNKNOWN
from tests.faults.base import Result, Unavailable
from tests.faults.limits import CHECKOUT, kill_tree, own_home
from tests.faults.small_run import draw_pictures

TITLE = "kill -9 of the real window amid gestures made by real keys"
COUNT = 30
SAMPLE = 1
PICTURES = 2000
KEYS = ("1", "2", "3", "1", "2", "3", "s", "ctrl+z", "BackSpace")
UNKNOWN_KEY = "u"
LABEL_KEYS = ("1", "2", "3")
A_PICTURE = ("700", "330")
"""A place on the screen, in pixels, where the window shows a picture when it opens."""
SECONDS = 60.0
SLOWEST_S = 0.3


def run(count: int, seed: int) -> Iterator[Result]:
    """After each kill the project opens, is sound, holds what had been seen of it, and undo works."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, _screen() as display:
        home = Path(name)
        project = _project(home)
        environment = {**own_home(home), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": name}
        for number in range(count):
            case = f"kill {number} of seed {seed}"
            try:
                seen, after = _killed_while_typing(project, environment, rng)
            except (AssertionError, FewshotError) as error:
                yield Result(case, "foreign", str(error))
            except subprocess.TimeoutExpired as error:
                yield Result(case, "hung", str(error))
            else:
                yield Result(case, "answered", f"{seen} gestures seen on disk, {after} there after the kill")


def _killed_while_typing(project: Path, environment: dict[str, str], rng: random.Random) -> tuple[int, int]:
    """How many gestures had been seen on disk, and how many were there when the window had been killed."""
    before, unknown = _seen(project)[1].keys(), _unknown(project)
    window = subprocess.Popen(
        [sys.executable, "-m", "fewshot_gui", str(project)],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wid = _hand(environment, "search", "--sync", "--onlyvisible", "--name", project.stem).split()[0]
        # Until the window takes it, it may show no picture or be deaf to keys.
        here = ["windowfocus", wid, "mousemove", *A_PICTURE, "click", "1", "key"]
        _press(environment, here, LABEL_KEYS, lambda: _seen(project)[1].keys() - before)
        typed = [*["Next"] * rng.randrange(9), *rng.choices(KEYS, k=rng.randrange(25))]
        _hand(environment, "key", "--delay", "20", *typed, "s")
        # Once this is there, no undo is on its way any more.
        _press(environment, ["key"], [UNKNOWN_KEY], lambda: _unknown(project) - unknown)
        labels, steps = _seen(project)
        hand = subprocess.Popen(
            ["xdotool", "key", "--delay", "8", *rng.choices(LABEL_KEYS, k=60)], env=environment
        )
        time.sleep(rng.uniform(0, SLOWEST_S))  # nothing is waited for: the moment is the point
    finally:
        kill_tree(window.pid)
        window.wait()
    hand.wait()
    return len(steps), _check(project, labels, steps)


def _press(
    environment: dict[str, str], how: list[str], keys: Sequence[str], seen: Callable[[], Collection[int]]
) -> None:
    """Press the keys in turn until something is `seen` of them on disk."""
    until = time.monotonic() + SECONDS
    for key in itertools.cycle(keys):
        _hand(environment, *how, key)
        if seen():
            return
        assert time.monotonic() < until, "no gesture came to the disk"


def _unknown(project: Path) -> set[int]:
    """The pictures that are labelled as of no class."""
    return {picture for picture, label in _seen(project)[0].items() if label == UNKNOWN}


def _seen(project: Path) -> tuple[dict[int, int], dict[int, str]]:
    """The labels and the gestures that are on disk now."""
    with Workspace.view(project, Message("the window has it open")) as workspace:
        return workspace.labels(), _steps(workspace)


def _check(project: Path, labels: dict[int, int], steps: dict[int, str]) -> int:
    with Workspace.open(project) as workspace:
        found, kept = workspace.labels(), _steps(workspace)
        lost = {picture for picture, label in labels.items() if picture not in found}
        assert not lost, f"lost the labels of {sorted(lost)}"
        assert steps.items() <= kept.items(), f"lost the gestures {sorted(steps.items() - kept.items())}"
        assert workspace.undo(), "nothing to undo"
        assert workspace.redo(), "nothing to redo"
        assert workspace.labels() == found, "undo and redo did not lead back"
    with closing(sqlite3.connect(project)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    return len(kept)


def _steps(workspace: Workspace) -> dict[int, str]:
    """The gestures that stand, by number."""
    return dict(workspace._db.execute("SELECT id, title FROM step WHERE NOT undone").fetchall())


def _project(home: Path) -> Path:
    project = home / "typed.fewshot"
    with Workspace.create(project) as workspace:
        for name in ("ant", "bee", "cat"):
            workspace.apply(AddClass(name))
        workspace.apply(AddPictures(draw_pictures(home / "pictures", 0, PICTURES)))
    return project


def _hand(environment: dict[str, str], *arguments: str) -> str:
    """What a hand does at the keyboard, by the events that an X server gives a program."""
    done = subprocess.run(
        ["xdotool", *arguments], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"xdotool {arguments[0]}: {done.stderr.strip()}"
    return done.stdout


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a display of its own."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-r", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise Unavailable("Xvfb does not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
