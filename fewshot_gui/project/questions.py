"""Questions to the engine about the project's pictures, such as which are similar or representative."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import FewshotError
from engine.review.questions import Answered, EmbeddingIndex, PictureSet, Question
from engine.runs.events import DeviceChanged, FilesRead, Progress, Warned
from engine.workspace import ChangeSet
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import QUESTION
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.engine_link.tasks import Task
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.engine_texts import translated


class QuestionService(QObject):
    """Asks questions with the backbone and device of the run bar, one at a time, in order.

    The embeddings of the last answer are kept for the next question. They may be older than the project: an
    answer can name pictures that have been removed meanwhile.
    """

    files_read = Signal(FilesRead)
    warned = Signal(str)
    """A sentence: the work continues, but not as it should."""

    def __init__(self, hub: ProjectHub, bridge: Bridge, choices: Choices, parent: QObject) -> None:
        super().__init__(parent)
        self._hub, self._bridge, self._choices = hub, bridge, choices
        self._waiting: deque[tuple[Question, QuestionHandle]] = deque()
        self._task: Task | None = None
        self._embedding_index: EmbeddingIndex | None = None
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._start_next)
        hub.opened.connect(self._reset)
        hub.changed.connect(self._on_changed)
        hub.replaced.connect(self._forget_embedding_index)

    @property
    def unavailable_reason(self) -> str:
        """Why nothing can be asked now, as a sentence; empty if it can."""
        if self._bridge.problem:
            return self._bridge.problem
        if not self._bridge.ready:
            return self.tr("The engine is still loading.")
        if not self._hub.queries.picture_count:
            return self.tr("There are no pictures yet.")
        return ""

    def ask(self, question: Question) -> QuestionHandle:
        """Ask a question, if there is no `unavailable_reason`; listen to the returned handle."""
        handle = QuestionHandle(self)
        for end in (handle.answered, handle.failed, handle.cancelled):
            end.connect(self._drop_finished)
        handle.answered.connect(self._keep)
        handle.progressed.connect(self._show_progress)
        handle.files_read.connect(self.files_read)
        handle.warned.connect(self._warn)
        self._waiting.append((question, handle))
        if len(self._waiting) == 1:
            self._timer.start()
            self._task = self._hub.tasks.begin(QUESTION, translated("Looking at the pictures"), self._cancel)
        return handle

    def _cancel(self) -> None:
        """Cancel all questions that are not answered."""
        for _, handle in list(self._waiting):
            handle.cancel()

    def _start_next(self) -> None:
        """Ask the next question."""
        try:
            ids, paths = self._hub.all_paths()
        except FewshotError as error:
            self.warned.emit(translated(error.message))
            self._cancel()
            return
        question, handle = self._waiting[0]
        backbone, device = self._choices.backbone_name, self._choices.device_name
        pictures = PictureSet(np.array(ids, np.int64), paths, backbone, device, self._embedding_index)
        self._bridge.ask(pictures, question, handle)

    def _show_progress(self, event: Progress) -> None:
        assert self._task is not None
        self._task.report(event.done, event.total, event.rate, translated(event.stage))

    def _keep(self, answered: Answered) -> None:
        self._embedding_index = answered.embedding_index

    def _drop_finished(self) -> None:
        if not self._waiting:
            return
        first = self._waiting[0]
        for _, handle in self._waiting:
            if handle.over:
                handle.setParent(None)  # it now lives as long as its caller wants
        self._waiting = deque(asked for asked in self._waiting if not asked[1].over)
        if not self._waiting:
            self._stop()
        elif self._waiting[0] is not first:
            self._timer.start()

    def _stop(self) -> None:
        self._timer.stop()
        self._hub.tasks.end(QUESTION)

    def _warn(self, event: Warned | DeviceChanged) -> None:
        self.warned.emit(translated(event.message))

    def _on_changed(self, changes: ChangeSet) -> None:
        if (
            changes.membership and self._embedding_index is not None
        ):  # what could not be read may have been found again
            self._embedding_index = replace(self._embedding_index, unreadable={})

    def _forget_embedding_index(self) -> None:
        self._embedding_index = None

    def _reset(self) -> None:
        self._cancel()
        self._embedding_index = None
