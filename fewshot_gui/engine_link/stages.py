"""Two ways to iterate a generator while the window stays responsive: on a thread, or in slices between
events.

Callbacks on the GUI thread report the progress and the end of a stage, with its result or its exception. A
stage that was abandoned calls nothing any more.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot

REPORT_EVERY_S = 0.05

Progressed: TypeAlias = Callable[[int], object]
Ended: TypeAlias = Callable[[object, Exception | None], object]


class OnThread(QObject):
    """Iterates a generator on a thread. Its parent keeps it until the thread has ended."""

    _reported = Signal(int)
    _ended = Signal(object, object)

    def __init__(
        self,
        work: Generator[int, None, object],
        name: str,
        progressed: Progressed,
        ended: Ended,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work, self._progressed, self._ended_with = work, progressed, ended
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._iterate, name=name, daemon=True)
        # The callbacks are called by slots of this object, which lives on the GUI thread: so a result
        # that was queued already when the stage was abandoned can still be dropped.
        self._reported.connect(self._report)
        self._ended.connect(self._end)

    @property
    def is_abandoned_and_ended(self) -> bool:
        """Whether the thread has ended after nobody waited for it any more."""
        return self._abandoned.is_set() and not self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def abandon(self) -> None:
        self._abandoned.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the thread has ended, for a limited time; returns whether it ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _iterate(self) -> None:
        reported = 0.0
        try:
            while not self._abandoned.is_set():
                done = next(self._work)
                if time.monotonic() - reported > REPORT_EVERY_S:
                    reported = time.monotonic()
                    self._reported.emit(done)
            self._work.close()
        except StopIteration as stop:
            self._ended.emit(stop.value, None)
        except Exception as error:
            self._ended.emit(None, error)

    @Slot(int)
    def _report(self, done: int) -> None:
        if not self._abandoned.is_set():
            self._progressed(done)

    @Slot(object, object)
    def _end(self, result: object, error: Exception | None) -> None:
        self._thread.join()
        self.deleteLater()
        if not self._abandoned.is_set():
            self._abandoned.set()
            self._ended_with(result, error)


class InSlices(QObject):
    """Iterates a generator on the GUI thread between events, for `seconds` in each slice."""

    def __init__(
        self,
        work: Generator[Any, None, object],
        seconds: float,
        progressed: Progressed,
        ended: Ended,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._work, self._progressed, self._ended_with = work, progressed, ended
        self._seconds = seconds
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._run_slice)

    def start(self) -> None:
        self._timer.start()

    def abandon(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.deleteLater()
            if inspect.getgeneratorstate(self._work) != inspect.GEN_RUNNING:
                self._work.close()  # else it is closed at its next yield

    @Slot()
    def _run_slice(self) -> None:
        until = time.monotonic() + self._seconds
        try:
            while self._timer.isActive():
                self._progressed(next(self._work))
                if time.monotonic() >= until:
                    break
        except StopIteration as stop:
            self._end(stop.value, None)
        except Exception as error:
            self._end(None, error)
        else:
            if not self._timer.isActive():
                self._work.close()

    def _end(self, result: object, error: Exception | None) -> None:
        if self._timer.isActive():
            self.abandon()
            self._ended_with(result, error)
