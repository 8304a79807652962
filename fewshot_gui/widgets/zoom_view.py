"""A picture that can be zoomed and dragged, painted from the size that fits the zoom.

No `QPixmap` is made of it: that would copy the whole picture while the window waits. Painting from a `QImage`
costs only what is on the screen, however large the picture is.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

STEP = 1.25
"""The zoom factor of a notch of the wheel, or of a key."""

_NOTCH = 120
_MOST = 32.0
# From this zoom on, the pixels of the file are shown as the squares that they are.
_SQUARES = 3.0


class _PictureItem(QGraphicsItem):
    """A picture in its own pixels, from levels of different sizes."""

    def __init__(self) -> None:
        super().__init__()
        self._size = QSizeF()
        self._levels: Sequence[QImage] = ()
        # So that `paint` knows the visible part.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def set_levels(self, size: QSizeF, levels: Sequence[QImage]) -> None:
        self.prepareGeometryChange()
        self._size, self._levels = size, levels

    def available_width(self) -> int:
        return self._levels[0].width() if self._levels else 0

    def boundingRect(self) -> QRectF:
        return QRectF(QPointF(0, 0), self._size)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._levels:
            return
        scale = painter.deviceTransform().m11()
        wanted = self._size.width() * scale
        # The smallest that has enough, so that none is shrunk by more than half, which would flicker.
        level = next((image for image in reversed(self._levels) if image.width() >= wanted), self._levels[0])
        shrink = level.width() / self._size.width()
        squares = shrink == 1 and scale >= _SQUARES
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
        exposed = option.exposedRect & self.boundingRect()
        source = QRectF(exposed.topLeft() * shrink, exposed.size() * shrink)
        painter.drawImage(exposed, level, source)


class ZoomView(QGraphicsView):
    """Fits the picture into the view until it is zoomed; the wheel zooms around the pointer.

    The zoom is screen pixels per pixel of the picture: 1 is 100 %.
    """

    zoomed = Signal(float)
    """The zoom has changed."""
    double_clicked = Signal(QPointF)
    """The position in the view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = _PictureItem()
        self._scene = QGraphicsScene(self)
        self._scene.addItem(self._item)
        self._fits = True
        self.setScene(self._scene)
        self.setFrameShape(self.Shape.NoFrame)
        self.setInteractive(False)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        # Always paint all of it: parts painted one by one do not meet exactly when they are scaled.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)

    @property
    def zoom(self) -> float:
        return self.transform().m11() * self.devicePixelRatioF()

    @property
    def is_empty(self) -> bool:
        return self._item.boundingRect().isEmpty()

    @property
    def fits(self) -> bool:
        """Whether the picture is kept fitted to the view when the view changes."""
        return self._fits

    @property
    def short_of_pixels(self) -> bool:
        """Whether the screen could show more of the picture than the levels have."""
        return self._item.boundingRect().width() * self.zoom > 1.02 * self._item.available_width()

    def show_levels(self, size: QSize, levels: Sequence[QImage]) -> None:
        """Show a picture of `size` with these levels, the largest first, and fit it."""
        self._item.set_levels(QSizeF(size), levels)
        self._scene.setSceneRect(self._item.boundingRect())
        self.fit()
        self.viewport().update()

    def sharpen(self, size: QSize, levels: Sequence[QImage]) -> None:
        """Replace the levels of the same picture, at the same zoom and position."""
        before = self._item.boundingRect()
        if self._fits or before.isEmpty() or size.isEmpty():
            self.show_levels(size, levels)
            return
        middle = self.mapToScene(self.viewport().rect().center())
        ratio = size.width() / before.width()
        self._item.set_levels(QSizeF(size), levels)
        self._scene.setSceneRect(self._item.boundingRect())
        if ratio != 1:
            self.scale(1 / ratio, 1 / ratio)
            self.centerOn(middle * ratio)
        self.viewport().update()
        self.zoomed.emit(self.zoom)

    def fit(self) -> None:
        """Fit the picture into the view."""
        self._fits = True
        self._set_zoom(self._fitting_zoom())

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point `at` (in the view; by default its middle) stays where it is."""
        fitting = self._fitting_zoom()
        if zoom <= fitting <= 1:
            self.fit()
            return
        self._fits = False
        self._set_zoom(min(max(zoom, min(fitting, 1.0)), max(_MOST, fitting)), at)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.zoom_to(self.zoom * factor, at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(STEP ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit(event.position())
        event.accept()

    def _fitting_zoom(self) -> float:
        size, area = self._item.boundingRect(), self.viewport().size()
        if size.isEmpty() or area.isEmpty():
            return 1.0
        fitting = min(area.width() / size.width(), area.height() / size.height())
        return float(fitting * self.devicePixelRatioF())

    def _set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        place = self.viewport().rect().center() if at is None else at.toPoint()
        held = self.mapToScene(place)
        scale = zoom / self.devicePixelRatioF()
        self.resetTransform()
        self.scale(scale, scale)
        moved = self.mapFromScene(held) - place
        for bar, distance in (
            (self.horizontalScrollBar(), moved.x()),
            (self.verticalScrollBar(), moved.y()),
        ):
            bar.setValue(bar.value() + distance)
        self.zoomed.emit(zoom)
