"""The handle of a preparation: the engine fills its cache with what a run will need."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QObject, Signal

from engine.runs.events import Cancelled, Failed, Progress
from engine.runs.preparation import PreparationEvent, Prepared


class PreparationHandle(QObject):
    """Give it to `Bridge.prepare` and listen to its signals. It ends with exactly one of `ended` and
    `cancelled`.

    `cancelled` is emitted at once after `cancel`; later messages of the engine are dropped.
    """

    progressed = Signal(Progress)
    ended = Signal()
    """The pictures are prepared, as far as that is possible. What stands in the way of the rest is for the
    run to report."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.over = False

    def cancel(self) -> None:
        if not self.over:
            self.over = True
            self.cancelled.emit()

    def take(self, event: PreparationEvent) -> None:
        """Emit a message of the engine as the signal of its kind."""
        if self.over:
            return
        match event:
            case Progress():
                self.progressed.emit(event)
            case Prepared() | Failed():
                self.over = True
                self.ended.emit()
            case Cancelled():
                self.cancel()
            case _:
                assert_never(event)
