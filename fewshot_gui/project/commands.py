"""The one way to change a project by hand: gesture → command → workspace (one transaction) → `changed`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QObject

from engine.workspace import ChangeSet, Command
from engine.workspace.commands import LongCommand, RemovePictures
from fewshot_gui.engine_link.tasks import Tasks
from fewshot_gui.project.long_gestures import LongGestures
from fewshot_gui.project.signals import ProjectSignals
from fewshot_gui.project.state import ProjectState
from fewshot_gui.shell.engine_texts import translated

_PART = 1_000
_PART_REMOVED = 5_000
# A gesture on up to so many pictures is applied at once: it takes a tenth of a second.
_AT_ONCE = 10_000
_EMIT_EVERY_S = 0.3
_PAUSES = 3
"""The pause between two emissions is at least this many times as long as the last one took."""


class Commands(QObject):
    """Applies gestures to the open project, undoes and redoes them.

    Gestures do not raise `FewshotError`: its sentence is emitted by `refused`, and the project stays as it
    was. So a full disk or a duplicate name is reported in one place.
    """

    def __init__(self, state: ProjectState, signals: ProjectSignals, tasks: Tasks) -> None:
        super().__init__(signals)
        self._state, self._signals = state, signals
        self.long_gestures = LongGestures(
            self.apply_in_parts, lambda: self._adding, lambda: state.classes.keys(), tasks, self
        )
        self._adding = False
        self.reset()

    def reset(self) -> None:
        """Forget pending changes, because another project is open."""
        self._unsent: ChangeSet | None = None
        self._next_emit_at = -math.inf

    def apply(self, command: Command) -> ChangeSet | None:
        """Apply one gesture, which is one undo step. None if it was refused."""
        return self._change(lambda: self._state.workspace.apply(command))

    def apply_to_many(self, command: LongCommand) -> ChangeSet | None:
        """Apply a gesture that may concern very many pictures; it then continues in parts.

        None if it was refused, or has only begun.
        """
        if command.count <= _AT_ONCE:
            return self.apply(command)
        if self._signals.can_change():
            self.long_gestures.begin(command)
        return None

    def apply_in_parts(self, command: LongCommand) -> Generator[int, None, bool]:
        """Apply a gesture in parts, because it would block the window.

        Yields the number of pictures that each part has changed, and returns whether it was completed and not
        undone meanwhile. `changed` is emitted for several parts at once. Raises `FewshotError` if a part is
        refused; the parts before it stay.
        """
        self._next_emit_at = -math.inf
        self._adding = True
        # Views must not read removed pictures: each part of a removal is emitted, and its parts are larger.
        removing = isinstance(command, RemovePictures)
        size = _PART_REMOVED if removing else _PART
        parts = self._state.workspace.apply_in_parts(command.title, command.parts(size))
        try:
            while True:
                try:
                    part = next(parts)
                except StopIteration as stop:
                    return bool(stop.value)
                self._collect(part)
                if removing or part.classes or time.monotonic() >= self._next_emit_at:
                    self.catch_up()
                yield len(part.pictures)
        finally:
            self._adding = False
            self.catch_up()

    def undo(self) -> ChangeSet | None:
        """Undo the last gesture. None if there is nothing to undo, or if it was refused: a gesture in parts
        that has passed another one would be cut off, while the other stays."""
        with self._signals.refusing():
            if self._state.workspace.undo_target_interleaved:
                self.long_gestures.ask_to_wait()
                return None
        return self._change(self._state.workspace.undo)

    def redo(self) -> ChangeSet | None:
        """Redo the gesture that was undone last."""
        return self._change(self._state.workspace.redo)

    @property
    def undo_title(self) -> str | None:
        return translated(self._state.workspace.undo_title)

    @property
    def redo_title(self) -> str | None:
        return translated(self._state.workspace.redo_title)

    def catch_up(self) -> None:
        """Emit the pending changes of a gesture in parts, also for callers that read the project from the
        disk."""
        changes, self._unsent = self._unsent, None
        if changes:
            began = time.monotonic()
            if changes.classes or changes.membership:
                self._state.absorb(changes)
            else:
                self._state.reload_classes()
            self._signals.changed.emit(changes)
            ended = time.monotonic()
            # With very many pictures an emission takes time; leave the person a longer time in between.
            self._next_emit_at = ended + max(_EMIT_EVERY_S, _PAUSES * (ended - began))

    def _collect(self, part: ChangeSet) -> None:
        """Apply the label changes of a part; its other changes wait until they are emitted."""
        self._unsent = part if self._unsent is None else self._unsent | part
        if not (self._unsent.classes or self._unsent.membership):
            self._state.absorb_pictures(part)

    def _change(self, change: Callable[[], ChangeSet | None]) -> ChangeSet | None:
        self.catch_up()
        with self._signals.refusing():
            changes = change()
            if changes:
                self._state.absorb(changes)
                self._signals.changed.emit(changes)
            return changes
        return None
