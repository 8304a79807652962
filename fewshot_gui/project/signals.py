"""What the rest of the window learns of the open project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.workspace import ChangeSet
from fewshot_gui.project.state import ProjectState
from fewshot_gui.shell.engine_texts import translated


class ProjectSignals(QObject):
    """The signals of the open project, and whether it can be changed."""

    changed = Signal(ChangeSet)
    """Classes, pictures or labels have changed."""
    predicted = Signal(np.ndarray)
    """The ids of pictures that have new predictions, or turned out to be unreadable."""
    replaced = Signal(np.ndarray)
    """The ids of pictures whose files turned out to be other ones than before."""
    threshold_changed = Signal()
    """The `threshold` of confidence has changed."""
    compared = Signal(str)
    """The title of the pictures that `Show.COMPARED` shows now."""
    opened = Signal()
    """Another project is open; ids of the previous one are invalid."""
    refused = Signal(str)
    read_only = Signal()
    """A change of a read-only project was refused; see `read_only_reason`."""

    def __init__(self, state: ProjectState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @property
    def read_only_reason(self) -> str:
        """Why nothing here can be changed, as a sentence; empty if it can."""
        return translated(self._state.workspace.read_only_reason)

    def can_change(self) -> bool:
        """Whether the project can be changed; emits `read_only` if not."""
        if self.read_only_reason:
            self.read_only.emit()
        return not self.read_only_reason

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Emit `refused` or `read_only` instead of raising `FewshotError`."""
        try:
            yield
        except FewshotError as error:
            if self.read_only_reason:
                self.read_only.emit()
            else:
                self.refused.emit(translated(error.message))
