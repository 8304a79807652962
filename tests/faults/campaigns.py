"""Finding the campaigns: each module of this folder that has a `TITLE` is one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.faults.base import Result

SAMPLE = 4


@dataclass(frozen=True)
class Campaign:
    """Faults of one kind, in a module that publishes `TITLE`, `COUNT` and `run(count, seed)`.

    `COUNT` is how many cases the whole campaign has; `SAMPLE`, if the module has it, how many of them the
    tests run, from the first on. A campaign with a sample of 0 is too long for the tests.
    """

    name: str
    title: str
    count: int
    sample: int
    module: ModuleType

    def run(self, count: int, seed: int) -> Iterator[Result]:
        """Try `count` cases. Raises `Unavailable` where the system lacks what they need."""
        results: Iterator[Result] = self.module.run(count, seed)
        return results


def campaigns() -> dict[str, Campaign]:
    """All campaigns by name, in alphabetical order."""
    found = {}
    for name in sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py")):
        if name.startswith("test_") or name == "conftest":
            continue
        module = importlib.import_module(f"tests.faults.{name}")
        if hasattr(module, "TITLE"):
            sample = getattr(module, "SAMPLE", SAMPLE)
            found[name] = Campaign(name, module.TITLE, module.COUNT, min(sample, module.COUNT), module)
    return found
