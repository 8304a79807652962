"""The folders by which data sets are divided: what lies in them are the classes, they are not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

PART_NAMES: Final = frozenset(
    {"train", "training", "val", "valid", "validation", "dev", "eval", "evaluation", "test", "testing"}
)


def are_parts(names: Collection[str]) -> bool:
    """Whether these folders, two or more, are all named as parts of a data set."""
    return len(names) > 1 and all(name.casefold() in PART_NAMES for name in names)
