"""Finds missing pictures: which files are gone, where they may be now, and the found ones before they are
used.

All of it happens in the message bar, so no dialog blocks the window.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.workspace import PictureRow, locating
from engine.workspace.commands import RelocatePictures
from fewshot_gui.engine_link.kinds import GESTURE, LOCATE, Kind
from fewshot_gui.engine_link.tasks import Task, expected_message
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.message_bar import MessageBar, MessageGroup, Notification, Severity
from fewshot_gui.widgets.file_dialog import FileDialog

_BLOCK = 4_000
"""The number of pictures read at a time, which takes some milliseconds."""


class Locator(QObject):
    """Runs one search at a time; another search, or another project, ends the present one."""

    found = Signal(np.ndarray)
    """The ids of pictures whose files exist."""

    def __init__(self, hub: ProjectHub, messages: MessageBar, window: QWidget) -> None:
        super().__init__(window)
        self._hub, self._message_group, self._window = hub, MessageGroup(messages), window
        self._tasks = hub.tasks
        self._ask_pending = False
        self._tasks.changed.connect(self._on_task)
        hub.opened.connect(self._reset)

    def ask(self) -> None:
        """Check every picture's file, then ask where the missing ones are."""
        task = self._begin()

        def search(pictures: list[PictureRow]) -> None:
            self._search(
                task, locating.find_missing(pictures), partial(self._ask_where, pictures), len(pictures)
            )

        task.in_slices(self._pictures(), search, self._fail)

    def _pictures(self) -> Generator[None, None, list[PictureRow]]:
        """All pictures of the project, read block by block; the window stays responsive between blocks."""
        ids, pictures = self._hub.queries.picture_ids, list[PictureRow]()
        for start in range(0, len(ids), _BLOCK):
            block = ids[start : start + _BLOCK]
            pictures += self._hub.queries.pictures(block[self._hub.queries.has(block)])
            yield
        return pictures

    def _ask_where(self, pictures: list[PictureRow], missing: list[PictureRow]) -> None:
        gone = {row.id for row in missing}
        others = [row for row in pictures if row.id not in gone]
        self.found.emit(np.array([row.id for row in others], np.int64))
        if not missing:
            self._show(Notification(Severity.INFORMATION, self.tr("No picture is missing.")))
            return
        words = (
            self.tr("1 picture is missing: {path}.")
            if len(missing) == 1
            else self.tr("{n} pictures are missing, for example {path}.")
        )
        self._show(
            Notification(
                Severity.WARNING,
                words.format(n=f"{len(missing):,}", path=missing[0].path),
                self.tr("Choose their folder…"),
                partial(self._choose_folder, missing, others),
            )
        )

    def _choose_folder(self, missing: list[PictureRow], others: list[PictureRow]) -> None:
        if not self._hub.can_change():
            return
        title = self.tr("Choose a folder that holds missing pictures")
        dialog = FileDialog(self._window, title, "located", QFileDialog.FileMode.Directory)
        dialog.chosen.connect(partial(self._look_in, missing, others))
        dialog.open()

    def _look_in(self, missing: list[PictureRow], others: list[PictureRow], folders: list[Path]) -> None:
        search = locating.locate(missing, folders[0], others)
        self._search(self._begin(), search, partial(self._offer, missing, others, folders[0]))

    def _offer(
        self, missing: list[PictureRow], others: list[PictureRow], folder: Path, places: dict[int, Path]
    ) -> None:
        if not places:
            words = self.tr("None of the missing pictures is in {folder}.").format(folder=folder)
            again = partial(self._choose_folder, missing, others)
            self._show(Notification(Severity.WARNING, words, self.tr("Choose another folder…"), again))
            return
        words = self.tr("Found {n} of {total} missing pictures, for example {path}.").format(
            n=f"{len(places):,}", total=f"{len(missing):,}", path=next(iter(places.values()))
        )
        use = partial(self._use, places)
        self._show(Notification(Severity.INFORMATION, words, self.tr("Use what was found"), use))

    def _use(self, places: dict[int, Path]) -> None:
        if self._hub.commands.apply_to_many(RelocatePictures(places)) is not None:
            self.ask()
        elif self._tasks.is_running(GESTURE):
            self._ask_pending = True

    def _on_task(self, kind: Kind) -> None:
        if kind is GESTURE and self._ask_pending:  # the gesture is over
            self._ask_pending = False
            self.ask()

    def _begin(self) -> Task:
        self._reset()
        return self._tasks.begin(LOCATE, self.tr("Looking for missing pictures…"))

    def _search(
        self, task: Task, search: Generator[int, None, object], then: Callable[..., None], total: int = 0
    ) -> None:
        def end(result: object) -> None:
            task.end()
            then(result)

        task.on_thread(search, end, self._fail, lambda done: task.report(done, total))

    def _fail(self, error: Exception) -> None:
        self._show(Notification(Severity.ERROR, expected_message(error)))

    def _reset(self) -> None:
        """Drop the messages and searches of before."""
        self._tasks.cancel(LOCATE)
        self._message_group.withdraw()

    def _show(self, message: Notification) -> None:
        # A message with an action stays until the action is done, whatever runs meanwhile.
        self._message_group.show_message(replace(message, lasting=message.action is not None))
