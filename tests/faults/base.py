"""What a campaign of faults reports: one result for each case that was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["answered", "refused", "crashed", "hung", "memory", "foreign"]

FAILURES: tuple[Outcome, ...] = ("crashed", "hung", "memory", "foreign")
"""A process that died by itself, one that did not end in time, one that took too much memory, and whatever
else was not promised: an exception that is no sentence, a gesture that was lost, another answer."""


@dataclass(frozen=True)
class Result:
    """What became of one case: it was `answered` as promised, `refused` in one sentence, or failed.

    `case` says how to make the case again, `detail` what was seen.
    """

    case: str
    outcome: Literal["answered", "refused", "crashed", "hung", "memory", "foreign"]
    detail: str


class Unavailable(Exception):  # noqa: N818 (it is no error, but a reason)
    """The system lacks what a campaign needs; the message says what."""
