"""The comparison of two runs, and the second run to compare with."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from engine.errors import reason_of
from engine.review.agreement import Agreement, LabelAgreement, RunProbabilities, compare, compare_with_labels
from engine.runs.catalogue import Catalogue
from engine.workspace.batches import PredictionBatches
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.bridge import Bridge
from fewshot_gui.engine_link.kinds import COMPARE, RUN
from fewshot_gui.features.comparing.compare_dialog import CompareDialog
from fewshot_gui.project.choices import Choices
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.shell.engine_texts import translated

_SLICE_S = 0.015


@dataclass(frozen=True)
class Comparison:
    """How far two runs agree, their accuracy on pictures that were labelled since, and how many of those
    labels were accepted predictions."""

    agreement: Agreement
    label_agreement: LabelAgreement
    accepted: int


@dataclass(frozen=True)
class _Choice:
    """The choices in the menus before a run was started only for a comparison."""

    algorithm: str
    backbone: str
    compared_with: str


class Runs(Protocol):
    """Starts the second run of a comparison."""

    @property
    def unavailable_reason(self) -> str: ...
    def run(self) -> None: ...


class Comparer(QObject):
    """Compares two runs of the project on a thread, and shows the pictures behind a number.

    Choosing other runs, or opening another project, ends the present comparison.
    """

    chosen = Signal(Show)
    """The tab that shows the pictures to look at."""
    problem = Signal(str)
    algorithm_requested = Signal(str)
    """The algorithm of the next run."""
    choice_requested = Signal(str, str)
    """The algorithm and the backbone that the person had chosen before."""

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        runs: Runs,
        run_ended: SignalInstance,
        choices: Choices,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._hub, self._bridge, self._choices = hub, bridge, choices
        self._runs, self._run_ended = runs, run_ended
        self._tasks = hub.tasks
        self._window = window
        self._agreement: Agreement | None = None
        self._catalogue: Catalogue | None = None
        self._before: _Choice | None = None
        bridge.catalogue_ready.connect(self._on_catalogue)

    @cached_property
    def dialog(self) -> CompareDialog:
        """The dialog, made at its first use."""
        dialog = CompareDialog(self._window)
        dialog.runs_chosen.connect(self._compare)
        dialog.run_requested.connect(self._run)
        dialog.picked.connect(self._show_cell)
        dialog.disagreement_picked.connect(self._show_disagreement)
        self._hub.opened.connect(self._reset)
        self._hub.changed.connect(self._describe_classes)
        for source in (self._tasks.changed, self._bridge.catalogue_ready, self._hub.changed):
            source.connect(self._update_enabled)
        self._run_ended.connect(self._on_run_ended)
        self._bridge.catalogue_ready.connect(dialog.set_catalogue)
        if self._catalogue is not None:
            dialog.set_catalogue(self._catalogue)
        return dialog

    @Slot()
    def ask(self) -> None:
        """Open the dialog with the last two runs, or raise it with what it shows."""
        self._update_enabled()
        self._on_runs()
        if not self.dialog.isVisible():
            self.dialog.choose_last()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot(Catalogue)
    def _on_catalogue(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @Slot()
    def _update_enabled(self) -> None:
        self.dialog.set_unavailable_reason(self._runs.unavailable_reason)

    @Slot()
    def _on_run_ended(self) -> None:
        # A run may follow each label; the comparison that a person looks at stays.
        if self.dialog.isVisible():
            self._on_runs()
            if self._before is not None:
                self.dialog.choose_last()
        if self._before is not None:
            # Automatic runs use the person's own choice again.
            before, self._before = self._before, None
            if self._choices.algorithm_name == before.compared_with:
                self.choice_requested.emit(before.algorithm, before.backbone)

    @Slot()
    def _on_runs(self) -> None:
        self._describe_classes()
        self.dialog.set_runs(self._hub.queries.runs())

    @Slot()
    def _describe_classes(self) -> None:
        names = {row.id: row.name for row in self._hub.queries.classes}
        self.dialog.set_class_names(names)

    @Slot()
    def _reset(self) -> None:
        self._tasks.cancel(COMPARE)
        self._agreement = None
        self.dialog.forget()

    @Slot(str)
    def _run(self, algorithm: str) -> None:
        """Start a run on the same examples with another algorithm, through the run bar."""
        before = _Choice(self._choices.algorithm_name, self._choices.backbone_name, algorithm)
        self.algorithm_requested.emit(algorithm)
        self._runs.run()
        if self._tasks.is_running(RUN):
            self._before = before

    @Slot(int, int)
    def _compare(self, first: int, second: int) -> None:
        self._tasks.cancel(COMPARE)
        if not {first, second} <= {run.id for run in self._hub.queries.runs()}:
            self._on_runs()  # another run has begun since, and old runs are removed
            return
        task = self._tasks.begin(COMPARE)

        def compare(work: Generator[int, None, Comparison]) -> None:
            task.on_thread(work, show, self._fail)

        def show(comparison: Comparison) -> None:
            task.end()
            self._show(comparison)

        # The project is read on the GUI thread only, in slices that are too short to notice.
        task.in_slices(self._read(first, second), compare, self._fail, seconds=_SLICE_S)

    def _read(self, first: int, second: int) -> Generator[None, None, Generator[int, None, Comparison]]:
        """Read block by block what is compared; returns the function that compares it."""
        class_ids = {run.id: run.class_ids for run in self._hub.queries.runs()}
        predicted, labels = [], []
        for run_id in (first, second):
            batches = []
            for batch in self._hub.queries.batches(run_id):
                batches.append(batch)
                yield
            predicted.append(PredictionBatches(class_ids[run_id], tuple(batches)))
        for rows in self._hub.queries.human_labels():
            labels += rows
            yield
        return _compared(predicted[0], predicted[1], self._hub.queries.picture_ids, labels)

    def _show(self, comparison: Comparison) -> None:
        agreement = comparison.agreement
        self._agreement = agreement
        first, second = (agreement.class_ids[places] for places in (agreement.first, agreement.second))
        self._hub.show_comparison(agreement.picture_ids, first, second, agreement.variation)
        self._hub.show_compared(agreement.disagreed(), self.tr("Disagreement"))
        self.dialog.show_comparison(agreement, comparison.label_agreement, comparison.accepted)

    def _fail(self, error: Exception) -> None:
        self.dialog.show_failure()
        self.problem.emit(translated(reason_of(error)))

    @Slot(object, object, str)
    def _show_cell(self, row: int | None, column: int | None, name: str) -> None:
        assert self._agreement is not None
        self._look_at(self._agreement.pictures(row, column), name)

    @Slot()
    def _show_disagreement(self) -> None:
        assert self._agreement is not None
        self._look_at(self._agreement.disagreed(), self.tr("Disagreement"))

    def _look_at(self, ids: NDArray[np.int64], name: str) -> None:
        self._hub.show_compared(ids, name)
        self.chosen.emit(Show.COMPARED)


def _compared(
    first: PredictionBatches,
    second: PredictionBatches,
    present: NDArray[np.int64],
    labels: list[tuple[int, int, int | None]],
) -> Generator[int, None, Comparison]:
    """Compare on a thread: it takes a second at 100,000 pictures and a hundred classes."""
    predicted = []
    for batches in (first, second):
        predicted.append(RunProbabilities(np.array(batches.class_ids, np.int64), *batches.combined(present)))
        yield len(predicted)
    agreement = compare(*predicted)
    yield len(predicted)
    # No run can predict that a picture belongs to no class.
    judging = [label for label in labels if label[1] != UNKNOWN]
    ids = np.array([label[0] for label in judging], np.int64)
    label_agreement = compare_with_labels(agreement, ids, np.array([label[1] for label in judging], np.int64))
    by_run = np.array([label[0] for label in judging if label[2] is not None], np.int64)
    return Comparison(agreement, label_agreement, len(np.intersect1d(by_run, agreement.picture_ids)))
