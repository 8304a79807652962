"""Labels that the other examples contradict, according to the last run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from engine.runs.events import DoubtfulLabels
from engine.workspace.commands import LabelByClass
from fewshot_gui.features.review import doubts
from fewshot_gui.features.review.doubts import Doubts, Judgement
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy
from fewshot_gui.project.picture_model import percent


class WrongLabels(IssueKind):
    """An issue is the id of a picture. It disappears when the label changes, and comes back when the change
    is undone. The project keeps the issues of the last run, and which of them were dismissed."""

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
        self._set(Doubts.of(event, self.hub.run_store.class_ids), self._kept)
        self._save()
        self.refresh()

    def restore_dismissed(self) -> None:
        self._kept.clear()
        self._save()
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        [row] = self._rows(np.array([issue]))
        own, other = int(self._doubts.labels[row]), int(self._doubts.suggested[row])
        names = self.hub.queries.class_name(own), self.hub.queries.class_name(other)
        return IssueFacts(
            (issue,),
            self.tr("Labelled {own}, looks like {other}").format(own=names[0], other=names[1]),
            (
                (own, f"{names[0]} {percent(float(self._doubts.own[row]))}"),
                (other, f"{names[1]} {percent(float(self._doubts.other[row]))}"),
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
        if self._doubts.judged == 0:
            return (
                self.tr("No label could be judged"),
                self.tr("A class needs a second example: the only one cannot be judged by others."),
            )
        words = self.tr("The last run judged {n} examples by the others.")
        return self.tr("No label is in doubt"), words.format(n=f"{self._doubts.judged:,}")

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        # A doubt about a label that has changed since is void.
        there, ids = self._doubts, self._doubts.picture_ids
        known = np.array([row.id for row in self.hub.queries.classes], np.int64)
        unchanged = (self.hub.queries.labels_of(ids) == there.labels) & np.isin(there.labels, known)
        doubtful = unchanged & np.isin(there.suggested, known)
        kept = np.isin(ids, np.fromiter(self._kept, np.int64, len(self._kept))) & doubtful
        judged = zip(ids[kept].tolist(), self._label_and_suggestion(np.flatnonzero(kept)), strict=True)
        same = [issue for issue, judgement in judged if self._kept[issue] == judgement]
        return ids[doubtful], np.array(same, np.int64)

    def forget(self) -> None:
        """Go on with what the open project has kept."""
        self._set(*doubts.load(self.hub.run_store))

    def _set(self, found: Doubts, kept: dict[int, Judgement]) -> None:
        self._doubts, self._kept = found, kept
        self._by_id = np.argsort(found.picture_ids)
        self.has_searched = found.run_id is not None

    def _save(self) -> None:
        doubts.save(self.hub.run_store, self._doubts, self._kept)

    def _accept_suggestion(self, issues: NDArray[np.int64]) -> None:
        suggested = self._doubts.suggested[self._rows(issues)]
        by_class = {
            class_id: issues[suggested == class_id].tolist() for class_id in np.unique(suggested).tolist()
        }
        self.hub.commands.apply_to_many(LabelByClass(by_class, self._doubts.run_id))

    def _keep(self, issues: NDArray[np.int64]) -> None:
        self._kept.update(zip(issues.tolist(), self._label_and_suggestion(self._rows(issues)), strict=True))
        self._save()
        self.refresh()

    def _label_and_suggestion(self, rows: NDArray[np.int64]) -> list[Judgement]:
        """The label and the suggested class of each row."""
        labels, suggested = self._doubts.labels[rows], self._doubts.suggested[rows]
        return list(zip(labels.tolist(), suggested.tolist(), strict=True))

    def _rows(self, issues: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._by_id[np.searchsorted(self._doubts.picture_ids, issues, sorter=self._by_id)]


ISSUE_KIND = WrongLabels
