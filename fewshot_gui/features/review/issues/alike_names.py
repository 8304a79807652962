"""Classes whose names differ only in case, spaces or Unicode form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.workspace import ClassRow
from engine.workspace.class_names import alike
from engine.workspace.commands import MergeClasses
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy

_PICTURES = 3
"""Of each of the two classes."""


class AlikeNames(IssueKind):
    """An issue is the id of a class that has another with a name like its own and more examples."""

    position = 50

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(context, parent)
        self.title = self.tr("Names alike")
        self.explanation = self.tr(
            "Classes whose names differ only in case or spaces. If they mean the same, the algorithm cannot"
            " tell them apart, and their confidence is about one half."
        )
        self.remedies = (
            Remedy(self.tr("Merge into the larger"), "Return", self._merge),
            Remedy(self.tr("They are different"), "K", self._dismiss),
        )
        self._pairs: dict[int, tuple[ClassRow, ClassRow]] = {}
        self._different: set[tuple[str, str]] = set()

    def restore_dismissed(self) -> None:
        self._different.clear()
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        pair = self._pairs[issue]
        classes = tuple((row.id, f"{self.hub.queries.class_name(row.id)} × {row.count:,}") for row in pair)
        title = self.tr("“{name}” and “{other}”").format(
            name=self.hub.queries.class_name(pair[0].id), other=self.hub.queries.class_name(pair[1].id)
        )
        return IssueFacts(self.pictures_of(issue), title, classes)

    def pictures_of(self, issue: int) -> tuple[int, ...]:
        examples = (self.hub.queries.examples_of(row.id)[:_PICTURES] for row in self._pairs[issue])
        return tuple(np.concatenate(list(examples)).tolist())

    def empty_text(self) -> tuple[str, str]:
        return self.tr("No two names are alike"), ""

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = self.hub.queries.classes
        self._pairs = {}
        for group in alike(row.name for row in rows):
            kept = max((rows[position] for position in group), key=lambda row: row.count)
            members = (rows[position] for position in group)
            self._pairs |= {row.id: (row, kept) for row in members if row.id != kept.id}
        different = [issue for issue in self._pairs if self._names_of(issue) in self._different]
        return np.array(list(self._pairs), np.int64), np.array(different, np.int64)

    def forget(self) -> None:
        self._different.clear()

    def _names_of(self, issue: int) -> tuple[str, str]:
        first, second = sorted(row.name for row in self._pairs[issue])
        return first, second

    def _merge(self, issues: NDArray[np.int64]) -> None:
        pairs = [self._pairs[issue] for issue in issues.tolist()]
        merged = {row.id: kept.id for row, kept in pairs}
        self.hub.commands.apply_to_many(MergeClasses(merged, sum(row.count for row, _ in pairs)))

    def _dismiss(self, issues: NDArray[np.int64]) -> None:
        self._different.update(map(self._names_of, issues.tolist()))
        self.refresh()


ISSUE_KIND = AlikeNames
