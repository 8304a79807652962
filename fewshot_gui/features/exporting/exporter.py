"""Writing an export in the background."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.exports import Exported, Row, export_in_steps
from engine.exports.project_rows import rows_of
from fewshot_gui.engine_link.kinds import EXPORT
from fewshot_gui.engine_link.tasks import expected_message
from fewshot_gui.features.exporting.export_dialog import FOLDER, ExportOrder
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Show
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.saved_settings import remember


def export_rows(hub: ProjectHub, labels: str = "all") -> Iterator[Row]:
    """One row for every picture of the project as it is now, in order of adding; see `rows_of`.

    The project is read here; the rows are made on access, on any thread.
    """
    ids, paths = hub.all_paths()
    pictures = zip(ids, paths, hub.queries.labels_of(np.array(ids, np.int64)).tolist(), strict=True)
    accepted = frozenset(hub.queries.accepted_ids().tolist())
    return rows_of(
        pictures,
        hub.queries.reasons(),
        hub.queries.classes,
        hub.queries.predictions(),
        accepted,
        hub.queries.threshold,
        labels,
    )


def _until_cancelled(
    steps: Generator[int, None, Exported], cancelled: threading.Event
) -> Generator[int, None, Exported | None]:
    """The same steps; None if they were cancelled before the export was written, of which nothing is left
    then."""
    with closing(steps):
        while not cancelled.is_set():
            try:
                yield next(steps)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
    return None


class Exporter(QObject):
    """Writes one export at a time in the background."""

    written = Signal(str, Path)
    """A sentence, what was written where, and the file or folder."""
    cancelled = Signal(str)
    """A sentence: nothing was written."""
    problem = Signal(str)

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._tasks = hub, hub.tasks

    def start(self, order: ExportOrder, class_id: int = NO_CLASS) -> None:
        """Write the project as it is now or, with a `class_id`, its pictures of that class."""
        try:
            work = self._steps(order, class_id)
        except FewshotError as error:
            self._fail(error)
            return
        cancelled = threading.Event()
        task = self._tasks.begin(EXPORT, self.tr("Exporting…"), cancel=cancelled.set)
        queries = self._hub.queries
        total = queries.picture_count if class_id == NO_CLASS else queries.counts(class_id)[Show.CLASS]

        def report(done: Exported | None) -> None:
            task.end()
            if done is None:
                words = self.tr("The export was cancelled. Nothing was written to {path}.")
                self.cancelled.emit(words.format(path=order.path))
                return
            remember(FOLDER, str(order.path.parent))
            text = self.tr("Exported {n} pictures to {path}.").format(n=f"{done.written:,}", path=order.path)
            if done.left_out:
                words = self.tr("Left out, without a label or unreadable: {n}; see manifest.csv.")
                text += " " + words.format(n=f"{done.left_out:,}")
            self.written.emit(text, order.path)

        task.on_thread(
            _until_cancelled(work, cancelled), report, self._fail, lambda done: task.report(done, total)
        )

    def _steps(self, order: ExportOrder, class_id: int) -> Generator[int, None, Exported]:
        hub = self._hub
        rows, runs = export_rows(hub, order.labels), hub.queries.records()
        names = {row.id: row.name for row in hub.queries.classes}
        if class_id != NO_CLASS:
            wanted = names.get(class_id)  # `None` if it was removed meanwhile, and then there are none
            rows = (row for row in rows if row.label == wanted)
        return export_in_steps(
            order.path,
            rows,
            list(names.values()),
            order.format_name,
            runs,
            hub.queries.threshold,
            order.options,
        )

    def _fail(self, error: Exception) -> None:
        self.problem.emit(translated(expected_message(error)))
