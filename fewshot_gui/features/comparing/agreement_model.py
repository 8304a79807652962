"""The cross table of two runs: numbers of pictures by the class that each run gave them, with sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_FAINTEST, _STRONGEST = 25, 150


class AgreementModel(QAbstractTableModel):
    """Row i and column j count the pictures that the first run gave class i and the second class j; the last
    row and column are sums.

    A cell off the diagonal has a stronger tint the more pictures it counts.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._counts = np.zeros((0, 0), np.int64)
        self._most = 1
        self._palette = QPalette()

    def set_counts(self, names: Sequence[str], counts: NDArray[np.int64]) -> None:
        """`counts` int64 [k, k] and the names of the k classes."""
        self.beginResetModel()
        self._names = list(names)
        apart = counts - np.diag(np.diag(counts))
        self._most = max(1, int(apart.max(initial=0)))
        inner = np.concatenate([counts, counts.sum(axis=0, keepdims=True)])
        self._counts = np.concatenate([inner, inner.sum(axis=1, keepdims=True)], axis=1)
        self.endResetModel()

    def set_palette(self, palette: QPalette) -> None:
        self._palette = palette

    def class_at(self, section: int) -> int | None:
        """The class of a row or column; `None` for the sums."""
        return section if section < len(self._names) else None

    def name_of(self, section: int) -> str:
        return self._names[section] if section < len(self._names) else self.tr("All")

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or not self._names else len(self._counts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return self.rowCount(parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        count = int(self._counts[row, column])
        outer = None in (self.class_at(row), self.class_at(column))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{count:,}" if count or outer else "–"
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                words = self.tr("{n} pictures: first run {first}, second run {second}")
                return words.format(n=f"{count:,}", first=self.name_of(row), second=self.name_of(column))
            case Qt.ItemDataRole.BackgroundRole:
                if outer:
                    return self._palette.color(QPalette.ColorRole.AlternateBase)
                if row != column and count:
                    return self._tint(count / self._most)
            case Qt.ItemDataRole.ForegroundRole:
                if not outer and not count:
                    return self._palette.color(QPalette.ColorRole.PlaceholderText)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.name_of(section)
        return None

    def _tint(self, share: float) -> QColor:
        color = QColor(self._palette.color(QPalette.ColorRole.BrightText))
        color.setAlpha(round(_FAINTEST + (_STRONGEST - _FAINTEST) * share))
        return color
