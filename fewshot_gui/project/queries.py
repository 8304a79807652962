"""What views and controllers ask of the open project. Nothing here changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from engine.exports.project_rows import current_predictions
from engine.messages import Message
from engine.visible import visible
from engine.workspace import ClassRow, PictureRow
from engine.workspace.palette import UNKNOWN_COLOR
from engine.workspace.rows import UNKNOWN, LabelEvent, LabelGroup, RunRow
from fewshot_gui.project.names import Names, folded
from fewshot_gui.project.picture_columns import NO_CLASS, NO_RUN, Arrangement, Order, Show
from fewshot_gui.project.picture_filter import FilterKind, FolderRow, PictureFilter, folder_rows
from fewshot_gui.project.state import ProjectState
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.symbols import UNKNOWN_SYMBOL, class_symbol


class Queries(QObject):
    """The open project, read only; a `PictureSource` for the models.

    Facts about pictures come from arrays (`PictureColumns`), which are up to date after each `changed`;
    everything else is read from SQLite. What is read may raise `FewshotError`.
    """

    def __init__(self, state: ProjectState, names: Names, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._names = state, names

    # -- classes

    @property
    def classes(self) -> list[ClassRow]:
        """In the order of the class list."""
        return list(self._state.classes.values())

    def class_named(self, name: str) -> ClassRow | None:
        return next((row for row in self._state.classes.values() if row.name == name), None)

    def free_class_name(self, taken: Collection[str] = ()) -> str:
        """A made-up name that no class has and that is not `taken`."""
        names = {row.name for row in self._state.classes.values()}.union(taken)
        numbered = (self.tr("Class {n}").format(n=number) for number in count(1))
        return next(name for name in numbered if name not in names)

    # -- pictures and their labels

    @property
    def picture_count(self) -> int:
        return len(self._state.columns.ids)

    @property
    def picture_ids(self) -> NDArray[np.int64]:
        """The ids of all pictures, in order of adding; read only."""
        return self._state.columns.ids

    @property
    def last_picture(self) -> int:
        """The id of the picture that was added last; 0 if there are none."""
        ids = self._state.columns.ids
        return int(ids[-1]) if len(ids) else 0

    def count_since(self, picture_id: int) -> int:
        """The number of pictures that were added after this one."""
        ids = self._state.columns.ids
        return len(ids) - int(np.searchsorted(ids, picture_id, side="right"))

    def has(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `ids` are pictures of the project, bool [n]."""
        return self._state.columns.has(ids)

    def labels_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class of each picture, int64 [n]; `NO_CLASS` if it has none or is not in the project."""
        return self._state.columns.labels_of(ids)

    def class_of(self, picture_id: int) -> int | None:
        label = self._state.columns.label.item(self._state.columns.row_of(picture_id))
        return None if label == NO_CLASS else label

    def labeled_ids(self) -> NDArray[np.int64]:
        """Every picture that has a label, `UNKNOWN` included."""
        ids = self._state.columns.ids
        labeled: NDArray[np.int64] = ids[self.labels_of(ids) != NO_CLASS]
        return labeled

    def examples_of(self, class_id: int) -> NDArray[np.int64]:
        """The pictures that are labelled as this class, in order of adding."""
        return self._state.columns.labeled_as(class_id)

    @property
    def labeled_count(self) -> int:
        """The number of pictures with a label, `UNKNOWN` included."""
        return len(self.labeled_ids())

    # -- pictures that cannot be read

    def unreadable_ids(self) -> NDArray[np.int64]:
        """The pictures that the last run or question could not read."""
        ids = np.fromiter(self._state.columns.errors, np.int64, len(self._state.columns.errors))
        return np.sort(ids[self.has(ids)])

    @property
    def unreadable_count(self) -> int:
        """The number of pictures that the last run or question could not read."""
        return len(self._state.columns.errors)

    def reasons(self) -> dict[int, Message]:
        """Why the last run or question could not read a picture, by its id."""
        return dict(self._state.columns.errors)

    def error(self, picture_id: int) -> str | None:
        return translated(self._state.columns.errors.get(picture_id))

    # -- predictions

    @property
    def threshold(self) -> float:
        """The confidence (0..1) below which a prediction counts as unknown in this project."""
        return self._state.columns.threshold

    @property
    def predicted_count(self) -> int:
        """The number of pictures without a label that the last run gave a class."""
        return len(self._waiting())

    def predicted_counts(self) -> dict[int, int]:
        """The number of pictures without a label that each class is predicted for, `UNKNOWN` included."""
        ids = self._state.columns.ids
        verdict = self._state.columns.verdict(ids[self.labels_of(ids) == NO_CLASS])
        classes, counts = np.unique(verdict[verdict != NO_CLASS], return_counts=True)
        return dict(zip(classes.tolist(), counts.tolist(), strict=True))

    def confidences(self) -> NDArray[np.float32]:
        """The last run's confidence in each picture that has no label, float32 [n] in 0..1."""
        return self._state.columns.confidence[self._state.columns.rows_of(self._waiting())]

    def _waiting(self) -> NDArray[np.int64]:
        """The pictures without a label that the last run gave a class, int64 [n]."""
        unlabeled = self._state.columns.ids[self.labels_of(self._state.columns.ids) == NO_CLASS]
        waiting: NDArray[np.int64] = unlabeled[self._state.columns.likeliest(unlabeled) != NO_CLASS]
        return waiting

    def is_earlier(self, picture_id: int) -> bool:
        """Whether the picture's prediction is of a run before the one in progress; see
        `RunStore.mark_earlier`."""
        columns = self._state.columns
        return columns.present_run != NO_RUN and columns.is_earlier(np.array([picture_id])).item()

    @property
    def earlier_count(self) -> int:
        """The number of pictures without a label of which the same holds."""
        return int(np.count_nonzero(self._state.columns.is_earlier(self._waiting())))

    def prediction(self, picture_id: int) -> tuple[int, float] | None:
        verdict = self._state.columns.verdict(np.array([picture_id])).item()
        if verdict == NO_CLASS:
            return None
        return verdict, self._state.columns.confidence.item(self._state.columns.row_of(picture_id))

    def likeliest(self, picture_id: int) -> int | None:
        likeliest = self._state.columns.likeliest(np.array([picture_id])).item()
        return None if likeliest == NO_CLASS else likeliest

    def predictions_of(self, ids: NDArray[np.int64]) -> dict[int, list[int]]:
        """Those of `ids` that have a prediction and no label, by the predicted class."""
        waiting = ids[self.labels_of(ids) == NO_CLASS]
        verdict = self._state.columns.verdict(waiting)
        classes = np.unique(verdict[verdict != NO_CLASS]).tolist()
        return {class_id: waiting[verdict == class_id].tolist() for class_id in classes}

    def predictions(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """The present predictions: picture ids int64 [n], their classes int64 [n], and the probabilities of
        all classes, float32 [n, classes]; 0 for a class that the run did not know."""
        return current_predictions(self._state.workspace, self.classes)

    def accepted_ids(self) -> NDArray[np.int64]:
        """The pictures whose label is an accepted prediction, int64 [n]."""
        return self._state.workspace.accepted_ids()

    def probabilities_of(self, picture_id: int) -> list[tuple[int, float]]:
        """The present prediction of one picture: classes with probabilities (0..1), the most probable
        first."""
        if self._state.columns.predicted.item(self._state.columns.row_of(picture_id)) == NO_CLASS:
            return []
        class_ids, probabilities = self._state.workspace.latest_prediction(picture_id) or (
            [],
            np.empty(0, np.float32),
        )
        of_class = dict(zip(class_ids, probabilities.tolist(), strict=True))
        there = [(class_id, of_class[class_id]) for class_id in self._state.classes if class_id in of_class]
        return sorted(there, key=lambda row: -row[1])

    # -- what the grid shows

    def counts(self, class_id: int = NO_CLASS) -> dict[Show, int]:
        """The number of pictures in each tab; `class_id` is the selected class."""
        masks = self._state.columns.masks(class_id)
        return {show: int(np.count_nonzero(mask)) for show, mask in masks.items()}

    def can_arrange(self, arrangement: Arrangement) -> bool:
        """Whether the names are known that this arrangement needs. If not, they are read, and `names.found`
        follows."""
        in_order = arrangement.order is Order.NAME
        return not (in_order or arrangement.name) or self._names.request(self._state.columns.ids, in_order)

    def arrange(self, arrangement: Arrangement) -> NDArray[np.int64]:
        """Picture ids to show, in order; by name as far as the names are known (see `can_arrange`)."""
        if arrangement.order is Order.FOLDER:
            self._state.columns.set_ranking(Order.FOLDER, self._state.paths.by_folder())
        ids = self._state.columns.arrange(arrangement)
        for one in arrangement.filters:
            ids = ids[np.isin(ids, self._passing(one))]
        if arrangement.name:
            named = self._names.containing(arrangement.name, ids)
            ids = ids[named | self._of_class_containing(arrangement.name, ids)]
        return ids

    def _passing(self, wanted: PictureFilter) -> NDArray[np.int64]:
        """The pictures that pass a filter, in any order, int64 [n]."""
        workspace = self._state.workspace
        match wanted.kind, wanted.value:
            case FilterKind.FOLDER, bytes(folder):
                return self._state.paths.within(folder)
            case FilterKind.ORIGIN, str(origin):
                return workspace.labelled_where(origin=origin)
            case FilterKind.DAY, str(day):
                return workspace.labelled_where(day=day)
            case FilterKind.RUN, int(run_id):
                return workspace.labelled_where(run_id=run_id)
        raise ValueError(wanted)

    def label_groups(self) -> list[LabelGroup]:
        """What there is to filter labels by; see `Workspace.label_groups`."""
        return self._state.workspace.label_groups()

    def folders(self) -> list[FolderRow]:
        """The folders of the pictures, each before what it contains."""
        return folder_rows(self._state.paths.all()[1])

    def _of_class_containing(self, text: str, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the pictures are shown with a class that has `text` in its name, bool [n]."""
        wanted = folded(text)
        classes = [
            class_id
            for class_id in (*self._state.classes, UNKNOWN)
            if wanted in folded(self.class_name(class_id))
        ]
        labels = self.labels_of(ids)
        best = np.where(labels == NO_CLASS, self._state.columns.verdict(ids), labels)
        return np.isin(best, classes)

    def is_sorted(self, arrangement: Arrangement) -> bool:
        """Whether the order is that of the present predictions; see `ProjectHub.sort_again`."""
        return self._state.columns.is_sorted(arrangement)

    # -- one picture

    def pictures(self, ids: NDArray[np.int64]) -> list[PictureRow]:
        """The rows of these pictures, in the order of their ids; `picture_ids` are those of all."""
        return self._state.workspace.pictures(ids)

    def encoded_paths(self, ids: NDArray[np.int64]) -> list[bytes]:
        """The path of each of these pictures as the file system knows it, in the order of `ids`."""
        paths = {row.id: row.encoded_path for row in self.pictures(ids)}
        return [paths[picture_id] for picture_id in ids.tolist()]

    def history(self, picture_id: int) -> list[LabelEvent]:
        """The events of one picture's label, the earliest first."""
        return self._state.workspace.history(picture_id)

    def path(self, picture_id: int) -> Path:
        return self._state.paths.of(picture_id)

    def all_paths(self) -> tuple[list[int], list[bytes]]:
        """See `Paths.all`; they may be ahead of the other queries, see `ProjectHub.all_paths`."""
        return self._state.paths.all()

    # -- how a class is shown

    def class_name(self, class_id: int) -> str:
        """The name of a class, ready to be shown."""
        return self.tr("Unknown") if class_id == UNKNOWN else visible(self._state.classes[class_id].name)

    def class_color(self, class_id: int) -> str:
        return UNKNOWN_COLOR if class_id == UNKNOWN else self._state.classes[class_id].color

    def class_symbol(self, class_id: int) -> str:
        # By its id, not by its position: so it keeps its symbol when classes are moved or removed.
        return UNKNOWN_SYMBOL if class_id == UNKNOWN else class_symbol(class_id - 1)

    # -- runs

    def runs(self) -> list[RunRow]:
        """The ended runs whose predictions are still stored, the last one first."""
        return self._state.workspace.runs_with_predictions()

    @property
    def run_id(self) -> int | None:
        """The latest of the runs whose predictions are shown; None if there was no run."""
        runs = self._state.workspace.effective_runs()
        return runs[-1].id if runs else None

    def runs_of(self, ids: Iterable[int]) -> dict[int, int]:
        """The run that predicted each of these pictures, by picture id."""
        wanted = np.fromiter(ids, np.int64)
        runs = self._state.columns.run[self._state.columns.rows_of(wanted)]
        return dict(zip(wanted.tolist(), runs.tolist(), strict=True))

    def records(self) -> list[dict[str, Any]]:
        """The records of the runs whose predictions are shown, the earliest first."""
        return [run.to_record() for run in self._state.workspace.effective_runs()]

    def batches(self, run_id: int) -> Iterator[tuple[bytes, bytes]]:
        """The predictions of a run for `PredictionBatches`, read block by block."""
        return self._state.workspace.batches(run_id)

    def human_labels(self) -> Iterator[list[tuple[int, int, int | None]]]:
        """Picture id, class id, and the run whose suggestion was accepted, if one was; read block by
        block."""
        return self._state.workspace.human_labels()

    def compared_classes(self, picture_id: int) -> tuple[int, int] | None:
        columns = self._state.columns
        row = columns.row_of(picture_id)
        classes = columns.first_class.item(row), columns.second_class.item(row)
        return classes if all(class_id in self._state.classes for class_id in classes) else None
