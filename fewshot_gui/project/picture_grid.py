"""The grid of thumbnails in the middle of the window. Only the cells on the screen cost anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QDrag,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from fewshot_gui.project.picture_delegate import PictureDelegate
from fewshot_gui.project.picture_drag import drag_pixmap
from fewshot_gui.project.picture_model import Index, PictureModel, Role, row_ranges
from fewshot_gui.shell.key_places import is_sign
from fewshot_gui.widgets.empty_text import paint_empty
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

CELL_SIZES = (96, 128, 160, 192, 224, 256, 320)
DEFAULT_CELL_SIZE = 160

# Cells laid out in one go; the rest follow while the window stays responsive.
_BATCH = 500
_SPACING = 4
_MANY = 1000
_WHEEL_NOTCH = 120
_NONE = np.empty(0, np.int64)


class PictureGrid(QListView):
    """Shows a `PictureModel`; reports the selection by picture ids.

    Accepts drops without handling them: an event filter or the parent does that.
    """

    selection_changed = Signal()
    cell_size_changed = Signal(int)

    def __init__(
        self, model: PictureModel, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.pictures = model
        self.thumbnails = thumbnails
        self._delegate = PictureDelegate(thumbnails, self)
        self._empty_title = ""
        self._empty_body = ""
        self._wheel = 0
        self._handled_ids = _NONE
        self._kept_ids = _NONE
        self._kept_selection = _NONE
        self._kept_current: int | None = None
        self._selected: NDArray[np.int64] | None = None
        self._selecting: NDArray[np.int64] | None = None
        self._place: tuple[int, int] | None = None
        self.mime_of: Callable[[NDArray[np.int64]], QMimeData] | None = None
        """Makes the data that a drag of these pictures carries; without it they cannot be dragged."""

        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # The columns share the width; Qt counts a spacing beyond the last and offers to scroll to it.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        # After setMovement, which switches the viewport's drops off.
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setAccessibleName(self.tr("Pictures"))
        self.setItemDelegate(self._delegate)
        self.set_cell_size(DEFAULT_CELL_SIZE)

        model.modelAboutToBeReset.connect(self._keep_selection)
        self.setModel(model)
        model.modelReset.connect(self._restore_selection)
        # Queued, because the range changes in the middle of a layout.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._restore_position, Qt.ConnectionType.QueuedConnection)
        bar.actionTriggered.connect(self._clear_position)
        thumbnails.loaded.connect(self._repaint_picture)
        thumbnails.capacity_available.connect(self.viewport().update)

    @property
    def cell_size(self) -> int:
        """The side of a thumbnail in device-independent pixels, one of `CELL_SIZES`."""
        return self.iconSize().width()

    def set_cell_size(self, size: int) -> None:
        """Take the nearest of `CELL_SIZES`, with the same pictures on the screen."""
        nearest = min(CELL_SIZES, key=lambda known: abs(known - size))
        if nearest == self.cell_size:
            return
        self._save_position()
        self.setIconSize(QSize(nearest, nearest))
        self._spread()
        self.cell_size_changed.emit(nearest)
        self._restore_position()

    def zoom(self, steps: int) -> None:
        """Larger cells for positive `steps`, smaller for negative."""
        place = CELL_SIZES.index(self.cell_size) + steps
        self.set_cell_size(CELL_SIZES[min(max(place, 0), len(CELL_SIZES) - 1)])

    def set_empty_text(self, title: str, body: str) -> None:
        """Set the title and sentence for a grid without pictures."""
        if (title, body) == (self._empty_title, self._empty_body):  # every gesture sets it again
            return
        self._empty_title, self._empty_body = title, body
        self.setAccessibleDescription(f"{title} {body}".strip())
        self.viewport().update()

    def shown_ids(self) -> NDArray[np.int64]:
        """Every picture in the order shown, int64 [n]; read only."""
        return self.pictures.ids

    def selected_ids(self) -> NDArray[np.int64]:
        """The selected pictures in the order shown, int64 [n]."""
        if self._selected is None:
            # Ranges: one index object per selected picture would take 0.2 s for 100,000.
            selection = self.selectionModel().selection()
            ranges = sorted((chosen.top(), chosen.bottom()) for chosen in selection.toList())
            parts = [self.pictures.ids[top : bottom + 1] for top, bottom in ranges]
            self._selected = np.concatenate(parts) if parts else _NONE
        return self._selected

    def select_ids(self, ids: NDArray[np.int64]) -> None:
        """Select exactly those of these pictures that are shown."""
        selection, model = QItemSelection(), self.selectionModel()
        chosen = np.zeros(self.pictures.rowCount(), np.bool_)
        chosen[self.pictures.rows_of(ids)] = True
        rows = np.flatnonzero(chosen)  # ascending, in a hundredth of the time that `unique` takes
        for first, last in row_ranges(rows):
            selection.select(self.pictures.index(first), self.pictures.index(last))
        if rows.size and max(selection.size(), model.selection().size()) > _MANY:
            # Qt would compare each range that was selected with each that will be: seconds for thousands.
            current = self.currentIndex()
            model.reset()
            model.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.viewport().update()
        self._selecting = self.pictures.ids[rows]
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._selecting = None

    def reveal(self, picture_id: int) -> None:
        """Select this picture alone and scroll to it; does nothing if it is not shown."""
        row = self.pictures.row_of(picture_id)
        if row is None:
            return
        index = self.pictures.index(row)
        # Qt's own `setCurrentIndex` would add to the selection while Ctrl is down.
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)
        if not self.visualRect(index).isValid():  # the layout has not reached it yet
            self._place = (picture_id, self.viewport().height() // 2)

    def next_picture(self) -> int | None:
        """The picture to advance to: the first one after the current picture that is not selected; None at
        the end."""
        others = self.pictures.ids[self.currentIndex().row() + 1 :]
        others = others[~np.isin(others, self.selected_ids())]
        return int(others[0]) if others.size else None

    @Slot()
    def advance(self) -> None:
        """Skip the selected pictures and go to the one that follows; the last picture stays current."""
        next_picture = self.next_picture()
        if next_picture is not None:
            self.reveal(next_picture)

    @property
    def in_use(self) -> bool:
        """Whether the person is somewhere in the pictures: one is current, or the top is out of sight."""
        return self.currentIndex().isValid() or self.verticalScrollBar().value() > 0

    def begin_at_top(self) -> None:
        """Go to the first picture, and select it alone: no key may act on a picture that is out of sight."""
        self._place = None
        if self.pictures.rowCount():
            self.reveal(self.pictures.id_at(0))
        self.scrollToTop()

    def show_selection(self) -> None:
        """Scroll to the first selected picture, and continue from there."""
        selected = self.selected_ids()
        if len(selected):
            index = self.pictures.index(self.pictures.row_of(int(selected[0])) or 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    @contextmanager
    def advancing_past(self, ids: NDArray[np.int64]) -> Iterator[None]:
        """A gesture within this context handles these pictures: if it moves the current one, the selection
        does not follow it there, and the next picture becomes the current one."""
        self._handled_ids = ids
        try:
            yield
        finally:
            self._handled_ids = _NONE

    def selectAll(self) -> None:
        # Qt builds one range per item here; this is one for all of them.
        last = self.pictures.rowCount() - 1
        everything = QItemSelection(self.pictures.index(0), self.pictures.index(last))
        self.selectionModel().select(everything, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyboardSearch(self, search: str) -> None:
        """Letters and digits are shortcuts here, and Qt's search reads every row."""

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        # Qt measures every changed item again, 0.1 s for 100,000; here they all keep their size.
        if bottom_right.row() - top_left.row() < _MANY:
            super().dataChanged(top_left, bottom_right, roles)
        else:
            self.viewport().update()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._selected = self._selecting
        # Qt collects the rectangle of every item, on the screen or not: 0.4 s for 100,000.
        few_ranges = selected.size() + deselected.size() < _MANY
        if few_ranges and _height(selected) + _height(deselected) < _MANY:
            super().selectionChanged(selected, deselected)
        else:
            self.viewport().update()
        self.selection_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._spread()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Around the thumbnail, on its captions and beside them, a drag selects as it does in the gaps.
        index = self.indexAt(event.position().toPoint())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        on_thumbnail = index.isValid() and self._delegate.thumbnail_rect(option).contains(
            event.position().toPoint()
        )
        self.setDragEnabled(on_thumbnail and self.mime_of is not None)
        super().mousePressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        drag = self.make_drag()
        if drag is not None:
            drag.exec(Qt.DropAction.CopyAction)  # after a move, the other program would delete the files

    def make_drag(self) -> QDrag | None:
        """A drag of the selected pictures; None if there are none."""
        ids = self.selected_ids()
        if self.mime_of is None or not len(ids):
            return None
        current = self.currentIndex()
        shown = self.pictures.id_at(current.row()) if current.isValid() else int(ids[0])
        image = self.thumbnails.image(shown, current.data(Role.PATH)) if current.isValid() else None
        drag = QDrag(self)
        drag.setMimeData(self.mime_of(ids))
        ratio = self.devicePixelRatioF()
        drag.setPixmap(drag_pixmap(image, len(ids), self.palette(), self.font(), ratio))
        return drag

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        # Touchpads send many small turns; a step is taken for each full notch.
        self._wheel += event.angleDelta().y()
        steps = int(self._wheel / _WHEEL_NOTCH)
        self._wheel -= steps * _WHEEL_NOTCH
        self.zoom(steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.ZoomIn):
            self.zoom(1)
        elif event.matches(QKeySequence.StandardKey.ZoomOut):
            self.zoom(-1)
        elif is_sign(event):
            event.ignore()  # it may be a shortcut by its place, see `key_places.py`
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Here, because the ratio changes when the window is moved to another screen.
        self.thumbnails.set_pixels(round(self.cell_size * self.devicePixelRatioF()))
        super().paintEvent(event)
        if self.pictures.rowCount() == 0:
            paint_empty(self, self._empty_title, self._empty_body)

    def _spread(self) -> None:
        """Share the remaining width among the columns, so that the right edge is straight."""
        cell = self._delegate.cell_size(self.cell_size, self.fontMetrics())
        # Qt lays out beside a scroll bar, whether it is there or not.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self.verticalScrollBar())
        width = self.maximumViewportSize().width() - bar - 1
        columns = max(1, width // (cell.width() + _SPACING))
        size = QSize(max(width // columns, cell.width()), cell.height() + _SPACING)
        if size != self.gridSize():
            self.setGridSize(size)

    def _save_position(self) -> None:
        """Remember a visible picture and its position, before the cells are laid out again."""
        if self._place is not None:  # the last layout has not reached it yet
            return
        visible = self.viewport().rect()
        current = self.currentIndex()
        if not current.isValid() or not visible.intersects(self.visualRect(current)):
            current = self.indexAt(QPoint(self.gridSize().width() // 2, self.gridSize().height() // 2))
        if current.isValid() and self.verticalScrollBar().value() > 0:
            self._place = (self.pictures.id_at(current.row()), self.visualRect(current).top())

    @Slot()
    def _restore_position(self) -> None:
        """Scroll back to the remembered picture, as soon as the layout has reached it."""
        if self._place is None:
            return
        picture_id, top = self._place
        row = self.pictures.row_of(picture_id)
        where = self.visualRect(self.pictures.index(row)) if row is not None else QRect()
        if where.isValid():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + where.top() - top)
        if where.isValid() or row is None:
            self._place = None

    @Slot()
    def _clear_position(self) -> None:
        self._place = None

    @Slot()
    def _keep_selection(self) -> None:
        self._save_position()
        self._kept_ids = self.pictures.ids
        self._kept_selection = self.selected_ids()
        current = self.currentIndex()
        self._kept_current = self.pictures.id_at(current.row()) if current.isValid() else None

    @Slot()
    def _restore_selection(self) -> None:
        self._selected = None
        kept = self._kept_selection
        selected = kept[~np.isin(kept, self._handled_ids)]
        if self._kept_current is not None:
            row = self._substitute_row(self._kept_current)
            if row is not None:
                index = self.pictures.index(row)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
                current = self.pictures.id_at(row)
                if current != self._kept_current and not self.pictures.rows_of(selected).size:
                    selected = np.array([current], np.int64)
        self.select_ids(selected)
        if self._place is not None:
            picture_id, top = self._place
            row = self._substitute_row(picture_id)
            self._place = None if row is None else (self.pictures.id_at(row), top)
            self._restore_position()
        if len(kept) != len(self.selected_ids()):
            self.selection_changed.emit()

    def _substitute_row(self, picture_id: int) -> int | None:
        """The row of the picture after a reset of the model. If it is gone or was handled, the row of the
        nearest picture that stays: one that followed it, else one before it."""
        place = int(np.flatnonzero(self._kept_ids == picture_id)[0])
        for neighbours in (self._kept_ids[place:], self._kept_ids[:place][::-1]):
            staying = neighbours[~np.isin(neighbours, self._handled_ids)]
            rows = self.pictures.rows_of(staying)
            if rows.size:
                return int(rows[0])
        return self.pictures.row_of(picture_id)

    @Slot(int)
    def _repaint_picture(self, picture_id: int) -> None:
        row = self.pictures.row_of(picture_id)
        if row is not None:
            self.update(self.pictures.index(row))


def _height(selection: QItemSelection) -> int:
    return sum(part.height() for part in selection.toList())
