"""One registry of everything that takes time: it answers Esc, closing, the status bar, and what may start
now.

A task has stages: a generator on a thread, or one in slices on the GUI thread. A task of the engine has none;
its owner reports its progress. All methods belong to the GUI thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.messages import Message
from fewshot_gui.engine_link.kinds import BY_ESC, KINDS, Kind
from fewshot_gui.engine_link.stages import InSlices, OnThread, Progressed

Done: TypeAlias = Callable[[Any], object]
Failed: TypeAlias = Callable[[Exception], object]
Closer: TypeAlias = Callable[[float], bool]


def ignore(_done: object) -> None:
    """Accept a result, and do nothing with it."""


def expected_message(error: Exception) -> Message:
    """The message of a `FewshotError`. Any other exception is a bug, and is raised again."""
    if not isinstance(error, FewshotError):
        raise error
    return error.message


class Task:
    """A running task, from `Tasks.begin` to `end`.

    The status bar shows `text`; a task without a text is not shown. A `total` of 0 means that the length is
    unknown; `rate` is in pictures a second.
    """

    def __init__(
        self, registry: Tasks, kind: Kind, text: str = "", cancel: Callable[[], object] | None = None
    ) -> None:
        self.kind, self.text = kind, text
        self.done, self.total = 0, 0
        self.rate: float | None = None
        self.over = False
        self.cancelling = False
        self._registry = registry
        self._cancel = cancel or self.end
        self._stage: OnThread | InSlices | None = None

    def report(
        self, done: int = 0, total: int = 0, rate: float | None = None, text: str | None = None
    ) -> None:
        """Set the progress and, if given, another text."""
        self.done, self.total, self.rate = done, total, rate
        was_shown = bool(self.text)
        if text is not None:
            self.text = text
        self._registry.show(self)
        if bool(self.text) != was_shown:
            self._registry.changed.emit(self.kind)

    def on_thread(
        self,
        work: Generator[int, None, object],
        done: Done,
        failed: Failed,
        progressed: Progressed = ignore,
    ) -> None:
        """Iterate `work` on a thread; it yields its progress and returns a result.

        `done` gets the result; it ends the task or begins its next stage. An exception ends the task, and
        `failed` gets it. Neither is called if the task ends earlier; its generator is then closed at its next
        yield.
        """
        ended = partial(self._stage_ended, done, failed)
        self._registry.forget_ended_threads()
        self._begin_stage(OnThread(work, self.kind.name, progressed, ended, self._registry))

    def in_slices(
        self,
        work: Generator[Any, None, object],
        done: Done,
        failed: Failed,
        progressed: Progressed = ignore,
        seconds: float = 0.0,
    ) -> None:
        """Iterate `work` on the GUI thread, for one step or `seconds` at a time, between other events. If the
        task ends early, its generator is closed at once."""
        ended = partial(self._stage_ended, done, failed)
        self._begin_stage(InSlices(work, seconds, progressed, ended, self._registry))

    def cancel(self) -> None:
        """Cancel the task, as Esc and closing do. It may run a moment longer."""
        if not self.over:
            self.cancelling = True
            self._cancel()

    def end(self) -> None:
        """End the task, and drop the result of its present stage."""
        if not self.over:
            self.over = True
            self._abandon_stage()
            self._registry.drop(self)

    def _begin_stage(self, stage: OnThread | InSlices) -> None:
        self._abandon_stage()
        self._stage = stage
        stage.start()

    def _stage_ended(self, done: Done, failed: Failed, result: object, error: Exception | None) -> None:
        self._stage = None
        if error is None:
            done(result)
        else:
            self.end()
            failed(error)

    def _abandon_stage(self) -> None:
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.abandon()


class Tasks(QObject):
    """The tasks that run in the window, and every thread that has not ended."""

    changed = Signal(object)
    """A task of this kind has begun or ended."""
    shown = Signal(object)
    """The task for the status bar, or None. Emitted for another task and for its progress."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
        self._foremost: Task | None = None
        self._closers: list[Closer] = []

    def begin(self, kind: Kind, text: str = "", cancel: Callable[[], object] | None = None) -> Task:
        """Register a running task. `cancel` makes it end soon; without it, cancelling ends the task at
        once."""
        task = Task(self, kind, text, cancel)
        self._tasks.append(task)
        self.changed.emit(kind)
        self.show()
        return task

    def is_running(self, *kinds: Kind) -> bool:
        """Whether a task of one of these kinds runs."""
        return any(task.kind in kinds for task in self._tasks)

    def blocker_of(self, kind: Kind) -> Task | None:
        """The running task that excludes this kind of task, if there is one."""
        return next((task for task in self._tasks if task.kind.name in kind.excluded_by), None)

    @property
    def can_cancel_by_esc(self) -> bool:
        """Whether Esc would cancel a task that is shown."""
        return any(task.text and task.kind in BY_ESC for task in self._tasks)

    @property
    def delays_closing(self) -> bool:
        """Whether a task runs that closing should wait for."""
        return any(task.kind.delays_closing for task in self._tasks)

    def cancel(self, *kinds: Kind) -> None:
        """Cancel the tasks of these kinds, one kind after the other."""
        for kind in kinds:
            for task in [task for task in self._tasks if task.kind is kind]:
                task.cancel()

    def end(self, *kinds: Kind) -> None:
        """End the tasks of these kinds."""
        for task in [task for task in self._tasks if task.kind in kinds]:
            task.end()

    def cancel_by_esc(self) -> None:
        """Cancel the tasks of the first `esc` that has one that is shown, and what waits unseen before them.

        The next Esc cancels the next ones, also while the first have not ended yet.
        """
        tasks = [task for kind in BY_ESC for task in self._tasks if task.kind is kind]
        fresh = [task for task in tasks if not task.cancelling]
        for _, together in groupby(fresh or tasks, lambda task: task.kind.esc):
            cancelled = list(together)
            for task in cancelled:
                task.cancel()
            if any(task.text for task in cancelled):
                return

    def on_close(self, *closers: Closer) -> None:
        """Register something else to close before the threads: it is called with the seconds that are left,
        and returns whether it ended in time."""
        self._closers += closers

    def close(self, timeout_s: float) -> bool:
        """Cancel everything and wait for all threads; returns whether they ended before the deadline."""
        until = time.monotonic() + timeout_s
        self.cancel(*KINDS)
        ended = [close(max(0.0, until - time.monotonic())) for close in self._closers]
        ended += [thread.wait(max(0.0, until - time.monotonic())) for thread in self.threads()]
        self.blockSignals(True)  # nobody listens any more
        return all(ended)

    def threads(self) -> list[OnThread]:
        """The threads that are not known to have ended."""
        return self.findChildren(OnThread)

    def forget_ended_threads(self) -> None:
        """Drop the threads that ended after their tasks: they report their end to nobody."""
        for thread in self.threads():
            if thread.is_abandoned_and_ended:
                thread.setParent(None)

    def show(self, reporting: Task | None = None) -> None:
        shown = [task for task in self._tasks if task.text]
        foremost = min(shown, key=lambda task: KINDS.index(task.kind), default=None)
        if foremost is not self._foremost or (foremost is not None and foremost is reporting):
            self._foremost = foremost
            self.shown.emit(foremost)

    def drop(self, task: Task) -> None:
        self._tasks.remove(task)
        self.changed.emit(task.kind)
        self.show()
