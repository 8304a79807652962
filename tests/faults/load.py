"""Very much at once, by the command line: memory stays flat, and what is slow or impossible is said.

The pictures are of noise, 12×12 pixels, each with its own content, so that the first case embeds every one of
them; the others, which are about learning, find most of them in the cache. `FEWSHOT_LOAD` makes everything
smaller by that share, for a trial.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tests.faults.base import Result, Unavailable
from tests.faults.limits import CHECKOUT, GIB, Ended, fewshot, kill_tree, own_home
from tests.faults.small_run import draw_pictures

TITLE = "100,000 pictures, 5,000 classes, unequal classes, 100,000 examples"
SAMPLE = 0
SECONDS = 4 * 3600.0
MEMORY = 8 * GIB
GROWTH = GIB // 4
"""What the memory of a run may grow by from its first quarter to its end."""
SHARE = float(os.environ.get("FEWSHOT_LOAD", "1"))
MANY = int(100_000 * SHARE)
MOST_CLASSES = int(5000 * SHARE)
QUERIES = 100
SAID = ("takes about", "takes up to")
"""What is in the sentence that something will take long."""


def run(count: int, seed: int) -> Iterator[Result]:
    """One after another, in one home."""
    if os.name != "posix":
        raise Unavailable("files cannot be linked here")
    with tempfile.TemporaryDirectory() as name:
        load = Load(Path(name), draw_pictures(Path(name) / "pool", seed, MANY + QUERIES))
        for case, tried in itertools.islice(CASES.items(), count):
            yield tried(load, case)


class Load:
    """A `home` with a pool of pictures, of which folders of classes are made without copying them."""

    def __init__(self, home: Path, pool: list[Path]) -> None:
        self.home, self._pool = home, pool
        self._numbers = itertools.count()
        self.predict((1, 1), 1, "prototypical")  # converts the backbone, which is not what is measured

    def arguments(self, shots: Sequence[int], queries: int, algorithm: str) -> list[str | Path]:
        """Those of a prediction with so many examples of each class and so many pictures to label."""
        folder = self.home / f"load {next(self._numbers)}"
        pictures = iter(self._pool)
        for number, count in enumerate(shots):
            self._fill(folder / "examples" / f"class {number:05}", itertools.islice(pictures, count))
        self._fill(folder / "pictures", self._pool[::-1][:queries])
        where = ["--support", folder / "examples", "--images", folder / "pictures"]
        choices = ["--algorithm", algorithm, "--backbone", "conv4", "--device", "cpu"]
        return ["predict", *where, "--out", folder / "table.csv", *choices]

    def _fill(self, folder: Path, pictures: Iterator[Path] | list[Path]) -> None:
        folder.mkdir(parents=True)
        for picture in pictures:
            os.link(picture, folder / picture.name)

    def predict(self, shots: Sequence[int], queries: int, algorithm: str) -> Ended:
        """Run it to the end."""
        return fewshot(self.arguments(shots, queries, algorithm), self.home, SECONDS, MEMORY)


def _measured(ended: Ended) -> str:
    said = [line for line in ended.err.splitlines() if any(words in line for words in SAID)]
    times = f"{ended.seconds:,.0f} s, {ended.cpu:,.0f} s of the processor"
    return "; ".join([times, f"{ended.peak / GIB:.2f} GiB at most", *said])


def _ended(load: Load, case: str, shots: Sequence[int], queries: int, algorithm: str) -> Result:
    ended = load.predict(shots, queries, algorithm)
    return ended.result(case, _measured(ended))


def _flat(load: Load, case: str) -> Result:
    """The memory that is held in the last quarter is hardly more than in the first."""
    ended = load.predict((3, 3, 3), MANY, "prototypical")
    held = [rss for _, rss in ended.rss]
    quarter = max(1, len(held) // 4)
    growth = max(held[-quarter:]) - max(held[:quarter])
    detail = f"{_measured(ended)}; {growth / 2**20:,.0f} MiB more in the last quarter than in the first"
    result = ended.result(case, detail)
    if result.outcome == "answered" and growth > GROWTH:
        return Result(case, "memory", detail)
    return result


def _said_and_stopped(load: Load, case: str, shots: Sequence[int], algorithm: str) -> Result:
    """That it will take long is said; then Ctrl-C ends it."""
    began = time.monotonic()
    with (
        tempfile.NamedTemporaryFile() as told,
        subprocess.Popen(
            [sys.executable, "-m", "engine.cli.main", *map(str, load.arguments(shots, QUERIES, algorithm))],
            cwd=CHECKOUT,
            env=own_home(load.home),
            stdout=subprocess.DEVNULL,
            stderr=told,
            preexec_fn=_heed_ctrl_c,
        ) as process,
    ):
        try:
            while not any(words in (text := _so_far(Path(told.name))) for words in SAID):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)
                    detail = f"ended with {process.returncode}, nothing said: {text[-200:]}"
                    return Result(case, "answered" if process.returncode == 0 else "foreign", detail)
                if time.monotonic() - began > SECONDS:
                    return Result(case, "hung", "it did not say that it takes long")
            after = time.monotonic() - began
            process.send_signal(signal.SIGINT)
            status = process.wait(600)
        except subprocess.TimeoutExpired:
            return Result(case, "hung", "Ctrl-C did not end it in ten minutes")
        finally:
            kill_tree(process.pid)
    said = next(line for line in text.splitlines() if any(words in line for words in SAID))
    detail = f"after {after:.0f} s: {said.strip()}"
    return Result(case, "answered" if status == 130 else "foreign", f"{detail}; status {status} on Ctrl-C")


def _heed_ctrl_c() -> None:
    """A shell's background ignores it, and passes that on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _so_far(file: Path) -> str:
    return file.read_text(errors="replace").replace("\r", "\n")


CASES: dict[str, Callable[[Load, str], Result]] = {
    f"{MANY:,} pictures": _flat,
    f"{MOST_CLASSES:,} classes of two examples, prototypical": lambda load, case: _ended(
        load, case, [2] * MOST_CLASSES, QUERIES, "prototypical"
    ),
    f"{MOST_CLASSES:,} classes of two examples, ridge": lambda load, case: _ended(
        load, case, [2] * MOST_CLASSES, QUERIES, "ridge"
    ),
    f"{MOST_CLASSES:,} classes of two examples, fine-tuning": lambda load, case: _said_and_stopped(
        load, case, [2] * MOST_CLASSES, "fine-tuning"
    ),
    f"{MANY // 2:,} examples of one class and one of each of 100 others": lambda load, case: _ended(
        load, case, [MANY // 2] + [1] * 100, QUERIES, "prototypical"
    ),
    f"{MANY:,} examples of 20 classes, prototypical": lambda load, case: _ended(
        load, case, [MANY // 20] * 20, QUERIES, "prototypical"
    ),
    f"{MANY:,} examples of 20 classes, matching": lambda load, case: _ended(
        load, case, [MANY // 20] * 20, QUERIES, "matching"
    ),
    f"{MANY:,} examples of 20 classes, adapting a whole network": lambda load, case: _ended(
        load, case, [MANY // 20] * 20, QUERIES, "maml"
    ),
}
COUNT = len(CASES)
