"""The handle of a question to the engine about the pictures."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QObject, Signal

from engine.review.questions import Answered, QuestionEvent
from engine.runs.events import Cancelled, DeviceChanged, Failed, FilesRead, Progress, Warned


class QuestionHandle(QObject):
    """Give it to `Bridge.ask` and listen to its signals. It ends with exactly one of `answered`, `failed` and
    `cancelled`.

    `cancelled` is emitted at once after `cancel`; later messages of the engine are dropped.
    """

    progressed = Signal(Progress)
    files_read = Signal(FilesRead)
    answered = Signal(Answered)
    failed = Signal(Failed)
    warned = Signal(object)
    """A `Warned` or `DeviceChanged`: the work continues, but not as it should."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.over = False

    def cancel(self) -> None:
        if not self.over:
            self.over = True
            self.cancelled.emit()

    def take(self, event: QuestionEvent) -> None:
        """Emit a message of the engine as the signal of its kind."""
        if self.over:
            return
        match event:
            case Progress():
                self.progressed.emit(event)
            case FilesRead():
                self.files_read.emit(event)
            case DeviceChanged() | Warned():
                self.warned.emit(event)
            case Answered():
                self.over = True
                self.answered.emit(event)
            case Failed():
                self.over = True
                self.failed.emit(event)
            case Cancelled():
                self.cancel()
            case _:
                assert_never(event)
