"""Missing pictures: which are gone, where they may be now, and what was found, before it counts.

All of it happens in the message bar, so nothing waits for an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.workspace import PictureRow, locating
from engine.workspace.commands import RelocatePictures
from fewshot_gui.background import BackgroundTask
from fewshot_gui.dialogs.file_dialog import FileDialog
from fewshot_gui.project import ProjectHub
from fewshot_gui.views.message_bar import Message, MessageBar, Severity

_BLOCK = 4_000
"""Pictures read at a time, in some milliseconds."""


class Locator(QObject):
    """One search at a time; asking again, or opening another project, ends the one before."""

    def __init__(self, hub: ProjectHub, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._hub, self._messages, self._window = hub, messages, window
        self._tasks: list[BackgroundTask] = []
        self._said = ""
        self._unread = np.empty(0, np.int64)
        self._pictures: list[PictureRow] = []
        # The window lives between two blocks.
        self._next_block = QTimer(self, interval=0, singleShot=True)
        self._next_block.timeout.connect(self._read_block)
        hub.opened.connect(self._start_afresh)

    def ask(self) -> None:
        """Look for every picture's file, then ask where the missing ones are."""
        self._start_afresh()
        self._unread, self._pictures = self._hub.picture_ids, []
        self._read_block()

    def close(self, timeout_s: float = 3.0) -> bool:
        """Stop searching; returns whether the threads ended in time."""
        self._start_afresh()
        until = time.monotonic() + timeout_s
        return all(task.wait(max(0, until - time.monotonic())) for task in self._tasks)

    def _read_block(self) -> None:
        block, self._unread = self._unread[:_BLOCK], self._unread[_BLOCK:]
        self._pictures += self._hub.pictures(block[self._hub.has(block)])
        if len(self._unread):
            self._next_block.start()
        else:
            pictures = self._pictures
            self._search(locating.find_missing(pictures), partial(self._ask_where, pictures))

    def _ask_where(self, pictures: list[PictureRow], missing: list[PictureRow]) -> None:
        if not missing:
            self._say(Message(Severity.INFORMATION, self.tr("No picture is missing.")))
            return
        words = (
            self.tr("1 picture is missing: {path}.")
            if len(missing) == 1
            else self.tr("{n} pictures are missing, for example {path}.")
        )
        gone = {row.id for row in missing}
        others = [row for row in pictures if row.id not in gone]
        self._say(
            Message(
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
            self._say(Message(Severity.WARNING, words, self.tr("Choose another folder…"), again))
            return
        words = self.tr("Found {n} of {total} missing pictures, for example {path}.").format(
            n=f"{len(places):,}", total=f"{len(missing):,}", path=next(iter(places.values()))
        )
        use = partial(self._use, places)
        self._say(Message(Severity.INFORMATION, words, self.tr("Use what was found"), use))

    def _use(self, places: dict[int, Path]) -> None:
        if self._hub.apply(RelocatePictures(places)) is not None:
            self.ask()

    def _search(self, search: Generator[int, None, object], then: Callable[..., None]) -> None:
        self._start_afresh()
        task = BackgroundTask(search, "locate", self)
        task.finished.connect(then)
        self._tasks = [before for before in self._tasks if before.running] + [task]
        task.start()

    def _start_afresh(self) -> None:
        """What was said, read and searched before no longer matters."""
        self._next_block.stop()
        for task in self._tasks:
            task.cancel()
        self._messages.withdraw(self._said)

    def _say(self, message: Message) -> None:
        self._said = message.text
        self._messages.show_message(message)
