"""What an export says of each picture of a project."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.exports.base import ACCEPTED, HUMAN, PREDICTED, Choice, Row
from engine.messages import Message
from engine.workspace import ClassRow, Workspace
from engine.workspace.batches import PredictionBatches
from engine.workspace.positions import PositionIndex
from engine.workspace.rows import UNKNOWN, UNKNOWN_NAME

NO_CLASS: Final = -1

LABELS: Final = Choice(
    "labels",
    Message("Labels"),
    {
        "all": Message("Labels and predictions"),
        "accepted": Message("Labels, accepted predictions included"),
        "human": Message("Only labels given by hand"),
    },
)
"""Which labels are exported; the others count as none."""

_ORIGINS: Final = {"all": (HUMAN, ACCEPTED, PREDICTED), "accepted": (HUMAN, ACCEPTED), "human": (HUMAN,)}
_PATHS_AT_A_TIME = 10_000


def rows_of(
    pictures: Iterable[tuple[int, bytes, int]],
    reasons: Mapping[int, Message],
    classes: Sequence[ClassRow],
    predictions: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]],
    accepted: Collection[int],
    threshold: float,
    labels: str = "all",
) -> Iterator[Row]:
    """One row for each of `pictures`: id, path as the file system knows it, and class id or `NO_CLASS`.

    What a person said outweighs what a run said: a labelled picture has its label, with
    confidence and probability 1, or is `unknown` with confidence 1 and no probabilities. Any other
    has what is predicted of it now, if that is anything; with less confidence than `threshold` the label is
    `unknown`. A picture without either, also one that could not be read, has an empty label.

    `predictions` are picture ids int64 [n], classes int64 [n] and probabilities float32 [n, classes];
    `accepted` are the ids of the pictures whose label is an accepted prediction. `labels` is a value of
    `LABELS`.
    """
    predicted_ids, predicted, of_class = predictions
    wanted = _ORIGINS[labels]
    columns = {row.id: column for column, row in enumerate(classes)}
    place_of = dict(zip(predicted_ids.tolist(), range(len(predicted_ids)), strict=True))
    for picture_id, encoded_path, class_id in pictures:
        path, error = os.fsdecode(encoded_path), str(reasons.get(picture_id, ""))
        probabilities: NDArray[np.floating] = np.empty(0)
        origin = ACCEPTED if picture_id in accepted else HUMAN
        if class_id != NO_CLASS and origin not in wanted:
            class_id = NO_CLASS
        elif class_id == UNKNOWN:
            yield Row(path, UNKNOWN_NAME, 1.0, error, None, origin)
            continue
        elif class_id != NO_CLASS:
            probabilities = np.eye(1, len(classes), columns[class_id])[0]
        elif PREDICTED in wanted and (place := place_of.get(picture_id)) is not None:
            origin, class_id, probabilities = PREDICTED, int(predicted[place]), of_class[place]
        if class_id in columns:
            column = columns[class_id]
            confidence = float(probabilities[column])
            name = classes[column].name if confidence >= np.float32(threshold) else UNKNOWN_NAME
            yield Row(path, name, confidence, error, probabilities.tolist(), origin)
        else:
            yield Row(path, "", error=error)


def project_rows(project: Workspace, threshold: float, labels: str = "all") -> Iterator[Row]:
    """The rows of all pictures of a project, in order of adding, read as they come; see `rows_of`."""
    classes = project.classes()
    accepted = frozenset(project.accepted_ids().tolist())
    predictions = current_predictions(project, classes)
    return rows_of(
        _pictures(project), project.unreadable(), classes, predictions, accepted, threshold, labels
    )


def _pictures(project: Workspace) -> Iterator[tuple[int, bytes, int]]:
    labels, last = project.labels(), 0
    while block := project.paths_after(last, _PATHS_AT_A_TIME):
        last = block[-1][0]
        for picture_id, path in block:
            yield picture_id, path, labels.get(picture_id, NO_CLASS)


def current_predictions(
    project: Workspace, classes: Sequence[ClassRow]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """What is predicted now: picture ids int64 [n], their classes int64 [n], and the probabilities (0..1) of
    all `classes`, float32 [n, classes]; 0 for one that the run did not know."""
    ids = project.picture_ids()
    place_of = {row.id: place for place, row in enumerate(classes)}
    likeliest = np.full(len(ids), NO_CLASS, np.int64)
    probabilities = np.zeros((len(ids), len(classes)), np.float32)
    rows_of_ids = PositionIndex(ids)
    for run in project.effective_runs():
        batches = PredictionBatches(run.class_ids, tuple(project.batches(run.id)))
        kept = [column for column, class_id in enumerate(run.class_ids) if class_id in place_of]
        places = np.array([place_of[run.class_ids[column]] for column in kept], np.int64)
        for of_batch, said in batches.iter_chunks():
            rows = rows_of_ids.of(of_batch)
            there = rows >= 0
            rows, said = rows[there], said[there]
            probabilities[rows] = 0
            probabilities[np.ix_(rows, places)] = said[:, kept]
            likeliest[rows] = np.array(run.class_ids, np.int64)[said.argmax(axis=1)]
    known = np.isin(likeliest, list(place_of))
    return ids[known], likeliest[known], probabilities[known]
