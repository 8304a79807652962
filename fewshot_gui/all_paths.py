"""The path of every picture, for what concerns them all: questions to the engine, exports."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import FewshotError
from engine.workspace import ChangeSet
from fewshot_gui.engine_texts import translated
from fewshot_gui.project import ProjectHub

_BLOCK = 4000
"""Paths read at a time, in some milliseconds: the window lives between two blocks."""


class AllPaths(QObject):
    """`ids` and `paths`, as the file system knows them, aligned, in order of adding; complete when `read`.

    They are read when they are first needed, and known until pictures come, go or are found elsewhere.
    """

    read = Signal()
    """What `need` has said is not known yet is known now."""
    failed = Signal(str)
    """A sentence: why they cannot be read."""

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: list[int] = []
        self.paths: list[bytes] = []
        self._hub = hub
        self._complete = False
        self._next_block = QTimer(self, interval=0)
        self._next_block.timeout.connect(self._go_on)
        hub.changed.connect(self._on_changed)
        hub.opened.connect(self.stop)

    def need(self) -> bool:
        """Whether they are known; if not, they are read from now on, and `read` or `failed` follows.

        A few are read at once.
        """
        if not self._complete and self._hub.picture_count < _BLOCK:
            with suppress(FewshotError):  # which comes again, and is told
                self._read_block()
        if not self._complete:
            self._next_block.start()
        return self._complete

    def read_now(self) -> None:
        """Read them, if they are being read, before this returns."""
        while self._next_block.isActive():
            self._go_on()

    def stop(self) -> None:
        """Forget them: whoever needs them says so again."""
        self._next_block.stop()
        self._forget()

    def _go_on(self) -> None:
        try:
            self._read_block()
        except FewshotError as error:
            self.stop()
            self.failed.emit(translated(error.message))
            return
        if self._complete:
            self._next_block.stop()
            self.read.emit()

    def _read_block(self) -> None:
        if not self._complete:
            block = self._hub.paths_after(self.ids[-1] if self.ids else 0, _BLOCK)
            self.ids += [picture_id for picture_id, _ in block]
            self.paths += [path for _, path in block]
            self._complete = len(block) < _BLOCK

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.membership:
            self._forget()  # and begin anew if they are being read

    def _forget(self) -> None:
        # Other lists, as these may be with someone.
        self.ids, self.paths, self._complete = [], [], False
