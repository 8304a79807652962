"""How quick the map of the pictures is: `python benchmarks/map.py [--pictures N] [--classes N] [--json]`.

One scatter plot of 640×640 pixels on a real display or on Xvfb. All points move at every frame, as they do
while t-SNE finds their places; then what a hand does: the mouse over points, a loop around some, a
selection in the grid.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from reporting import circumstances, print_circumstances, print_table
from startup import display

FRAMES = 120
STATISTICS = {"median": 50, "p99": 99, "longest": 100}
CHILD = "--child"


def measure(count: int, way: int) -> dict[str, list[float]]:
    """Seconds of each thing that was done, by what it was."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from engine.runs.events import EmbeddingMap
    from fewshot_gui.features.map.scatter_plot import ScatterPlot
    from fewshot_gui.shell.theme import apply_theme
    from fewshot_gui.widgets.lasso import inside

    application = QApplication([])
    apply_theme(application, "light")
    plot = ScatterPlot()
    plot.resize(640, 640)
    plot.show()
    random = np.random.default_rng(0)
    xy = random.standard_normal((count, 2)).astype(np.float32)
    step = 0.01 * random.standard_normal((count, 2)).astype(np.float32)
    class_index = random.integers(0, way, count).astype(np.int16)
    is_support = np.arange(count) < 5 * way
    names, colors = (
        [f"class {i}" for i in range(way)],
        [f"#{random.integers(1 << 24):06x}" for _ in range(way)],
    )
    ids = np.arange(1, count + 1)

    def repeat(times: int, work: Callable[[int], object]) -> list[float]:
        taken = []
        for number in range(times):
            began = time.perf_counter()
            work(number)
            taken.append(time.perf_counter() - began)
        return taken

    def move(number: int) -> None:
        plot.show_map(EmbeddingMap(1, ids, xy + number * step, class_index, is_support, count))
        plot.plot.viewport().repaint()

    def pause(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def begin(number: int) -> None:
        plot.set_classes(names, colors)
        move(number)

    pause(300)
    taken = {"the classes of a run and its first map": repeat(3, begin)}
    taken |= {"all points move and are painted": repeat(FRAMES, move)}
    plot.highlight(ids[: count // 2])
    taken["the same, half of them selected"] = repeat(FRAMES, move)
    plot.highlight([])
    places = [plot.plot.mapToScene(320 + 2 * n % 200, 320 - n) for n in range(FRAMES)]
    taken["the point under the mouse"] = repeat(FRAMES, lambda n: plot.picture_at(places[n]))
    angle = np.linspace(0, 2 * np.pi, 200)
    loop = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    taken["the points in a loop"] = repeat(FRAMES, lambda _: inside(xy, loop))

    def select(number: int) -> None:
        plot.highlight(ids[number : number + 50])
        plot.plot.viewport().repaint()

    taken["a selection ringed and painted"] = repeat(FRAMES, select)
    plot.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=100_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--classes", type=int, default=10, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    parser.add_argument(CHILD, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.pictures, options.classes)))
        return
    facts = circumstances()
    with display() as (variables, where):
        child = subprocess.run(
            [
                sys.executable,
                __file__,
                CHILD,
                "--pictures",
                str(options.pictures),
                "--classes",
                str(options.classes),
            ],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    taken = json.loads(child.stdout.splitlines()[-1])
    facts |= {"window": where, "points": f"{options.pictures:,}", "classes": f"{options.classes:,}"}
    if options.json:
        print(json.dumps({"circumstances": facts, "seconds": taken}))
        return
    print_circumstances(facts)
    print()
    rows = []
    for name, seconds in taken.items():
        found = [1000 * float(np.percentile(seconds, at)) for at in STATISTICS.values()]
        rows.append([name, f"{len(seconds)}", *(f"{value:.1f}" for value in found), f"{1000 / found[0]:.0f}"])
    print_table(["ms", "times", *STATISTICS, "a second"], rows)


if __name__ == "__main__":
    main()
