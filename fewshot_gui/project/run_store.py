"""Saves runs and their results. They are no gestures: undo leaves them alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.messages import Message
from engine.runs.events import FilesRead, RunRecord
from engine.workspace.rows import RunStatus
from fewshot_gui.project.picture_columns import NO_RUN
from fewshot_gui.project.signals import ProjectSignals
from fewshot_gui.project.state import ProjectState


class RunStore:
    """Saves the results of runs in the open project.

    Some methods raise `FewshotError`, unlike gestures: the caller that drives the run must know that its
    results cannot be saved.
    """

    def __init__(self, state: ProjectState, signals: ProjectSignals) -> None:
        self._state, self._signals = state, signals
        self.reset()

    def reset(self) -> None:
        """Forget the run in progress, because another project is open."""
        self._class_ids = np.empty(0, np.int64)

    @property
    def class_ids(self) -> NDArray[np.int64]:
        """The classes of the run that began last in this window, in the order of its columns."""
        return self._class_ids

    def begin(
        self,
        algorithm: str,
        backbone: str,
        device: str,
        seed: int,
        class_ids: Sequence[int],
        options: Mapping[str, float | bool] | None = None,
    ) -> int | None:
        """Begin a run; returns its id. None if refused.

        Earlier predictions and unreadable pictures stay until this run replaces them or has finished.
        """
        with self._signals.refusing():
            run_id = self._state.workspace.begin_run(algorithm, backbone, device, seed, class_ids, options)
            self._class_ids = np.array(class_ids, np.int64)
            return run_id
        return None

    def mark_earlier(self, run_id: int) -> None:
        """Tell predictions of earlier runs from those of this run, until it has ended."""
        self._state.columns.present_run = run_id
        self._signals.predicted.emit(self._state.columns.ids)

    def save_record(self, run_id: int, record: RunRecord) -> None:
        """Save what a run is made with. Raises `FewshotError` if that is not possible."""
        self._state.workspace.save_record(run_id, record)

    def save_finding(self, run_id: int, name: str, finding: Mapping[str, Any]) -> None:
        """Save what is shown of the last run, for the next start. It may be refused; a read-only project is
        left as it is."""
        if not self._signals.read_only_reason:
            with self._signals.refusing():
                self._state.workspace.save_finding(run_id, name, finding)

    def last_finding(self, name: str) -> tuple[int, Mapping[str, Any]] | None:
        """What was saved last under this name, with the id of its run; `None` if nothing was."""
        with self._signals.refusing():
            return self._state.workspace.last_finding(name)
        return None

    def save_predictions(
        self, run_id: int, picture_ids: NDArray[np.int64], probabilities: NDArray[np.float32]
    ) -> None:
        """Save a batch. Raises `FewshotError` if that is not possible."""
        self._state.workspace.save_predictions(run_id, picture_ids, probabilities)
        self._state.columns.set_predictions(run_id, picture_ids, self._class_ids, probabilities)
        self._state.columns.forget_errors(picture_ids)
        self._signals.predicted.emit(picture_ids)

    def save_unreadable(self, picture_ids: Sequence[int], reasons: Sequence[Message]) -> None:
        """Save why pictures could not be read. Raises `FewshotError` if that is not possible."""
        self._state.workspace.save_unreadable(picture_ids, reasons)
        self._state.columns.errors.update(zip(picture_ids, reasons, strict=True))
        self._signals.predicted.emit(np.array(picture_ids, np.int64))

    def save_files(self, files: Sequence[FilesRead]) -> None:
        """Save the state of files. No run depends on it, so unlike the results of a run it may be refused."""
        if self._state.workspace.read_only_reason:
            return
        with self._signals.refusing():
            replaced = self._state.workspace.save_files(
                np.concatenate([read.picture_ids for read in files]),
                np.concatenate([read.sizes for read in files]),
                np.concatenate([read.mtimes_ns for read in files]),
                np.concatenate([read.contents for read in files]),
            )
            if len(replaced):
                self._signals.replaced.emit(replaced)

    def finish(self, run_id: int, status: RunStatus, message: Message | None = None) -> None:
        """Save how a run ended. An unfinished run keeps the earlier predictions of pictures it did not
        reach."""
        marked, self._state.columns.present_run = self._state.columns.present_run, NO_RUN
        with self._signals.refusing():
            self._state.workspace.finish_run(run_id, status, message or Message(""))
            if status == "finished":
                self._state.columns.forget_other_predictions(run_id)
                self._state.columns.errors = self._state.workspace.unreadable()
        if status == "finished" or marked:
            self._signals.predicted.emit(self._state.columns.ids)
