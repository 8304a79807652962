"""One piece of work on a thread of its own: finding pictures, writing an export."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

from PySide6.QtCore import QObject, Signal, Slot

REPORT_EVERY_S = 0.05


class BackgroundTask(QObject):
    """Iterates a generator on a thread. What it yields is how far it is, what it returns is the result.

    Ends with exactly one of `finished` (the returned value), `failed` (the exception) or
    `cancelled`, always on the GUI thread. `cancel` is answered at once; the generator itself is
    closed where it next yields. The owner calls `wait` before letting go of a task.
    """

    progressed = Signal(int)
    finished = Signal(object)
    failed = Signal(Exception)
    cancelled = Signal()
    _reported = Signal(int)
    _returned = Signal(object)
    _raised = Signal(Exception)

    def __init__(self, work: Generator[int, None, object], name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._stop = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._iterate, name=name, daemon=True)
        # The public signals are emitted by slots of this object, which lives on the GUI thread: so a
        # result that was already on its way when `cancel` was called can still be dropped.
        self._reported.connect(self._report)
        self._returned.connect(self._finish)
        self._raised.connect(self._fail)

    @property
    def running(self) -> bool:
        """Whether the thread is still there; a cancelled task's may be for a moment."""
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        self._stop.set()
        if not self._over:
            self._over = True
            self.cancelled.emit()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the thread has ended; returns whether it did so in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _iterate(self) -> None:
        reported = 0.0
        try:
            while not self._stop.is_set():
                done = next(self._work)
                if time.monotonic() - reported > REPORT_EVERY_S:
                    reported = time.monotonic()
                    self._reported.emit(done)
            self._work.close()
        except StopIteration as stop:
            self._returned.emit(stop.value)
        except Exception as error:
            self._raised.emit(error)

    @Slot(int)
    def _report(self, done: int) -> None:
        if not self._over:
            self.progressed.emit(done)

    @Slot(object)
    def _finish(self, result: object) -> None:
        if not self._over:
            self._over = True
            self.finished.emit(result)

    @Slot(Exception)
    def _fail(self, error: Exception) -> None:
        if not self._over:
            self._over = True
            self.failed.emit(error)
