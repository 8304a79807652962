"""The open project in memory: the workspace, and the arrays that views read again and again.

`ProjectHub`, `Queries`, `Commands` and `RunStore` share one `ProjectState`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.workspace import ChangeSet, ClassRow, Workspace
from engine.workspace.batches import PredictionBatches
from engine.workspace.store import always
from fewshot_gui.project.paths import Paths
from fewshot_gui.project.picture_columns import NO_CLASS, PictureColumns

THRESHOLD = "threshold"
"""The name of the workspace's setting."""


@dataclass(frozen=True)
class LoadedProject:
    """A project and the parts of it that are in memory, which take a while to read. Use it on one thread at a
    time."""

    workspace: Workspace
    classes: dict[int, ClassRow]
    columns: PictureColumns

    @classmethod
    def of(cls, workspace: Workspace, is_wanted: Callable[[], bool] = always) -> LoadedProject:
        """Read a project. Raises `FewshotError` if it cannot be read, or if `is_wanted` returns false on this
        thread; the project is then closed."""
        try:
            with workspace.bounded(is_wanted):
                return cls._of(workspace)
        except BaseException:
            workspace.close()
            raise

    @classmethod
    def _of(cls, workspace: Workspace) -> LoadedProject:
        classes = _classes_of(workspace)
        columns = PictureColumns(workspace.picture_ids(), *workspace.labelled(), workspace.unreadable())
        for run in workspace.effective_runs():
            batches = PredictionBatches(run.class_ids, tuple(workspace.batches(run.id)))
            columns.reserve(batches.picture_ids)
            class_ids = np.array(run.class_ids, np.int64)
            for ids, probabilities in batches.iter_chunks():
                columns.set_predictions(run.id, ids, class_ids, probabilities)
        columns.set_classes(classes)
        columns.sort_again()
        columns.threshold = min(max(workspace.setting(THRESHOLD) or 0.0, 0.0), 1.0)
        return cls(workspace, classes, columns)


class ProjectState:
    """The project that is open now. Another one takes its place by `show`."""

    def __init__(self, project: LoadedProject) -> None:
        self.show(project)

    def show(self, project: LoadedProject) -> None:
        self.workspace, self.classes, self.columns = project.workspace, project.classes, project.columns
        self.paths = Paths(project.workspace, project.columns)

    def reload_classes(self) -> None:
        """Read the classes again: their counts change with every label."""
        self.classes = _classes_of(self.workspace)

    def absorb(self, changes: ChangeSet) -> None:
        """Update everything from the workspace after these changes."""
        self.reload_classes()
        self.columns.set_classes(self.classes)
        self.absorb_pictures(changes)
        if changes.membership:  # or restored, or found elsewhere on the disk
            self.paths.clear()
            self.columns.errors = self.workspace.unreadable()

    def absorb_pictures(self, changes: ChangeSet) -> None:
        """Update the labels and the presence of the changed pictures only."""
        labels = self.workspace.class_ids(sorted(changes.pictures))
        changed = np.fromiter(labels, np.int64, len(labels))
        if len(changed) < len(changes.pictures):
            touched = picture_ids_of(changes)
            self.columns.remove(touched[~np.isin(touched, changed)])
        self.columns.add(changed[~self.columns.has(changed)])
        classes = (NO_CLASS if class_id is None else class_id for class_id in labels.values())
        rows = self.columns.rows_of(changed)
        self.columns.label[rows] = np.fromiter(classes, np.int64, len(labels))


def picture_ids_of(changes: ChangeSet) -> NDArray[np.int64]:
    """The changed pictures, int64 [n]."""
    return np.fromiter(changes.pictures, np.int64, len(changes.pictures))


def _classes_of(workspace: Workspace) -> dict[int, ClassRow]:
    return {row.id: row for row in workspace.classes()}
