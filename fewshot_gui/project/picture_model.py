"""The list model of the grid: ids in order, facts read when a cell is painted."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor

from engine.visible import visible
from engine.workspace.positions import PositionIndex

Index = QModelIndex | QPersistentModelIndex

# More separate runs of changed rows than this cost the view more than repainting what it shows.
_MAX_RANGES = 64
# Looking for the rows of more pictures than this costs more than to say that all may have changed.
_MANY = 5_000


class PictureSource(Protocol):
    """The source of the facts about a picture; read only for the cells on the screen."""

    def path(self, picture_id: int) -> Path: ...

    def class_of(self, picture_id: int) -> int | None:
        """The class that a person gave the picture, `UNKNOWN` if it belongs to no class."""

    def prediction(self, picture_id: int) -> tuple[int, float] | None:
        """The class that the last run predicts, `UNKNOWN` below the threshold, and its confidence (0..1)."""

    def is_earlier(self, picture_id: int) -> bool:
        """Whether that is of an earlier run than the one in progress."""

    def likeliest(self, picture_id: int) -> int | None:
        """The class that the run found most probable, whatever its confidence."""

    def compared_classes(self, picture_id: int) -> tuple[int, int] | None:
        """The classes that the two compared runs predict for the picture."""

    def error(self, picture_id: int) -> str | None:
        """Why the picture cannot be read, if that is known."""

    def class_name(self, class_id: int) -> str: ...

    def class_color(self, class_id: int) -> str:
        """`#rrggbb`."""

    def class_symbol(self, class_id: int) -> str:
        """The name of a shape of `fewshot_gui.widgets.symbols`."""


class Role(IntEnum):
    """The model's roles beyond Qt's own.

    `CLASS_*` describe the label that a person gave or, without one, the predicted class; they are `None` if
    there is neither. `CONFIDENCE` is `None` unless the class is predicted. `IS_EARLIER` tells whether it was
    predicted by an earlier run than the one in progress.
    """

    PICTURE_ID = Qt.ItemDataRole.UserRole + 1
    PATH = PICTURE_ID + 1
    CLASS_ID = PICTURE_ID + 2
    CLASS_NAME = PICTURE_ID + 3
    CLASS_COLOR = PICTURE_ID + 4
    CLASS_SYMBOL = PICTURE_ID + 5
    CONFIDENCE = PICTURE_ID + 6
    IS_HUMAN = PICTURE_ID + 7
    ERROR = PICTURE_ID + 8
    IS_EARLIER = PICTURE_ID + 9


def row_ranges(rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ascending distinct rows as the fewest inclusive ranges: `[2, 3, 7]` gives `(2, 3), (7, 7)`."""
    if rows.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(rows) > 1)
    firsts = rows[np.concatenate(([0], breaks + 1))]
    lasts = rows[np.concatenate((breaks, [rows.size - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def percent(probability: float) -> str:
    """`0.934` as `93 %`; never rounds up to certainty."""
    return f"{min(round(100 * probability), 99 if probability < 1 else 100)} %"


class PictureModel(QAbstractListModel):
    """Shows pictures in the caller's order, without sorting or filtering of its own."""

    def __init__(self, source: PictureSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._ids = np.empty(0, np.int64)
        self._rows = PositionIndex(self._ids)
        self._readers: dict[int, Callable[[int], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._name,
            Qt.ItemDataRole.ToolTipRole: self._tool_tip,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.AccessibleDescriptionRole: lambda picture: str(source.path(picture)),
            Role.PICTURE_ID: lambda picture: picture,
            Role.PATH: source.path,
            Role.CLASS_ID: self._class,
            Role.CLASS_NAME: self._of_class(source.class_name),
            Role.CLASS_COLOR: self._of_class(lambda class_id: QColor(source.class_color(class_id))),
            Role.CLASS_SYMBOL: self._of_class(source.class_symbol),
            Role.CONFIDENCE: self._confidence,
            Role.IS_HUMAN: lambda picture: source.class_of(picture) is not None,
            Role.ERROR: source.error,
            Role.IS_EARLIER: lambda picture: source.class_of(picture) is None and source.is_earlier(picture),
        }

    @property
    def ids(self) -> NDArray[np.int64]:
        """Picture ids by row, int64 [n]; read only."""
        return self._ids

    def set_ids(self, ids: ArrayLike) -> None:
        """Show these pictures (distinct ids, any order) instead of the present ones."""
        new = np.array(ids, np.int64).reshape(-1)
        if np.array_equal(new, self._ids):
            return
        new.flags.writeable = False
        self.beginResetModel()
        self._ids = new
        self._rows = PositionIndex(new)
        self.endResetModel()

    def refresh(self, ids: ArrayLike | None = None) -> None:
        """Emit that the facts about these pictures, or about all of them, have changed."""
        all_of_them = ids is None or np.size(ids) > _MANY
        rows = np.arange(len(self._ids)) if all_of_them else np.unique(self.rows_of(np.asarray(ids)))
        ranges = row_ranges(rows)
        if len(ranges) > _MAX_RANGES:
            ranges = [(ranges[0][0], ranges[-1][1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first), self.index(last))

    def id_at(self, row: int) -> int:
        return int(self._ids[row])

    def row_of(self, picture_id: int) -> int | None:
        rows = self.rows_of([picture_id])
        return int(rows[0]) if rows.size else None

    def rows_of(self, ids: ArrayLike) -> NDArray[np.int64]:
        """The rows of those of `ids` that are in the model, in the order of `ids`; int64 [≤ len(ids)]."""
        rows = self._rows.of(np.asarray(ids, np.int64).reshape(-1))
        return rows[rows >= 0]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        reader = self._readers.get(role)
        if reader is None or not index.isValid():
            return None
        return reader(int(self._ids[index.row()]))

    def _class(self, picture: int) -> int | None:
        human = self._source.class_of(picture)
        if human is not None:
            return human
        predicted = self._source.prediction(picture)
        return predicted[0] if predicted else None

    def _of_class(self, fact: Callable[[int], Any]) -> Callable[[int], Any]:
        def read(picture: int) -> Any:
            class_id = self._class(picture)
            return None if class_id is None else fact(class_id)

        return read

    def _confidence(self, picture: int) -> float | None:
        predicted = self._source.prediction(picture)
        return predicted[1] if predicted and self._source.class_of(picture) is None else None

    def _facts(self, picture: int) -> list[str]:
        """The known facts about a picture, one phrase each."""
        facts = []
        human = self._source.class_of(picture)
        predicted = self._source.prediction(picture)
        error = self._source.error(picture)
        if human is not None:
            facts.append(self.tr("labelled {name}").format(name=self._source.class_name(human)))
        if predicted is not None:
            likeliest = self._source.likeliest(picture)
            words = self.tr("predicted {name}, {confidence}")
            if likeliest != predicted[0]:
                words = self.tr("predicted unknown: {name} at only {confidence}")
            name = "" if likeliest is None else self._source.class_name(likeliest)
            facts.append(words.format(name=name, confidence=percent(predicted[1])))
            if self._source.is_earlier(picture):
                facts.append(self.tr("not by the run in progress yet"))
        if (compared := self._source.compared_classes(picture)) is not None:
            first, second = map(self._source.class_name, compared)
            words = self.tr("compared: first run {first}, second run {second}")
            facts.append(words.format(first=first, second=second))
        if error:
            facts.append(self.tr("cannot be read: {reason}").format(reason=error))
        return facts or [self.tr("no label yet")]

    def _name(self, picture: int) -> str:
        return visible(self._source.path(picture).name)

    def _tool_tip(self, picture: int) -> str:
        return "\n".join([visible(str(self._source.path(picture))), *self._facts(picture)])

    def _spoken(self, picture: int) -> str:
        return ", ".join([self._name(picture), *self._facts(picture)])
