"""Hostile files read in this process, one after the other, in a home of their own."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from engine.errors import FewshotError
from tests.faults.base import Result

SECONDS = 5.0
MOST_CHARACTERS = 1000


def in_turn(cases: Iterable[tuple[str, Callable[[], str]]]) -> Iterator[Result]:
    """Do the work of each case. It returns what was seen, or raises a `FewshotError` of one short line to
    refuse; whatever else it raises (an `AssertionError` for a broken promise) is foreign. Five seconds of the
    processor are too long."""
    for case, work in cases:
        began = time.process_time()
        try:
            outcome, detail = "answered", work()
        except FewshotError as error:
            detail = str(error)
            is_sentence = "\n" not in detail and len(detail) <= MOST_CHARACTERS
            outcome = "refused" if is_sentence else "foreign"
        except MemoryError as error:
            outcome, detail = "memory", str(error)
        except Exception as error:
            outcome, detail = "foreign", f"{type(error).__name__}: {error}"
        seconds = time.process_time() - began
        if seconds > SECONDS:
            outcome, detail = "hung", f"{seconds:.1f} s; {detail}"
        yield Result(case, outcome, detail)  # type: ignore[arg-type]


@contextmanager
def home() -> Iterator[Path]:
    """An empty folder in the place of a person's own files and caches."""
    with tempfile.TemporaryDirectory() as name:
        places = {"FEWSHOT_DATA_DIR": f"{name}/data", "FEWSHOT_CACHE_DIR": f"{name}/cache"}
        with mock.patch.dict(os.environ, places):
            yield Path(name)
