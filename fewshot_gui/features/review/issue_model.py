"""The issues of one kind as a list model: numbers in order, facts read when a row is painted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from fewshot_gui.features.review.issues.kind import IssueFacts, IssueKind
from fewshot_gui.project.picture_model import Index

FACTS = Qt.ItemDataRole.UserRole


class IssueModel(QAbstractListModel):
    """Shows the issues that its kind has found, in that order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind: IssueKind | None = None
        self._issues = np.empty(0, np.int64)

    @property
    def issues(self) -> NDArray[np.int64]:
        """By row, int64 [n]; read only."""
        return self._issues

    def show(self, kind: IssueKind) -> None:
        """Show the present issues of this kind; rows of the same issues stay the same rows."""
        if kind is self._kind and np.array_equal(kind.found, self._issues):
            if len(self._issues):
                self.dataChanged.emit(self.index(0), self.index(len(self._issues) - 1))
            return
        self.beginResetModel()
        self._kind, self._issues = kind, kind.found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._issues)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = (FACTS, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        if self._kind is None or not index.isValid() or role not in wanted:
            return None
        facts = self._kind.facts(int(self._issues[index.row()]))
        return facts if role == FACTS else _spoken(facts)


def _spoken(facts: IssueFacts) -> str:
    return "\n".join(filter(None, (facts.title, ", ".join(words for _, words in facts.classes), facts.note)))
