"""A disk that is full or write-protected: one sentence, nothing lost, and work goes on when it is neither."""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np

from engine.embeddings.limit import choose_limit
from engine.errors import FewshotError
from engine.exports import Row, export, formats
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, RemovePictures
from tests.engine.workspace.killing import gestures, make_project, state
from tests.faults.base import Result
from tests.faults.limits import GIB, judged
from tests.faults.small_disk import SIZE, SmallDisk, small_disk

TITLE = "a full and a read-only disk under project, cache, temporary folder and export"
COUNT = 100
SAMPLE = 6
MEMORY = 2 * GIB
"""A backbone takes 1.4 GiB while it is converted."""
MOST_LEFT = 128 * 2**10


@dataclass(frozen=True)
class Case:
    """A fault of the `disk` at a `place`; `leave` bytes are free on a full one."""

    disk: SmallDisk
    place: str
    fault: str
    leave: int
    seed: int

    def befallen(self) -> AbstractContextManager[None]:
        """The fault, for as long as a block lasts."""
        return self.disk.full(self.leave) if self.fault == "full" else self.disk.read_only()

    @property
    def folder(self) -> Path:
        """A folder on the disk that no other case uses."""
        folder = self.disk.folder / f"{self.place}-{self.fault}-{self.seed}"
        folder.mkdir(exist_ok=True)
        return folder


def run(count: int, seed: int) -> Iterator[Result]:
    """Each place and fault in turn, with another amount of space left each time."""
    rng = random.Random(seed)
    kinds = itertools.cycle(itertools.product(PLACES, ("full", "read-only")))
    with small_disk() as disk:
        cases = [
            Case(disk, place, fault, rng.randrange(MOST_LEFT), number)
            for number, (place, fault) in enumerate(itertools.islice(kinds, count))
        ]
        named = [(f"{case.fault} {case.place}, {case.leave} bytes left, seed {seed}", case) for case in cases]
        yield from judged(_befall, named, seconds=60, memory=MEMORY)


def _befall(case: Case) -> str:
    case.disk.mend()  # the last case may have been ended by force
    try:
        return PLACES[case.place](case)
    finally:
        for file in sorted(case.folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()


def _project(case: Case) -> str:
    """Gestures until one is refused, or a project that can only be looked at."""
    project = case.folder / "project.fewshot"
    make_project(project)
    with Workspace.open(project) as workspace:
        for _ in itertools.islice(gestures(workspace), case.seed % 12):
            pass
        kept = state(workspace)
        if case.fault == "full":
            with case.befallen():
                kept, sentence = _until_refused(workspace)
            assert state(workspace) == kept, "a gesture that was refused left something"
    if case.fault == "read-only":
        before = project.read_bytes()
        with case.befallen(), Workspace.open_or_view(project) as workspace:
            assert state(workspace) == kept, "the project looks other than it is"
            sentence = _refusal(lambda: workspace.apply(AddClass("dog")))
            assert project.read_bytes() == before, "a read-only project was changed"
    with Workspace.open(project) as workspace:
        assert state(workspace) == kept, "the project is not what it was"
        assert workspace.apply(AddClass("dog"))
        assert workspace.undo()
        assert workspace.redo()
    with closing(sqlite3.connect(project)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raise FewshotError(sentence)


def _until_refused(workspace: Workspace) -> tuple[str, str]:
    """Add and label pictures until the disk is full; returns what was there before, and the sentence."""
    for number in range(MOST_LEFT // 1000):
        before = state(workspace)
        pictures = [Path(f"/{number}/{name}.jpg") for name in range(300)]
        try:
            workspace.apply(AddPictures(pictures, number % 2 + 1))
        except FewshotError as error:
            return before, str(error)
    raise AssertionError("the disk never became full")


def _export(case: Case) -> str:
    """An older table and its record stay as they were, and nothing else is left."""
    rows = [Row(f"/pictures/{n}.jpg", "ant", 0.75, "", [0.75, 0.25]) for n in range(MOST_LEFT // 8)]
    tables = [form for form in formats().values() if not form.is_folder]
    form = tables[case.seed // 2 % len(tables)]
    table = case.folder / f"table{form.suffix}"
    export(table, rows[:2], ("ant", "bee"), form.name)
    before = {path: path.read_bytes() for path in case.folder.iterdir()}
    with case.befallen():
        sentence = _refusal(lambda: export(table, rows, ("ant", "bee"), form.name))
        after = {path: path.read_bytes() for path in case.folder.iterdir()}
        assert after == before, "the old table is lost, or something was left behind"
    assert export(table, rows[:100], ("ant", "bee"), form.name).written == 100
    raise FewshotError(sentence)


def _cache(case: Case) -> str:
    """A run does not need its cache."""
    # Here, not above: it loads torch, which the other places do without.
    from tests.faults.small_run import UNCONVERTED

    return _run_with_cache(case, *UNCONVERTED)


def _converted(case: Case) -> str:
    """Neither does it need a place for the converted backbone."""
    from engine.backbones import onnx_conversion
    from tests.faults.small_run import CONVERTED

    # As for a backbone that does not ship with the program.
    with mock.patch.object(onnx_conversion, "bundled_file", return_value=case.folder / "none"):
        return _run_with_cache(case, *CONVERTED)


def _run_with_cache(case: Case, algorithm: str, options: dict[str, float]) -> str:
    from tests.faults import small_run

    with (
        _elsewhere() as folder,
        _environment("FEWSHOT_CACHE_DIR", case.folder / "cache"),
        _environment("FEWSHOT_DATA_DIR", folder / "data"),
    ):
        choose_limit(SIZE)  # a tenth of this disk is no cache
        request = small_run.request_of(small_run.draw_pictures(folder, case.seed), algorithm, options)
        with case.befallen():
            try:
                seen = small_run.follow(request)
            except FewshotError as error:
                raise AssertionError(f"the run was stopped: {error}") from error
        small_run.follow(request)
        again = small_run.follow(request)
        assert again.from_cache == len(request.queries) + len(request.examples), (
            "the cache was not used again"
        )
        for picture, chances in seen.predicted.items():
            assert np.allclose(chances, again.predicted[picture], atol=1e-3), "the answers differ"
        return seen.summary()


def _temporary(case: Case) -> str:
    """What is looked through in the temporary folder is looked through elsewhere, or later."""
    with _elsewhere() as folder, _temporary_folder(case.folder):
        project = folder / "project.fewshot"
        make_project(project)
        with Workspace.open(project) as workspace:
            for _ in itertools.islice(gestures(workspace), 7):
                pass
            kept = state(workspace)
            # As a crash would leave it: with its log.
            left = {file: file.read_bytes() for file in folder.iterdir()}
        for file, content in left.items():
            file.write_bytes(content)
        sentence = ""
        with case.befallen():
            try:
                with Workspace.open(project) as workspace:
                    assert state(workspace) == kept
            except FewshotError as error:
                sentence = str(error)
        assert list(case.folder.iterdir()) == [], "something was left behind"
        with Workspace.open(project) as workspace:
            assert state(workspace) == kept
            ids = workspace.picture_ids().tolist()
            assert workspace.apply(RemovePictures(ids[:1]))
        if sentence:
            raise FewshotError(sentence)
        return "opened without it"


PLACES: dict[str, Callable[[Case], str]] = {
    "project": _project,
    "export": _export,
    "temporary folder": _temporary,
    "cache": _cache,
    "folder of converted backbones": _converted,
}


def _refusal(deed: Callable[[], object]) -> str:
    """The sentence that a deed is refused with."""
    try:
        deed()
    except FewshotError as error:
        return str(error)
    raise AssertionError("it was not refused")


@contextmanager
def _elsewhere() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _temporary_folder(folder: Path) -> Iterator[None]:
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _environment(name: str, value: Path) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = str(value)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
