"""A drop-down menu of named entries, some of which may be out of reach: those can be asked why."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from PySide6.QtCore import QEvent, QMargins, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.steady_combo import SteadyCombo

_NAME = Qt.ItemDataRole.UserRole
_PADDING = QMargins(0, 2, 0, 2)
_TIP_WIDTH = 80
"""Characters a line."""


class ChoiceMenu(SteadyCombo):
    """Its entries have names and, where they stand under headings, are set in from them."""

    refused = Signal(str)
    """The name of an entry that was clicked and cannot be chosen. Nothing else has happened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: str | None = None
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.view().viewport().installEventFilter(self)

    @property
    def name(self) -> str:
        """Of the entry that is chosen."""
        return str(self.currentData(_NAME))

    def fill(self, items: Sequence[QStandardItem]) -> None:
        """Take these in place of what there was; see `entry` and `heading`."""
        model = QStandardItemModel(self)
        for item in items:
            model.appendRow(item)
        self.setModel(model)
        if any(item.data(_NAME) is None for item in items):
            self._below_heading = _BelowHeading(self)
            self.setItemDelegate(self._below_heading)

    def choosable(self) -> list[tuple[str, str]]:
        """Name and title of every entry that can be chosen now."""
        rows = [row for row in range(self.count()) if self.isEnabled() and self._item(row).isEnabled()]
        return [(str(self.itemData(row, _NAME)), self.itemText(row)) for row in rows]

    def choose(self, name: str) -> None:
        """Stand on the entry of that name, or on the first that can be chosen."""
        place = self.findData(name, _NAME)
        if place < 0 or not self._item(place).isEnabled():
            place = next((row for row in range(self.count()) if self._item(row).isEnabled()), 0)
        self.setCurrentIndex(place)

    def set_entry_enabled(self, name: str, can_be_chosen: bool, *about: str) -> None:
        """Let the entry of that name be chosen or not, and say why or what it is."""
        item = self._item(self.findData(name, _NAME))
        item.setEnabled(can_be_chosen)
        _describe(item, about)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            index = self.view().indexAt(event.position().toPoint())
            if index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsEnabled:
                return self._on_click(index, event)
            self._pressed = None
        return super().eventFilter(watched, event)

    def _on_click(self, index: QModelIndex, event: QMouseEvent) -> bool:
        """A click on what cannot be chosen: left to itself, Qt takes the entry last under the mouse."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._pressed = index.data(_NAME)
        elif event.type() is QEvent.Type.MouseButtonRelease:
            if self._pressed is not None and self._pressed == index.data(_NAME):
                self.hidePopup()
                self.refused.emit(self._pressed)
            self._pressed = None
            return True
        return False

    def _item(self, row: int) -> QStandardItem:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        return model.item(row)


def entry(title: str, name: str, *about: str) -> QStandardItem:
    """Something to choose, and some paragraphs about it, of which empty ones are left out."""
    item = QStandardItem(title)
    item.setData(name, _NAME)
    _describe(item, about)
    return item


def heading(title: str) -> QStandardItem:
    """A title over the entries that follow."""
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _describe(item: QStandardItem, about: Sequence[str]) -> None:
    paragraphs = [text for text in about if text]
    item.setToolTip("\n\n".join(map(_paragraph, paragraphs)))
    item.setAccessibleDescription(" ".join(paragraphs))


def _paragraph(text: str) -> str:
    """Broken into lines, as a tool tip does not do that itself; what has a line to itself stays whole."""
    first, *whole = text.split("\n")
    return "\n".join([fill(first, _TIP_WIDTH), *whole])


class _BelowHeading(QStyledItemDelegate):
    """Sets what can be chosen in from the headings, which name nothing and are not greyed for that."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index).grownBy(_PADDING)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(_NAME) is not None:
            option.text = f"    {option.text}"
        else:
            option.font = bold(option.font)
            color = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
            option.palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text, color)
