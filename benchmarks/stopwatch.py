"""Clocks, an ear on the GUI thread, and what any view of pictures is measured by.

For windows that a script drives: `window_child.py` and `plain_list.py`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

BEAT_MS = 2
SCROLLS = 200
PATIENCE_S = 1800.0


class Stopwatch:
    """`times` in seconds, by what was done; `held, STEP` is how long the GUI thread did nothing else."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Once more, from here to the end of the block."""
        began = time.perf_counter()
        yield
        self.note(name, time.perf_counter() - began)

    def note(self, name: str, seconds: float) -> None:
        self.times.setdefault(name, []).append(seconds)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Listen meanwhile to how often the GUI thread comes to do something else."""
        heart = _Heart()
        yield
        self.times[f"held, {name}"] = heart.stop()


class Painted(QObject):
    """Counts how often a widget has been painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # Its own painting is over when the next thing happens.
            QTimer.singleShot(0, self._add)
        return False

    def _add(self) -> None:
        self.count += 1


class _Heart(QObject):
    """Notes the time between the beats of a timer: what is longer than its interval was not free for it."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def stop(self) -> list[float]:
        """The times between the beats, the one that has not come yet included."""
        self._timer.stop()
        self._beat()
        return self._gaps

    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now


def paint(view: QAbstractItemView) -> None:
    """Everything that waits is done, and the view painted."""
    QApplication.processEvents()
    view.viewport().repaint()


def turn(seconds: float) -> None:
    """Let the window live for so long."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        QApplication.processEvents()
        time.sleep(min(left, 0.001))


def wait_for(happened: Callable[[], bool], patience: float = PATIENCE_S) -> None:
    until = time.perf_counter() + patience
    while not happened():
        QApplication.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() > until:
            raise SystemExit("Waited in vain: the window does not do what it is asked to.")


def wait_for_layout(view: QAbstractItemView) -> None:
    """All items have their places: those of a large view are laid out bit by bit."""
    bar, end = view.verticalScrollBar(), -1
    while end != bar.maximum():
        end = bar.maximum()
        turn(0.3)


def scroll(watch: Stopwatch, view: QAbstractItemView) -> None:
    """Half a screen at a time, then at random, with thumbnails arriving between."""
    wait_for_layout(view)
    bar = view.verticalScrollBar()
    rng = np.random.default_rng(1)
    for number in range(SCROLLS):
        there = bar.value() + view.height() // 2 if number < SCROLLS // 2 else rng.integers(bar.maximum() + 1)
        with watch.timed("scroll frame"):
            bar.setValue(int(there))
            view.viewport().repaint()
        turn(0.01)
    bar.setValue(0)


def select_all(watch: Stopwatch, view: QAbstractItemView) -> None:
    with watch.timed("select all"):
        view.selectAll()
        paint(view)
    view.clearSelection()
    paint(view)


def peak_memory() -> int:
    """The most bytes that this process has had in memory."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def resident_memory() -> int:
    """The bytes that this process has in memory now; where the system does not tell, the most it had."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") if statm.is_file() else peak_memory()
