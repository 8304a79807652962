"""Finding the campaigns: each module of this folder that has a `COUNT` is one."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.faults.base import Result
from tests.faults.limits import judged

SAMPLE = 4


@dataclass(frozen=True)
class Campaign:
    """Faults of one kind, in a module that publishes `TITLE`, `COUNT` and `run(count, seed)`.

    In the place of `run` it may have `cases(seed)`, which yields names and contents, and `try_one`, which is
    done with each (see `judged`). `COUNT` is how many cases the whole campaign has; `SAMPLE`, if it is
    there, how many of them the tests run, from the first on. With a sample of 0 it is too long for the tests.
    """

    name: str
    title: str
    count: int
    sample: int
    module: ModuleType

    def run(self, count: int, seed: int) -> Iterator[Result]:
        """Try `count` cases. Raises `Unavailable` where the system lacks what they need."""
        if hasattr(self.module, "run"):
            return self.module.run(count, seed)  # type: ignore[no-any-return]
        cases = itertools.islice(self.module.cases(seed), count)
        return judged(self.module.try_one, ((name, (name, content)) for name, content in cases))


def campaigns() -> dict[str, Campaign]:
    """All campaigns by name, in alphabetical order."""
    found = {}
    for name in sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py")):
        if name.startswith("test_") or name == "conftest":
            continue
        module = importlib.import_module(f"tests.faults.{name}")
        if hasattr(module, "COUNT"):
            sample = getattr(module, "SAMPLE", SAMPLE)
            found[name] = Campaign(name, module.TITLE, module.COUNT, min(sample, module.COUNT), module)
    return found
