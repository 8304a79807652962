"""What every kind of issue has: a name, a sentence, remedies with a key, and what is found now.

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
    """Something to do about the selected issues, int64 [k ≥ 1]; all at once, in one gesture."""

    title: str
    key: str
    act: Callable[[NDArray[np.int64]], None]
    needs_selection: bool = True


@dataclass(frozen=True)
class IssueFacts:
    """An issue as it is shown: its pictures, the first first; a line; classes, each with what to say of it;
    and a smaller line."""

    picture_ids: tuple[int, ...]
    title: str
    classes: tuple[tuple[int, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class IssueContext:
    """What a kind of issue may need: the project, the engine and its answers, and where remedies lead.

    `locate` asks where missing pictures are; `show_class` shows what is most likely of a class, by its id.
    """

    hub: ProjectHub
    bridge: Bridge
    questions: QuestionService
    locate: Callable[[], None]
    show_class: Callable[[int], None]


class IssueKind(QObject):
    """A kind of issue. An issue is a number: the id of a picture or class, or what the kind makes of it.

    `found` are those of now, int64 [n], the most pressing first; so many more are `dismissed`, as the person
    is content with them. Before it is `has_searched`, that there are none means nothing. It follows the
    project, and says by `changed` when they may look different.
    """

    changed = Signal()
    hint = Signal(str)
    """A sentence: why a remedy had nothing to do."""

    position = 100
    """Kinds with a lower one stand further up."""
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
        """Show the dismissed ones again."""

    def facts(self, issue: int) -> IssueFacts:
        """How one of `found` is shown."""
        raise NotImplementedError

    def pictures_of(self, issue: int) -> tuple[int, ...]:
        """The pictures that an issue is about; none, if it is about none in particular."""
        return self.facts(issue).picture_ids

    def empty_text(self) -> tuple[str, str]:
        """What to read where there are none: a title and a sentence."""
        raise NotImplementedError

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What there is now, and what of it was dismissed."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another project is open, of which nothing is known."""

    @Slot()
    def refresh(self) -> None:
        """Look again, in the same project."""
        there, dismissed = self.find_issues()
        self.found = there[~np.isin(there, dismissed)] if len(dismissed) else there
        self.dismissed = len(dismissed)
        self.changed.emit()

    @Slot(ChangeSet)
    def follow(self, _changes: ChangeSet) -> None:
        """Labels, classes or pictures have changed."""
        self.refresh()

    @Slot()
    def reset(self) -> None:
        self.forget()
        self.refresh()
