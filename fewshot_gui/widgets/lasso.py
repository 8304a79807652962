"""A lasso around points, and which points are inside it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor

_MAX_CORNERS = 200
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class LassoView(pg.ViewBox):  # type: ignore[misc]
    """A plot's view in which a drag with Shift draws a lasso; other drags move the view.

    The lasso closes by itself, and is painted closed.
    """

    drawn = Signal(np.ndarray, bool)
    """The loop, float64 [m, 2] in the plot's units, and whether Ctrl was pressed, to add to the selection."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self._corners: list[QPointF] = []
        self._line = pg.PlotCurveItem()
        self._line.setZValue(4)
        self.addItem(self._line, ignoreBounds=True)

    def set_color(self, color: QColor) -> None:
        veil = QColor(color)
        veil.setAlpha(40)
        self._line.setPen(pg.mkPen(color, width=1.5))
        self._line.setBrush(pg.mkBrush(veil))
        self._line.setFillLevel("enclosed")

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        if event.isStart() and event.button() == Qt.MouseButton.LeftButton and event.modifiers() & _SHIFT:
            self._corners = [self.mapSceneToView(event.buttonDownScenePos())]
        if not self._corners:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        self._corners.append(self.mapSceneToView(event.scenePos()))
        loop = np.array([(corner.x(), corner.y()) for corner in self._corners])
        if event.isFinish():
            self._corners = []
            self._line.setData([], [])
            self.drawn.emit(loop, bool(event.modifiers() & _CONTROL))
        else:
            self._line.setData(*np.concatenate([loop, loop[:1]]).T)


def inside(xy: NDArray[np.floating], loop: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points `xy` [n, 2] are inside the closed `loop` [m, 2], by the even-odd rule; bool [n].

    A loop of very many corners is thinned out.
    """
    loop = loop[:: -(-len(loop) // _MAX_CORNERS)]
    within = np.zeros(len(xy), np.bool_)
    near = np.flatnonzero(np.all((xy >= loop.min(axis=0)) & (xy <= loop.max(axis=0)), axis=1))
    # By height, so that each edge looks only at the points beside it.
    near = near[np.argsort(xy[near, 1])]
    x, y = xy[near].astype(np.float64).T
    crossed = np.zeros(len(near), np.bool_)
    for (x0, y0), (x1, y1) in zip(loop, np.roll(loop, -1, axis=0), strict=True):
        beside = slice(*np.searchsorted(y, sorted((y0, y1))))
        if y0 != y1:
            crossed[beside] ^= x[beside] < x0 + (y[beside] - y0) * (x1 - x0) / (y1 - y0)
    within[near] = crossed
    return within
