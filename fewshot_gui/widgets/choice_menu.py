"""A combo box of named entries, some of which may be disabled; a click on a disabled one asks why."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from PySide6.QtCore import QEvent, QMargins, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.steady_combo import SteadyCombo

_NAME = Qt.ItemDataRole.UserRole
_PADDING = QMargins(0, 2, 0, 2)
_TIP_WIDTH = 80
"""Characters per line of a tool tip."""


class ChoiceMenu(SteadyCombo):
    """A combo box whose entries have names and may stand, indented, under headings."""

    refused = Signal(str)
    """The name of a disabled entry that was clicked. Nothing else happens then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: str | None = None
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.view().viewport().installEventFilter(self)
        self.view().installEventFilter(self)

    @property
    def name(self) -> str:
        """The name of the chosen entry."""
        return str(self.currentData(_NAME))

    def fill(self, items: Sequence[QStandardItem]) -> None:
        """Replace the entries; see `entry` and `heading`."""
        model = QStandardItemModel(self)
        for item in items:
            model.appendRow(item)
        self.setModel(model)
        if any(item.data(_NAME) is None for item in items):
            self._below_heading = _BelowHeading(self)
            self.setItemDelegate(self._below_heading)

    def choosable(self) -> list[tuple[str, str]]:
        """Name and title of every enabled entry."""
        rows = [row for row in range(self.count()) if self.isEnabled() and self._item(row).isEnabled()]
        return [(str(self.itemData(row, _NAME)), self.itemText(row)) for row in rows]

    def choose(self, name: str) -> None:
        """Choose the entry with this name, or else the first enabled one."""
        place = self.findData(name, _NAME)
        if place < 0 or not self._item(place).isEnabled():
            place = next((row for row in range(self.count()) if self._item(row).isEnabled()), 0)
        self.setCurrentIndex(place)

    def set_entry_enabled(self, name: str, can_be_chosen: bool, *about: str) -> None:
        """Enable or disable the entry with this name, and set its tool tip."""
        item = self._item(self.findData(name, _NAME))
        item.setEnabled(can_be_chosen)
        _describe(item, about)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Home:
                self._go_to_first()
                return True
        elif isinstance(event, QMouseEvent):
            index = self.view().indexAt(event.position().toPoint())
            if index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsEnabled:
                return self._on_click(index, event)
            self._pressed = None
        return super().eventFilter(watched, event)

    def _on_click(self, index: QModelIndex, event: QMouseEvent) -> bool:
        """Handle a click on a disabled entry: Qt would choose the entry that was last under the mouse."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._pressed = index.data(_NAME)
        elif event.type() is QEvent.Type.MouseButtonRelease:
            if self._pressed is not None and self._pressed == index.data(_NAME):
                self.hidePopup()
                self.refused.emit(self._pressed)
            self._pressed = None
            return True
        return False

    def _go_to_first(self) -> None:
        """Go to the first entry of the open list that can be chosen; Qt stays at a heading."""
        row = next((row for row in range(self.count()) if self._item(row).isEnabled()), 0)
        self.view().setCurrentIndex(self.model().index(row, 0))

    def _item(self, row: int) -> QStandardItem:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        return model.item(row)


def entry(title: str, name: str, *about: str) -> QStandardItem:
    """An entry to choose, and paragraphs about it; empty ones are left out."""
    item = QStandardItem(title)
    item.setData(name, _NAME)
    _describe(item, about)
    return item


def heading(title: str) -> QStandardItem:
    """A heading over the entries that follow."""
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _describe(item: QStandardItem, about: Sequence[str]) -> None:
    paragraphs = [text for text in about if text]
    item.setToolTip("\n\n".join(map(_paragraph, paragraphs)))
    item.setAccessibleDescription(" ".join(paragraphs))


def _paragraph(text: str) -> str:
    """The text broken into lines, which a tool tip does not do itself; a text that has lines of its own stays
    as it is."""
    first, *whole = text.split("\n")
    return "\n".join([fill(first, _TIP_WIDTH), *whole])


class _BelowHeading(QStyledItemDelegate):
    """Indents entries below headings; headings are not greyed, although they cannot be chosen."""

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
