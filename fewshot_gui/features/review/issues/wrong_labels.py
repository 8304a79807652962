"""Labels that the other examples contradict, according to the last run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from engine.runs.events import DoubtfulLabels
from engine.workspace.commands import LabelByClass
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy
from fewshot_gui.project.picture_model import percent


class WrongLabels(IssueKind):
    """An issue is the id of a picture. It disappears when the label changes, and comes back when the change
    is undone."""

    position = 10

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(context, parent)
        context.bridge.on(DoubtfulLabels).connect(self.update_from_run)
        self.title = self.tr("Likely wrong labels")
        self.explanation = self.tr(
            "A run classifies each of your examples by the others. These come out as another class."
        )
        self.remedies = (
            Remedy(self.tr("Take the suggestion"), "Return", self._accept_suggestion),
            Remedy(self.tr("Keep the label"), "K", self._keep),
        )
        self.forget()

    @Slot(DoubtfulLabels)
    def update_from_run(self, event: DoubtfulLabels) -> None:
        """Replace the doubtful labels by those of this run."""
        classes = self.hub.run_store.class_ids
        self._run_id, self._judged, self.has_searched = event.run_id, event.judged, True
        self._ids, self._own, self._other = event.picture_ids, event.own, event.other
        self._by_id = np.argsort(self._ids)
        self._labeled, self._suggested = classes[event.labelled], classes[event.suggested]
        self.refresh()

    def restore_dismissed(self) -> None:
        self._kept.clear()
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        [row] = self._rows(np.array([issue]))
        own, other = int(self._labeled[row]), int(self._suggested[row])
        names = self.hub.queries.class_name(own), self.hub.queries.class_name(other)
        return IssueFacts(
            (issue,),
            self.tr("Labelled {own}, looks like {other}").format(own=names[0], other=names[1]),
            (
                (own, f"{names[0]} {percent(float(self._own[row]))}"),
                (other, f"{names[1]} {percent(float(self._other[row]))}"),
            ),
            self.hub.queries.path(issue).name,
        )

    def pictures_of(self, issue: int) -> tuple[int, ...]:
        return (issue,)

    def empty_text(self) -> tuple[str, str]:
        if not self.has_searched:
            return (
                self.tr("No run has checked the labels yet"),
                self.tr("Press Run: it classifies each example by the others, and lists here what differs."),
            )
        if self._judged == 0:
            return (
                self.tr("No label could be judged"),
                self.tr("A class needs a second example: the only one cannot be judged by others."),
            )
        words = self.tr("The last run judged {n} examples by the others.")
        return self.tr("No label is in doubt"), words.format(n=f"{self._judged:,}")

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        # A doubt about a label that has changed since is void.
        known = np.array([row.id for row in self.hub.queries.classes], np.int64)
        doubtful = (self.hub.queries.labels_of(self._ids) == self._labeled) & np.isin(self._suggested, known)
        kept = np.isin(self._ids, np.fromiter(self._kept, np.int64, len(self._kept))) & doubtful
        judged = zip(self._ids[kept].tolist(), self._label_and_suggestion(np.flatnonzero(kept)), strict=True)
        same = [issue for issue, judgement in judged if self._kept[issue] == judgement]
        return self._ids[doubtful], np.array(same, np.int64)

    def forget(self) -> None:
        self._run_id = self._judged = 0
        self.has_searched = False
        self._ids = self._by_id = self._labeled = self._suggested = np.empty(0, np.int64)
        self._own = self._other = np.empty(0, np.float32)
        self._kept: dict[int, tuple[int, int]] = {}

    def _accept_suggestion(self, issues: NDArray[np.int64]) -> None:
        suggested = self._suggested[self._rows(issues)]
        by_class = {
            class_id: issues[suggested == class_id].tolist() for class_id in np.unique(suggested).tolist()
        }
        self.hub.commands.apply_to_many(LabelByClass(by_class, self._run_id))

    def _keep(self, issues: NDArray[np.int64]) -> None:
        self._kept.update(zip(issues.tolist(), self._label_and_suggestion(self._rows(issues)), strict=True))
        self.refresh()

    def _label_and_suggestion(self, rows: NDArray[np.int64]) -> list[tuple[int, int]]:
        """The label and the suggested class of each row."""
        return list(zip(self._labeled[rows].tolist(), self._suggested[rows].tolist(), strict=True))

    def _rows(self, issues: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._by_id[np.searchsorted(self._ids, issues, sorter=self._by_id)]


ISSUE_KIND = WrongLabels
