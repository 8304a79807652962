"""Gestures on so many pictures that the window would stand still: part by part, while it goes on."""

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
    """Carries out one gesture at a time, each as one undo step."""

    hint = Signal(str)
    """A sentence: why a gesture was not begun, or how far one came that was cancelled or lost a class."""
    problem = Signal(str)
    """A sentence: why a gesture did not come to its end."""

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
        """Carry it out from now on. Only one can be, an import included: what comes before that is over is
        told so."""
        if self._tasks.blocker_of(GESTURE) or self._is_adding():
            self.ask_to_wait()
            return
        self._title, self._done = translated(command.title), 0
        self._task = self._tasks.begin(GESTURE, f"{self._title}:", self._cancel)
        self._task.report(0, command.count)
        self._task.in_slices(self._through(command), self._end, expected_message)

    def ask_to_wait(self) -> None:
        """Tell that something cannot be done beside the present gesture, be it an import."""
        self.hint.emit(self.tr("Wait until the present gesture is over, or press Esc to end it."))

    def _cancel(self) -> None:
        """Do no more of it. What has been done stays, and is undone as one."""
        self._end()
        # Last, so that nothing that the end brings about covers it up.
        if self._done:
            self._emit_hint(self.tr("{gesture}: stopped after {n}. Undo takes them back."))

    def _end(self, words: str = "") -> None:
        self._tasks.end(GESTURE)
        if words:
            self._emit_hint(words)

    def _emit_hint(self, words: str) -> None:
        self.hint.emit(words.format(gesture=self._title, n=f"{self._done:,}"))

    def _through(self, command: LongCommand) -> Generator[None, None, str]:
        """Carry it out as far as it goes; returns what is to be told of that, if anything."""
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
