"""A question to the engine about the pictures, from being asked to its answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.labeling.events import Cancelled, DeviceChanged, Failed, FilesRead, Progress, Warned
from engine.review.questions import Answered


class Inquiry(QObject):
    """Hand it to `Bridge.ask` and listen. Ends with exactly one of `answered`, `failed` and `cancelled`.

    `cancel` is answered at once; what the engine still says of it is dropped.
    """

    progressed = Signal(Progress)
    files_read = Signal(FilesRead)
    answered = Signal(Answered)
    failed = Signal(Failed)
    warned = Signal(object)
    """A `Warned` or `DeviceChanged`: the work goes on, though not as it should."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.over = False
        self._signals = {
            Progress: self.progressed,
            FilesRead: self.files_read,
            DeviceChanged: self.warned,
            Warned: self.warned,
            Answered: self.answered,
            Failed: self.failed,
        }

    def cancel(self) -> None:
        if not self.over:
            self.over = True
            self.cancelled.emit()

    def take(self, event: object) -> None:
        """Pass on what the engine says of it."""
        if isinstance(event, Cancelled):
            self.cancel()
        elif not self.over:
            self.over = isinstance(event, Answered | Failed)
            self._signals[type(event)].emit(event)
