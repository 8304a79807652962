"""From dropped paths to pictures in the project: a search in the background, then one undoable gesture."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.images import SkippedFile, UnreadableFolder, find_pictures
from engine.images.skipped import count_kinds
from engine.messages import Message
from engine.visible import visible
from engine.workspace import FileFacts
from engine.workspace.class_names import about_joined, alike, normalized
from engine.workspace.commands import AddClassFolders, AddPictures, MergeClasses
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.kinds import FREE_MEMORY, GESTURE, IMPORT
from fewshot_gui.engine_link.tasks import Task, expected_message
from fewshot_gui.features.importing.class_folders import (
    Classes,
    classes_in,
    classes_in_parts,
    joined,
    looks_like_classes,
)
from fewshot_gui.features.importing.sources import resolve_sources
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.drops import Source

_MAX_NAMES = 5
_MAX_LINES = 10_000
"""The number of skipped files that are listed with their reasons."""


@dataclass(frozen=True)
class Found:
    """The result of a search: the gesture that adds it, and folders that could not be read.

    `loose` are pictures of one more class, which has no name yet; `skipped` are files that are no pictures or
    could not be had; `notes` are messages about how archives were read; `facts` are about all found files.
    """

    command: AddPictures | AddClassFolders
    unreadable: tuple[UnreadableFolder, ...] = ()
    loose: tuple[Path, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[Message, ...] = ()
    facts: dict[Path, FileFacts | None] = field(default_factory=dict)
    as_classes: AddClassFolders | None = None
    """What makes classes of the folders, if they look like classes and pictures are added without a label."""
    in_parts: AddClassFolders | None = None
    """The same with the classes below train, valid, test …, if the folders of `command` are called so."""

    @property
    def count(self) -> int:
        return self.command.count + len(self.loose)


@dataclass(frozen=True)
class ImportQuestion:
    """A question about found pictures, and the answers: a text each, and what is added then, if anything."""

    text: str
    answers: tuple[tuple[str, Found | None], ...]


Search: TypeAlias = Generator[int, None, Found]
"""Yields the number of pictures found so far."""


def search_pictures(paths: Sequence[Path], class_id: int | None) -> Search:
    """Find all pictures in files and folders, as examples of a class or, with None, without a label."""
    scan = find_pictures(paths)
    facts: dict[Path, FileFacts | None] = {}
    for path in scan:
        facts[path] = FileFacts.of(path)
        yield len(facts)
    command = AddPictures(list(facts), class_id, facts)
    classes = looks_like_classes(paths, command.paths) if class_id is None else {}
    return Found(
        command,
        tuple(scan.unreadable),
        skipped=tuple(scan.skipped),
        facts=facts,
        as_classes=AddClassFolders(classes) if classes else None,
    )


def search_classes(paths: Sequence[Path]) -> Search:
    """Find classes in folders: one a folder, or one a subfolder if only subfolders hold pictures.

    Files that were dropped without a folder become `Found.loose`.
    """
    classes: list[Classes] = []
    in_parts: list[Classes] = []
    facts: dict[Path, FileFacts | None] = {}
    unreadable: list[UnreadableFolder] = []
    skipped: list[SkippedFile] = []
    count = 0
    folders: list[Path] = []
    files: list[Path] = []
    for path in paths:
        # Not `Path.is_dir`, which raises where a network drive does not answer.
        (folders if os.path.isdir(path) else files).append(path)  # noqa: PTH112
    for folder in folders:
        pictures: list[Path] = []
        scan = find_pictures([folder])
        for picture in scan:
            pictures.append(picture)
            facts[picture] = FileFacts.of(picture)
            count += 1
            yield count
        classes.append(classes_in(folder, pictures))
        in_parts.append(classes_in_parts(folder, pictures))
        unreadable += scan.unreadable
        skipped += scan.skipped
    loose = []
    scan = find_pictures(files)
    for picture in scan:
        loose.append(picture)
        facts[picture] = FileFacts.of(picture)
        yield count + len(loose)
    skipped += scan.skipped
    others = [below or plain for below, plain in zip(in_parts, classes, strict=True)]
    return Found(
        AddClassFolders(joined(classes), facts),
        tuple(unreadable),
        tuple(loose),
        tuple(skipped),
        facts=facts,
        in_parts=AddClassFolders(joined(others), facts) if any(in_parts) else None,
    )


def _known(found: Found) -> Search:
    yield found.count
    return found


def _free(facts: dict[Path, FileFacts | None]) -> Generator[int, None, None]:
    """Free the entries one by one: freeing a million at once would block every thread for half a second."""
    while facts:
        facts.popitem()
        yield len(facts)


def _resolve_and_search(
    sources: Sequence[Source], folder: Path, search: Callable[[Sequence[Path]], Search]
) -> Search:
    resolved = yield from resolve_sources(sources, folder)
    found = yield from search(resolved.paths)
    return replace(found, skipped=(*resolved.skipped, *found.skipped), notes=resolved.notes)


class Importer(QObject):
    """Runs searches one after another and adds what they find, each as one undo step."""

    adding = Signal(int, int)
    """How many of the found pictures are in the project, and how many were found."""
    added = Signal(str)
    """A sentence: what was added to the project."""
    joined = Signal(str)
    """A sentence: which new classes were joined to others with names like theirs, as a gesture of its own."""
    problem = Signal(str)
    """A sentence: what could not be added."""
    nothing_found = Signal(str)
    """A sentence: there was nothing to add."""
    skipped = Signal(str, list)
    """A sentence about the skipped files, and a line for each file or folder."""
    noted = Signal(Message)
    """A message: how something was read."""
    asked = Signal(ImportQuestion)
    """A question; `add_found` adds what an answer to it brings."""
    class_unnamed = Signal(int)
    """The class of loose files, which has a made-up name."""

    def __init__(self, hub: ProjectHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._waiting: deque[Search] = deque()
        self._tasks = hub.tasks
        self._task: Task | None = None
        self._found: Found | None = None
        self._outcome: Callable[[], None] | None = None
        self.adding.connect(self._show_adding)

    def add_to_label(self, sources: Sequence[Source]) -> None:
        self._enqueue(sources, partial(search_pictures, class_id=None))

    def add_examples(self, sources: Sequence[Source], class_id: int) -> None:
        self._enqueue(sources, partial(search_pictures, class_id=class_id))

    def add_classes(self, sources: Sequence[Source]) -> None:
        """Make classes; files without a folder become one class with a made-up name."""
        self._enqueue(sources, search_classes)

    def add_found(self, found: Found) -> None:
        """Add what a search has found, with no more words about what it has skipped."""
        if self._hub.can_change():
            self._start(_known(replace(found, unreadable=(), skipped=(), notes=())))

    def _enqueue(self, sources: Sequence[Source], search: Callable[[Sequence[Path]], Search]) -> None:
        if not self._hub.can_change():
            return  # before anything is unpacked or fetched
        self._start(_resolve_and_search(sources, self._hub.kept_dir, search))

    def _start(self, search: Search) -> None:
        self._waiting.append(search)
        if not self._tasks.is_running(IMPORT):
            self._start_next()

    def _start_next(self) -> None:
        self._task = self._tasks.begin(IMPORT, self.tr("Looking for pictures…"), self._cancel)
        # A million paths form no cycles; collecting garbage among them would block the window for 0.7 s.
        gc.disable()
        self._task.on_thread(self._waiting.popleft(), self._add, self._fail, self._task.report)

    def _cancel(self) -> None:
        """Stop, and drop the waiting searches. What is in the project already stays."""
        self._waiting.clear()
        self._end()

    def _fail(self, error: Exception) -> None:
        self._end()
        self.problem.emit(translated(expected_message(error)))

    def _add(self, found: Found) -> None:
        if found.unreadable:
            self.problem.emit(self._unreadable_text(found.unreadable))
        for note in found.notes:
            self.noted.emit(note)
        if found.skipped:
            lines = [f"{one.name}: {translated(one.reason)}" for one in found.skipped[:_MAX_LINES]]
            self.skipped.emit(self._skipped_text(found.skipped), lines)
        if found.in_parts is not None:
            self._outcome = partial(self.asked.emit, self._question_about_parts(found, found.in_parts))
            self._end()
            return
        self._found = found
        assert self._task is not None
        self._task.in_slices(self._adding(found), self._end, self._fail)

    def _end(self, _result: object = None) -> None:
        """End a search and the adding of its result, and start the next."""
        task = self._task
        assert task is not None
        if self._waiting:
            self._start_next()
        task.end()
        found, outcome = self._found, self._outcome
        self._found = self._outcome = None
        # Last, so that no message of the end covers it.
        if outcome is not None:
            outcome()
        if found is None:
            self._enable_gc()
        else:
            freeing = self._tasks.begin(FREE_MEMORY, cancel=lambda: self._enable_gc(freeing))
            freeing.on_thread(_free(found.facts), lambda _: self._enable_gc(freeing), expected_message)

    def _enable_gc(self, freeing: Task | None = None) -> None:
        if freeing is not None:
            freeing.end()
        if not self._tasks.is_running(IMPORT):
            gc.enable()

    def _wait_for_gestures(self) -> Generator[int, None, None]:
        """Wait for a gesture in progress: mixed with it, each part would become an undo step of its own."""
        while self._tasks.is_running(GESTURE):
            yield 0

    def _show_adding(self, done: int, total: int) -> None:
        assert self._task is not None
        self._task.report(done, total, text=self.tr("Adding pictures…"))

    def _adding(self, found: Found) -> Generator[int, None, None]:
        """Add a search's result in parts, and record the outcome; yields after each part."""
        yield from self._wait_for_gestures()
        command, unnamed = found.command, ""
        if isinstance(command, AddClassFolders) and found.loose:
            # Named now, because another search may have made a class with such a name meanwhile.
            unnamed = self._hub.queries.free_class_name(taken=command.folders)
            command = AddClassFolders({**command.folders, unnamed: found.loose}, command.facts)
        if not found.count:
            if not found.skipped:
                self.nothing_found.emit(self.tr("There are no pictures in what was added."))
            return
        if isinstance(command, AddPictures) and not self._class_exists(command.class_id):
            self.problem.emit(self.tr("The class was removed before its pictures were found."))
            return
        last = self._hub.queries.last_picture
        known = {row.id for row in self._hub.queries.classes}
        complete = False
        joined: list[tuple[str, str]] = []
        try:
            complete = yield from self._parts(command, found.count)
            if complete and isinstance(command, AddClassFolders):
                joined = yield from self._join_alike(set(map(normalized, command.folders)), known)
        except FewshotError as error:
            self.problem.emit(translated(error.message))
        finally:
            new = self._hub.queries.count_since(last)
            self._outcome = partial(self._report_outcome, found, new, complete, unnamed, joined)

    def _join_alike(
        self, names: Collection[str], known: Collection[int]
    ) -> Generator[int, None, list[tuple[str, str]]]:
        """Join classes of these names that are not `known` to others whose names differ only in case or
        spaces.

        That is a gesture of its own: once it is undone, they are apart. Returns which was joined to which.
        """
        rows = self._hub.queries.classes
        pairs = []
        for group in alike(row.name for row in rows):
            members = [rows[position] for position in group]
            kept = max(members, key=lambda row: (row.id in known, row.count))
            # Known ones stay: a person has kept them apart.
            new = (row for row in members if row.name in names and row.id not in known)
            pairs += [(row, kept) for row in new if row is not kept]
        if pairs:
            merged = {row.id: kept.id for row, kept in pairs}
            count = sum(row.count for row, _ in pairs)
            yield from self._hub.commands.apply_in_parts(MergeClasses(merged, count))
        return [(row.name, kept.name) for row, kept in pairs]

    def _parts(self, command: AddPictures | AddClassFolders, count: int) -> Generator[int, None, bool]:
        """Add part by part; returns whether all pictures were added."""
        parts, done = self._hub.commands.apply_in_parts(command), 0
        while True:
            try:
                done += next(parts)
            except StopIteration as stop:
                return bool(stop.value)
            self.adding.emit(done, count)
            yield done
            yield from self._wait_for_gestures()
            # Anything may happen between two parts.
            if isinstance(command, AddPictures) and not self._class_exists(command.class_id):
                parts.close()
                self.problem.emit(self.tr("The class was removed before its pictures were found."))
                return False

    def _report_outcome(
        self, found: Found, new: int, complete: bool, unnamed: str, joined: Sequence[tuple[str, str]]
    ) -> None:
        if complete:
            self.added.emit(self._in_words(found, new))
        elif new:
            words = self.tr("Added {n} of {all} pictures.")
            self.added.emit(words.format(n=f"{new:,}", all=f"{found.count:,}"))
        if joined:
            self.joined.emit(translated(about_joined(joined)))
        row = self._hub.queries.class_named(unnamed)
        if row is not None:
            self.class_unnamed.emit(row.id)
        if complete and new and found.as_classes is not None:
            self.asked.emit(self._question_about_classes(found.as_classes))

    def _class_exists(self, class_id: int | None) -> bool:
        return class_id in (None, UNKNOWN) or any(row.id == class_id for row in self._hub.queries.classes)

    def _question_about_classes(self, classes: AddClassFolders) -> ImportQuestion:
        words = self.tr("These look like {n} classes: {names}. Make them classes?")
        text = words.format(n=f"{len(classes.folders):,}", names=_listed(classes.folders))
        leave = self.tr("Leave them without labels")
        return ImportQuestion(text, ((self.tr("Make classes"), Found(classes)), (leave, None)))

    def _question_about_parts(self, found: Found, in_parts: AddClassFolders) -> ImportQuestion:
        assert isinstance(found.command, AddClassFolders)
        words = self.tr("{parts} look like the parts of a data set. Which folders are the classes?")
        below = self.tr("The {n} in them: {names}").format(
            n=f"{len(in_parts.folders):,}", names=_listed(in_parts.folders)
        )
        parts = _listed(found.command.folders)
        answers = (
            (below, replace(found, command=in_parts, in_parts=None)),
            (parts, replace(found, in_parts=None)),
        )
        return ImportQuestion(words.format(parts=parts), answers)

    def _unreadable_text(self, folders: Sequence[UnreadableFolder]) -> str:
        words = (
            self.tr("The folder {path} was left out: {problem}.")
            if len(folders) == 1
            else self.tr("{n} folders were left out, among them {path}: {problem}.")
        )
        first = folders[0]
        return words.format(n=f"{len(folders):,}", path=first.path, problem=translated(first.problem))

    def _skipped_text(self, skipped: Sequence[SkippedFile]) -> str:
        first = skipped[0]
        if len(skipped) == 1:
            words = self.tr("{name} was left out: {reason}")
            return words.format(name=first.name, reason=translated(first.reason).rstrip(".") + ".")
        of_kind = self.tr("{n} {kind}")
        kinds = (
            of_kind.format(n=f"{count:,}", kind=translated(kind))
            for kind, count in count_kinds(skipped).items()
        )
        words = self.tr("{n} files and folders were left out: {kinds}.")
        return words.format(n=f"{len(skipped):,}", kinds=", ".join(kinds))

    def _in_words(self, found: Found, new: int) -> str:
        if found.count and not new:
            if found.count == 1:
                return self.tr("The picture was in the project already.")
            return self.tr("All {n} pictures were in the project already.").format(n=f"{found.count:,}")
        words = (
            self.tr("Added 1 picture.") if new == 1 else self.tr("Added {n} pictures.").format(n=f"{new:,}")
        )
        known = found.count - new
        if known > 0:
            words += " " + self.tr("{n} were in the project already.").format(n=f"{known:,}")
        return words


def _listed(names: Collection[str]) -> str:
    """The first names, with an ellipsis if there are more."""
    shown = ", ".join(map(visible, islice(names, _MAX_NAMES)))
    return shown if len(names) <= _MAX_NAMES else f"{shown}, …"
