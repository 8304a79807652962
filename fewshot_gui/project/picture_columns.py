"""What the grid sorts, filters and paints by, as arrays with a row for each picture.

Asking SQLite for each cell, or filtering 100,000 rows in a Python loop, would be slow at every keystroke; a
numpy mask over these columns takes less than a millisecond.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.messages import Message
from engine.workspace.positions import PositionIndex
from engine.workspace.rows import UNKNOWN
from fewshot_gui.project.picture_filter import PictureFilter
from fewshot_gui.project.sorting import ascending, descending
from fewshot_gui.shell.languages import QT_TRANSLATE_NOOP

NO_CLASS = -1
NO_RUN = 0
# The state of a picture without a label or prediction.
_DEFAULTS: dict[str, np.generic] = {
    "label": np.int64(NO_CLASS),
    "predicted": np.int64(NO_CLASS),
    "confidence": np.float32(np.nan),
    "margin": np.float32(np.nan),
    "sorted_confidence": np.float32(np.nan),
    "sorted_margin": np.float32(np.nan),
    "run": np.int64(NO_RUN),
    "first_class": np.int64(NO_CLASS),
    "second_class": np.int64(NO_CLASS),
    "variation": np.float32(np.nan),
    "compared": np.bool_(False),
}


class Show(enum.Enum):
    """Which pictures the grid shows; the value is the title of its tab."""

    ALL = QT_TRANSLATE_NOOP("FilterTabs", "All")
    TO_REVIEW = QT_TRANSLATE_NOOP("FilterTabs", "To review")
    UNLABELED = QT_TRANSLATE_NOOP("FilterTabs", "Unlabelled")
    CLASS = QT_TRANSLATE_NOOP("FilterTabs", "Selected class")
    UNKNOWN = QT_TRANSLATE_NOOP("FilterTabs", "Unknown")
    UNREADABLE = QT_TRANSLATE_NOOP("FilterTabs", "Unreadable")
    COMPARED = QT_TRANSLATE_NOOP("FilterTabs", "Disagreement")


class Order(enum.Enum):
    """The order of the grid; the value is the title in its menu."""

    ADDED = QT_TRANSLATE_NOOP("PicturePane", "In order of adding")
    NEWEST = QT_TRANSLATE_NOOP("PicturePane", "Newest first")
    NAME = QT_TRANSLATE_NOOP("PicturePane", "By name")
    CLASS = QT_TRANSLATE_NOOP("PicturePane", "By class")
    FOLDER = QT_TRANSLATE_NOOP("PicturePane", "By folder")
    LEAST_SURE = QT_TRANSLATE_NOOP("PicturePane", "Least sure first")
    MOST_SURE = QT_TRANSLATE_NOOP("PicturePane", "Most sure first")
    CLOSEST = QT_TRANSLATE_NOOP("PicturePane", "Closest call first")
    DIVERSE = QT_TRANSLATE_NOOP("PicturePane", "Diverse first")
    SIMILAR = QT_TRANSLATE_NOOP("PicturePane", "Similar to the selection")
    VARIATION = QT_TRANSLATE_NOOP("PicturePane", "Disagreement between two runs")


# A picture with a label has no confidence: it comes last.
BY_PREDICTION = (Order.LEAST_SURE, Order.MOST_SURE, Order.CLOSEST)
# The engine finds them when they are chosen.
ASKED_FOR = (Order.DIVERSE, Order.SIMILAR)


@dataclass(frozen=True)
class Arrangement:
    """What to show, in which order. `class_id` matters to `Show.CLASS` only; with a `name`, only pictures
    with that in their names are shown, with `filters` only those that pass them all."""

    show: Show = Show.ALL
    order: Order = Order.ADDED
    class_id: int = NO_CLASS
    name: str = ""
    filters: tuple[PictureFilter, ...] = ()


class PictureColumns:
    """`ids` int64 [n] in order of adding.

    By row, as `rows_of` gives it by picture id: `label` and `predicted` int64 (a class id or `NO_CLASS`),
    `run` int64 (which predicted it, or `NO_RUN`), `confidence` float32 (0..1) and `margin` float32 (0..1, by
    how much the likeliest class leads the next), both NaN where nothing is predicted. `sorted_confidence` and
    `sorted_margin` are those two as they were at the last `sort_again`: the orders by prediction are made
    from them, so that new predictions move nothing. Of two runs that are being compared, `first_class` and
    `second_class` int64 (a class id or `NO_CLASS`), `variation` float32 (0..1, by how much they differ, NaN
    where there is nothing to compare) and `compared` bool, the pictures to look at. `errors` by picture id,
    for the unreadable ones only. What is predicted with less confidence than `threshold` (0..1) is taken for
    unknown.
    """

    def __init__(
        self,
        ids: NDArray[np.int64],
        labeled: NDArray[np.int64],
        class_ids: NDArray[np.int64],
        errors: Mapping[int, Message],
    ) -> None:
        self.ids = np.empty(0, np.int64)
        self.label = self.predicted = np.empty(0, np.int64)
        self.confidence = self.margin = np.empty(0, np.float32)
        self.sorted_confidence = self.sorted_margin = np.empty(0, np.float32)
        self.run = np.empty(0, np.int64)
        self.first_class = self.second_class = np.empty(0, np.int64)
        self.variation = np.empty(0, np.float32)
        self.compared = np.empty(0, np.bool_)
        self.threshold = 0.0
        self.present_run = NO_RUN
        """The run in progress, if earlier predictions are shown in another way than its own."""
        self._classes = PositionIndex(np.empty(0, np.int64))
        # The rows of removed pictures stay, so there are more rows than `ids`.
        self._all = np.empty(0, np.int64)
        self._place = PositionIndex(self._all)
        self._rows = np.empty(0, np.int64)
        """Those of `ids`."""
        self._orders: dict[Order, NDArray[np.int64]] = {}
        self._rankings: dict[Order, NDArray[np.int64]] = {}
        self.add(ids)
        self.label[self.rows_of(labeled)] = class_ids
        self.errors = dict(errors)

    def add(self, ids: NDArray[np.int64]) -> None:
        """Add pictures, `ids` int64 [m]: new ones, or some that were removed before."""
        if not len(ids):
            return
        self.reserve(ids)
        # Both parts are sorted already, which makes a stable sort fast.
        self.ids = np.sort(np.concatenate([self.ids, ids]), kind="stable")
        self._rows = self.rows_of(self.ids)
        self._orders.clear()

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove pictures, int64 [m]. Their predictions and rows are kept for when they come back; a row also
        tells them from new ones."""
        rows = self._known_rows(ids)
        stays = np.ones(len(self._all), np.bool_)
        stays[rows] = False
        stays = stays[self._rows]
        self.ids, self._rows = self.ids[stays], self._rows[stays]
        self.label[rows] = NO_CLASS
        self.forget_errors(ids)
        self._orders.clear()

    def forget_errors(self, ids: NDArray[np.int64]) -> None:
        """Mark these pictures, int64 [m], as readable."""
        for picture_id in self.errors.keys() & set(ids.tolist()):
            del self.errors[picture_id]

    def reserve(self, ids: NDArray[np.int64]) -> None:
        """Make rows for these pictures, int64 [m]; some may not be in the project, as removed ones may come
        back."""
        # Mostly sorted already, so sorting is far faster than hashing in `np.unique`.
        new = np.sort(ids[self.rows_of(ids) < 0], kind="stable")
        new = new[np.diff(new, prepend=-1) > 0]
        if not len(new):
            return
        every = np.concatenate([self._all, new])
        # New ids are mostly larger than all others, and then nothing has to move.
        order = None if not len(self._all) or new[0] > self._all[-1] else np.argsort(every, kind="stable")
        self._all = every if order is None else every[order]
        for name, value in _DEFAULTS.items():
            column = getattr(self, name)
            longer = np.concatenate([column, np.full(len(new), value, column.dtype)])
            setattr(self, name, longer if order is None else longer[order])
        self._place = PositionIndex(self._all)
        self._rows = self.rows_of(self.ids)

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each picture, int64 [len(ids)]; -1 if it has never been in the project."""
        return self._place.of(ids)

    def row_of(self, picture_id: int) -> int:
        """The row of one picture."""
        return self._place.of_one(picture_id)

    def _known_rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of those that are or were in the project, int64 [k]."""
        rows = self.rows_of(ids)
        return rows[rows >= 0]

    def has(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `ids` are in the project, bool [len(ids)]."""
        if not len(self.ids):
            return np.zeros(len(ids), np.bool_)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        there: NDArray[np.bool_] = self.ids[places] == ids
        return there

    def set_classes(self, class_ids: Collection[int]) -> None:
        """Set the classes, in the order of their list; predictions of other classes are dropped."""
        self._classes = PositionIndex(np.array(list(class_ids), np.int64))

    def forget_other_predictions(self, run: int) -> None:
        """Keep only this run's predictions, if it has any."""
        others = self.run != run
        if others.all():
            return
        self.run[others], self.predicted[others] = NO_RUN, NO_CLASS
        self.confidence[others] = self.margin[others] = np.nan

    def set_predictions(
        self,
        run: int,
        ids: NDArray[np.int64],
        class_ids: NDArray[np.int64],
        probabilities: NDArray[np.float32],
    ) -> None:
        """`probabilities` is float32 [n, way] in the order of `class_ids` int64 [way].

        Ids of pictures that are not in the project are ignored.
        """
        rows = self.rows_of(ids)
        known = rows >= 0
        if not known.all():
            rows, probabilities = rows[known], probabilities[known]
        if not len(rows):
            return
        self.run[rows] = run
        self.predicted[rows] = class_ids[probabilities.argmax(axis=1)]
        way = probabilities.shape[1]
        # Not sorted whole: of a thousand classes that would take most of the time of a run's frame.
        best = np.partition(probabilities, way - 2, axis=1)[:, -2:] if way > 1 else probabilities
        self.confidence[rows] = best[:, -1]
        self.margin[rows] = best[:, -1] - best[:, 0] if way > 1 else 1

    def set_comparison(
        self,
        ids: NDArray[np.int64],
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        variation: NDArray[np.float32],
    ) -> None:
        """Set what two runs predicted for `ids` int64 [n], class ids int64 [n], and by how much they differ,
        float32 [n]. Other pictures have nothing to compare."""
        self._orders.pop(Order.VARIATION, None)
        rows = self.rows_of(ids)
        known = rows >= 0
        columns: dict[str, NDArray[np.generic]] = {
            "first_class": first,
            "second_class": second,
            "variation": variation,
        }
        for name, values in columns.items():
            column = getattr(self, name)
            column.fill(_DEFAULTS[name])
            column[rows[known]] = values[known]

    def set_compared(self, ids: NDArray[np.int64]) -> None:
        """Set the pictures that `Show.COMPARED` shows."""
        self.compared.fill(False)
        self.compared[self._known_rows(ids)] = True

    def set_ranking(self, order: Order, ids: NDArray[np.int64]) -> None:
        """Set the pictures that come first in an order that is computed elsewhere, int64 [k]; the others
        follow."""
        self._rankings[order] = ids
        self._orders.pop(order, None)

    def labels_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class of each picture, `NO_CLASS` if it has none or is not in the project."""
        labels = np.full(len(ids), NO_CLASS, np.int64)
        rows = self.rows_of(ids)
        labels[rows >= 0] = self.label[rows[rows >= 0]]
        return labels

    def labeled_as(self, class_id: int) -> NDArray[np.int64]:
        """The pictures with this label, in order of adding; cheap enough for each row that is painted."""
        labeled: NDArray[np.int64] = self._all[self.label == class_id]  # a removed picture has no label
        return labeled

    def likeliest(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class that the last run found most probable, or `NO_CLASS`."""
        return self._likeliest(self.rows_of(ids))

    def verdict(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The predicted class: the most probable one, or `UNKNOWN` if its confidence is below the
        threshold."""
        return self._verdict(self.rows_of(ids))

    def is_earlier(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these pictures, int64 [n], only runs before `present_run` have predicted, bool [n]."""
        rows = self.rows_of(ids)
        others: NDArray[np.bool_] = (self.run[rows] != self.present_run) & (self._likeliest(rows) != NO_CLASS)
        return others if self.present_run != NO_RUN else np.zeros_like(others)

    def _likeliest(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        predicted = self.predicted[rows]
        return np.where(self._classes.of(predicted) >= 0, predicted, NO_CLASS)

    def _verdict(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        likeliest = self._likeliest(rows)
        unsure = (likeliest != NO_CLASS) & (self.confidence[rows] < np.float32(self.threshold))
        return np.where(unsure, UNKNOWN, likeliest)

    def masks(self, class_id: int = NO_CLASS) -> dict[Show, NDArray[np.bool_]]:
        """Which of `ids` each tab shows, bool [n]; `class_id` is the selected class."""
        label, verdict = self.label[self._rows], self._verdict(self._rows)
        unlabeled = label == NO_CLASS
        best = np.where(unlabeled, verdict, label)
        unreadable = np.isin(self.ids, np.fromiter(self.errors, np.int64, len(self.errors)))
        return {
            Show.ALL: np.ones(len(self.ids), np.bool_),
            Show.TO_REVIEW: unlabeled & (verdict != NO_CLASS),
            Show.UNLABELED: unlabeled & ~unreadable,
            Show.CLASS: (best == class_id) & (class_id != NO_CLASS),
            Show.UNKNOWN: best == UNKNOWN,
            Show.UNREADABLE: unreadable,
            Show.COMPARED: self.compared[self._rows],
        }

    def arrange(self, arrangement: Arrangement) -> NDArray[np.int64]:
        """The ids to show, in order."""
        return self._shown(arrangement, self._order(arrangement.order))

    def sort_again(self) -> None:
        """Make the orders by prediction from the present predictions."""
        self.sorted_confidence, self.sorted_margin = self.confidence.copy(), self.margin.copy()
        for order in BY_PREDICTION:
            self._orders.pop(order, None)

    def is_sorted(self, arrangement: Arrangement) -> bool:
        """Whether `sort_again` would change nothing in this arrangement."""
        if arrangement.order not in BY_PREDICTION:
            return True
        present = self._by_prediction(arrangement.order, self.confidence, self.margin)
        return np.array_equal(self.arrange(arrangement), self._shown(arrangement, present))

    def _shown(self, arrangement: Arrangement, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids to show; `order` is the positions of all `ids`, int64 [n]."""
        mask = self.masks(arrangement.class_id)[arrangement.show]
        if arrangement.order in BY_PREDICTION:
            labeled = self.label[self._rows] != NO_CLASS
            ahead = mask & ~labeled
            places = np.concatenate([order[ahead[order]], np.flatnonzero(mask & labeled)])
        else:
            places = order[mask[order]]
        shown: NDArray[np.int64] = self.ids[places]
        return shown

    def _order(self, order: Order) -> NDArray[np.int64]:
        """The positions of all `ids`, int64 [n]; cached, since most gestures do not change it."""
        if order is Order.CLASS:  # which every label changes
            return self._by_class()
        if order not in self._orders:
            match order:
                case Order.ADDED:
                    places = np.arange(len(self.ids))
                case Order.NEWEST:
                    places = np.arange(len(self.ids))[::-1]
                case Order.LEAST_SURE | Order.MOST_SURE | Order.CLOSEST:
                    places = self._by_prediction(order, self.sorted_confidence, self.sorted_margin)
                case Order.NAME | Order.FOLDER | Order.DIVERSE | Order.SIMILAR:
                    places = self._ranked(self._rankings.get(order, self.ids[:0]))
                case Order.VARIATION:
                    places = descending(self.variation[self._rows])
            self._orders[order] = places
        return self._orders[order]

    def _by_class(self) -> NDArray[np.int64]:
        """The positions class by class, as they are listed: labelled pictures, then predictions, the surest
        first. Unknown ones come next, and last those without a class."""
        label, verdict = self.label[self._rows], self._verdict(self._rows)
        predicted = label == NO_CLASS
        best = np.where(predicted, verdict, label)
        group = self._classes.of(best)
        last = np.iinfo(np.int64).max
        group[best == UNKNOWN] = last - 1
        group[best == NO_CLASS] = last
        doubt = np.where(predicted, -self.confidence[self._rows], np.float32(-np.inf))
        return np.lexsort((doubt, group))

    def _by_prediction(
        self, order: Order, confidence: NDArray[np.float32], margin: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """The positions of all `ids` in one of the orders `BY_PREDICTION`, from these columns."""
        if order is Order.CLOSEST:
            return ascending(margin[self._rows])
        sort = ascending if order is Order.LEAST_SURE else descending
        return sort(confidence[self._rows])

    def _ranked(self, first: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of `first`, then those of the other ids."""
        place = np.full(len(self._all), -1, np.int64)
        place[self._rows] = np.arange(len(self.ids))
        places = place[self._known_rows(first)]
        places = places[places >= 0]
        rest = np.ones(len(self.ids), np.bool_)
        rest[places] = False
        return np.concatenate([places, np.flatnonzero(rest)])
