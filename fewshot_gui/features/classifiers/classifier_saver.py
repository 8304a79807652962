"""Saving what the labels of the project teach, as a classifier in a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import (
    CLASSIFIER_SUFFIX,
    DeviceChanged,
    Event,
    Failed,
    Finished,
    PicturesUnreadable,
    Progress,
    RunRequest,
    Warned,
    examples_of,
)
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import CLASSIFIER
from fewshot_gui.engine_link.stream_handle import StreamHandle
from fewshot_gui.engine_link.tasks import Task
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.file_dialog import FileDialog


class ClassifierSaver(QObject):
    """Teaches a classifier with the present labels and choices, as a run would, and saves it."""

    saved = Signal(str)
    """A sentence: what was saved where."""
    problem = Signal(Message)
    warned = Signal(Message)
    report_requested = Signal(str)
    """The report of a bug."""

    def __init__(self, hub: ProjectHub, bridge: Bridge, choices: Choices, window: QWidget) -> None:
        super().__init__(window)
        self._hub, self._bridge, self._choices, self._window = hub, bridge, choices, window

    @property
    def unavailable_reason(self) -> str:
        """Why nothing can be saved now, as a sentence; empty if it can."""
        if not self._bridge.ready:
            return self._bridge.problem or self.tr("The engine is still loading.")
        if self._hub.tasks.blocker_of(CLASSIFIER):
            return self.tr("A classifier is being saved or applied.")
        if sum(row.count > 0 for row in self._hub.queries.classes) < 2:
            return self.tr("A classifier needs examples of two classes.")
        return ""

    @Slot()
    def ask(self) -> None:
        """Ask for the file."""
        mode, save = QFileDialog.FileMode.AnyFile, QFileDialog.AcceptMode.AcceptSave
        filters = [self.tr("Classifier of Fewshot") + f" (*{CLASSIFIER_SUFFIX})"]
        dialog = FileDialog(
            self._window,
            self.tr("Save classifier"),
            "classifier",
            mode,
            name_filters=filters,
            accept_mode=save,
        )
        dialog.setDefaultSuffix(CLASSIFIER_SUFFIX.removeprefix("."))
        dialog.selectFile(f"{self._hub.file.stem}{CLASSIFIER_SUFFIX}")
        dialog.chosen.connect(lambda paths: self.save(paths[0]))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the classifier of the labels as they are now."""
        if self.unavailable_reason:
            self.problem.emit(Message(self.unavailable_reason))
            return
        try:
            ids, paths = self._hub.all_paths()
        except FewshotError as error:
            self.problem.emit(error.message)
            return
        names = {row.id: row.name for row in self._hub.queries.classes if row.count > 0}
        labels = self._hub.queries.labels_of(np.array(ids, np.int64))
        choices = self._choices
        request = RunRequest(
            examples_of(ids, paths, labels, names),
            (),
            tuple(names.values()),
            choices.algorithm_name,
            choices.backbone_name,
            choices.device_name,
            choices.options,
        )
        handle = StreamHandle(self)
        task = self._hub.tasks.begin(CLASSIFIER, self.tr("Saving the classifier…"), handle.cancel)
        handle.occurred.connect(partial(self._on_event, task))
        handle.finished.connect(partial(self._on_finished, task, path, len(names)))
        handle.failed.connect(partial(self._on_failed, task))
        handle.cancelled.connect(task.end)
        self._bridge.follow(
            lambda engine, run_id, cancelled: engine.fit(replace(request, run_id=run_id), path, cancelled),
            handle,
        )

    def _on_event(self, task: Task, event: Event) -> None:
        match event:
            case Progress():
                task.report(event.done, event.total, event.rate)
            case Warned(message=message) | DeviceChanged(message=message):
                self.warned.emit(message)
            case PicturesUnreadable(picture_ids=left_out, reasons=reasons):
                self.warned.emit(
                    Message(
                        "Examples that could not be read were left out: {n} ({reason}).",
                        n=len(left_out),
                        reason=reasons[0],
                    )
                )
            case _:
                pass

    def _on_finished(self, task: Task, path: Path, classes: int, _event: Finished) -> None:
        task.end()
        words = self.tr("Saved a classifier of {n} classes, which labels any folder of pictures: {path}.")
        self.saved.emit(words.format(n=f"{classes:,}", path=path))

    def _on_failed(self, task: Task, event: Failed) -> None:
        task.end()
        self.problem.emit(event.message)
        if event.report:
            self.report_requested.emit(event.report)
