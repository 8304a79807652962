"""The open project: its file, what it contains, and one signal when that has changed.

`queries` reads it, `commands` changes it by gestures that can be undone, and `run_store` saves what runs
find.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.workspace import ChangeSet, Workspace
from fewshot_gui.engine_link.kinds import KINDS
from fewshot_gui.engine_link.tasks import Tasks
from fewshot_gui.project.commands import Commands
from fewshot_gui.project.names import Names
from fewshot_gui.project.picture_columns import Order
from fewshot_gui.project.queries import Queries
from fewshot_gui.project.run_store import RunStore
from fewshot_gui.project.signals import ProjectSignals
from fewshot_gui.project.state import THRESHOLD, LoadedProject, ProjectState, picture_ids_of


class ProjectHub(ProjectSignals):
    """Owns the open project. It lives on the GUI thread, like every call to it."""

    def __init__(self, project: Workspace | LoadedProject, parent: QObject | None = None) -> None:
        loaded = project if isinstance(project, LoadedProject) else LoadedProject.of(project)
        super().__init__(ProjectState(loaded), parent)
        self.tasks = Tasks(self)
        self.names = Names(
            lambda ids: self._state.workspace.picture_names(ids),
            lambda ids: self._state.workspace.picture_folders(ids),
            self.tasks,
            self,
        )
        self.names.in_order.connect(self._apply_name_order)
        self.names.problem.connect(self.refused)
        self.changed.connect(self._forget_names)  # before any view asks for them
        self.queries = Queries(self._state, self.names, self)
        self.commands = Commands(self._state, self, self.tasks)
        self.run_store = RunStore(self._state, self)

    # -- the project file

    @property
    def file(self) -> Path:
        return self._state.workspace.path

    @property
    def kept_dir(self) -> Path:
        """The folder for pictures without a file of their own, beside the project."""
        return self.file.with_name(f"{self.file.stem} pictures")

    def switch_to(self, workspace: Workspace) -> None:
        """Show `workspace` instead of the present project, and close that.

        Raises `FewshotError` if it cannot be read; then it is closed, and the present one stays.
        """
        self.show(LoadedProject.of(workspace))

    def show(self, project: LoadedProject) -> None:
        """Show a project that has been read instead of the present one, and close that."""
        before = self._state.workspace
        self._state.show(project)
        self.names.reset()
        self.commands.reset()
        self.run_store.reset()
        file_problem = self._file_problem_of(before)
        before.close()
        self.opened.emit()
        if file_problem:
            self.refused.emit(file_problem)

    def release(self) -> None:
        """Close the present project. Nothing may read it any more; `show` must follow at once."""
        self._state.workspace.close()

    @property
    def is_gone(self) -> bool:
        """Whether the project file was renamed or deleted while it is open."""
        return self._state.workspace.is_gone

    def is_same_file(self, path: Path) -> bool:
        """Whether `path` is the project that is open for changes."""
        return self._state.workspace.is_same_file(path)

    def fold_journal(self) -> None:
        """Fold the write-ahead log, because another file has taken the place of the project's."""
        self._state.workspace.fold_journal()

    @property
    def file_problem(self) -> str:
        """What has happened to the project file while it is open, as a sentence; empty if nothing has."""
        return self._file_problem_of(self._state.workspace)

    def _file_problem_of(self, workspace: Workspace) -> str:
        words = ""
        if workspace.is_gone:
            words = self.tr(
                "{path} was renamed, moved or deleted. If it was renamed or moved, it holds all that was done"
                " in it. If it was deleted, that is lost unless you put it back."
            )
        elif workspace.is_overwritten:
            words = self.tr(
                "Another program has put other content into {path}. What was done here last is not in it."
            )
        return words.format(path=workspace.path)

    def close(self) -> None:
        """Cancel all tasks and close the project."""
        self.tasks.cancel(*KINDS)
        self._state.workspace.close()

    def all_paths(self) -> tuple[list[int], list[bytes]]:
        """See `Queries.all_paths`. Pending changes of a gesture in parts are emitted first, so that `queries`
        knows the same pictures."""
        self.commands.catch_up()
        return self.queries.all_paths()

    # -- what the views set

    def set_threshold(self, threshold: float) -> None:
        """Preview another threshold; `keep_threshold` saves it."""
        self._state.columns.threshold = threshold
        self.threshold_changed.emit()

    def keep_threshold(self) -> None:
        """Save the present threshold in the project, unless it is read-only."""
        if not self.read_only_reason:
            with self.refusing():
                self._state.workspace.save_setting(THRESHOLD, self.queries.threshold)

    def sort_again(self) -> None:
        """Sort by the present predictions: the orders by them stay as they are until somebody wants that."""
        self._state.columns.sort_again()

    def set_ranking(self, order: Order, ids: NDArray[np.int64]) -> None:
        """Set the pictures that come first in this order, int64 [k], as the engine found them; the others
        follow."""
        self._state.columns.set_ranking(order, ids)

    def show_comparison(
        self,
        ids: NDArray[np.int64],
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        variation: NDArray[np.float32],
    ) -> None:
        """Set what two runs predicted for `ids` int64 [n], class ids int64 [n], and by how much they differ,
        float32 [n] in 0..1: for the order by it, and for the pictures' tool tips."""
        self._state.columns.set_comparison(ids, first, second, variation)

    def show_compared(self, ids: NDArray[np.int64], name: str) -> None:
        """Set the pictures that `Show.COMPARED` shows, and the title of their tab."""
        self._state.columns.set_compared(ids)
        self.compared.emit(name)

    # -- within

    def _apply_name_order(self, ids: NDArray[np.int64]) -> None:
        self.set_ranking(Order.NAME, ids)

    def _forget_names(self, changes: ChangeSet) -> None:
        if changes.membership:
            self.names.forget(picture_ids_of(changes))
