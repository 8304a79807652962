"""Write an export without holding up the window."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.exports import Exported, Row, export_in_steps
from engine.exports.project_rows import rows_of
from fewshot_gui.all_paths import AllPaths
from fewshot_gui.background import BackgroundTask
from fewshot_gui.dialogs.export_dialog import ExportOrder
from fewshot_gui.engine_texts import translated
from fewshot_gui.project import ProjectHub


def export_rows(hub: ProjectHub, paths: AllPaths, labels: str = "all") -> Iterator[Row]:
    """One row for every picture of the project as it is now, in order of adding; see `rows_of`.

    The project is read here, but for the `paths`, which are known; the rows are made when they are asked for,
    on any thread.
    """
    ids = np.array(paths.ids, np.int64)
    pictures = zip(paths.ids, paths.paths, hub.labels_of(ids).tolist(), strict=True)
    accepted = frozenset(hub.accepted_ids().tolist())
    return rows_of(pictures, hub.reasons(), hub.classes, hub.predictions(), accepted, hub.threshold, labels)


class Exporter(QObject):
    """Writes one export at a time in the background."""

    written = Signal(str)
    """A sentence: what was written where."""
    problem = Signal(str)
    progressed = Signal(int, int)
    """How many pictures are done, of how many."""
    busy_changed = Signal(bool)

    def __init__(self, hub: ProjectHub, paths: AllPaths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._paths = hub, paths
        self._order: ExportOrder | None = None
        self._task: BackgroundTask | None = None
        self._total = 0
        self._cancelled: list[BackgroundTask] = []
        """These may still be removing what they have written."""
        paths.read.connect(self._write)
        paths.failed.connect(self._report_unread)

    @property
    def busy(self) -> bool:
        return self._order is not None

    def start(self, order: ExportOrder) -> None:
        """Write the project as it is when its paths have been read, which is at once if they are known."""
        self._order = order
        self.busy_changed.emit(True)
        self._write()

    def cancel(self) -> None:
        """Stop; nothing of the export is left."""
        if self._task is not None:
            self._task.cancel()
        elif self._order is not None:
            self._end()

    def close(self, timeout_s: float = 60.0) -> bool:
        """Wait until what is to be written is on the disk; returns whether it is, in time."""
        if self.busy:
            self._paths.read_now()
        tasks = [*self._cancelled, *([self._task] if self._task else [])]
        ended = [task.wait(timeout_s) for task in tasks]
        if self._task is not None:
            self._task.cancel()  # nobody is left to be told how it ended
        return all(ended)

    def _write(self) -> None:
        if self._order is None or self._task is not None:
            return
        self._hub.catch_up()  # labels that come in parts are in the project before they are told
        if not self._paths.need():
            return
        try:
            work = self._steps(self._order)
        except FewshotError as error:
            self._report_unread(translated(error.message))
            return
        self._task = BackgroundTask(work, "export", self)
        self._task.progressed.connect(self._show_progress)
        self._task.finished.connect(self._report)
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(self._end)
        self._task.start()

    def _steps(self, order: ExportOrder) -> Generator[int, None, Exported]:
        hub = self._hub
        self._total = len(self._paths.ids)
        rows, runs = export_rows(hub, self._paths, order.labels), hub.records()
        names = [row.name for row in hub.classes]
        return export_in_steps(order.path, rows, names, order.format_name, runs, hub.threshold, order.options)

    def _end(self) -> None:
        self._cancelled = [task for task in self._cancelled if task.running]
        if self._task is not None and self._task.running:
            self._cancelled.append(self._task)
        elif self._task is not None:
            self._task.deleteLater()
        self._task = self._order = None
        self.busy_changed.emit(False)

    def _show_progress(self, done: int) -> None:
        self.progressed.emit(done, self._total)

    def _report(self, done: Exported) -> None:
        assert self._order is not None
        path = self._order.path
        self._end()
        text = self.tr("Exported {n} pictures to {path}.").format(n=f"{done.written:,}", path=path)
        if done.left_out:
            words = self.tr("Left out, without a label or unreadable: {n}; see manifest.csv.")
            text += " " + words.format(n=f"{done.left_out:,}")
        self.written.emit(text)

    def _report_unread(self, problem: str) -> None:
        if self._order is not None and self._task is None:
            self._end()
            self.problem.emit(problem)

    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, FewshotError):
            raise error
        self.problem.emit(translated(error.message))
