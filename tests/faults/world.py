"""What happens around a run while it is on: pictures go, the clock goes back, memory and disks run out."""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from tests.faults.base import Result, Unavailable
from tests.faults.limits import GIB, command, judged, own_home
from tests.faults.small_disk import SmallDisk, permissions_apply, small_disk
from tests.faults.small_run import UNCONVERTED, Seen, draw_pictures, follow, request_of

TITLE = "pictures, permissions, clock, temporary folder and memory that change during a run"
COUNT = 120
SAMPLE = 4
NOBODY = 65534
ROOM = 64 * 2**20
LEAST_MEMORY, MOST_MEMORY = GIB // 4, 6 * GIB
WITH_LIMIT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), resource.RLIM_INFINITY))
from engine.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class Case:
    """Something that `happens` once the first picture is labelled, a little different for each `seed`."""

    happens: str
    disk: SmallDisk
    seed: int


def run(count: int, seed: int) -> Iterator[Result]:
    """Each kind of happening in turn."""
    rng = random.Random(seed)
    kinds = itertools.islice(itertools.cycle(HAPPENINGS), count)
    if os.name != "posix":
        raise Unavailable("there are no pipes with names here")
    with small_disk() as disk:
        cases = [(kind, rng.randrange(2**32)) for kind in kinds]
        yield from judged(
            _happen, [(f"{kind}, seed {own}", Case(kind, disk, own)) for kind, own in cases], seconds=60
        )


def _happen(case: Case) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FEWSHOT_CACHE_DIR"] = str(folder / "cache")
        os.environ["FEWSHOT_DATA_DIR"] = str(folder / "data")
        return HAPPENINGS[case.happens](case, folder)


def _deleted(case: Case, folder: Path) -> str:
    return _pictures_spoilt(case, folder, Path.unlink, {"not found"})


def _pipes(case: Case, folder: Path) -> str:
    def replace(path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    return _pictures_spoilt(case, folder, replace, {"not a file"})


def _folders(case: Case, folder: Path) -> str:
    def replace(path: Path) -> None:
        path.unlink()
        path.mkdir()

    return _pictures_spoilt(case, folder, replace, {"not a file"})


def _cut_short(case: Case, folder: Path) -> str:
    def cut(path: Path) -> None:
        os.truncate(path, case.seed % (path.stat().st_size // 2))  # more would leave all pixels to some

    return _pictures_spoilt(case, folder, cut, {"truncated", "damaged", "empty file", "not a picture"})


def _forbidden(case: Case, folder: Path) -> str:
    folder.chmod(0o777)
    _run(draw_pictures(folder / "warm", 0))  # loads what cannot be loaded once nobody is asked
    with _somebody_else(folder / "cache"):
        return _pictures_spoilt(case, folder, lambda path: path.chmod(0), {"no permission"})


def _pictures_spoilt(case: Case, folder: Path, spoil: Callable[[Path], object], reasons: set[str]) -> str:
    """Something befalls the pictures; those that were not read are named with one of the `reasons`."""
    pictures = draw_pictures(folder / "pictures", case.seed)
    unlucky = pictures[::-1][: random.Random(case.seed).randrange(100, len(pictures))]
    seen = _run(pictures, lambda: [spoil(path) for path in unlucky])
    told = set(seen.unreadable.values())
    assert told, "nothing was missed"
    assert told <= reasons, f"said to be {told}"
    return seen.summary()


def _clock_set_back(case: Case, folder: Path) -> str:
    """The run, and gestures before and after it, keep their order whatever the clock says."""
    pictures = draw_pictures(folder / "pictures", case.seed)
    with Workspace.create(folder / "project.fewshot") as workspace:
        for name in ("dark", "bright"):
            workspace.apply(AddClass(name))
        workspace.apply(AddPictures(pictures[:9]))
        with _clock_running_back(3600 * (1 + case.seed % 100)):
            seen = _run(pictures)
            for picture in range(1, 9):
                workspace.apply(LabelPictures([picture], 1))
                workspace.apply(LabelPictures([picture], 2))
            for _ in range(4):
                workspace.undo()
                workspace.undo()
            assert workspace.redo()
    with Workspace.open(folder / "project.fewshot") as workspace:
        expected = dict.fromkeys(range(1, 5), 2) | {5: 1}
        assert workspace.labels() == expected, f"labelled {workspace.labels()}"
    return seen.summary()


def _no_room_for_temporary_files(case: Case, folder: Path) -> str:
    pictures = draw_pictures(folder / "pictures", case.seed)
    before = tempfile.tempdir
    tempfile.tempdir = os.environ["TMPDIR"] = str(case.disk.folder)
    try:
        with case.disk.full(case.seed % 8192):
            return _run(pictures).summary()
    finally:
        tempfile.tempdir = before
        del os.environ["TMPDIR"]


def _no_room_in_memory(case: Case, folder: Path) -> str:
    """The process may hardly grow, from the beginning or from the first prediction on.

    It has done a run before, as libraries end the process that cannot have their first buffers.
    """
    import resource

    _run(draw_pictures(folder / "warm", 0))
    pictures = draw_pictures(folder / "pictures", case.seed)
    before = resource.getrlimit(resource.RLIMIT_AS)

    def limit() -> None:
        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + case.seed // 2 % ROOM, before[1]))

    try:
        if case.seed % 2:
            limit()
        return _run(pictures, limit).summary()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _little_memory(case: Case, folder: Path) -> str:
    """The whole command, in a process that may never hold more than so much."""
    pictures = draw_pictures(folder / "pictures", case.seed, 40)
    for number, path in enumerate(pictures[:4]):
        kind = folder / "examples" / ("dark", "bright")[number % 2]
        kind.mkdir(parents=True, exist_ok=True)
        path.rename(kind / path.name)
    limit = LEAST_MEMORY + case.seed % (MOST_MEMORY - LEAST_MEMORY)
    arguments = ["predict", "--support", folder / "examples", "--images", folder / "pictures"]
    arguments += ["--out", folder / "table.csv", "--algorithm", "fine-tuning", "--option", "steps=1"]
    arguments += ["--backbone", "conv4", "--device", "cpu"]
    ended = command(
        [sys.executable, "-c", WITH_LIMIT, str(limit), *map(str, arguments)], own_home(folder), 50, 2 * GIB
    )
    result = ended.result(case.happens, f"done with {limit / GIB:.2f} GiB")
    if result.outcome == "refused":
        raise FewshotError(result.detail)
    assert result.outcome == "answered", f"{result.outcome} with {limit / GIB:.2f} GiB: {result.detail}"
    return result.detail


HAPPENINGS: dict[str, Callable[[Case, Path], str]] = {
    "pictures deleted": _deleted,
    "pictures replaced by pipes": _pipes,
    "clock set back": _clock_set_back,
    "temporary folder full": _no_room_for_temporary_files,
    "permission to read taken away": _forbidden,
    "memory used up": _no_room_in_memory,
    "pictures replaced by folders": _folders,
    "pictures cut short": _cut_short,
    "little memory from the start": _little_memory,
}


def _run(pictures: list[Path], meanwhile: Callable[[], object] = lambda: None) -> Seen:
    return follow(request_of(pictures, *UNCONVERTED), meanwhile)


@contextmanager
def _clock_running_back(step: float) -> Iterator[None]:
    """Each look at the clock of the day shows `step` seconds less than the last."""
    now = time.time
    started = now()
    looks = itertools.count(1)
    time.time = lambda: started - step * next(looks)
    try:
        yield
    finally:
        time.time = now


@contextmanager
def _somebody_else(cache: Path) -> Iterator[None]:
    """Be a user to whom permissions apply; `cache` is that user's."""
    if permissions_apply():
        yield
        return
    for path in [cache, *cache.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
