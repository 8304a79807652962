"""Labelling a folder of pictures by a classifier from a file, into an export."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.exports import Exported, export_in_steps
from engine.exports.prediction_rows import prediction_rows
from engine.images import find_pictures
from engine.messages import Message
from engine.runs.events import (
    ApplyRequest,
    DeviceChanged,
    Event,
    Failed,
    Finished,
    PicturesUnreadable,
    Predictions,
    Progress,
    Query,
    RunRecord,
    Started,
    Warned,
)
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import CLASSIFIER
from fewshot_gui.engine_link.stream_handle import StreamHandle
from fewshot_gui.engine_link.tasks import Task, expected_message
from fewshot_gui.features.classifiers.apply_dialog import ApplyDialog, ApplyOrder
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub


class _Labels:
    """What is known of the pictures of a folder so far."""

    def __init__(self, pictures: list[Path]) -> None:
        self.pictures = pictures
        self.class_names: tuple[str, ...] = ()
        self.probabilities = np.empty((0, 0), np.float32)
        self.errors: dict[int, str] = {}
        self.record: RunRecord = {}

    def take(self, event: Event) -> None:
        match event:
            case Started(class_names=class_names, record=record):
                self.class_names, self.record = class_names, record
                self.probabilities = np.full((len(self.pictures), len(class_names)), np.nan, np.float32)
            case Predictions(picture_ids=ids, probabilities=probabilities):
                self.probabilities[ids] = probabilities
            case PicturesUnreadable(picture_ids=unreadable, reasons=reasons):
                self.errors |= zip(unreadable, map(str, reasons), strict=True)
            case _:
                pass


class ClassifierApplier(QObject):
    """Applies one classifier at a time: finds the pictures, lets the engine label them, and exports. The open
    project has no part in it."""

    written = Signal(str)
    """A sentence: what was written where."""
    problem = Signal(Message)
    warned = Signal(Message)
    report_requested = Signal(str)
    """The report of a bug."""

    def __init__(self, hub: ProjectHub, bridge: Bridge, choices: Choices, window: QWidget) -> None:
        super().__init__(window)
        self._tasks, self._bridge, self._choices, self._window = hub.tasks, bridge, choices, window

    @property
    def unavailable_reason(self) -> str:
        """Why no classifier can be applied now, as a sentence; empty if one can."""
        if not self._bridge.ready:
            return self._bridge.problem or self.tr("The engine is still loading.")
        if self._tasks.blocker_of(CLASSIFIER):
            return self.tr("A classifier is being saved or applied.")
        return ""

    @Slot()
    def ask(self) -> None:
        """Open the dialog."""
        dialog = ApplyDialog(self._window)
        dialog.apply_chosen.connect(self.apply)
        dialog.open()

    @Slot(ApplyOrder)
    def apply(self, order: ApplyOrder) -> None:
        """Label the pictures in the folder, with its folders, and write the export."""
        if self.unavailable_reason:
            self.problem.emit(Message(self.unavailable_reason))
            return
        handle = StreamHandle(self)

        def cancel() -> None:
            handle.cancel()
            task.end()

        task = self._tasks.begin(CLASSIFIER, self.tr("Looking for pictures…"), cancel)
        task.on_thread(_search(order.folder), partial(self._label, task, order, handle), self._fail)

    def _label(self, task: Task, order: ApplyOrder, handle: StreamHandle, pictures: list[Path]) -> None:
        if not pictures:
            task.end()
            self.problem.emit(Message("There is no picture in {folder}.", folder=order.folder))
            return
        labels = _Labels(pictures)
        task.report(0, len(pictures), text=self.tr("Applying the classifier…"))
        handle.occurred.connect(partial(self._on_event, task, labels))
        handle.finished.connect(partial(self._export, task, order, labels))
        handle.failed.connect(partial(self._on_failed, task))
        queries = [Query(place, path) for place, path in enumerate(pictures)]
        device = self._choices.device_name
        self._bridge.follow(
            lambda engine, run_id, cancelled: engine.apply(
                ApplyRequest(order.classifier, queries, device, run_id), cancelled
            ),
            handle,
        )

    def _on_event(self, task: Task, labels: _Labels, event: Event) -> None:
        labels.take(event)
        match event:
            case Progress():
                task.report(event.done, event.total, event.rate)
            case Warned(message=message) | DeviceChanged(message=message):
                self.warned.emit(message)
            case _:
                pass

    def _export(self, task: Task, order: ApplyOrder, labels: _Labels, _event: Finished) -> None:
        rows = prediction_rows(labels.pictures, labels.class_names, labels.probabilities, labels.errors)
        steps = export_in_steps(order.path, rows, labels.class_names, order.format_name, [labels.record])
        task.report(0, len(labels.pictures), text=self.tr("Exporting…"))
        task.on_thread(
            steps,
            partial(self._on_written, task, order, labels),
            self._fail,
            lambda done: task.report(done, len(labels.pictures)),
        )

    def _on_written(self, task: Task, order: ApplyOrder, labels: _Labels, _done: Exported) -> None:
        task.end()
        words = self.tr("Labelled {n} pictures by {classifier}: {path}.").format(
            n=f"{len(labels.pictures) - len(labels.errors):,}",
            classifier=order.classifier.name,
            path=order.path,
        )
        if labels.errors:
            words += " " + self.tr("Unreadable: {n}.").format(n=f"{len(labels.errors):,}")
        self.written.emit(words)

    def _fail(self, error: Exception) -> None:
        self.problem.emit(expected_message(error))

    def _on_failed(self, task: Task, event: Failed) -> None:
        task.end()
        self.problem.emit(event.message)
        if event.report:
            self.report_requested.emit(event.report)


def _search(folder: Path) -> Generator[int, None, list[Path]]:
    """The pictures in a folder; yields how many were found."""
    pictures: list[Path] = []
    for path in find_pictures([folder]):
        pictures.append(path)
        yield len(pictures)
    return pictures
