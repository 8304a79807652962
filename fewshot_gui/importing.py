"""From dropped paths to pictures in the project: search in the background, then one undoable gesture."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.images import PICTURE_SUFFIXES, UnreadableFolder, find_classes, find_pictures
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.background import BackgroundTask
from fewshot_gui.project import ProjectHub


@dataclass(frozen=True)
class Found:
    """What a search ended in: the gesture that adds it, and folders that could not be looked into."""

    command: AddPictures | AddClassFolders
    unreadable: tuple[UnreadableFolder, ...] = ()

    @property
    def count(self) -> int:
        if isinstance(self.command, AddPictures):
            return len(self.command.paths)
        return sum(map(len, self.command.folders.values()))


Search: TypeAlias = Generator[int, None, Found]
"""Yields the number of pictures found so far."""


def search_pictures(paths: Sequence[Path], class_id: int | None) -> Search:
    """All pictures in files and folders, as examples of a class or (None) to be labelled."""
    scan = find_pictures(paths)
    found = []
    for path in scan:
        found.append(path)
        yield len(found)
    return Found(AddPictures(found, class_id), tuple(scan.unreadable))


def search_classes(paths: Sequence[Path], name_of_loose: str) -> Search:
    """Classes out of folders: one a folder, or one a subfolder where only those hold pictures.

    Files that were dropped without a folder become one class of the name given.
    """
    classes: dict[str, list[Path]] = {}
    unreadable: list[UnreadableFolder] = []
    count = 0
    for path in paths:
        for name, pictures in _classes_in(path, name_of_loose, unreadable):
            classes.setdefault(name, []).extend(pictures)
            count += len(pictures)
            yield count
    return Found(AddClassFolders(classes), tuple(unreadable))


def _classes_in(
    path: Path, name_of_loose: str, unreadable: list[UnreadableFolder]
) -> list[tuple[str, list[Path]]]:
    if not path.is_dir():
        return [(name_of_loose, [path])]
    if not _holds_pictures_itself(path):
        subfolders = [(name, pictures) for name, pictures in find_classes(path).items() if pictures]
        if subfolders:
            return subfolders
    scan = find_pictures([path])
    pictures = list(scan)
    unreadable += scan.unreadable
    return [(path.name, pictures)] if pictures else []


def _holds_pictures_itself(folder: Path) -> bool:
    # A folder that cannot be listed: searching it will say why.
    with suppress(OSError), os.scandir(folder) as entries:
        return any(
            entry.name.lower().endswith(PICTURE_SUFFIXES) and not entry.name.startswith(".")
            for entry in entries
            if entry.is_file()
        )
    return False


class Importer(QObject):
    """Carries out searches one after another and adds what they find, each as one undo step."""

    progressed = Signal(int)
    """Pictures found so far by the present search."""
    added = Signal(str)
    """A sentence: what came into the project."""
    problem = Signal(str)
    """A sentence: what could not be added."""
    class_unnamed = Signal(int)
    """Loose files became this class, which still has a made-up name."""
    busy_changed = Signal(bool)

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._waiting: deque[Search] = deque()
        self._task: BackgroundTask | None = None
        self._abandoned: list[BackgroundTask] = []
        self._name_of_loose = ""

    @property
    def busy(self) -> bool:
        return self._task is not None

    def add_to_label(self, paths: Sequence[Path]) -> None:
        self._enqueue(search_pictures(paths, None))

    def add_examples(self, paths: Sequence[Path], class_id: int) -> None:
        self._enqueue(search_pictures(paths, class_id))

    def add_classes(self, paths: Sequence[Path], name_of_loose: str) -> None:
        """Make classes; files without a folder become one named `name_of_loose`."""
        self._name_of_loose = name_of_loose
        self._enqueue(search_classes(paths, name_of_loose))

    def cancel(self) -> None:
        """Stop searching and forget what was found and what was to be searched next."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """Cancel, and wait for the threads."""
        self.cancel()
        for task in self._abandoned:
            task.close()

    def _enqueue(self, search: Search) -> None:
        self._waiting.append(search)
        if self._task is None:
            self._start_next()

    def _start_next(self) -> None:
        task = BackgroundTask(self._waiting.popleft(), "import", self)
        task.progressed.connect(self.progressed)
        task.finished.connect(self._add)
        task.failed.connect(self._fail)
        task.cancelled.connect(self._give_up)
        self._task = task
        self.busy_changed.emit(True)
        task.start()

    def _end(self) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None
        if self._waiting:
            self._start_next()
        else:
            self.busy_changed.emit(False)

    def _give_up(self) -> None:
        # Its thread ends at the next picture it finds; until then somebody has to hold it.
        assert self._task is not None
        self._abandoned = [task for task in self._abandoned if task.running]
        self._abandoned.append(self._task)
        self._task = None
        self.busy_changed.emit(False)

    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, FewshotError):
            raise error
        self.problem.emit(str(error))

    def _add(self, found: Found) -> None:
        self._end()
        for folder in found.unreadable:
            self.problem.emit(
                self.tr("The folder {path} was left out: {problem}.").format(
                    path=folder.path, problem=folder.problem
                )
            )
        command = found.command
        if not found.count:
            self.problem.emit(self.tr("There are no pictures in what was added."))
        elif isinstance(command, AddPictures) and not self._class_exists(command.class_id):
            self.problem.emit(self.tr("The class was removed before its pictures were found."))
        else:
            before = self._hub.picture_count
            if self._hub.apply(command) is not None:
                self.added.emit(self._in_words(found, self._hub.picture_count - before))
                self._ask_for_name(command)

    def _class_exists(self, class_id: int | None) -> bool:
        return class_id is None or any(row.id == class_id for row in self._hub.classes)

    def _ask_for_name(self, command: AddPictures | AddClassFolders) -> None:
        if isinstance(command, AddClassFolders) and self._name_of_loose in command.folders:
            row = self._hub.class_named(self._name_of_loose)
            if row is not None:
                self.class_unnamed.emit(row.id)

    def _in_words(self, found: Found, new: int) -> str:
        words = (
            self.tr("Added 1 picture.") if new == 1 else self.tr("Added {n} pictures.").format(n=f"{new:,}")
        )
        known = found.count - new
        if known > 0:
            words += " " + self.tr("{n} were in the project already.").format(n=f"{known:,}")
        return words
