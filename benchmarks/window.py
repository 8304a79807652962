"""How quick the window is with many pictures: `python benchmarks/window.py [--pictures N] [--classes N]`.

A window, driven by its own gestures, on a real display or on Xvfb: a search for pictures, the opening of a
project in which a run has predicted everything, scrolling, selecting, labels, undo, filters, orders, and a
run (`window_child.py`). Beside it, in a process of its own, Qt's `QListWidget` with the same files
(`plain_list.py`); it keeps nothing on the disk, and reads its icons while it paints. What is “held” is how
long the GUI thread did nothing else during a step; the memory is that before the run, and the most there was.

The pictures are 500 photographs under N names (hard links), so that decoding costs what it costs, and the
disk does not fill. A million takes a while, and some gigabytes of memory. With `--classes 1500` it is seen
whether the window stays free with as many classes; use `--pictures 20000` then.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from photographs import write_photographs
from reporting import circumstances, print_circumstances, print_table
from startup import display

FEWSHOT, PLAIN = "Fewshot", "QListWidget"
CHILDREN = {FEWSHOT: "window_child.py", PLAIN: "plain_list.py"}
PHOTOS = Path(tempfile.gettempdir()) / "fewshot-benchmark"
DIFFERENT = 500
TIME_LIMIT = 7200


@dataclass(frozen=True)
class Limit:
    """The most milliseconds that something may take at 100,000 pictures, by a statistic of its times."""

    statistic: str
    milliseconds: float


LIMITS: dict[str, tuple[Limit, ...]] = {
    "search: cancel to idle": (Limit("longest", 200),),
    "opened and painted": (Limit("longest", 1000),),
    "first thumbnail": (Limit("longest", 1000),),
    "scroll frame": (Limit("median", 16), Limit("p99", 50)),
    "filter": (Limit("longest", 150),),
    "sort": (Limit("longest", 150),),
    "label by key → painted": (Limit("median", 20),),
    "undo 10,000": (Limit("longest", 300),),
    "run: cancel to idle": (Limit("longest", 500),),
    "held, classes": (Limit("longest", 200),),
    "held, import": (Limit("p99", 50),),
    "held, run": (Limit("p99", 50),),
}

STATISTICS = {"median": 50, "p99": 99, "longest": 100}


def many_names(count: int) -> Path:
    """A folder of `count` pictures, of which `DIFFERENT` are different."""
    folder = PHOTOS / f"{count}-names"
    photos = write_photographs(PHOTOS / "pictures", range(DIFFERENT))
    folder.mkdir(exist_ok=True)
    present = {entry.name for entry in os.scandir(folder)}
    for number in range(count):
        name = f"{number:07}.jpg"
        if name not in present:
            (folder / name).hardlink_to(photos[number % DIFFERENT])
    return folder


def measured(folder: Path, count: int, classes: int) -> tuple[dict[str, Any], str]:
    """What each of the children took, and where their windows were."""
    with display() as (variables, where), tempfile.TemporaryDirectory() as cache:
        taken = {}
        arguments = {FEWSHOT: [str(count), str(classes), str(folder)], PLAIN: [str(count), str(folder)]}
        for name, child in CHILDREN.items():
            done = subprocess.run(
                [sys.executable, str(Path(__file__).with_name(child)), *arguments[name]],
                env={**os.environ, **variables, "FEWSHOT_CACHE_DIR": cache},
                stdout=subprocess.PIPE,
                timeout=TIME_LIMIT,
                check=True,
                text=True,
            )
            taken[name] = json.loads(done.stdout.splitlines()[-1])
    return taken, where


def rows(ours: dict[str, list[float]], peers: dict[str, list[float]]) -> list[list[str]]:
    """A line for each thing that was done; what held the GUI thread comes last."""
    lines = []
    for name in sorted(ours, key=lambda name: name.startswith("held")):
        found, limits = _statistics(ours[name]), LIMITS.get(name, ())
        missed = any(found[limit.statistic] > limit.milliseconds for limit in limits)
        lines.append(
            [
                name,
                f"{len(ours[name]):,}",
                *_cells(found),
                *(_cells(_statistics(peers[name])) if name in peers else ["–"] * len(STATISTICS)),
                ", ".join(f"{limit.statistic} ≤ {limit.milliseconds:g}" for limit in limits) or "–",
                ("missed" if missed else "met") if limits else "–",
            ]
        )
    return lines


def _statistics(seconds: list[float]) -> dict[str, float]:
    """In milliseconds."""
    return {title: 1000 * float(np.percentile(seconds, at)) for title, at in STATISTICS.items()}


def _cells(found: dict[str, float]) -> list[str]:
    return [f"{value:,.1f}" for value in found.values()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=100_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--classes", type=int, default=10, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    folder = many_names(options.pictures)
    facts = circumstances()
    taken, facts["window"] = measured(folder, options.pictures, options.classes)
    facts["pictures"] = f"{options.pictures:,}, {min(DIFFERENT, options.pictures)} of them different"
    facts["classes"] = f"{options.classes:,}"
    for name, child in taken.items():
        facts[name] = f"{child['resident'] / 1e6:,.0f} MB in memory, {child['peak'] / 1e6:,.0f} MB at most"
    if options.json:
        print(json.dumps({"circumstances": facts, "seconds": {name: taken[name]["times"] for name in taken}}))
        return
    print_circumstances(facts)
    print()
    head = ["ms", "times", *STATISTICS, f"{PLAIN}: median", *list(STATISTICS)[1:], "limit", ""]
    print_table(head, rows(taken[FEWSHOT]["times"], taken[PLAIN]["times"]))


if __name__ == "__main__":
    main()
