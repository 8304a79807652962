"""The list of classes: names to read and edit, and what the class panel paints beside them."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from engine.visible import visible
from engine.workspace import ChangeSet, ClassRow
from engine.workspace.class_names import normalized
from engine.workspace.commands import RenameClass
from fewshot_gui.project.hub import ProjectHub

Index = QModelIndex | QPersistentModelIndex


class ClassRole(IntEnum):
    CLASS_ID = Qt.ItemDataRole.UserRole + 1
    COLOR = CLASS_ID + 1
    SYMBOL = CLASS_ID + 2
    COUNT = CLASS_ID + 3
    KEY = CLASS_ID + 4
    PREDICTED = CLASS_ID + 5
    """The number of pictures without a label that the class is predicted for."""
    EXAMPLES = CLASS_ID + 6
    """The ids of a few pictures with its label."""


_SPOKEN = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
_EXAMPLES = 3
_AMONG = 20
"""The examples that are shown are the first of so many that can be read."""


class ClassModel(QAbstractListModel):
    """The project's classes in their order. Editing a name renames the class."""

    name_taken = Signal(int, int)
    """A class that got the name of another by editing, and that other, by id; nothing was renamed."""

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._rows = hub.queries.classes
        self._readers: dict[int, Callable[[ClassRow], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda row: visible(row.name),
            Qt.ItemDataRole.EditRole: lambda row: row.name,
            Qt.ItemDataRole.ToolTipRole: self._spoken,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            ClassRole.CLASS_ID: lambda row: row.id,
            ClassRole.COLOR: lambda row: QColor(row.color),
            ClassRole.SYMBOL: lambda row: hub.queries.class_symbol(row.id),
            ClassRole.COUNT: lambda row: row.count,
            ClassRole.KEY: lambda row: row.key,
            ClassRole.PREDICTED: lambda row: self._predicted.get(row.id, 0),
        }
        self._predicted = hub.queries.predicted_counts()
        hub.changed.connect(self._update)
        hub.opened.connect(self._reload)
        hub.predicted.connect(self._count_predictions)
        hub.threshold_changed.connect(self._count_predictions)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ClassRole.EXAMPLES:  # looked for when it is painted: that is cheap for a screenful of rows
            return self._examples_of(row.id)
        reader = self._readers.get(role)
        return None if reader is None else reader(row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or value == row.name:
            return False
        other = self._hub.queries.class_named(normalized(value))
        if other is not None and other.id != row.id and self._hub.can_change():
            self.name_taken.emit(row.id, other.id)
            return False
        return self._hub.commands.apply(RenameClass(row.id, value)) is not None

    def index_of(self, class_id: int) -> QModelIndex:
        """The index of a class; invalid if the class does not exist."""
        rows = (place for place, row in enumerate(self._rows) if row.id == class_id)
        place = next(rows, None)
        return QModelIndex() if place is None else self.index(place)

    def _update(self, changes: ChangeSet) -> None:
        before, now = self._rows, self._hub.queries.classes
        ids_before, ids = [row.id for row in before], [row.id for row in now]
        if ids[: len(before)] != ids_before:
            self._reload()
            return
        # A person may be typing a name: emit only what has changed.
        if len(now) > len(before):
            self.beginInsertRows(QModelIndex(), len(before), len(now) - 1)
            self._rows = now
            self.endInsertRows()
        self._rows = now
        for place, (old, new) in enumerate(zip(before, now, strict=False)):
            if old == new:
                continue
            if roles := [role for role, read in self._readers.items() if read(old) != read(new)]:
                self.dataChanged.emit(self.index(place), self.index(place), roles)

        self._count_predictions()

    def _count_predictions(self) -> None:
        """Count again, as after each frame of a run; which examples there are may have changed, too."""
        self._predicted = self._hub.queries.predicted_counts()
        if self._rows:
            roles = [ClassRole.PREDICTED, ClassRole.EXAMPLES, *_SPOKEN]
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), roles)

    def _examples_of(self, class_id: int) -> list[int]:
        examples = self._hub.queries.examples_of(class_id)[:_AMONG].tolist()
        return [one for one in examples if self._hub.queries.error(one) is None][:_EXAMPLES]

    def _reload(self) -> None:
        self.beginResetModel()
        self._predicted = self._hub.queries.predicted_counts()
        self._rows = self._hub.queries.classes
        self.endResetModel()

    def _spoken(self, row: ClassRow) -> str:
        examples = self.tr("1 example") if row.count == 1 else self.tr("{n} examples").format(n=row.count)
        count = self._predicted.get(row.id, 0)
        predicted = self.tr(", {n} predicted").format(n=f"{count:,}") if count else ""
        key = self.tr(", key {key}").format(key=row.key) if row.key else ""
        return f"{visible(row.name)}, {examples}{predicted}{key}"
