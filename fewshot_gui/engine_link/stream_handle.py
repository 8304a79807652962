"""The handle of events that the engine sends about something that is no run of the project."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.runs.events import Cancelled, Failed, Finished


class StreamHandle(QObject):
    """Give it to `Bridge.follow` and listen to its signals. It ends with exactly one of `finished`, `failed`
    and `cancelled`.

    `cancelled` is emitted at once after `cancel`; later events of the engine are dropped.
    """

    occurred = Signal(object)
    """An event that is not the last one."""
    finished = Signal(Finished)
    failed = Signal(Failed)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.over = False

    def cancel(self) -> None:
        if not self.over:
            self.over = True
            self.cancelled.emit()

    def take(self, event: object) -> None:
        """Emit an event of the engine as the signal of its kind."""
        if self.over:
            return
        match event:
            case Finished():
                self.over = True
                self.finished.emit(event)
            case Failed():
                self.over = True
                self.failed.emit(event)
            case Cancelled():
                self.cancel()
            case _:
                self.occurred.emit(event)
