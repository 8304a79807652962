"""The pictures as points: where the adapted model places them, and which class it predicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QWidget

from engine.runs.events import EmbeddingMap
from fewshot_gui.features.map.class_legend import ClassLegend
from fewshot_gui.shell.theme import visible_on
from fewshot_gui.widgets.dots_item import DotsItem, map_points
from fewshot_gui.widgets.lasso import LassoView, inside
from fewshot_gui.widgets.plot_pane import PlotPane
from fewshot_gui.widgets.symbols import SHAPES, class_symbol

_DOT_RADIUS = 2.3
_RING_RADIUS, _RING_HOLE = 5.6, 3.8
_SUPPORT_SIZE, _SMALL_SUPPORT_SIZE = 13, 8
_MANY_EXAMPLES = 150
"""With more examples than this, large symbols would hide one another and the dots below them."""
_CLICK_REACH = 9.0
_MARGIN = 0.06
_NO_MAP = EmbeddingMap(
    run_id=-1,
    picture_ids=np.empty(0, np.int64),
    xy=np.empty((0, 2), np.float32),
    class_index=np.empty(0, np.int16),
    is_support=np.empty(0, np.bool_),
    of_total=0,
)


class ScatterPlot(PlotPane):
    """Examples are large outlined symbols, other pictures small dots, both in their class's colour.

    A new map of the same run only widens the view, so that the points do not jump. Once a person has moved or
    zoomed the view, it stays until a double click fits it again.
    """

    surrounded = Signal(np.ndarray, bool)
    """The ids of the pictures inside a loop, and whether to add them to the selection."""

    picked = Signal(int)
    """The id of the picture whose point was clicked."""

    hovered = Signal(object, QPoint)
    """The id of the picture whose point is under the mouse, or `None`, and the position of the mouse on the
    screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._view = LassoView()
        super().__init__(self.tr("Map of the pictures"), parent, self._view)
        self._item = self.plot.getPlotItem()
        for side in ("left", "bottom"):
            self._item.hideAxis(side)
        self._view.drawn.connect(self._surround)
        self._view.disableAutoRange()
        self._view.setAspectLocked(True)
        self._view.sigRangeChangedManually.connect(self._stop_fitting)
        self._item.scene().sigMouseClicked.connect(self._click)
        self.menu.addAction(self.tr("Show &all points"), self.show_all)
        self.plot.viewport().installEventFilter(self)

        self._queries = DotsItem(_DOT_RADIUS)
        self._rings = DotsItem(_RING_RADIUS, _RING_HOLE)
        self._rings.setZValue(3)
        for dots in (self._queries, self._rings):
            self._item.addItem(dots, ignoreBounds=True)
        # One item for all classes: thousands of items would take seconds to make, to move and to paint.
        self._support = pg.ScatterPlotItem(pxMode=True)
        self._support.setZValue(2)
        self._item.addItem(self._support, ignoreBounds=True)
        self._legend = ClassLegend(self)
        self.column.insertWidget(1, self._legend)

        self._colors: list[QColor] = []
        self._shapes: list[QPainterPath] = []
        self._outline = QPen()
        self._brushes = np.empty(0, np.object_)
        self._highlighted = np.empty(0, np.int64)
        self.as_now: Callable[[EmbeddingMap], EmbeddingMap] = lambda embedding_map: embedding_map
        """Brings a map up to what happened to its pictures since; `update_map` calls it again."""
        self._given = self._map = _NO_MAP
        self._extent: QRectF | None = None
        self._forget_map()
        self.restyle(self.palette())

    @property
    def points_shown(self) -> int:
        return len(self._map.picture_ids)

    @property
    def places(self) -> NDArray[np.float32]:
        """The positions of the points, float32 [n, 2] in the plot's units; read only."""
        return self._map.xy

    @property
    def rings_shown(self) -> int:
        """The number of highlighted points."""
        return self._rings.count

    def set_classes(
        self, names: Sequence[str], colors: Sequence[str | QColor], symbols: Sequence[str] | None = None
    ) -> None:
        """Set the classes that a map's `class_index` refers to, and an empty map.

        `symbols` are names of `CLASS_SYMBOLS`, by default by the position of each class.
        """
        shapes = symbols if symbols is not None else [class_symbol(i) for i in range(len(names))]
        self._forget_map()
        self._draw()
        self.describe_classes(names, colors, shapes)

    def describe_classes(
        self, names: Sequence[str], colors: Sequence[str | QColor], symbols: Sequence[str]
    ) -> None:
        """Change names, colours or symbols of the same classes; the map stays."""
        looks = [SHAPES[symbol] for symbol in symbols], [QColor(color) for color in colors]
        self._legend.set_classes(names, looks[1], symbols)
        if looks != (self._shapes, self._colors):
            self._shapes, self._colors = looks
            self.restyle(self.palette())

    def show_map(self, embedding_map: EmbeddingMap) -> None:
        """Show this map instead of the present one, without points that are not finite."""
        if (embedding_map.run_id, embedding_map.projection) != (self._given.run_id, self._given.projection):
            self._forget_map()
        self._given = _finite(embedding_map)
        self.update_map()
        self._widen()

    def update_map(self) -> None:
        """Draw the map again: labels have changed, or pictures have been removed or have come back."""
        if self._given is _NO_MAP:
            return
        self._map = self.as_now(self._given)
        self._draw()
        if self.points_shown:
            self.set_summary(self._in_words(self.points_shown, self._map.of_total))
        else:
            self.set_summary(self.tr("The map appears here while a run looks at the pictures."))

    def fit(self) -> None:
        """Fit the view to the present map, unless a person has moved or zoomed it."""
        self._extent = None
        self._widen()

    def highlight(self, ids: ArrayLike) -> None:
        """Ring these pictures in this map and the next ones; pictures that are not on the map are ignored."""
        self._highlighted = np.asarray(ids, np.int64).reshape(-1)
        self._draw_rings()

    def restyle(self, palette: QPalette) -> None:
        super().restyle(palette)
        ground = palette.color(QPalette.ColorRole.Base)
        text = palette.color(QPalette.ColorRole.Text)
        unknown = visible_on(QColor("#8a8f98"), ground)
        colors = [visible_on(color, ground) for color in self._colors]
        self._queries.set_colors([*colors, unknown])
        self._rings.set_colors([text])
        self._view.set_color(text)
        self._brushes = _objects([pg.mkBrush(color) for color in colors])
        self._outline = pg.mkPen(text, width=1.4)
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not pyqtgraph's own signal: it skips fast moves, and so the place where the mouse stops.
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            place = self.plot.mapToScene(event.position().toPoint())
            dragging = event.buttons() != Qt.MouseButton.NoButton
            picture = None if dragging else self.picture_at(place)
            self.hovered.emit(picture, event.globalPosition().toPoint())
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if self.picture_at(self.plot.mapToScene(event.pos())) is not None:
                return True  # the name of the map would cover the card of the point
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.hovered.emit(None, QPoint())
        return super().eventFilter(watched, event)

    def _forget_map(self) -> None:
        self._given = self._map = _NO_MAP
        self._extent = None
        self._fits = True
        self.set_summary(self.tr("The map appears here while a run looks at the pictures."))

    def _draw(self) -> None:
        shown = self._map
        queries, examples = np.flatnonzero(~shown.is_support), np.flatnonzero(shown.is_support)
        self._queries.set_points(shown.xy[queries], shown.class_index[queries])
        x, y = shown.xy[examples].T
        labels = shown.class_index[examples]
        self._support.setData(
            x=x,
            y=y,
            symbol=_objects(self._shapes)[labels],
            brush=self._brushes[labels],
            pen=self._outline,
            size=_SMALL_SUPPORT_SIZE if len(examples) > _MANY_EXAMPLES else _SUPPORT_SIZE,
        )
        self._draw_rings()

    def _draw_rings(self) -> None:
        xy = self._map.xy[np.isin(self._map.picture_ids, self._highlighted)]
        self._rings.set_points(xy, np.zeros(len(xy), np.intp))

    def _widen(self) -> None:
        xy = self._map.xy
        if not len(xy):
            return
        x, y = xy.T  # numpy takes five times as long for both at once
        left, top, right, bottom = map(float, (x.min(), y.min(), x.max(), y.max()))
        # One point, or several at one position, still need a view of some size.
        extent = QRectF(left, top, max(right - left, 1e-6), max(bottom - top, 1e-6))
        self._extent = extent if self._extent is None else self._extent.united(extent)
        if self._fits:
            self._view.setRange(self._extent, padding=_MARGIN)

    @Slot()
    def show_all(self) -> None:
        """Show all points, and go on doing so until a person moves the view."""
        self._fits = True
        self._widen()

    @Slot(object)
    def _stop_fitting(self, _: object) -> None:
        self._fits = False

    @Slot(object)
    def _click(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.points_shown:
            return
        if event.double():
            self.show_all()
            return
        nearest = self.picture_at(event.scenePos())
        if nearest is not None:
            self.picked.emit(nearest)

    @Slot(np.ndarray, bool)
    def _surround(self, loop: NDArray[np.float64], adding: bool) -> None:
        self.surrounded.emit(self._map.picture_ids[inside(self._map.xy, loop)], adding)

    def picture_at(self, where: QPointF) -> int | None:
        """The picture whose point is at this position of the scene; examples lie on top."""
        x, y = map_points(self._map.xy, self._queries.sceneTransform()).T
        near = np.flatnonzero((np.abs(x - where.x()) < _CLICK_REACH) & (np.abs(y - where.y()) < _CLICK_REACH))
        distance = np.hypot(x[near] - where.x(), y[near] - where.y())
        near, distance = near[distance <= _CLICK_REACH], distance[distance <= _CLICK_REACH]
        distance[self._map.is_support[near]] -= _SUPPORT_SIZE / 2 - _DOT_RADIUS
        return int(self._map.picture_ids[near[distance.argmin()]]) if len(near) else None

    def _in_words(self, shown: int, total: int) -> str:
        words = self.tr("{shown} of {total} pictures") if shown < total else self.tr("{shown} pictures")
        view = self.tr(" · 2-D view ({projection}) · Shift and drag to select")
        return words.format(shown=f"{shown:,}", total=f"{total:,}") + view.format(
            projection=self._map.projection
        )


def _objects(items: Sequence[object]) -> NDArray[np.object_]:
    """An array that holds the items themselves, whatever they are sequences of."""
    array = np.empty(len(items), np.object_)
    array[:] = items
    return array


def _finite(embedding_map: EmbeddingMap) -> EmbeddingMap:
    """The map without points that are not finite; usually there are none."""
    if np.isfinite(embedding_map.xy).all():
        return embedding_map
    finite = np.isfinite(embedding_map.xy).all(axis=1)
    return replace(
        embedding_map,
        picture_ids=embedding_map.picture_ids[finite],
        xy=embedding_map.xy[finite],
        class_index=embedding_map.class_index[finite],
        is_support=embedding_map.is_support[finite],
    )
