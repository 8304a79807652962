"""The symbol of each class. Colour is never the only sign: grid, lists and plots share these symbols."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

_BAR = 0.1


def _star(*radii: float, points: int) -> QPainterPath:
    """A star around the middle with its first corner on top; `radii` are those of its corners, repeated."""
    count = points * len(radii)
    corners = []
    for corner in range(count):
        angle, radius = 2 * math.pi * corner / count, radii[corner % len(radii)]
        corners.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return _polygon(corners)


def _polygon(corners: Sequence[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _box(width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(-width / 2, -height / 2, width, height))
    return path


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(), 0.5, 0.5)
    return path


def _turned(path: QPainterPath, degrees: float) -> QPainterPath:
    turned: QPainterPath = QTransform().rotate(degrees).map(path)
    return turned


_TRIANGLE = _polygon([(0, -0.5), (0.5, 0.5), (-0.5, 0.5)])
_PLUS = _box(1, 2 * _BAR).united(_box(2 * _BAR, 1))

SHAPES = {
    "circle": _circle(),
    "square": _box(1, 1),
    "triangle": _TRIANGLE,
    "diamond": _star(0.5, 0.4, points=2),
    "plus": _PLUS,
    "cross": _turned(_PLUS, 45),
    "star": _star(0.5, 0.19, points=5),
    "pentagon": _star(0.5, points=5),
    "triangle down": _turned(_TRIANGLE, 180),
    "hexagon": _star(0.5, points=6),
    "triangle right": _turned(_TRIANGLE, 90),
    "triangle left": _turned(_TRIANGLE, -90),
    "dash": _box(1, 2 * _BAR),
}
"""Every symbol, within 1 × 1 around the origin, y downwards."""

UNKNOWN_SYMBOL = "dash"
"""The symbol of pictures of no class."""

# The symbols that are easiest to distinguish at a small size come first.
CLASS_SYMBOLS = tuple(name for name in SHAPES if name != UNKNOWN_SYMBOL)


def class_symbol(index: int) -> str:
    """The symbol of the class at this position in the list of classes; it repeats after a dozen."""
    return CLASS_SYMBOLS[index % len(CLASS_SYMBOLS)]


def symbol_path(symbol: str, rect: QRectF) -> QPainterPath:
    """The symbol, scaled into `rect`."""
    to_rect = QTransform().translate(rect.center().x(), rect.center().y()).scale(rect.width(), rect.height())
    path: QPainterPath = to_rect.map(SHAPES[symbol])
    return path


def draw_symbol(painter: QPainter, rect: QRectF, symbol: str, color: QColor, *, filled: bool = True) -> None:
    """Paint the symbol, or its outline, in `color`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.4))
    painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(symbol_path(symbol, rect.adjusted(0.7, 0.7, -0.7, -0.7)))
    painter.restore()
