"""What an export holds, and writing it without holding up the window."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.exports import Row, export
from engine.labeling.events import RunRecord
from engine.workspace import ClassRow
from engine.workspace.rows import UNKNOWN, UNKNOWN_NAME
from fewshot_gui.all_paths import AllPaths
from fewshot_gui.engine_link.kinds import EXPORT
from fewshot_gui.engine_link.tasks import expected
from fewshot_gui.picture_columns import NO_CLASS
from fewshot_gui.project import ProjectHub


def export_rows(hub: ProjectHub, paths: AllPaths) -> Iterator[Row]:
    """One row for every picture of the project as it is now, in order of adding.

    What a person said outweighs what a run said: a labelled picture has its label, with
    confidence and probability 1, or is `unknown` with confidence 1 and no probabilities. Any other
    has what is predicted of it now, if that is anything; the probability of a class that the run did not
    know is 0; with less confidence than the project's threshold the label is `unknown`. A picture
    without either, also one that could not be read, has an empty label.

    The project is read here, but for the `paths`, which are known; the rows are made when they are asked for,
    on any thread.
    """
    ids = np.array(paths.ids, np.int64)
    pictures = zip(paths.ids, paths.paths, hub.labels_of(ids).tolist(), strict=True)
    return _rows(pictures, hub.reasons(), hub.classes, *hub.predictions(), hub.threshold)


def _rows(
    pictures: Iterable[tuple[int, bytes, int]],
    reasons: Mapping[int, str],
    classes: Sequence[ClassRow],
    predicted_ids: NDArray[np.int64],
    predicted: NDArray[np.int64],
    of_class: NDArray[np.float32],
    threshold: float,
) -> Iterator[Row]:
    columns = {row.id: column for column, row in enumerate(classes)}
    place_of = dict(zip(predicted_ids.tolist(), range(len(predicted_ids)), strict=True))
    for picture_id, name_of_file, class_id in pictures:
        path, error, probabilities = os.fsdecode(name_of_file), reasons.get(picture_id, ""), np.empty(0)
        if class_id == UNKNOWN:
            yield Row(path, UNKNOWN_NAME, 1.0, error)
            continue
        if class_id != NO_CLASS:
            probabilities = np.eye(1, len(classes), columns[class_id])[0]
        elif (place := place_of.get(picture_id)) is not None:
            class_id, probabilities = int(predicted[place]), of_class[place]
        if class_id in columns:
            column = columns[class_id]
            confidence = float(probabilities[column])
            name = classes[column].name if confidence >= np.float32(threshold) else UNKNOWN_NAME
            yield Row(path, name, confidence, error, probabilities.tolist())
        else:
            yield Row(path, "", error=error)


class Exporter(QObject):
    """Writes one export at a time in the background."""

    written = Signal(str)
    """A sentence: what was written where."""
    problem = Signal(str)

    def __init__(self, hub: ProjectHub, paths: AllPaths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._paths = hub, paths
        self._tasks = hub.tasks

    def start(self, path: Path, format_name: str) -> None:
        """Write the project as it is when its paths have been read, which is at once if they are known."""
        task = self._tasks.begin(EXPORT)

        def write() -> None:
            names = [row.name for row in self._hub.classes]
            try:
                rows, runs = export_rows(self._hub, self._paths), self._hub.records()
            except FewshotError as error:
                fail(str(error))
                return
            work = _written(path, format_name, rows, names, runs, self._hub.threshold)
            task.on_thread(work, tell, lambda error: self.problem.emit(expected(error)))

        def fail(problem: str) -> None:
            task.end()
            self.problem.emit(problem)

        def tell(count: int) -> None:
            task.end()
            self.written.emit(self.tr("Exported {n} pictures to {path}.").format(n=f"{count:,}", path=path))

        # Labels that come in parts are in the project before they are told.
        self._paths.want(write, fail, up_to_date=True)


def _written(
    path: Path,
    format_name: str,
    rows: Iterable[Row],
    class_names: Sequence[str],
    runs: Sequence[RunRecord],
    threshold: float,
) -> Generator[int, None, int]:
    yield 0
    return export(path, rows, class_names, format_name, runs, threshold)
