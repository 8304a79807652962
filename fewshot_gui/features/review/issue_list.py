"""The list of issues: in each row thumbnails, with a description beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fewshot_gui.features.review.issue_model import FACTS, IssueModel
from fewshot_gui.features.review.issues.kind import IssueFacts, IssueKind
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_model import Index, row_ranges
from fewshot_gui.shell.key_places import is_sign
from fewshot_gui.shell.theme import mix, visible_on
from fewshot_gui.widgets.empty_text import paint_empty
from fewshot_gui.widgets.symbols import draw_symbol
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

SIDE = 88
_PAD = 8
_GAP = 6
_BADGE = 11
_BATCH = 500
_MANY = 1000
_SELECTED = QStyle.StateFlag.State_Selected
_HOVERED = QStyle.StateFlag.State_MouseOver
_FOCUSED = QStyle.StateFlag.State_HasFocus
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT, _MIDDLE = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle


class IssueList(QListView):
    """Shows an `IssueModel`; reports the selection by the numbers of the issues."""

    selection_changed = Signal()

    def __init__(self, model: IssueModel, hub: ProjectHub, thumbnails: ThumbnailLoader) -> None:
        super().__init__()
        self._issues = model
        self._empty = ("", "")
        self._first_selected = 0
        self._place: int | None = None
        self.setItemDelegate(_IssueDelegate(hub, thumbnails, self))
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Issues"))
        self.setModel(model)
        thumbnails.loaded.connect(self._repaint)
        thumbnails.capacity_available.connect(self.viewport().update)
        # Queued, because the range changes in the middle of a layout.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._restore_position, Qt.ConnectionType.QueuedConnection)
        bar.actionTriggered.connect(self._clear_position)

    def show_kind(self, kind: IssueKind) -> None:
        """Show the issues of this kind. If the selected issues are gone, the next one is selected."""
        kept, first = self.selected_issues(), self._first_selected
        before, place = self._issues.issues, self.verticalScrollBar().value()
        self._issues.show(kind)
        self._empty = kind.empty_text()
        self.setAccessibleDescription(" ".join(self._empty) if not self._issues.rowCount() else "")
        self.viewport().update()
        if len(kept) and self._issues.issues is before:
            return
        rows = np.flatnonzero(np.isin(self._issues.issues, kept))
        if len(rows):
            self._select_rows(rows)
            self._place = place
            self._restore_position()
        elif self._issues.rowCount():
            rows = np.array([min(first, self._issues.rowCount() - 1)])
            self._select_rows(rows)
            self.scrollTo(self.currentIndex())

    def reset_position(self) -> None:
        """Start at the first issue, for another kind."""
        self.clearSelection()
        self._first_selected = 0

    def selected_issues(self) -> NDArray[np.int64]:
        """The selected issues in the order shown, int64 [k]."""
        # Ranges: an index object for each of 100,000 would take 0.2 s.
        ranges = sorted((part.top(), part.bottom()) for part in self.selectionModel().selection().toList())
        parts = [self._issues.issues[top : bottom + 1] for top, bottom in ranges]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def issue_at(self, row: int) -> int:
        return int(self._issues.issues[row])

    def selectAll(self) -> None:
        # Qt builds one range per item here; this is one for all of them.
        last = self._issues.rowCount() - 1
        everything = QItemSelection(self._issues.index(0), self._issues.index(last))
        self.selectionModel().select(everything, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are the keys of remedies here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_sign(event):
            event.ignore()  # it may be a shortcut by its place, see `key_places.py`
        else:
            super().keyPressEvent(event)

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: object = ()) -> None:
        # Qt would measure every row again; all of them keep their size.
        self.viewport().update()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        # Qt collects the rectangle of every row, on the screen or not.
        if max(_height(selected), _height(deselected)) < _MANY:
            super().selectionChanged(selected, deselected)
        else:
            self.viewport().update()
        rows = [part.top() for part in self.selectionModel().selection().toList()]
        self._first_selected = min(rows, default=self._first_selected)
        self.selection_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._issues.rowCount():
            paint_empty(self, *self._empty)

    def _select_rows(self, rows: NDArray[np.int64]) -> None:
        selection = QItemSelection()
        for first, last in row_ranges(rows):
            selection.select(self._issues.index(first), self._issues.index(last))
        model = self.selectionModel()
        model.setCurrentIndex(self._issues.index(int(rows[0])), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def _restore_position(self) -> None:
        """Scroll to the saved position, once the layout has reached it."""
        if self._place is not None:
            bar = self.verticalScrollBar()
            bar.setValue(self._place)
            if bar.value() == self._place:
                self._place = None

    @Slot()
    def _clear_position(self) -> None:
        self._place = None

    @Slot(int)
    def _repaint(self, _picture_id: int) -> None:
        if self.isVisible():
            self.viewport().update()


class _IssueDelegate(QStyledItemDelegate):
    """Thumbnails from the left, as many as half of the row holds, then three lines of text."""

    def __init__(self, hub: ProjectHub, thumbnails: ThumbnailLoader, parent: QListView) -> None:
        super().__init__(parent)
        self._hub, self._thumbnails = hub, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(4 * SIDE, SIDE + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        facts: IssueFacts = index.data(FACTS)
        palette, role = option.palette, QPalette.ColorRole
        chosen = bool(option.state & _SELECTED)
        ground = palette.color(role.Highlight if chosen else role.Base)
        if option.state & _HOVERED and not chosen:
            ground = mix(ground, palette.color(role.Highlight), 0.10)
        painter.save()
        painter.setFont(option.font)
        painter.fillRect(option.rect, ground)
        if option.state & _FOCUSED:
            painter.setPen(palette.color(role.Text))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        text = palette.color(role.HighlightedText if chosen else role.Text)
        dim = text if chosen else palette.color(role.PlaceholderText)
        painter.setPen(dim)
        left = self._paint_pictures(painter, option, facts)
        area = QRect(left, option.rect.top() + _PAD, option.rect.right() - left - _PAD, SIDE)
        line = option.fontMetrics.height() + _GAP
        lines = [bool(facts.title), bool(facts.classes), bool(facts.note)]
        area.setTop(area.top() + (SIDE - line * sum(lines)) // 2)
        painter.setPen(text)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        self._paint_line(painter, QRect(area.left(), area.top(), area.width(), line), facts.title)
        painter.setFont(option.font)
        if facts.classes:
            area.setTop(area.top() + line)
            self._paint_classes(painter, QRect(area.left(), area.top(), area.width(), line), facts, ground)
        painter.setPen(dim)
        area.setTop(area.top() + line)
        self._paint_line(painter, QRect(area.left(), area.top(), area.width(), line), facts.note)
        painter.restore()

    def _paint_pictures(self, painter: QPainter, option: QStyleOptionViewItem, facts: IssueFacts) -> int:
        """Paint the thumbnails; returns where the text begins."""
        left, top = option.rect.left() + _PAD, option.rect.top() + _PAD
        fitting = max(1, (option.rect.width() // 2 - _PAD) // (SIDE + _GAP))
        shown = facts.picture_ids[:fitting]
        for picture_id in shown:
            area = QRect(left, top, SIDE, SIDE)
            image = None
            if not self._hub.queries.error(picture_id):
                image = self._thumbnails.image(picture_id, self._hub.queries.path(picture_id))
            if image is None:
                painter.fillRect(area, option.palette.color(QPalette.ColorRole.AlternateBase))
            else:
                size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRect(0, 0, size.width(), size.height())
                target.moveCenter(area.center())
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(target, image)
            left += SIDE + _GAP
        more = len(facts.picture_ids) - len(shown)
        if more:
            words = f"+{more:,}"
            width = option.fontMetrics.horizontalAdvance(words) + _GAP
            painter.drawText(QRect(left, top, width, SIDE), _CENTRE, words)
            left += width
        return left + _GAP

    def _paint_line(self, painter: QPainter, area: QRect, words: str) -> None:
        painter.drawText(area, _LEFT, painter.fontMetrics().elidedText(words, _RIGHT, area.width()))

    def _paint_classes(self, painter: QPainter, area: QRect, facts: IssueFacts, ground: QColor) -> None:
        pen = painter.pen()
        for class_id, words in facts.classes:
            color = visible_on(QColor(self._hub.queries.class_color(class_id)), ground)
            badge = QRectF(area.left(), area.top() + (area.height() - _BADGE) / 2, _BADGE, _BADGE)
            draw_symbol(painter, badge, self._hub.queries.class_symbol(class_id), color, filled=True)
            painter.setPen(pen)
            area.setLeft(area.left() + _BADGE + _GAP)
            elided = painter.fontMetrics().elidedText(words, _MIDDLE, area.width())
            painter.drawText(area, _LEFT, elided)
            area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(elided) + 2 * _GAP)
            if area.width() < 4 * _BADGE:
                break


def _height(selection: QItemSelection) -> int:
    return sum(part.height() for part in selection.toList())
