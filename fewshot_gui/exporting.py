"""What an export holds, and writing it without holding up the window."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.exports import Row, export
from fewshot_gui.background import BackgroundTask
from fewshot_gui.project import ProjectHub


def export_rows(hub: ProjectHub) -> list[Row]:
    """One row for every picture of the project, in order of adding.

    What a person said outweighs what a run said: a labelled picture has its label, with
    confidence and probability 1. Any other has the last run's prediction, if there is one; the
    probability of a class that the run did not know is 0. A picture without either, also one that
    could not be read, has an empty label.
    """
    columns = {row.id: column for column, row in enumerate(hub.classes)}
    certain = np.eye(len(columns)).tolist()
    predicted = _predicted_probabilities(hub, columns)
    rows = []
    for picture in hub.pictures():
        prediction = hub.prediction(picture.id)
        if picture.class_id is not None:
            label, confidence = hub.class_name(picture.class_id), 1.0
            probabilities = certain[columns[picture.class_id]]
        elif prediction is not None:
            label, confidence = hub.class_name(prediction[0]), prediction[1]
            probabilities = predicted[picture.id]
        else:
            label, confidence, probabilities = "", None, None
        rows.append(Row(str(picture.path), label, confidence, picture.error or "", probabilities))
    return rows


def _predicted_probabilities(hub: ProjectHub, columns: Mapping[int, int]) -> dict[int, list[float]]:
    """The last run's probabilities by picture id, in the order of the classes as they are now."""
    run_classes, picture_ids, of_run = hub.probabilities()
    of_class = np.zeros((len(picture_ids), len(columns)))
    kept = [place for place, class_id in enumerate(run_classes) if class_id in columns]
    of_class[:, [columns[run_classes[place]] for place in kept]] = of_run[:, kept]
    return dict(zip(picture_ids.tolist(), of_class.tolist(), strict=True))


class Exporter(QObject):
    """Writes one export at a time in the background."""

    written = Signal(str)
    """A sentence: what was written where."""
    problem = Signal(str)
    busy_changed = Signal(bool)

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._path = Path()
        self._task: BackgroundTask | None = None

    @property
    def busy(self) -> bool:
        return self._task is not None

    def start(self, path: Path, format_name: str) -> None:
        self._path = path
        names = [row.name for row in self._hub.classes]
        self._task = BackgroundTask(_write(path, export_rows(self._hub), names, format_name), "export", self)
        self._task.finished.connect(self._tell)
        self._task.failed.connect(self._fail)
        self.busy_changed.emit(True)
        self._task.start()

    def close(self) -> None:
        """Wait until what is being written is on the disk."""
        if self._task is not None:
            self._task.wait()

    def _end(self) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None
        self.busy_changed.emit(False)

    def _tell(self, count: int) -> None:
        self._end()
        self.written.emit(self.tr("Exported {n} pictures to {path}.").format(n=f"{count:,}", path=self._path))

    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, FewshotError):
            raise error
        self.problem.emit(str(error))


def _write(
    path: Path, rows: Sequence[Row], class_names: Sequence[str], format_name: str
) -> Generator[int, None, int]:
    yield 0
    return export(path, rows, class_names, format_name)
