"""Kill a process with a project again and again (`python -m tests.faults kill_engine`).

One sequence of gestures, runs included, is played twice: undisturbed, noting what the project holds
after each, and in a process that is killed at a random moment. What that leaves must be what the
undisturbed project held after the last gesture that was acknowledged, or after the one under way.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures, RemovePictures, RenameClass

CHECKOUT = Path(__file__).resolve().parents[3]
AHEAD = 100
SLOWEST_S = 0.02

# Forks a process for each project named on its input, which is cheaper than starting one. A line is one
# write: killed between its number and its end, a process would leave half of one.
NURSERY = """
import itertools, os, signal, sys
from pathlib import Path
from tests.engine.workspace.killing import gestures
from engine.workspace import Workspace
def tell(word: object) -> None:
    os.write(1, f"{word}\\n".encode())
for line in sys.stdin:
    most, project = line.rstrip("\\n").split(" ", 1)
    if os.fork() == 0:
        tell(os.getpid())
        workspace = Workspace.open(Path(project))
        for number, _ in enumerate(itertools.islice(gestures(workspace), int(most))):
            tell(number)
        signal.pause()
    os.wait()
    tell("gone")
"""


def gestures(workspace: Workspace) -> Iterator[None]:
    """Label, undo, redo, import, remove, rename and run without end, always the same; one write a step."""
    run = 0
    for number in itertools.count():
        ids = workspace.picture_ids()
        picked = [int(ids[number * step % len(ids)]) for step in (7, 11, 13)]
        match number % 12:
            case 3 | 4:
                workspace.undo()
            case 5:
                workspace.redo()
            case 6:
                paths = [Path(f"/pictures/{number}/{name}.jpg") for name in range(20)]
                workspace.apply(AddPictures(paths, number % 3 + 1))
            case 7:
                workspace.apply(RemovePictures(ids[:15].tolist()))
            case 8:
                workspace.apply(RenameClass(1, f"ant {number}"))
            case 9:
                run = workspace.begin_run("prototypical", "conv4", "cpu", number, [1, 2])
            case 10:
                workspace.save_predictions(run, ids[:50], np.full((len(ids[:50]), 2), 0.5, np.float32))
            case 11:
                workspace.finish_run(run, "finished")
            case _:
                workspace.apply(LabelPictures(picked, number % 3 + 1))
        yield


def state(workspace: Workspace) -> str:
    """All that the project holds, but for times and for how a run ended."""
    rows = workspace.pictures(workspace.picture_ids())
    (run,) = workspace._db.execute("SELECT max(id) FROM run").fetchone()
    predicted = workspace.predictions(run).picture_ids.tolist() if run else []
    steps = workspace._db.execute("SELECT id, title, undone FROM step").fetchall()
    events = [event for row in rows[:1] for event in workspace.history(row.id)]
    history = [(event.class_name, event.gesture) for event in events]
    return repr((workspace.classes(), rows, run, predicted, steps, history))


def make_project(path: Path) -> None:
    with Workspace.create(path) as workspace:
        classes = {"ant": 40, "bee": 40, "cat": 40}
        workspace.apply(
            AddClassFolders(
                {name: [Path(f"/{name}/{number}.jpg") for number in range(n)] for name, n in classes.items()}
            )
        )


def undisturbed(path: Path, count: int) -> list[str]:
    """The state before the first gesture and after each of the first `count`."""
    with Workspace.open(path) as workspace:
        states = [state(workspace)]
        for _ in itertools.islice(gestures(workspace), count):
            states.append(state(workspace))
    return states


def kill_at_random_moments(
    folder: Path, kills: int, seed: int, typical: int = 60
) -> Iterator[tuple[int, str]]:
    """Yield after each kill how many gestures had been acknowledged, and what was lost, empty if nothing.

    `typical` is how many gestures a process does before it is killed, in the mean.
    """
    rng = random.Random(seed)
    moments = [min(int(rng.expovariate(1 / typical)), 4 * typical) for _ in range(kills)]
    make_project(folder / "reference.fewshot")
    project = folder / "project.fewshot"
    beginning = (folder / "reference.fewshot").read_bytes()
    # A process goes on while what it has done is being read, but not for ever.
    most = max(moments) + AHEAD
    states = undisturbed(folder / "reference.fewshot", most)
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for moment in moments:
            project.write_bytes(beginning)
            print(most, project, file=nursery.stdin, flush=True)
            process = int(nursery.stdout.readline())
            for _ in range(moment):
                nursery.stdout.readline()
            time.sleep(rng.uniform(0, SLOWEST_S))  # nothing is waited for: the moment is the point
            os.kill(process, signal.SIGKILL)
            done = moment + sum(1 for _ in iter(nursery.stdout.readline, "gone\n"))
            try:
                check(project, states[done : done + 2])
            except (AssertionError, FewshotError) as error:
                yield done, str(error)
            else:
                yield done, ""
        nursery.stdin.close()


def check(project: Path, allowed: list[str]) -> None:
    """The project opens, is sound, holds one of the allowed states, and undo and redo still work."""
    with Workspace.open(project) as workspace:
        found = state(workspace)
        assert found in allowed, f"{found}\nis none of\n" + "\n".join(allowed)
        if workspace.undo():
            workspace.redo()
        assert state(workspace) == found
    with closing(sqlite3.connect(project)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT id FROM run WHERE status = 'running'").fetchall() == []
