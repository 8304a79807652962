"""What a gesture has done to labels that were there before: how many it has moved or removed."""

from __future__ import annotations

from collections import Counter

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.visible import visible
from engine.workspace import ChangeSet, Initiator
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.kinds import GESTURE, IMPORT, Kind
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS


class LabelMoves(QObject):
    """Compares the labels before and after each gesture, whichever feature it comes from.

    A gesture in parts is one gesture: what its parts have done is added up.
    """

    done = Signal(str)
    """A sentence: what the last gesture has moved or removed."""

    def __init__(self, hub: ProjectHub, parent: QObject) -> None:
        super().__init__(parent)
        self._hub = hub
        self._forget_gesture()
        self._remember()
        hub.changed.connect(self._compare)
        hub.opened.connect(self._remember)
        hub.tasks.changed.connect(self._on_task)

    def _remember(self) -> None:
        queries = self._hub.queries
        self._ids = queries.picture_ids
        self._labels = queries.labels_of(self._ids)
        self._names = {row.id: visible(row.name) for row in queries.classes}
        self._names[UNKNOWN] = queries.class_name(UNKNOWN)

    def _on_task(self, kind: Kind) -> None:
        if kind in (GESTURE, IMPORT):
            self._forget_gesture()

    def _forget_gesture(self) -> None:
        self._moved: Counter[tuple[int, int]] = Counter()
        self._pictures_removed = 0
        self._name_before: dict[int, str] = {}

    def _compare(self, changes: ChangeSet) -> None:
        ids, before = self._ids, self._labels
        if not self._hub.tasks.is_running(GESTURE, IMPORT):
            self._forget_gesture()
        self._name_before |= self._names
        self._remember()
        if changes.initiator is not Initiator.GESTURE:
            return
        after = self._hub.queries.labels_of(ids)
        stayed = self._hub.queries.has(ids)
        lost = stayed & (before != NO_CLASS) & (before != after)
        self._moved.update(zip(before[lost].tolist(), after[lost].tolist(), strict=True))
        removed = len(ids) - int(np.count_nonzero(stayed))
        self._pictures_removed += removed
        if removed or lost.any():
            self.done.emit(self._in_words())

    def _in_words(self) -> str:
        """Such as “3 moved from disc to square.”"""
        if self._pictures_removed:
            words = (
                self.tr("1 picture removed from the project.")
                if self._pictures_removed == 1
                else self.tr("{n} pictures removed from the project.")
            )
            return words.format(n=f"{self._pictures_removed:,}")
        count = self._moved.total()
        olds, news = ({pair[place] for pair in self._moved} for place in (0, 1))
        old = self._name_before[next(iter(olds))] if len(olds) == 1 else ""
        if news == {NO_CLASS}:
            return self._unlabelled_text(count, old, is_class_gone=olds.isdisjoint(self._names))
        new = self._names.get(next(iter(news)), "") if len(news) == 1 else ""
        if old and new:
            words = self.tr("{n} moved from {old} to {new}.")
        elif new:
            words = self.tr("{n} moved from other classes to {new}.")
        else:
            words = self.tr("{n} moved from one class to another.")
        return words.format(n=f"{count:,}", old=old, new=new)

    def _unlabelled_text(self, count: int, old: str, is_class_gone: bool) -> str:
        if old and is_class_gone:
            words = (
                self.tr("{old} removed: 1 picture has no label now.")
                if count == 1
                else self.tr("{old} removed: {n} pictures have no label now.")
            )
        else:
            words = self.tr("1 label removed.") if count == 1 else self.tr("{n} labels removed.")
        return words.format(n=f"{count:,}", old=old)
