"""Many dots in many colours, drawn as one image: 100,000 of them in a few milliseconds."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class DotsItem(pg.GraphicsObject):  # type: ignore[misc]
    """Dots (or rings) of a fixed size in pixels at `xy`, each in one of a few colours.

    pyqtgraph's own scatter item takes 0.2 to 0.4 s to accept 100,000 points, and more with a
    colour per point.
    """

    def __init__(self, radius: float, hole: float = 0.0) -> None:
        """`radius` of the dots and of the hole in their middle, in device-independent pixels."""
        super().__init__()
        self._radius = radius
        self._hole = hole
        self._xy = np.empty((0, 2), np.float32)
        self._color_index = np.empty(0, np.intp)
        self._colors = np.zeros(1, np.uint32)
        self._buffer = np.zeros((1, 1), np.uint32)

    @property
    def count(self) -> int:
        """The number of dots, visible or not."""
        return len(self._xy)

    def set_points(self, xy: NDArray[np.float32], color_index: NDArray[np.integer]) -> None:
        """`xy` float32 [n, 2], finite, and the index of each dot's colour, int [n]."""
        self._xy = xy
        self._color_index = color_index.astype(np.intp)
        self.update()

    def set_colors(self, colors: list[QColor]) -> None:
        """The colours to choose from; index -1 takes the last."""
        self._colors = np.array([color.rgb() for color in colors], np.uint32)
        self.update()

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        # What is visible, not what the points span: they are painted by hand.
        return QRectF(self.viewRect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not len(self._xy):
            return
        to_screen = painter.worldTransform()
        area = to_screen.mapRect(QRectF(self.viewRect())).toAlignedRect()
        ratio = painter.device().devicePixelRatioF()
        margin = math.ceil(self._radius * ratio)
        image = self._draw(to_screen, area, ratio, margin)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(QPointF(area.left() - margin / ratio, area.top() - margin / ratio), image)
        painter.restore()

    def _draw(self, to_screen: QTransform, area: QRect, ratio: float, margin: int) -> QImage:
        width = math.ceil(area.width() * ratio) + 2 * margin
        height = math.ceil(area.height() * ratio) + 2 * margin
        to_image = to_screen * QTransform.fromTranslate(-area.left(), -area.top())
        pixels = map_points(self._xy, to_image * QTransform.fromScale(ratio, ratio)) + np.float32(margin)
        x, y = pixels.T
        # Inside by the radius, so that no dot needs clipping of its own.
        inside = (x >= margin) & (x < width - margin) & (y >= margin) & (y < height - margin)
        places = y[inside].astype(np.intp) * width + x[inside].astype(np.intp)
        colors = self._colors[self._color_index[inside]]
        if self._buffer.shape != (height, width):
            self._buffer = np.empty((height, width), np.uint32)
        self._buffer.fill(0)
        flat = self._buffer.reshape(-1)
        for down, right in _disc(self._radius * ratio, self._hole * ratio):
            flat[places + (down * width + right)] = colors
        image = QImage(self._buffer.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        return image


def map_points(xy: NDArray[np.float32], transform: QTransform) -> NDArray[np.float32]:
    """`xy` [n, 2] through a transform that scales, flips and moves, as a plot's does.

    In single precision, which is off by a pixel at most where a view is 10,000 times smaller than the plot.
    """
    scale = np.array((transform.m11(), transform.m22()), np.float32)
    return xy * scale + np.array((transform.dx(), transform.dy()), np.float32)


@lru_cache(maxsize=32)
def _disc(radius: float, hole: float) -> tuple[tuple[int, int], ...]:
    """The pixels of a disc or ring around its middle pixel, as (down, right)."""
    reach = range(-math.floor(radius), math.floor(radius) + 1)
    return tuple((y, x) for y in reach for x in reach if hole <= math.hypot(x, y) <= radius)
