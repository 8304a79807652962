"""Groups of pictures that are identical, or nearly so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from engine.errors import FewshotError
from engine.messages import Message
from engine.review.questions import Answered, DuplicateGroups, FindDuplicates
from engine.runs.events import Failed
from engine.workspace.commands import LabelByClass, RemovePictures
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.features.review.issues.kind import IssueContext, IssueFacts, IssueKind, Remedy
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.shell.engine_texts import translated

_NONE = np.empty(0, np.int64)
_GONE = NO_CLASS - 1
_MAX_UNREADABLE = 500
_Members = tuple[int, ...]


class Duplicates(IssueKind):
    """An issue is the number of a group of the last search. Groups with two different labels come first.

    The first picture of a group stands for it: the earliest with a label, else the earliest.
    """

    position = 20

    def __init__(self, context: IssueContext, parent: QObject) -> None:
        super().__init__(context, parent)
        self._questions = context.questions
        self.title = self.tr("Near-duplicates")
        self.explanation = self.tr(
            "Groups of pictures that are almost the same. Two different labels in one group cannot both be"
            " right; copies teach nothing new."
        )
        self.remedies = (
            Remedy(self.tr("Label all like the first"), "Return", self._label_like_first),
            Remedy(self.tr("Remove the copies"), "Del", self._remove_copies),
            Remedy(self.tr("Leave them"), "K", self._dismiss),
            Remedy(self.tr("Search"), "F", self._search, needs_selection=False),
        )
        self._handle: QuestionHandle | None = None
        self.forget()

    def restore_dismissed(self) -> None:
        self._dismissed[:] = False
        self.refresh()

    def facts(self, issue: int) -> IssueFacts:
        members = self.pictures_of(issue)
        labels = [label for label in self._labels(members) if label != NO_CLASS]
        counts = Counter(labels).most_common()
        alike = (
            self.tr("{n} identical pictures")
            if self._identical[issue]
            else self.tr("{n} pictures nearly alike")
        )
        title = alike.format(n=len(members))
        if len(counts) > 1:
            title += self.tr(", different labels")
        names = self.tr("The first: {name}").format(name=self.hub.queries.path(members[0]).name)
        classes = tuple((label, f"{self.hub.queries.class_name(label)} × {count}") for label, count in counts)
        return IssueFacts(members, title, classes, names)

    def pictures_of(self, issue: int) -> _Members:
        members = self._members(issue)
        labeled = self.hub.queries.labels_of(members) != NO_CLASS
        return tuple(np.concatenate([members[labeled], members[~labeled]]).tolist())

    def empty_text(self) -> tuple[str, str]:
        if self._handle is not None:
            return self.tr("Looking for near-duplicates…"), self.tr("Press Esc to cancel.")
        if not self.has_searched:
            return (
                self.tr("Not looked for yet"),
                self.tr(
                    "Press F to compare all pictures. Those that no run has seen are looked at first, which"
                    " may take a while; the window can be used meanwhile."
                ),
            )
        return self.tr("No near-duplicates"), self.tr("Press F to search again.")

    def find_issues(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The groups of which at least two pictures are in the project, those with different labels first."""
        if not len(self._ids):
            return _NONE, _NONE
        labels = self._labels_now()
        labeled = labels > NO_CLASS
        lowest = np.minimum.reduceat(np.where(labeled, labels, np.iinfo(np.int64).max), self._starts)
        highest = np.maximum.reduceat(np.where(labeled, labels, NO_CLASS), self._starts)
        differ = lowest < highest
        standing = np.add.reduceat((labels != _GONE).astype(np.int64), self._starts) > 1
        dismissed = self._still_dismissed(labels)
        issues = np.flatnonzero(standing)
        return issues[np.argsort(~differ[issues], kind="stable")], np.flatnonzero(dismissed & standing)

    def forget(self) -> None:
        self._set(_NONE, _NONE, np.empty(0, np.bool_))
        self.has_searched = False

    # -- remedies

    def _search(self, _issues: NDArray[np.int64]) -> None:
        if self._questions.unavailable_reason:
            self.hint.emit(self._questions.unavailable_reason)
            return
        if self._handle is None:
            self._handle = self._questions.ask(FindDuplicates())
            self._handle.answered.connect(self._on_answered)
            self._handle.failed.connect(self._on_failed)
            self._handle.cancelled.connect(self._on_cancelled)
            self.changed.emit()

    def _label_like_first(self, issues: NDArray[np.int64]) -> None:
        rows, first = self._rows_of(issues)
        given = self._labels_now()[first]
        has_label = given != NO_CLASS
        if not has_label.any():
            self.hint.emit(self.tr("None of these has a label yet: label one of them, or remove the copies."))
            return
        # The groups are dismissed once they have these labels, and as long as they keep them.
        self._set_dismissed(np.unique(self._group[rows[has_label]]))
        self._labels_then[rows[has_label]] = given[has_label]
        copies, given = self._ids[rows[rows != first]], given[rows != first]
        classes = np.unique(given[given != NO_CLASS]).tolist()
        self.hub.commands.apply_to_many(
            LabelByClass({label: copies[given == label].tolist() for label in classes})
        )
        self.refresh()

    def _remove_copies(self, issues: NDArray[np.int64]) -> None:
        rows, first = self._rows_of(issues)
        self.hub.commands.apply_to_many(RemovePictures(self._ids[rows[rows != first]].tolist()))

    def _dismiss(self, issues: NDArray[np.int64]) -> None:
        self._set_dismissed(issues)
        self.refresh()

    # -- what the engine says

    @Slot(Answered)
    def _on_answered(self, event: Answered) -> None:
        self._handle, self.has_searched = None, True
        assert isinstance(event.answer, DuplicateGroups)
        now = self._labels_now()
        dismissed = self._still_dismissed(now)[self._group] & (now != _GONE)
        before, groups, labels = self._ids[dismissed], self._group[dismissed], self._labels_then[dismissed]
        self._set(event.answer.picture_ids, event.answer.group, event.answer.identical)
        self._carry_over_dismissed(before, groups, labels)
        self._note_unreadable(event.embedding_index.unreadable)
        self.refresh()
        self.hint.emit(self.tr("Groups of near-duplicates: {n}.").format(n=f"{len(self.found):,}"))

    def _note_unreadable(self, unreadable: Mapping[int, Message]) -> None:
        # Not all pictures of a missing drive: that would block the window. A run reports the rest.
        ids = np.array(list(unreadable)[:_MAX_UNREADABLE], np.int64)
        there = ids[self.hub.queries.has(ids)].tolist()
        try:
            if there:
                self.hub.run_store.save_unreadable(there, [unreadable[picture] for picture in there])
        except FewshotError as error:
            self.hint.emit(translated(error.message))

    @Slot(Failed)
    def _on_failed(self, event: Failed) -> None:
        self._handle = None
        self.hint.emit(translated(event.message))
        self.changed.emit()

    @Slot()
    def _on_cancelled(self) -> None:
        self._handle = None
        self.changed.emit()

    # -- within

    def _members(self, issue: int) -> NDArray[np.int64]:
        end = self._starts[issue + 1] if issue + 1 < len(self._starts) else len(self._ids)
        members = self._ids[self._starts[issue] : end]
        return members[self.hub.queries.has(members)]

    def _labels(self, members: _Members) -> tuple[int, ...]:
        return tuple(self.hub.queries.labels_of(np.array(members, np.int64)).tolist())

    def _rows_of(self, issues: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of these groups' pictures in the last search, int64 [k], in the order of `pictures_of`;
        and for each the row of its group's first picture, int64 [k]."""
        labels = self._labels_now()
        rows = np.flatnonzero(np.isin(self._group, issues) & (labels != _GONE))
        rows = rows[np.lexsort((labels[rows] == NO_CLASS, self._group[rows]))]
        begins = np.diff(self._group[rows], prepend=-1) > 0
        return rows, rows[begins][np.cumsum(begins) - 1]

    def _set_dismissed(self, issues: NDArray[np.int64]) -> None:
        members = np.isin(self._group, issues)
        self._dismissed[issues] = True
        self._labels_then[members] = self._labels_now()[members]

    def _labels_now(self) -> NDArray[np.int64]:
        """The class of each picture of the last search, `NO_CLASS`, or `_GONE`; int64 [m]."""
        return np.where(self.hub.queries.has(self._ids), self.hub.queries.labels_of(self._ids), _GONE)

    def _still_dismissed(self, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which groups were dismissed and have had these `labels` since, bool [groups]."""
        if not len(self._ids):
            return self._dismissed
        return self._dismissed & np.logical_and.reduceat(labels == self._labels_then, self._starts)

    def _set(self, ids: NDArray[np.int64], group: NDArray[np.int64], identical: NDArray[np.bool_]) -> None:
        """Replace the groups; none of the new ones is dismissed."""
        self._ids, self._group, self._identical = ids, group, identical
        self._starts = np.flatnonzero(np.diff(group, prepend=-1))
        self._dismissed = np.zeros(len(identical), np.bool_)
        self._labels_then = np.full(len(ids), _GONE)

    def _carry_over_dismissed(
        self, before: NDArray[np.int64], groups: NDArray[np.int64], labels: NDArray[np.int64]
    ) -> None:
        """Dismiss the groups that an earlier search, of the pictures `before`, had found under other numbers
        and a person had dismissed."""
        if not len(before) or not len(self._ids):
            return
        order = np.argsort(before)
        known = np.isin(self._ids, before)
        places = order[np.searchsorted(before, self._ids[known], sorter=order)]
        self._labels_then[known] = labels[places]
        former = np.full(len(self._ids), -1)
        former[known] = groups[places]
        first, size = former[self._starts], np.diff(self._starts, append=len(self._ids))
        of_one = np.maximum.reduceat(former, self._starts) == np.minimum.reduceat(former, self._starts)
        # Not if a picture has joined or left the group.
        self._dismissed = of_one & (first >= 0) & (size == np.bincount(groups)[first])


ISSUE_KIND = Duplicates
