"""What preparing pictures gains, and what it costs the window: `python benchmarks/preparing.py [--json]`.

A real window over JPEG files of 500×375 pixels, five examples for each of four classes, and an empty cache;
each row is a window in a process of its own. Without preparing, the window rests for a while, and then Run is
pressed. With it, Run is pressed when all pictures are prepared, or when half of them are. “Held” is how long
the GUI thread did nothing else while the window rested or pictures were prepared. Where there is no display,
Xvfb is started.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from photographs import CLASSES, write_photographs
from reporting import circumstances, print_circumstances, print_table
from startup import display

SHOTS = 5
FOLDER = Path(tempfile.gettempdir()) / "fewshot-benchmark"
SHARES = {"not prepared": None, "all prepared": 1.0, "half prepared": 0.5}
"""When Run is pressed: at which share of the prepared pictures."""

REST_S = 5.0


def measure(share: float | None, examples: dict[str, list[Path]], pictures: list[Path]) -> dict[str, float]:
    """Seconds of one window; runs in a process of its own."""
    from PySide6.QtCore import QSettings
    from PySide6.QtTest import QTest
    from stopwatch import Stopwatch, turn, wait_for

    from engine.runs.events import Finished, Started
    from engine.workspace import Workspace
    from engine.workspace.commands import AddClassFolders, AddPictures
    from fewshot_gui.application import make_application
    from fewshot_gui.engine_link.kinds import PREPARATION, RUN
    from fewshot_gui.main_window import MainWindow
    from fewshot_gui.project.hub import ProjectHub

    with tempfile.TemporaryDirectory() as own:
        os.environ["FEWSHOT_CACHE_DIR"] = f"{own}/cache"
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, own)
        application = make_application()
        window = MainWindow(ProjectHub(Workspace.create(Path(own) / "project.fewshot")))
        window.actions_.prepare.setChecked(share is not None)
        window.show()
        QTest.qWaitForWindowExposed(window)
        window.complete()
        wait_for(lambda: window.bridge.ready)
        window.hub.commands.apply(AddClassFolders(examples))
        window.hub.commands.apply(AddPictures(pictures))
        shown = [0, 0]
        window.preparer.progressed.connect(lambda done, total: shown.__setitem__(slice(None), [done, total]))
        turn(0.5)  # the first thumbnails, and what comes with them
        watch, began = Stopwatch(), time.perf_counter()
        with watch.step("window"):
            if share is None:
                turn(REST_S)
            elif share < 1:
                wait_for(lambda: shown[0] > share * shown[1] > 0)
            else:
                wait_for(lambda: shown[0] == shown[1] > 0 and not window.tasks.is_running(PREPARATION))
        prepared = time.perf_counter() - began
        held = watch.times["held, window"]
        marks: dict[type, float] = {}
        for kind in (Started, Finished):
            window.bridge.on(kind).connect(lambda event: marks.setdefault(type(event), time.perf_counter()))
        began = time.perf_counter()
        window.actions_.run.trigger()
        wait_for(lambda: not window.tasks.is_running(RUN))
        window.close()
        application.processEvents()
    return {
        "preparing": prepared if share else float("nan"),
        "started": marks[Started] - began,
        "finished": marks[Finished] - began,
        **{f"held p{percent}": float(np.percentile(held, percent)) for percent in (50, 99, 100)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=150, metavar="N")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help=f"keeps the files made (default: {FOLDER})"
    )
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    pictures = write_photographs(options.folder / "pictures", range(options.pictures))
    shots = write_photographs(
        options.folder / "examples", range(10_000_000, 10_000_000 + SHOTS * len(CLASSES))
    )
    examples = {name: shots[index :: len(CLASSES)] for index, name in enumerate(CLASSES)}
    facts = circumstances()
    with display() as (variables, where):
        os.environ.update(variables)
        taken = {}
        for name, share in SHARES.items():
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                taken[name] = pool.submit(measure, share, examples, pictures).result()
    facts["window"] = where
    if options.json:
        print(json.dumps({"circumstances": facts, "seconds": taken}))
        return
    print_circumstances(facts)
    print()
    head = [
        "",
        "preparing, s",
        "Run → started, s",
        "Run → all predicted, s",
        "held, ms: median",
        "p99",
        "longest",
    ]
    rows = []
    for name, seconds in taken.items():
        held = (f"{1000 * seconds[f'held p{percent}']:.1f}" for percent in (50, 99, 100))
        stages = (f"{seconds[stage]:.2f}" for stage in ("preparing", "started", "finished"))
        rows.append([name, *stages, *held])
    print_table(head, rows)


if __name__ == "__main__":
    main()
