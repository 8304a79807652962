"""The base of every kind of issue: its name, explanation and remedies, and the issues found.

A kind of issue is a module in this folder that publishes `ISSUE_KIND`, a subclass of `IssueKind`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from engine.workspace import ChangeSet
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.questions import QuestionService


@dataclass(frozen=True)
class Remedy:
    """An action on the selected issues, int64 [k ≥ 1], in one gesture."""

    title: str
    key: str
    act: Callable[[NDArray[np.int64]], None]
    needs_selection: bool = True


@dataclass(frozen=True)
class IssueFacts:
    """What a row shows: the issue's pictures, the main one first; a line; classes, each with a text; and a
    smaller line."""

    picture_ids: tuple[int, ...]
    title: str
    classes: tuple[tuple[int, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class IssueContext:
    """What a kind of issue may need: the project, the engine, questions, and two callbacks.

    `locate` asks where missing pictures are; `show_class` shows the most likely pictures of a class, by its
    id.
    """

    hub: ProjectHub
    bridge: Bridge
    questions: QuestionService
    locate: Callable[[], None]
    show_class: Callable[[int], None]


class IssueKind(QObject):
    """A kind of issue. An issue is a number: the id of a picture or class, or a number of the kind's own.

    `found` are the present issues, int64 [n], the most pressing first; `dismissed` is the number of those
    that a person has dismissed. Before `has_searched`, an empty `found` means nothing. The kind follows the
    project, and emits `changed` when its issues may look different.
    """

    changed = Signal()
    hint = Signal(str)
    """A sentence: why a remedy had nothing to do."""

    position = 100
    """Kinds with a lower position come first."""
    title = ""
    explanation = ""

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(parent)
        self.hub = hub = context.hub
        self.found = np.empty(0, np.int64)
        self.dismissed = 0
        self.has_searched = True
        self.remedies: tuple[Remedy, ...] = ()
        hub.changed.connect(self.follow)
        hub.opened.connect(self.reset)

    def restore_dismissed(self) -> None:
        """Show the dismissed issues again."""

    def facts(self, issue: int) -> IssueFacts:
        """What the row of one of `found` shows."""
        raise NotImplementedError

    def pictures_of(self, issue: int) -> tuple[int, ...]:
        """The pictures of an issue; empty if it is about no picture in particular."""
        return self.facts(issue).picture_ids

    def empty_text(self) -> tuple[str, str]:
        """A title and a sentence for the empty list."""
        raise NotImplementedError

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The present issues, and those of them that were dismissed."""
        raise NotImplementedError

    def forget(self) -> None:
        """Clear everything, for another project."""

    @Slot()
    def refresh(self) -> None:
        """Find the issues again, in the same project."""
        there, dismissed = self.find_issues()
        self.found = there[~np.isin(there, dismissed)] if len(dismissed) else there
        self.dismissed = len(dismissed)
        self.changed.emit()

    @Slot(ChangeSet)
    def follow(self, _changes: ChangeSet) -> None:
        """Find the issues again, because labels, classes or pictures have changed."""
        self.refresh()

    @Slot()
    def reset(self) -> None:
        self.forget()
        self.refresh()
