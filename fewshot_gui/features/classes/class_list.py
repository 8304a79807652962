"""The list of classes, and how its delegate paints a class: symbol, name, number of examples and key; below
them a few examples and the number of predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fewshot_gui.features.classes.class_model import ClassRole
from fewshot_gui.shell.theme import visible_on
from fewshot_gui.widgets.symbols import draw_symbol

_Role = QPalette.ColorRole

_MARGIN = 8
_SIGN = 16
_KEY = 20
_PICTURE = 30
_GAP = 3
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine

Picture = Callable[[int], QImage | None]
"""The thumbnail of a picture, by its id; `None` if there is none yet."""


class ClassList(QListView):
    """The list view. `drop_row` is the row that a drag is over, -1 if none."""

    def __init__(self, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drop_row = -1
        self._delegate = ClassDelegate(picture, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.DoubleClicked | QListView.EditTrigger.EditKeyPressed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(_Role.PlaceholderText))
            area = self.viewport().rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, centred, self.tr("No classes yet"))
            painter.end()
        if self.hasFocus() and not self.currentIndex().isValid():  # else its row says it
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self.palette().color(_Role.Accent), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def set_drop_row(self, row: int) -> None:
        """Highlight this row, -1 for none. Near an edge, the list scrolls while the drag stays there."""
        if row != self.drop_row:
            self.drop_row = row
            self.viewport().update()
        if row >= 0:
            self.startAutoScroll()
        else:
            self.stopAutoScroll()


class ClassDelegate(QStyledItemDelegate):
    def __init__(self, picture: Picture, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        # As wide as the list: where that is narrow, the name is cut short, not the key.
        return QSize(0, _line_height(option) + _PICTURE + _MARGIN)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        style = QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colors = option.palette
        ground = colors.color(_Role.Highlight if selected else _Role.Base)
        text = colors.color(_Role.HighlightedText if selected else _Role.Text)
        faint = text if selected else colors.color(_Role.PlaceholderText)
        row = option.rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        row.setHeight(_line_height(option))

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sign = QRectF(row.left(), row.center().y() - _SIGN / 2 + 0.5, _SIGN, _SIGN)
        color = visible_on(index.data(ClassRole.COLOR), ground)
        draw_symbol(painter, sign, index.data(ClassRole.SYMBOL), color)

        painter.setPen(QPen(faint, 1))
        key = QRectF(row.right() - _KEY, row.center().y() - _KEY / 2 + 0.5, _KEY, _KEY)
        if index.data(ClassRole.KEY):
            painter.drawRoundedRect(key, 4, 4)
            painter.drawText(key, Qt.AlignmentFlag.AlignCenter, index.data(ClassRole.KEY))
        count = f"{index.data(ClassRole.COUNT):,}"
        width = option.fontMetrics.horizontalAdvance(count)
        count_left = int(key.left()) - _MARGIN - width
        painter.drawText(QRect(count_left, row.top(), width, row.height()), _MIDDLE, count)

        painter.setPen(text)
        left = row.left() + _SIGN + _MARGIN
        area = QRect(left, row.top(), max(0, count_left - _MARGIN - left), row.height())
        name = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, _MIDDLE, name)

        below = QRect(row.left(), row.bottom() + 1, row.width(), _PICTURE)
        self._paint_examples(painter, below, index.data(ClassRole.EXAMPLES), colors)
        painter.setPen(faint)
        self._paint_predicted(painter, below, index.data(ClassRole.PREDICTED))
        self._paint_frame(painter, option, index.row())
        painter.restore()

    def _paint_examples(
        self, painter: QPainter, area: QRect, examples: Sequence[int], colors: QPalette
    ) -> None:
        """Paint square cuts from the middle of the examples, and take their room from `area`."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for picture_id in examples:
            place = QRect(area.left(), area.top(), _PICTURE, _PICTURE)
            image = self._picture(picture_id)
            if image is None:
                painter.fillRect(place, colors.color(_Role.AlternateBase))
            else:
                side = min(image.width(), image.height())
                cut = QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side)
                painter.drawImage(place, image, cut)
            area.setLeft(area.left() + _PICTURE + _GAP)

    def _paint_predicted(self, painter: QPainter, area: QRect, count: int) -> None:
        """Paint the number of predictions, with a word for it where there is room."""
        if not count:
            return
        area = area.adjusted(_GAP, 0, 0, 0)
        words = self.tr("{n} predicted").format(n=f"{count:,}")
        fits = painter.fontMetrics().horizontalAdvance(words) <= area.width()
        painter.drawText(area, _MIDDLE, words if fits else f"+{count:,}")

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        editor.setAcceptDrops(False)  # a drop on the name is a drop on its class
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        # Qt calls this at every change of the class, also while a person is typing its name.
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = option.rect.adjusted(_MARGIN, 2, -_MARGIN, 0)
        row.setHeight(_line_height(option) - 4)
        editor.setGeometry(row.adjusted(_SIGN + _MARGIN - 4, 0, 0, 0))

    def _paint_frame(self, painter: QPainter, option: QStyleOptionViewItem, row: int) -> None:
        """Paint a frame around the row a drag is over, or a thinner one around the row with the focus."""
        frame = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
        if isinstance(option.widget, ClassList) and option.widget.drop_row == row:
            painter.setPen(QPen(option.palette.color(_Role.Accent), 2))
            painter.drawRoundedRect(frame, 4, 4)
        elif option.state & QStyle.StateFlag.State_HasFocus:
            selected = option.state & QStyle.StateFlag.State_Selected
            role = _Role.HighlightedText if selected else _Role.Text
            painter.setPen(QPen(option.palette.color(role), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(frame, 4, 4)


def _line_height(option: QStyleOptionViewItem) -> int:
    """The height of the line of the name."""
    return max(32, int(option.fontMetrics.height()) + 2 * _MARGIN)
