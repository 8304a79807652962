"""The open project as the window sees it: one way to change it, one signal when it has changed.

Every gesture goes gesture → command → `ProjectHub.apply` → workspace (one transaction) → `changed`. The state
of each picture, which views read again and again, is in arrays (`PictureColumns`); everything else stays in
SQLite.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import FewshotError
from engine.exports.project_rows import current_predictions
from engine.labeling.events import FilesRead, RunRecord
from engine.messages import Message
from engine.visible import visible
from engine.workspace import ChangeSet, ClassRow, Command, PictureRow, Workspace
from engine.workspace.batches import PredictionBatches
from engine.workspace.commands import LongCommand, RemovePictures
from engine.workspace.palette import UNKNOWN_COLOR
from engine.workspace.rows import UNKNOWN, LabelEvent, RunRow, RunStatus
from engine.workspace.store import always
from fewshot_gui.engine_link.kinds import KINDS
from fewshot_gui.engine_link.tasks import Tasks
from fewshot_gui.project.long_gestures import LongGestures
from fewshot_gui.project.names import Names
from fewshot_gui.project.paths import Paths
from fewshot_gui.project.picture_columns import NO_CLASS, Arrangement, Order, PictureColumns, Show
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.symbols import UNKNOWN_SYMBOL, class_symbol

_THRESHOLD = "threshold"
_PART = 1_000
_PART_REMOVED = 5_000
# A gesture on up to so many pictures is applied at once: it takes a tenth of a second.
_AT_ONCE = 10_000
_EMIT_EVERY_S = 0.3
_PAUSES = 3
"""The pause between two emissions is at least this many times as long as the last one took."""


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
        columns.threshold = min(max(workspace.setting(_THRESHOLD) or 0.0, 0.0), 1.0)
        return cls(workspace, classes, columns)


class ProjectHub(QObject):
    """Owns the workspace. Lives on the GUI thread, like every call to it.

    Gestures do not raise `FewshotError`: they emit `refused` with its sentence, and the project stays as it
    was. So a full disk or a duplicate name is reported in one place. The results of a run are different:
    the caller that drives the run must know that they cannot be saved.
    """

    changed = Signal(ChangeSet)
    """Classes, pictures or labels have changed."""
    predicted = Signal(np.ndarray)
    """The ids of pictures that have new predictions, or turned out to be unreadable."""
    replaced = Signal(np.ndarray)
    """The ids of pictures whose files turned out to be other ones than before."""
    threshold_changed = Signal()
    """The `threshold` of confidence has changed."""
    compared = Signal(str)
    """The title of the pictures that `Show.COMPARED` shows now."""
    opened = Signal()
    """Another project is open; ids of the previous one are invalid."""
    refused = Signal(str)
    read_only = Signal()
    """A change of a read-only project was refused; see `read_only_reason`."""

    def __init__(self, project: Workspace | LoadedProject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.long_gestures = LongGestures(
            self.apply_in_parts, lambda: self._adding, lambda: self._classes.keys(), self.tasks, self
        )
        self._classes: dict[int, ClassRow] = {}
        self._unsent: ChangeSet | None = None
        self._adding = False
        self.names = Names(lambda ids: self._workspace.picture_names(ids), self.tasks, self)
        self.names.in_order.connect(self._apply_name_order)
        self.names.problem.connect(self.refused)
        self._set_project(project if isinstance(project, LoadedProject) else LoadedProject.of(project))

    # -- the project file

    @property
    def file(self) -> Path:
        return self._workspace.path

    @property
    def read_only_reason(self) -> str:
        """Why nothing here can be changed, as a sentence; empty if it can."""
        return translated(self._workspace.read_only_reason)

    def can_change(self) -> bool:
        """Whether the project can be changed; emits `read_only` if not."""
        if self.read_only_reason:
            self.read_only.emit()
        return not self.read_only_reason

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
        before = self._workspace
        self._set_project(project)
        file_problem = self._file_problem_of(before)
        before.close()
        self.opened.emit()
        if file_problem:
            self.refused.emit(file_problem)

    def release(self) -> None:
        """Close the present project. Nothing may read it any more; `show` must follow at once."""
        self._workspace.close()

    @property
    def is_gone(self) -> bool:
        """Whether the project file was renamed or deleted while it is open."""
        return self._workspace.is_gone

    def is_same_file(self, path: Path) -> bool:
        """Whether `path` is the project that is open for changes."""
        return self._workspace.is_same_file(path)

    def fold_journal(self) -> None:
        """Fold the write-ahead log, because another file has taken the place of the project's."""
        self._workspace.fold_journal()

    @property
    def file_problem(self) -> str:
        """What has happened to the project file while it is open, as a sentence; empty if nothing has."""
        return self._file_problem_of(self._workspace)

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
        self._workspace.close()

    # -- changing it

    def apply(self, command: Command) -> ChangeSet | None:
        """Apply one gesture, which is one undo step. None if it was refused."""
        return self._change(lambda: self._workspace.apply(command))

    def apply_to_many(self, command: LongCommand) -> ChangeSet | None:
        """Apply a gesture that may concern very many pictures; it then continues in parts.

        None if it was refused, or has only begun.
        """
        if command.count <= _AT_ONCE:
            return self.apply(command)
        if self.can_change():
            self.long_gestures.begin(command)
        return None

    def apply_in_parts(self, command: LongCommand) -> Generator[int, None, bool]:
        """Apply a gesture in parts, because it would block the window.

        Yields the number of pictures that each part has changed, and returns whether it was completed and not
        undone meanwhile. `changed` is emitted for several parts at once. Raises `FewshotError` if a part is
        refused; the parts before it stay.
        """
        self._next_emit_at = -math.inf
        self._adding = True
        # Views must not read removed pictures: each part of a removal is emitted, and its parts are smaller.
        removing = isinstance(command, RemovePictures)
        size = _PART_REMOVED if removing else _PART
        parts = self._workspace.apply_in_parts(command.title, command.parts(size))
        try:
            while True:
                try:
                    part = next(parts)
                except StopIteration as stop:
                    return bool(stop.value)
                self._collect(part)
                if removing or part.classes or self._is_emit_due:
                    self._emit_changes()
                yield len(part.pictures)
        finally:
            self._adding = False
            self._emit_changes()

    def catch_up(self) -> None:
        """Emit the pending changes of a gesture in parts, for callers that read the project from the disk."""
        self._emit_changes()

    def undo(self) -> ChangeSet | None:
        """Undo the last gesture. None if there is nothing to undo, or if it was refused: a gesture in parts
        that has passed another one would be cut off, while the other stays."""
        with self._emitting_refusal():
            if self._workspace.undo_target_interleaved:
                self.long_gestures.ask_to_wait()
                return None
        return self._change(self._workspace.undo)

    def redo(self) -> ChangeSet | None:
        """Redo the gesture that was undone last."""
        return self._change(self._workspace.redo)

    @property
    def undo_title(self) -> str | None:
        return translated(self._workspace.undo_title)

    @property
    def redo_title(self) -> str | None:
        return translated(self._workspace.redo_title)

    # -- asking it

    @property
    def classes(self) -> list[ClassRow]:
        """In the order of the class list."""
        return list(self._classes.values())

    def class_named(self, name: str) -> ClassRow | None:
        return next((row for row in self._classes.values() if row.name == name), None)

    def free_class_name(self, taken: Collection[str] = ()) -> str:
        """A made-up name that no class has and that is not `taken`."""
        names = {row.name for row in self._classes.values()}.union(taken)
        numbered = (self.tr("Class {n}").format(n=number) for number in count(1))
        return next(name for name in numbered if name not in names)

    @property
    def picture_count(self) -> int:
        return len(self._columns.ids)

    @property
    def last_picture(self) -> int:
        """The id of the picture that was added last; 0 if there are none."""
        ids = self._columns.ids
        return int(ids[-1]) if len(ids) else 0

    def count_since(self, picture_id: int) -> int:
        """The number of pictures that were added after this one."""
        ids = self._columns.ids
        return len(ids) - int(np.searchsorted(ids, picture_id, side="right"))

    @property
    def labeled_count(self) -> int:
        """The number of pictures with a label, `UNKNOWN` included."""
        return len(self.labeled_ids())

    @property
    def unreadable_count(self) -> int:
        """The number of pictures that the last run or question could not read."""
        return len(self._columns.errors)

    @property
    def predicted_count(self) -> int:
        """The number of pictures without a label that the last run gave a class."""
        return len(self._waiting())

    def counts(self, class_id: int = NO_CLASS) -> dict[Show, int]:
        """The number of pictures in each tab; `class_id` is the selected class."""
        masks = self._columns.masks(class_id)
        return {show: int(np.count_nonzero(mask)) for show, mask in masks.items()}

    @property
    def threshold(self) -> float:
        """The confidence (0..1) below which a prediction counts as unknown in this project."""
        return self._columns.threshold

    def set_threshold(self, threshold: float) -> None:
        """Preview another threshold; `keep_threshold` saves it."""
        self._columns.threshold = threshold
        self.threshold_changed.emit()

    def keep_threshold(self) -> None:
        """Save the present threshold in the project, unless it is read-only."""
        if not self.read_only_reason:
            with self._emitting_refusal():
                self._workspace.save_setting(_THRESHOLD, self.threshold)

    def confidences(self) -> NDArray[np.float32]:
        """The last run's confidence in each picture that has no label, float32 [n] in 0..1."""
        return self._columns.confidence[self._columns.rows_of(self._waiting())]

    def _waiting(self) -> NDArray[np.int64]:
        """The pictures without a label that the last run gave a class, int64 [n]."""
        unlabeled = self._columns.ids[self.labels_of(self._columns.ids) == NO_CLASS]
        waiting: NDArray[np.int64] = unlabeled[self._columns.likeliest(unlabeled) != NO_CLASS]
        return waiting

    def can_arrange(self, arrangement: Arrangement) -> bool:
        """Whether the names are known that this arrangement needs. If not, they are read, and `names.found`
        follows."""
        in_order = arrangement.order is Order.NAME
        return not (in_order or arrangement.name) or self.names.request(self._columns.ids, in_order)

    def arrange(self, arrangement: Arrangement) -> NDArray[np.int64]:
        """Picture ids to show, in order; by name as far as the names are known (see `can_arrange`)."""
        ids = self._columns.arrange(arrangement)
        if arrangement.name:
            ids = ids[self.names.containing(arrangement.name, ids)]
        # The view has just been updated, so the next emission can wait.
        self._next_emit_at = max(self._next_emit_at, time.monotonic() + _PAUSES * _EMIT_EVERY_S)
        return ids

    def set_ranking(self, order: Order, ids: NDArray[np.int64]) -> None:
        """Set the pictures that come first in this order, int64 [k], as the engine found them; the others
        follow."""
        self._columns.set_ranking(order, ids)

    def has(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `ids` are pictures of the project, bool [n]."""
        return self._columns.has(ids)

    def labels_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class of each picture, int64 [n]; `NO_CLASS` if it has none or is not in the project."""
        return self._columns.labels_of(ids)

    def labeled_ids(self) -> NDArray[np.int64]:
        """Every picture that has a label, `UNKNOWN` included."""
        ids = self._columns.ids
        labeled: NDArray[np.int64] = ids[self.labels_of(ids) != NO_CLASS]
        return labeled

    def unreadable_ids(self) -> NDArray[np.int64]:
        """The pictures that the last run or question could not read."""
        ids = np.fromiter(self._columns.errors, np.int64, len(self._columns.errors))
        return np.sort(ids[self.has(ids)])

    def reasons(self) -> dict[int, Message]:
        """Why the last run or question could not read a picture, by its id."""
        return dict(self._columns.errors)

    def pictures(self, ids: NDArray[np.int64]) -> list[PictureRow]:
        """The rows of these pictures, in the order of their ids; `picture_ids` are those of all."""
        return self._workspace.pictures(ids)

    def predictions_of(self, ids: NDArray[np.int64]) -> dict[int, list[int]]:
        """Those of `ids` that have a prediction and no label, by the predicted class."""
        waiting = ids[self.labels_of(ids) == NO_CLASS]
        verdict = self._columns.verdict(waiting)
        classes = np.unique(verdict[verdict != NO_CLASS]).tolist()
        return {class_id: waiting[verdict == class_id].tolist() for class_id in classes}

    def predictions(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """The present predictions: picture ids int64 [n], their classes int64 [n], and the probabilities of
        all classes, float32 [n, classes]; 0 for a class that the run did not know."""
        return current_predictions(self._workspace, self.classes)

    def accepted_ids(self) -> NDArray[np.int64]:
        """The pictures whose label is an accepted prediction, int64 [n]."""
        return self._workspace.accepted_ids()

    def probabilities_of(self, picture_id: int) -> list[tuple[int, float]]:
        """The present prediction of one picture: classes with probabilities (0..1), the most probable
        first."""
        if self._columns.predicted.item(self._columns.row_of(picture_id)) == NO_CLASS:
            return []
        class_ids, probabilities = self._workspace.latest_prediction(picture_id) or (
            [],
            np.empty(0, np.float32),
        )
        of_class = dict(zip(class_ids, probabilities.tolist(), strict=True))
        there = [(class_id, of_class[class_id]) for class_id in self._classes if class_id in of_class]
        return sorted(there, key=lambda row: -row[1])

    def history(self, picture_id: int) -> list[LabelEvent]:
        """The events of one picture's label, the earliest first."""
        return self._workspace.history(picture_id)

    # -- comparing two runs

    def runs(self) -> list[RunRow]:
        """The ended runs whose predictions are still stored, the last one first."""
        return self._workspace.runs_with_predictions()

    def batches(self, run_id: int) -> Iterator[tuple[bytes, bytes]]:
        """The predictions of a run for `PredictionBatches`, read block by block."""
        return self._workspace.batches(run_id)

    def human_labels(self) -> Iterator[list[tuple[int, int, int | None]]]:
        """Picture id, class id, and the run whose suggestion was accepted, if one was; read block by
        block."""
        return self._workspace.human_labels()

    @property
    def picture_ids(self) -> NDArray[np.int64]:
        """The ids of all pictures, in order of adding; read only."""
        return self._columns.ids

    def show_comparison(
        self,
        ids: NDArray[np.int64],
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        variation: NDArray[np.float32],
    ) -> None:
        """Set what two runs predicted for `ids` int64 [n], class ids int64 [n], and by how much they differ,
        float32 [n] in 0..1: for the order by it, and for the pictures' tool tips."""
        self._columns.set_comparison(ids, first, second, variation)

    def show_compared(self, ids: NDArray[np.int64], name: str) -> None:
        """Set the pictures that `Show.COMPARED` shows, and the title of their tab."""
        self._columns.set_compared(ids)
        self.compared.emit(name)

    # -- one picture or class: `PictureSource` for the models

    def path(self, picture_id: int) -> Path:
        return self.paths.of(picture_id)

    def all_paths(self) -> tuple[list[int], list[bytes]]:
        """See `Paths.all`. Pending changes of a gesture in parts are emitted first."""
        self.catch_up()
        return self.paths.all()

    def class_of(self, picture_id: int) -> int | None:
        label = self._columns.label.item(self._columns.row_of(picture_id))
        return None if label == NO_CLASS else label

    def prediction(self, picture_id: int) -> tuple[int, float] | None:
        verdict = self._columns.verdict(np.array([picture_id])).item()
        if verdict == NO_CLASS:
            return None
        return verdict, self._columns.confidence.item(self._columns.row_of(picture_id))

    def likeliest(self, picture_id: int) -> int | None:
        likeliest = self._columns.likeliest(np.array([picture_id])).item()
        return None if likeliest == NO_CLASS else likeliest

    def compared_classes(self, picture_id: int) -> tuple[int, int] | None:
        columns = self._columns
        row = columns.row_of(picture_id)
        classes = columns.first_class.item(row), columns.second_class.item(row)
        return classes if all(class_id in self._classes for class_id in classes) else None

    def error(self, picture_id: int) -> str | None:
        return translated(self._columns.errors.get(picture_id))

    def class_name(self, class_id: int) -> str:
        """The name of a class, ready to be shown."""
        return self.tr("Unknown") if class_id == UNKNOWN else visible(self._classes[class_id].name)

    def class_color(self, class_id: int) -> str:
        return UNKNOWN_COLOR if class_id == UNKNOWN else self._classes[class_id].color

    def class_symbol(self, class_id: int) -> str:
        # By its id, not by its position: so it keeps its symbol when classes are moved or removed.
        return UNKNOWN_SYMBOL if class_id == UNKNOWN else class_symbol(class_id - 1)

    # -- runs

    @property
    def run_id(self) -> int | None:
        """The latest of the runs whose predictions are shown; None if there was no run."""
        runs = self._workspace.effective_runs()
        return runs[-1].id if runs else None

    def runs_of(self, ids: Iterable[int]) -> dict[int, int]:
        """The run that predicted each of these pictures, by picture id."""
        wanted = np.fromiter(ids, np.int64)
        runs = self._columns.run[self._columns.rows_of(wanted)]
        return dict(zip(wanted.tolist(), runs.tolist(), strict=True))

    @property
    def run_class_ids(self) -> NDArray[np.int64]:
        """The classes of the run that began last in this window, in the order of its columns."""
        return self._run_class_ids

    def begin_run(
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
        with self._emitting_refusal():
            run_id = self._workspace.begin_run(algorithm, backbone, device, seed, class_ids, options)
            self._run_class_ids = np.array(class_ids, np.int64)
            return run_id
        return None

    def save_record(self, run_id: int, record: RunRecord) -> None:
        """Save what a run is made with. Raises `FewshotError` if that is not possible."""
        self._workspace.save_record(run_id, record)

    def records(self) -> list[dict[str, Any]]:
        """The records of the runs whose predictions are shown, the earliest first."""
        return [run.to_record() for run in self._workspace.effective_runs()]

    def save_predictions(
        self, run_id: int, picture_ids: NDArray[np.int64], probabilities: NDArray[np.float32]
    ) -> None:
        """Save a batch. Raises `FewshotError` if that is not possible."""
        self._workspace.save_predictions(run_id, picture_ids, probabilities)
        self._columns.set_predictions(run_id, picture_ids, self._run_class_ids, probabilities)
        self._columns.forget_errors(picture_ids)
        self.predicted.emit(picture_ids)

    def save_unreadable(self, picture_ids: Sequence[int], reasons: Sequence[Message]) -> None:
        """Save why pictures could not be read. Raises `FewshotError` if that is not possible."""
        self._workspace.save_unreadable(picture_ids, reasons)
        self._columns.errors.update(zip(picture_ids, reasons, strict=True))
        self.predicted.emit(np.array(picture_ids, np.int64))

    def save_files(self, files: Sequence[FilesRead]) -> None:
        """Save the state of files. No run depends on it, so unlike the results of a run it may be refused."""
        if self.read_only_reason:
            return
        with self._emitting_refusal():
            replaced = self._workspace.save_files(
                np.concatenate([read.picture_ids for read in files]),
                np.concatenate([read.sizes for read in files]),
                np.concatenate([read.mtimes_ns for read in files]),
                np.concatenate([read.contents for read in files]),
            )
            if len(replaced):
                self.replaced.emit(replaced)

    def finish_run(self, run_id: int, status: RunStatus, message: Message | None = None) -> None:
        """Save how a run ended. An unfinished run keeps the earlier predictions of pictures it did not
        reach."""
        with self._emitting_refusal():
            self._workspace.finish_run(run_id, status, message or Message(""))
            if status == "finished":
                self._columns.forget_other_predictions(run_id)
                self._columns.errors = self._workspace.unreadable()
                self.predicted.emit(self._columns.ids)

    # -- within

    @contextmanager
    def _emitting_refusal(self) -> Iterator[None]:
        try:
            yield
        except FewshotError as error:
            if self.read_only_reason:
                self.read_only.emit()
            else:
                self.refused.emit(translated(error.message))

    def _collect(self, part: ChangeSet) -> None:
        """Apply the label changes of a part; its other changes wait until they are emitted."""
        self._unsent = part if self._unsent is None else self._unsent | part
        if not (self._unsent.classes or self._unsent.membership):
            self._absorb_pictures(part)

    def _emit_changes(self) -> None:
        """Emit the pending changes of a gesture in parts."""
        changes, self._unsent = self._unsent, None
        if changes:
            began = time.monotonic()
            if changes.classes or changes.membership:
                self._apply_changes(changes)
            else:
                self._classes = _classes_of(self._workspace)
            self.changed.emit(changes)
            ended = time.monotonic()
            # With very many pictures an emission takes time; leave the person a longer time in between.
            self._next_emit_at = ended + max(_EMIT_EVERY_S, _PAUSES * (ended - began))

    @property
    def _is_emit_due(self) -> bool:
        return time.monotonic() >= self._next_emit_at

    def _change(self, change: Callable[[], ChangeSet | None]) -> ChangeSet | None:
        self._emit_changes()
        with self._emitting_refusal():
            changes = change()
            if changes:
                self._apply_changes(changes)
                self.changed.emit(changes)
            return changes
        return None

    def _apply_name_order(self, ids: NDArray[np.int64]) -> None:
        self.set_ranking(Order.NAME, ids)

    def _set_project(self, project: LoadedProject) -> None:
        self._workspace, self._classes = project.workspace, project.classes
        self._columns = project.columns
        self.names.reset()
        self._next_emit_at = -math.inf
        self.paths = Paths(project.workspace, project.columns)
        self._unsent = None
        self._run_class_ids = np.empty(0, np.int64)

    def _apply_changes(self, changes: ChangeSet) -> None:
        self._classes = _classes_of(self._workspace)  # the counts of classes change with every label
        self._columns.set_classes(self._classes)
        self._absorb_pictures(changes)
        if changes.membership:  # or restored, or found elsewhere on the disk
            self.paths.clear()
            self.names.forget(np.fromiter(changes.pictures, np.int64, len(changes.pictures)))
            self._columns.errors = self._workspace.unreadable()

    def _absorb_pictures(self, changes: ChangeSet) -> None:
        labels = self._workspace.class_ids(sorted(changes.pictures))
        changed = np.fromiter(labels, np.int64, len(labels))
        new = changed[~self._columns.has(changed)]
        if len(changed) < len(changes.pictures):
            touched = np.fromiter(changes.pictures, np.int64, len(changes.pictures))
            self._columns.remove(touched[~np.isin(touched, changed)])
        self._columns.add(new)
        classes = (NO_CLASS if class_id is None else class_id for class_id in labels.values())
        rows = self._columns.rows_of(changed)
        self._columns.label[rows] = np.fromiter(classes, np.int64, len(labels))


def _classes_of(workspace: Workspace) -> dict[int, ClassRow]:
    return {row.id: row for row in workspace.classes()}
