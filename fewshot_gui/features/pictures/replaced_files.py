"""Saves the state of each file that the engine reads, and warns if a labelled picture is another file now."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from engine.runs.events import FilesRead
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import QUESTION, RUN, Kind
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Show
from fewshot_gui.project.questions import QuestionService
from fewshot_gui.shell.message_bar import MessageBar, MessageGroup, Notification, Severity


class ReplacedFiles(QObject):
    """Saves the events of a frame at once, and shows a warning after the run or the last question.

    A run may follow each label, so the warning stays until a person looks at the pictures or dismisses it.
    """

    chosen = Signal(Show)
    """The tab that shows the pictures to look at."""

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        questions: QuestionService,
        messages: MessageBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._hub, self._message_group = hub, MessageGroup(messages)
        self._reset()
        hub.opened.connect(self._reset)
        hub.replaced.connect(self._on_replaced)
        for files_read in (bridge.on(FilesRead), questions.files_read):
            files_read.connect(self._on_files_read)
        bridge.frame.connect(self._save)
        hub.tasks.changed.connect(self._on_task)

    @Slot()
    def _reset(self) -> None:
        self._unsaved: list[FilesRead] = []
        self._replaced: set[int] = set()
        self._reported = np.empty(0, np.int64)
        self._message_group.withdraw()

    @Slot(FilesRead)
    def _on_files_read(self, files: FilesRead) -> None:
        self._unsaved.append(files)

    @Slot()
    def _save(self) -> None:
        if self._unsaved:
            files, self._unsaved = self._unsaved, []
            self._hub.run_store.save_files(files)

    @Slot(np.ndarray)
    def _on_replaced(self, ids: NDArray[np.int64]) -> None:
        self._replaced.update(ids.tolist())

    @Slot(object)
    def _on_task(self, kind: Kind) -> None:
        if kind in (RUN, QUESTION):
            self._report()

    @Slot()
    def _report(self) -> None:
        self._save()
        new = self._labeled(np.array(sorted(self._replaced), np.int64))
        self._replaced.clear()
        if not len(new):
            return
        still_there = self._message_group.withdraw()
        self._reported = ids = np.union1d(self._labeled(self._reported), new) if still_there else new
        words = (
            self.tr(
                "1 labelled picture is a different file now than when it was last read: see whether its"
                " label still fits."
            )
            if len(ids) == 1
            else self.tr(
                "{n} labelled pictures are different files now than when they were last read: see whether"
                " their labels still fit."
            )
        )
        text = words.format(n=f"{len(ids):,}")
        show = self.tr("Show it") if len(ids) == 1 else self.tr("Show them")
        self._message_group.show_message(Notification(Severity.WARNING, text, show, self._show, lasting=True))

    def _show(self) -> None:
        self._message_group.withdraw()
        self._hub.show_compared(self._reported, self.tr("Replaced files"))
        self.chosen.emit(Show.COMPARED)

    def _labeled(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        labeled: NDArray[np.int64] = ids[self._hub.queries.labels_of(ids) != NO_CLASS]
        return labeled
