"""Missing pictures: which are gone, where they may be now, and what was found, before it counts.

All of it happens in the message bar, so nothing waits for an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import FewshotError
from engine.workspace import PictureRow, locating
from engine.workspace.commands import RelocatePictures
from fewshot_gui.background import BackgroundTask
from fewshot_gui.dialogs.file_dialog import FileDialog
from fewshot_gui.project import ProjectHub
from fewshot_gui.views.message_bar import MessageBar, MessageGroup, Notification, Severity

_BLOCK = 4_000
"""Pictures read at a time, in some milliseconds."""


class Locator(QObject):
    """One search at a time; asking again, or opening another project, ends the one before."""

    progressed = Signal(int, int)
    """How many pictures or files were looked at, and of how many, 0 where that is not known."""
    busy_changed = Signal(bool)
    seen = Signal(np.ndarray)
    """The files of these pictures (ids) are there."""

    def __init__(self, hub: ProjectHub, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._hub, self._remarks, self._window = hub, MessageGroup(messages), window
        self._tasks: list[BackgroundTask] = []
        self._busy = False
        self._unread = np.empty(0, np.int64)
        self._pictures: list[PictureRow] = []
        # The window lives between two blocks.
        self._next_block = QTimer(self, interval=0, singleShot=True)
        self._next_block.timeout.connect(self._read_block)
        hub.opened.connect(self._start_over)

    @property
    def busy(self) -> bool:
        """Whether something is being searched."""
        return self._busy

    def ask(self) -> None:
        """Look for every picture's file, then ask where the missing ones are."""
        self._start_afresh()
        self._unread, self._pictures = self._hub.picture_ids, []
        self._set_busy(True)
        self._read_block()

    def cancel(self) -> None:
        """Give up the search that is on. What was said before it, if none is, still holds."""
        if self._busy:
            self._start_over()

    def close(self, timeout_s: float = 3.0) -> bool:
        """Stop searching; returns whether the threads ended in time."""
        self._start_over()
        until = time.monotonic() + timeout_s
        return all(task.wait(max(0, until - time.monotonic())) for task in self._tasks)

    def _read_block(self) -> None:
        block, self._unread = self._unread[:_BLOCK], self._unread[_BLOCK:]
        try:
            self._pictures += self._hub.pictures(block[self._hub.has(block)])
        except FewshotError as error:
            self._fail(error)
            return
        if len(self._unread):
            self._next_block.start()
        else:
            pictures = self._pictures
            search = locating.find_missing(pictures)
            self._search(search, partial(self._ask_where, pictures), len(pictures))

    def _ask_where(self, pictures: list[PictureRow], missing: list[PictureRow]) -> None:
        gone = {row.id for row in missing}
        others = [row for row in pictures if row.id not in gone]
        self.seen.emit(np.array([row.id for row in others], np.int64))
        if not missing:
            self._say(Notification(Severity.INFORMATION, self.tr("No picture is missing.")))
            return
        words = (
            self.tr("1 picture is missing: {path}.")
            if len(missing) == 1
            else self.tr("{n} pictures are missing, for example {path}.")
        )
        self._say(
            Notification(
                Severity.WARNING,
                words.format(n=f"{len(missing):,}", path=missing[0].path),
                self.tr("Choose their folder…"),
                partial(self._choose_folder, missing, others),
            )
        )

    def _choose_folder(self, missing: list[PictureRow], others: list[PictureRow]) -> None:
        title = self.tr("Choose a folder that holds missing pictures")
        dialog = FileDialog(self._window, title, "located", QFileDialog.FileMode.Directory)
        dialog.chosen.connect(partial(self._look_in, missing, others))
        dialog.open()

    def _look_in(self, missing: list[PictureRow], others: list[PictureRow], folders: list[Path]) -> None:
        search = locating.locate(missing, folders[0], others)
        self._search(search, partial(self._offer, missing, others, folders[0]))

    def _offer(
        self, missing: list[PictureRow], others: list[PictureRow], folder: Path, places: dict[int, Path]
    ) -> None:
        if not places:
            words = self.tr("None of the missing pictures is in {folder}.").format(folder=folder)
            again = partial(self._choose_folder, missing, others)
            self._say(Notification(Severity.WARNING, words, self.tr("Choose another folder…"), again))
            return
        words = self.tr("Found {n} of {total} missing pictures, for example {path}.").format(
            n=f"{len(places):,}", total=f"{len(missing):,}", path=next(iter(places.values()))
        )
        use = partial(self._use, places)
        self._say(Notification(Severity.INFORMATION, words, self.tr("Use what was found"), use))

    def _use(self, places: dict[int, Path]) -> None:
        if self._hub.apply_to_many(RelocatePictures(places)) is not None:
            self.ask()
        elif self._hub.long_gestures.busy:  # and asked for when it is over
            over = self._hub.long_gestures.busy_changed
            over.connect(self._ask_once, Qt.ConnectionType.SingleShotConnection)

    def _ask_once(self, _busy: bool) -> None:
        self.ask()

    def _search(
        self, search: Generator[int, None, object], then: Callable[..., None], total: int = 0
    ) -> None:
        self._start_afresh()
        task = BackgroundTask(search, "locate", self)
        task.progressed.connect(partial(self._tell_progress, total))
        task.finished.connect(partial(self._end, then))
        task.failed.connect(self._fail)
        self._tasks = [before for before in self._tasks if before.running] + [task]
        self._set_busy(True)
        task.start()

    def _tell_progress(self, total: int, done: int) -> None:
        self.progressed.emit(done, total)

    def _end(self, then: Callable[..., None], result: object) -> None:
        self._set_busy(False)
        then(result)

    def _fail(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, FewshotError):
            raise error
        self._say(Notification(Severity.ERROR, error.message))

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _start_over(self) -> None:
        self._start_afresh()
        self._set_busy(False)

    def _start_afresh(self) -> None:
        """What was said, read and searched before no longer matters."""
        self._next_block.stop()
        for task in self._tasks:
            task.cancel()
        self._remarks.withdraw()

    def _say(self, message: Notification) -> None:
        # What offers something to be done holds until that is done, whatever is run meanwhile.
        self._remarks.show_message(replace(message, lasting=message.action is not None))
