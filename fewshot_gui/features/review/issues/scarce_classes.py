"""Classes with too few examples to learn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.review.scarcity import Scarce, find_scarce
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy


class ScarceClasses(IssueKind):
    """An issue is the id of a class."""

    position = 40

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(context, parent)
        self._show_class = context.show_class
        self.title = self.tr("Too few examples")
        self.explanation = self.tr(
            "A class is learned better, and its labels can be judged, with a few more examples."
        )
        self.remedies = (
            Remedy(self.tr("Show what may be of this class"), "Return", self._show),
            Remedy(self.tr("These are enough"), "K", self._dismiss),
        )
        self._scarce: dict[int, Scarce] = {}
        self._enough: dict[int, int] = {}

    def restore_dismissed(self) -> None:
        self._enough.clear()
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        found = self._scarce[issue]
        name = self.hub.queries.class_name(issue)
        words = self.tr("1 example") if found.examples == 1 else self.tr("{n} examples")
        note = self.tr("{n} would be better").format(n=f"{found.wanted:,}")
        return IssueFacts((), words.format(n=f"{found.examples:,}"), ((issue, name),), note)

    def empty_text(self) -> tuple[str, str]:
        if not self.hub.queries.classes:
            return self.tr("No classes yet"), self.tr("Drop a few examples of each class on the left.")
        return self.tr("Every class has enough examples"), ""

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = self.hub.queries.classes
        found = find_scarce([row.count for row in rows])
        self._scarce = {rows[scarce.position].id: scarce for scarce in found}
        enough = [issue for issue in self._scarce if self._is_dismissed(issue)]
        return np.array(list(self._scarce), np.int64), np.array(enough, np.int64)

    def forget(self) -> None:
        self._enough.clear()

    def _is_dismissed(self, class_id: int) -> bool:
        """Whether the person has dismissed this class with as many examples, or fewer."""
        return class_id in self._enough and self._scarce[class_id].examples >= self._enough[class_id]

    def _show(self, issues: NDArray[np.int64]) -> None:
        self._show_class(int(issues[0]))

    def _dismiss(self, issues: NDArray[np.int64]) -> None:
        self._enough.update((issue, self._scarce[issue].examples) for issue in issues.tolist())
        self.refresh()


ISSUE_KIND = ScarceClasses
