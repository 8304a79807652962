"""Warns that a run will take long, as soon as its first steps show it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.episodes import LabeledSet
from engine.learners.held_out import FOLDS
from engine.messages import Message
from engine.runs.events import RunIsSlow

SLOW_S = 120.0
"""No warning for a run that takes less."""

MEASURED_ON = 100
"""The time of a picture is measured on so many."""

MEASURED_S = 2.0
"""The time of a step is measured over so many seconds of adaptation."""

MUCH_LONGER = 2.0
"""Warn a second time only where the first estimate was too short by this factor."""


class Forecast:
    """Estimates how long a run will take, and warns."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id
        self._warned_s = SLOW_S / MUCH_LONGER
        self._fresh, self._fresh_s = 0, 0.0
        self._since = 0.0
        self._is_measured = False

    def start_reading(self) -> None:
        """Pictures are read from now on, until another stage begins."""
        self._since = time.monotonic()

    def pictures(self, fresh: int, left: int) -> Iterator[RunIsSlow]:
        """A batch was read with so many `fresh` pictures, that is not from the cache; `left` are to come.

        Cached pictures take next to no time, and they may all come first. So only the time of batches with
        fresh pictures counts, and `left` is taken to be fresh.
        """
        now = time.monotonic()
        if fresh:
            self._fresh, self._fresh_s = self._fresh + fresh, self._fresh_s + now - self._since
        self._since = now
        if self._fresh < MEASURED_ON:
            return
        if (rest := left * self._fresh_s / self._fresh) > MUCH_LONGER * self._warned_s:
            self._warned_s = rest
            minutes = _minutes(rest)
            yield RunIsSlow(
                self._run_id,
                Message(
                    "{n} pictures are still to be read: that takes up to {minutes} minutes.",
                    n=left,
                    minutes=minutes,
                ),
            )

    def step(self, step: int, total_steps: int, began: float, support: LabeledSet) -> Iterator[RunIsSlow]:
        """A step of an adaptation is done that `began` at that time of the monotonic clock.

        The first of many is not measured, as it takes longer. The examples are adapted to as a whole and,
        where some can be left out, without each fold.
        """
        now = time.monotonic()
        if step <= 1 < total_steps:
            self._since, self._is_measured = now, False
            return
        since, steps = (self._since, step - 1) if total_steps > 1 else (began, 1)
        if self._is_measured or now - since < MEASURED_S:
            return
        self._is_measured = True
        times = 1 + (FOLDS if max(support.shots) > 1 else 0)
        rest = (now - since) / steps * (total_steps * times - step)
        if rest > SLOW_S:
            yield RunIsSlow(
                self._run_id,
                Message(
                    "Adapting to {n} examples of {class_n} classes takes about {minutes} minutes.",
                    n=len(support),
                    class_n=support.n_way,
                    minutes=_minutes(rest),
                ),
            )


def _minutes(seconds: float) -> str:
    return f"{max(2, round(seconds / 60)):,}"
