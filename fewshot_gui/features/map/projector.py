"""The map in the chosen projection, computed on a thread after a run."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from engine.projections import Frame, Points, Projection, projections
from engine.runs.events import EmbeddingMap
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import LAYOUT, RUN, Kind
from fewshot_gui.features.map.projection_bar import ProjectionBar
from fewshot_gui.features.map.scatter_plot import ScatterPlot
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.saved_settings import remember, remembered

_KEY = "map/projection"
RUNS_OWN = "pca"
"""The projection that a run shows while it is in progress."""


class Projector(QObject):
    """Computes one projection at a time: a new choice, a new run or another project ends the previous one.

    If a projection is stopped before anything of it is shown, the menu returns to the one that is shown.
    """

    problem = Signal(str)

    def __init__(self, hub: ProjectHub, bridge: Bridge, scatter: ScatterPlot, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._scatter = hub.tasks, scatter
        self._map: EmbeddingMap | None = None
        self._gave_way = False
        self._shown = RUNS_OWN
        self.bar = ProjectionBar(list(projections().values()), remembered(_KEY, RUNS_OWN), scatter)
        scatter.column.insertWidget(0, self.bar)
        self.bar.chosen.connect(self._choose)
        self.bar.stopped.connect(self._keep_shown)
        bridge.on(EmbeddingMap).connect(self._on_map)
        self._tasks.changed.connect(self._on_task_changed)
        hub.opened.connect(self._forget)

    @Slot(str)
    def _choose(self, name: str) -> None:
        remember(_KEY, name)
        self._lay_out()

    @Slot(EmbeddingMap)
    def _on_map(self, embedding_map: EmbeddingMap) -> None:
        self._forget()
        self._shown = RUNS_OWN
        if embedding_map.points is not None:
            self._map = embedding_map
            if self.bar.name != RUNS_OWN:
                self._lay_out()

    @Slot(object)
    def _on_task_changed(self, kind: Kind) -> None:
        """Stop for a run. If the run brings no map of its own, continue with the present one."""
        if kind is RUN and self._tasks.is_running(RUN):
            self._gave_way = self._gave_way or self._tasks.is_running(LAYOUT)
            self._stop()
        elif kind is RUN and self._gave_way:
            self._lay_out()

    @Slot()
    def _forget(self) -> None:
        self._stop()
        self._map, self._gave_way = None, False

    @Slot()
    def _stop(self) -> None:
        self._tasks.cancel(LAYOUT)
        self.bar.show_idle()

    @Slot()
    def _keep_shown(self) -> None:
        self._stop()
        self.bar.choose(self._shown)
        remember(_KEY, self._shown)

    def _lay_out(self) -> None:
        self._stop()
        self._gave_way = False
        if self._map is None:
            return
        if self.bar.name == RUNS_OWN:
            self._shown = RUNS_OWN
            self._scatter.show_map(self._map)
            return
        laying = _LayoutRun(self._map, projections()[self.bar.name])

        def show_progress(percent: int) -> None:
            self.bar.show_progress(percent)
            self._show(laying.latest)

        self.bar.show_progress(0)
        task = self._tasks.begin(LAYOUT)
        task.on_thread(laying.work(), self._finish, self._fail, show_progress)

    def _finish(self, complete: EmbeddingMap) -> None:
        self._stop()
        self._show(complete)

    def _show(self, embedding_map: EmbeddingMap) -> None:
        self._shown = self.bar.name
        self._scatter.show_map(embedding_map)
        self._scatter.fit()  # meanwhile, a layout may be far wider than at its end

    def _fail(self, error: Exception) -> None:
        self._keep_shown()
        self.problem.emit(
            self.tr("The map could not be laid out anew: {reason}").format(reason=error or repr(error))
        )


class _LayoutRun:
    """A projection in progress. `latest` is its present state; nobody writes to a map afterwards."""

    def __init__(self, embedding_map: EmbeddingMap, projection: Projection) -> None:
        self._map, self._projection = embedding_map, projection
        self.latest = embedding_map

    def work(self) -> Generator[int, None, EmbeddingMap]:
        """Compute the projection on a thread; yields percents."""
        assert self._map.points is not None
        points = Points(self._map.points, self._map.class_index, self._map.is_support)
        for frame in self._projection.frames(points):
            self.latest = self._at(frame)
            yield round(100 * frame.done)
        return self.latest

    def _at(self, frame: Frame) -> EmbeddingMap:
        return replace(
            self._map,
            picture_ids=self._map.picture_ids[frame.rows],
            xy=frame.xy,
            class_index=self._map.class_index[frame.rows],
            is_support=self._map.is_support[frame.rows],
            projection=self._projection.title,
            points=None,
        )
