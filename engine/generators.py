"""Work that pauses: a generator that yields how far it is, and returns what comes of it.

Whoever iterates may show progress, ask whether to go on, or close it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Item = TypeVar("Item")
Told = TypeVar("Told")
Result = TypeVar("Result")


def run_to_end(steps: Generator[object, None, Result]) -> Result:
    """Exhaust a generator and return what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def mapped(
    steps: Generator[Item, None, Result], told: Callable[[Item], Told]
) -> Generator[Told, None, Result]:
    """The same work, with `told(item)` in place of each `item` that it yields."""
    while True:
        try:
            item = next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        yield told(item)


def without_repeats(steps: Generator[Item, None, Result], kind: type) -> Generator[Item, None, Result]:
    """The same work, but of equal items of this `kind`, which can be hashed, only the first is yielded."""
    before: set[Item] = set()
    while True:
        try:
            item = next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if isinstance(item, kind):
            if item in before:
                continue
            before.add(item)
        yield item
