"""What a fault that was provoked came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Result:
    """One case: what it was, how the program took it, and what there is to say about that."""

    case: str
    outcome: Literal["answered", "refused", "crashed", "hung", "memory", "foreign"]
    detail: str
