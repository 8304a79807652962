"""Gestures on so many pictures that they are applied in parts, while the window stays responsive."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import closing

from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.workspace.commands import LongCommand
from fewshot_gui.engine_link.kinds import GESTURE
from fewshot_gui.engine_link.tasks import Task, Tasks, expected_message
from fewshot_gui.shell.engine_texts import translated


class LongGestures(QObject):
    """Applies one gesture at a time, each as one undo step."""

    hint = Signal(str)
    """A sentence: why a gesture was not begun, or how far one came that was cancelled or lost a class."""
    problem = Signal(str)
    """A sentence: why a gesture was not completed."""

    def __init__(
        self,
        apply_in_parts: Callable[[LongCommand], Generator[int, None, bool]],
        is_adding: Callable[[], bool],
        class_ids: Callable[[], Collection[int]],
        tasks: Tasks,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._apply_in_parts, self._is_adding, self._class_ids = apply_in_parts, is_adding, class_ids
        self._title, self._done = "", 0
        self._task: Task | None = None

    def begin(self, command: LongCommand) -> None:
        """Start applying the gesture. Only one can be applied at a time, an import included; another is
        refused with a hint."""
        if self._tasks.blocker_of(GESTURE) or self._is_adding():
            self.ask_to_wait()
            return
        self._title, self._done = translated(command.title), 0
        self._task = self._tasks.begin(GESTURE, f"{self._title}:", self._cancel)
        self._task.report(0, command.count)
        self._task.in_slices(self._through(command), self._end, expected_message)

    def ask_to_wait(self) -> None:
        """Emit a hint that something must wait for the present gesture or import."""
        self.hint.emit(self.tr("Wait until the present change has finished, or press Esc to stop it."))

    def _cancel(self) -> None:
        """Stop. The parts that were applied stay, and are undone as one step."""
        self._end()
        # Last, so that no message of the end covers it.
        if self._done:
            self._emit_hint(self.tr("{gesture}: stopped after {n}. Undo takes them back."))

    def _end(self, words: str = "") -> None:
        self._tasks.end(GESTURE)
        if words:
            self._emit_hint(words)

    def _emit_hint(self, words: str) -> None:
        self.hint.emit(words.format(gesture=self._title, n=f"{self._done:,}"))

    def _through(self, command: LongCommand) -> Generator[None, None, str]:
        """Apply the gesture part by part; returns a text about an early end, if any."""
        with closing(self._apply_in_parts(command)) as parts:
            try:
                for changed in parts:
                    self._done += changed
                    assert self._task is not None
                    self._task.report(self._done, command.count)
                    yield
                    if command.target_class_ids and command.target_class_ids.isdisjoint(self._class_ids()):
                        return self.tr(
                            "{gesture}: stopped after {n}, as the class was removed."
                            " Undo brings it back with its labels."
                        )
            except FewshotError as error:
                self.problem.emit(translated(error.message))
                return ""
        if command.target_class_ids.issubset(self._class_ids()):
            return ""
        return self.tr("{gesture}: {n} done. Pictures of a class that was removed meanwhile have no label.")
