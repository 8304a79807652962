"""Pictures that cannot be read, each with the reason."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from engine.workspace import ChangeSet
from engine.workspace.commands import RemovePictures
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy


class PicturesUnreadable(IssueKind):
    """An issue is the id of a picture."""

    position = 30

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(context, parent)
        self._ask_to_locate = context.locate
        self.title = self.tr("Unreadable")
        self.explanation = self.tr(
            "These could not be read, so they teach a run nothing and get no label. Their files stay as they"
            " are, whatever you do here."
        )
        self.remedies = (
            Remedy(self.tr("Remove from the project"), "Del", self._remove),
            Remedy(self.tr("Locate missing pictures…"), "L", self._locate, needs_selection=False),
            Remedy(self.tr("Leave them"), "K", self._dismiss),
        )
        self._left = np.empty(0, np.int64)
        self._known = 0
        self.hub.predicted.connect(self._on_predicted)

    def restore_dismissed(self) -> None:
        self._left = self._left[:0]
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        reason = self.hub.queries.error(issue) or ""
        label = self.hub.queries.class_of(issue)
        classes = () if label is None else ((label, self.hub.queries.class_name(label)),)
        path = self.hub.queries.path(issue)
        return IssueFacts((issue,), f"{path.name}: {reason}", classes, str(path.parent))

    def pictures_of(self, issue: int) -> tuple[int, ...]:
        return (issue,)

    def empty_text(self) -> tuple[str, str]:
        return (
            self.tr("No unreadable pictures"),
            self.tr("Pictures that a run or a search cannot read are listed here with the reason."),
        )

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        unreadable = self.hub.queries.unreadable_ids()
        self._known = self.hub.queries.unreadable_count
        return unreadable, self._left[np.isin(self._left, unreadable)]

    def forget(self) -> None:
        self._left = self._left[:0]

    @Slot(ChangeSet)
    def follow(self, changes: ChangeSet) -> None:
        if changes.membership:
            self.refresh()

    @Slot(np.ndarray)
    def _on_predicted(self, _ids: NDArray[np.int64]) -> None:
        # Most of a run's predictions are not about unreadable pictures.
        if self.hub.queries.unreadable_count != self._known:
            self.refresh()

    def _remove(self, issues: NDArray[np.int64]) -> None:
        self.hub.commands.apply_to_many(RemovePictures(issues.tolist()))

    def _locate(self, _issues: NDArray[np.int64]) -> None:
        self._ask_to_locate()

    def _dismiss(self, issues: NDArray[np.int64]) -> None:
        self._left = np.union1d(self._left, issues)
        self.refresh()


ISSUE_KIND = PicturesUnreadable
