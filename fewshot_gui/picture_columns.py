"""What the grid sorts, filters and paints by, as arrays indexed by picture id.

Asking SQLite for each cell, or filtering 100,000 rows in a Python loop, would be felt at every
keystroke; a numpy mask over these columns takes less than a millisecond.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_CLASS = -1


class Show(enum.Enum):
    """Which pictures the grid shows; the value is the name in its menu."""

    ALL = "All pictures"
    TO_LABEL = "To label"
    CLASS = "Selected class"
    UNREADABLE = "Unreadable"


class Order(enum.Enum):
    """In which order; the value is the name in its menu."""

    ADDED = "In order of adding"
    LEAST_SURE = "Least sure first"
    MOST_SURE = "Most sure first"


@dataclass(frozen=True)
class Arrangement:
    """What to show, in which order. `class_id` matters to `Show.CLASS` only."""

    show: Show = Show.ALL
    order: Order = Order.ADDED
    class_id: int = NO_CLASS


class PictureColumns:
    """`ids` int64 [n] in order of adding; `label` and `predicted` int64 (a class id or `NO_CLASS`) and
    `confidence` float32 (0..1, NaN where nothing is predicted), each indexed by picture id; `errors`
    by picture id, for the unreadable ones only.
    """

    def __init__(self, ids: NDArray[np.int64], labels: Mapping[int, int], errors: Mapping[int, str]) -> None:
        size = int(ids.max()) + 1 if len(ids) else 0
        self.ids = ids
        self.label = np.full(size, NO_CLASS, np.int64)
        self.label[np.fromiter(labels.keys(), np.int64, len(labels))] = np.fromiter(
            labels.values(), np.int64, len(labels)
        )
        self.errors = dict(errors)
        self.forget_predictions()

    def forget_predictions(self) -> None:
        self.predicted = np.full(len(self.label), NO_CLASS, np.int64)
        self.confidence = np.full(len(self.label), np.nan, np.float32)

    def set_predictions(
        self, ids: NDArray[np.int64], class_ids: NDArray[np.int64], confidence: NDArray[np.float32]
    ) -> None:
        """Ids of pictures that are no longer there are passed over."""
        known = ids < len(self.label)
        self.predicted[ids[known]] = class_ids[known]
        self.confidence[ids[known]] = confidence[known]

    def carry_predictions_from(self, earlier: PictureColumns) -> None:
        """Take over what `earlier` knew of pictures that are still there."""
        size = min(len(self.label), len(earlier.label))
        self.predicted[:size] = earlier.predicted[:size]
        self.confidence[:size] = earlier.confidence[:size]

    def arrange(self, arrangement: Arrangement) -> NDArray[np.int64]:
        """The ids to show, in order. Where there is no confidence to sort by, a picture comes last."""
        ids = self.ids[self._mask(arrangement)]
        if arrangement.order is Order.ADDED:
            return ids
        confidence = np.where(self.label[ids] == NO_CLASS, self.confidence[ids], np.nan)
        direction = 1 if arrangement.order is Order.LEAST_SURE else -1
        return ids[np.argsort(direction * confidence, kind="stable")]

    def _mask(self, arrangement: Arrangement) -> NDArray[np.bool_]:
        unlabelled: NDArray[np.bool_] = self.label[self.ids] == NO_CLASS
        unreadable = np.isin(self.ids, np.fromiter(self.errors, np.int64, len(self.errors)))
        match arrangement.show:
            case Show.ALL:
                return np.ones(len(self.ids), np.bool_)
            case Show.TO_LABEL:
                return unlabelled & ~unreadable
            case Show.CLASS:
                best = np.where(unlabelled, self.predicted[self.ids], self.label[self.ids])
                return np.isin(best, [arrangement.class_id]) & (arrangement.class_id != NO_CLASS)
            case Show.UNREADABLE:
                return unreadable
