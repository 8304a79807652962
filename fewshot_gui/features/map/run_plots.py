"""The live plots of a run: the map and the curve, fed by the run's events."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from engine.runs.events import AdaptationProgress, EmbeddingMap
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.features.map.map_hover import MapHover
from fewshot_gui.features.map.projector import Projector
from fewshot_gui.features.map.scatter_plot import ScatterPlot
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.widgets.loss_plot import LossPlot
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

if TYPE_CHECKING:
    from engine.workspace import ChangeSet, ClassRow


class RunPlots(QObject):
    """The map with its projections and the picture under the mouse, and the curve of the adaptation.

    They import pyqtgraph, which takes as long to load as the rest of the window: make them when the window is
    on the screen.
    """

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        run_starting: SignalInstance,
        thumbnails: ThumbnailLoader,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._hub = hub
        self._classes: list[ClassRow] = []
        self._next_classes: list[ClassRow] | None = None
        self._curve_is_old = False
        self.scatter = ScatterPlot(parent)
        self.loss = LossPlot(parent)
        self.scatter.as_now = self._as_now
        self.projector = Projector(hub, bridge, self.scatter, self)
        in_order = (
            self.projector.bar.menu,
            self.projector.bar.stop_button,
            self.scatter.plot,
            self.loss.plot,
        )
        for before, after in pairwise(in_order):  # by their making, the bar would come last
            QWidget.setTabOrder(before, after)
        self.hover = MapHover(hub, thumbnails, self.scatter)
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self._reset)
        run_starting.connect(self._begin)
        bridge.on(AdaptationProgress).connect(self._show_step)
        bridge.on(EmbeddingMap).connect(self._show_map)
        bridge.frame.connect(self.loss.flush)

    @Slot(list)
    def _begin(self, classes: list[ClassRow]) -> None:
        """Keep the plots of the last run until this one has something to show: a run may follow each
        label."""
        self._next_classes = classes
        self._curve_is_old = True

    @Slot(AdaptationProgress)
    def _show_step(self, step: AdaptationProgress) -> None:
        if self._curve_is_old:
            self._curve_is_old = False
            self.loss.clear()
        self.loss.add(step)

    @Slot(EmbeddingMap)
    def _show_map(self, embedding_map: EmbeddingMap) -> None:
        if self._next_classes is not None:
            self._classes, self._next_classes = self._next_classes, None
            self.scatter.set_classes(*self._looks())
        self.scatter.show_map(embedding_map)

    @Slot(object)
    def _on_changed(self, changes: ChangeSet) -> None:
        if not self._hub.queries.picture_count:
            self.loss.clear()
        if changes.pictures:
            self.scatter.update_map()
        if not changes.classes:
            return
        now = {row.id: row for row in self._hub.queries.classes}
        # A removed class stays on the map as it was.
        self._classes = [now.get(row.id, row) for row in self._classes]
        if self._next_classes is not None:
            self._next_classes = [now.get(row.id, row) for row in self._next_classes]
        if self._classes:
            self.scatter.describe_classes(*self._looks())

    @Slot()
    def _reset(self) -> None:
        """What was run on another project is not of this one."""
        self._classes, self._next_classes = [], None
        self.loss.clear()
        self.scatter.set_classes([], [])

    def _as_now(self, embedding_map: EmbeddingMap) -> EmbeddingMap:
        """The map without pictures that were removed since, and with the labels of now: those it was made
        with may not be followed by another run, as when every picture has a label."""
        there = self._hub.queries.has(embedding_map.picture_ids)
        ids = embedding_map.picture_ids[there]
        labels = self._hub.queries.labels_of(ids)
        class_index, was_support = embedding_map.class_index[there], embedding_map.is_support[there]
        is_support = np.zeros(len(ids), np.bool_)
        changed = was_support | (labels != NO_CLASS)
        class_index = np.where(changed, np.int16(-1), class_index)
        for index, row in enumerate(self._classes):
            is_support |= (of_class := labels == row.id)
            class_index[of_class] = index
        return replace(
            embedding_map,
            picture_ids=ids,
            xy=embedding_map.xy if there.all() else embedding_map.xy[there],
            class_index=class_index,
            is_support=is_support,
            of_total=embedding_map.of_total - int(np.count_nonzero(~there)),
        )

    def _looks(self) -> tuple[list[str], list[str], list[str]]:
        """Names, colours and symbols of the run's classes."""
        rows = self._classes
        symbols = [self._hub.queries.class_symbol(row.id) for row in rows]
        return [row.name for row in rows], [row.color for row in rows], symbols
