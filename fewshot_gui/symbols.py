"""The shape of each class. Colour is never its only sign: shapes are shared by grid, lists and plots."""

from __future__ import annotations

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

# pyqtgraph's names, those first that are told apart most easily when they are small.
CLASS_SYMBOLS = ("o", "s", "t1", "d", "+", "x", "star", "p", "t", "h", "t2", "t3")

# None of those, for pictures of no class.
UNKNOWN_SYMBOL = "_"


def class_symbol(index: int) -> str:
    """The shape of the class at this place in the list of classes; repeats after a dozen."""
    return CLASS_SYMBOLS[index % len(CLASS_SYMBOLS)]


def symbol_path(symbol: str, rect: QRectF) -> QPainterPath:
    """The shape, scaled into `rect`."""
    to_rect = QTransform().translate(rect.center().x(), rect.center().y()).scale(rect.width(), rect.height())
    path: QPainterPath = to_rect.map(Symbols[symbol])
    return path


def draw_symbol(painter: QPainter, rect: QRectF, symbol: str, color: QColor, *, filled: bool = True) -> None:
    """Paint the shape, or its outline, in `color`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.4))
    painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(symbol_path(symbol, rect.adjusted(0.7, 0.7, -0.7, -0.7)))
    painter.restore()
