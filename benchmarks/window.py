"""How quick the window is with many pictures: `python benchmarks/window.py [--pictures N] [--json]`.

One window, driven by its own gestures, on a real display or on Xvfb: a search for pictures, the opening of a
project in which a run has predicted everything, scrolling, filters and orders, labels, undo, and a run.
Beside it, in the same process afterwards, Qt's own `QListWidget` with an icon for each of the same files.

The pictures are 500 photographs under N names (hard links), so that decoding costs what it costs, and the
disk does not fill.
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

CHILD = Path(__file__).with_name("window_child.py")
PHOTOS = Path(tempfile.gettempdir()) / "fewshot-benchmark"
DIFFERENT = 500
TIME_LIMIT = 1800


@dataclass(frozen=True)
class Limit:
    """The most milliseconds that something may take at 100,000 pictures, by a statistic of its times."""

    statistic: str
    milliseconds: float


LIMITS: dict[str, tuple[Limit, ...]] = {
    "search: cancel to idle": (Limit("longest", 200),),
    "heartbeat, import": (Limit("p99", 50),),
    "project opened and painted": (Limit("longest", 1000),),
    "first thumbnail": (Limit("longest", 1000),),
    "scroll frame": (Limit("median", 16), Limit("p99", 50)),
    "filter or sort": (Limit("longest", 150),),
    "label → committed and painted": (Limit("median", 20),),
    "undo 10,000": (Limit("longest", 300),),
    "heartbeat, run": (Limit("p99", 50),),
    "run: cancel to idle": (Limit("longest", 500),),
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


def measured(folder: Path, count: int) -> tuple[dict[str, Any], str]:
    """What the child took, and where its window was."""
    with display() as (variables, where), tempfile.TemporaryDirectory() as cache:
        child = subprocess.run(
            [sys.executable, str(CHILD), str(count), str(folder)],
            env={**os.environ, **variables, "FEWSHOT_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            timeout=TIME_LIMIT,
            check=True,
            text=True,
        )
    taken: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return taken, where


def rows(taken: dict[str, Any]) -> list[list[str]]:
    lines = []
    for name, value in taken.items():
        if name == "peak memory":
            continue
        times = 1000 * np.atleast_1d(np.array(value))
        found = {title: float(np.percentile(times, at)) for title, at in STATISTICS.items()}
        limits = LIMITS.get(name, ())
        missed = [limit for limit in limits if found[limit.statistic] > limit.milliseconds]
        lines.append(
            [
                name,
                f"{len(times):,}",
                *(f"{found[title]:,.1f}" for title in STATISTICS),
                ", ".join(f"{limit.statistic} ≤ {limit.milliseconds:g}" for limit in limits) or "–",
                ("missed" if missed else "met") if limits else "–",
            ]
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=100_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    folder = many_names(options.pictures)
    facts = circumstances()
    taken, facts["window"] = measured(folder, options.pictures)
    facts["pictures"] = f"{options.pictures:,}, {min(DIFFERENT, options.pictures)} of them different"
    facts["peak memory"] = f"{taken['peak memory'] / 1e6:,.0f} MB"
    if options.json:
        print(json.dumps({"circumstances": facts, "seconds": taken}))
        return
    print_circumstances(facts)
    print()
    print_table(["ms", "times", *STATISTICS, "limit", ""], rows(taken))


if __name__ == "__main__":
    main()
