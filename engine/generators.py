"""Helpers for generators that yield progress and return a result.

The caller may show the progress, ask whether to go on, or close the generator.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Item = TypeVar("Item")
Mapped = TypeVar("Mapped")
Result = TypeVar("Result")


def run_to_end(steps: Generator[object, None, Result]) -> Result:
    """Exhaust a generator and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def mapped(
    steps: Generator[Item, None, Result], transform: Callable[[Item], Mapped]
) -> Generator[Mapped, None, Result]:
    """The same work, with `transform(item)` in place of each `item` that it yields."""
    while True:
        try:
            item = next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        yield transform(item)


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
