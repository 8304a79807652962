"""How long a start takes until the window is seen: `python benchmarks/startup.py [--repeats N] [--json]`.

Three starts side by side, each in a fresh process and in turn: Fewshot as it is, which imports torch
when the window is on the screen; the same with torch imported first, as most programs do; and a bare
PySide6 window with an empty pyqtgraph plot, the floor. Time runs from before the process is made
until the window has been painted, until the plots are in it, and until the algorithm menu can be used.
One start of each goes before, uncounted, to compile the modules and bring the files into memory. Where
there is no display, Xvfb is started.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

STARTS = {
    "fewshot": "Fewshot",
    "torch-first": "Fewshot, torch imported first",
    "bare": "bare PySide6 + pyqtgraph",
}
CHILD = Path(__file__).with_name("startup_child.py")
TIME_LIMIT = 180


@contextmanager
def display() -> Iterator[tuple[dict[str, str], str]]:
    """The environment variables that show windows somewhere, and where that is."""
    asked = os.environ.get("QT_QPA_PLATFORM")
    if asked:
        yield {}, f"Qt platform “{asked}”"
    elif (
        sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        yield {}, "the display of this machine"
    elif shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}, "offscreen, as Xvfb is not installed: nothing is really shown"
    else:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        try:
            with os.fdopen(reading) as number:
                name = number.readline().strip()
            if not name:
                raise SystemExit("Xvfb could not be started; set DISPLAY or QT_QPA_PLATFORM=offscreen.")
            yield {"DISPLAY": f":{name}"}, "Xvfb"
        finally:
            server.terminate()
            server.wait()


def start(how: str, environment: dict[str, str]) -> dict[str, float]:
    """Seconds from before the process was made to each of its stamps."""
    began = time.monotonic()
    child = subprocess.run(
        [sys.executable, str(CHILD), how],
        env=environment,
        stdout=subprocess.PIPE,
        timeout=TIME_LIMIT,
        check=True,
        text=True,
    )
    return {name: reading - began for name, reading in json.loads(child.stdout).items()}


def measure(repeats: int, variables: dict[str, str]) -> dict[str, dict[str, list[float]]]:
    """All readings, in seconds: by start, then by stamp."""
    readings: dict[str, dict[str, list[float]]] = {how: {} for how in STARTS}
    with tempfile.TemporaryDirectory(prefix="fewshot-startup-") as folder:
        # Nothing of the person's own: an empty project, and no settings.
        own = dict.fromkeys(("FEWSHOT_DATA_DIR", "FEWSHOT_CACHE_DIR", "XDG_CONFIG_HOME"), folder)
        python_path = os.pathsep.join([str(CHILD.parents[1]), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, **variables, **own, "PYTHONPATH": python_path.rstrip(os.pathsep)}
        # Compiled modules are kept, as for everyone who does not forbid it; here, for these starts alone.
        environment |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for repeat in tqdm(range(repeats + 1), "Starting", disable=None, leave=False):
            for how in STARTS:
                seconds = start(how, environment)
                if repeat > 0:
                    for name, value in seconds.items():
                        readings[how].setdefault(name, []).append(value)
    return readings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="starts of each kind (default: 7)")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    facts = circumstances()
    with display() as (variables, where):
        readings = measure(options.repeats, variables)
    facts["window"] = where
    if options.json:
        print(json.dumps({"circumstances": facts, "seconds": readings}))
        return
    print_circumstances(facts)
    print()
    rows = []
    for how, title in STARTS.items():
        shown = readings[how]["shown"]
        figures = [statistics.median(shown), min(shown), max(shown)]
        # The bare window has its plot from the first, and no menu.
        later = [readings[how].get(name) for name in ("plots", "ready")]
        cells = [f"{1000 * seconds:,.0f}" for seconds in figures]
        cells += [f"{1000 * statistics.median(seconds):,.0f}" if seconds else "–" for seconds in later]
        rows.append([title, *cells])
    columns = ["window (median)", "fastest", "slowest", "plots (median)", "menu (median)"]
    print_table([f"ms, {options.repeats} starts", *columns], rows)


if __name__ == "__main__":
    main()
