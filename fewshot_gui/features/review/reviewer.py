"""The tab of issues, and its connections to the rest of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.discovery import collect
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.features.review import issues
from fewshot_gui.features.review.issue_pane import IssuePane
from fewshot_gui.features.review.issues.kind import IssueContext, IssueKind
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.questions import QuestionService
from fewshot_gui.widgets.thumbnails import ThumbnailLoader


def issue_kinds() -> list[type[IssueKind]]:
    """All kinds of issue in the order of their tabs: the modules that publish `ISSUE_KIND`."""
    found = collect([issues.__name__], "ISSUE_KIND", _accept, lambda kind: kind.__name__)
    return sorted(found.values(), key=lambda kind: kind.position)


def _accept(entry: object) -> type[IssueKind]:
    if isinstance(entry, type) and issubclass(entry, IssueKind):
        return entry
    raise TypeError(f"{entry} is not a subclass of IssueKind")


class Reviewer(QObject):
    """Makes the page of issues, and emits what its remedies ask of the window."""

    hint = Signal(str)
    """A sentence: why an action had nothing to do."""
    class_requested = Signal(int)
    """The class to select, because its pictures are shown."""
    likeliest_requested = Signal()
    """The most likely pictures of the selected class are to be shown."""
    locate_requested = Signal()
    titled = Signal(str)
    """The title of the page, with the number of issues."""

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        questions: QuestionService,
        thumbnails: ThumbnailLoader,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._hub = hub
        context = IssueContext(hub, bridge, questions, self.locate_requested.emit, self._show_likeliest)
        kinds = tuple(kind(context, self) for kind in issue_kinds())
        self.pane = IssuePane(kinds, hub, thumbnails, parent)
        for kind in kinds:
            kind.hint.connect(self.hint)
        self.pane.counted.connect(self._show_count)

    def _show_count(self, count: int) -> None:
        self.titled.emit(self.tr("Issues ({n})").format(n=f"{count:,}"))

    def _show_likeliest(self, class_id: int) -> None:
        if not self._hub.queries.predicted_count:
            self.hint.emit(self.tr("Nothing is predicted yet: press Run, then look here again."))
            return
        self.class_requested.emit(class_id)
        self.likeliest_requested.emit()
