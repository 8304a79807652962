"""The events of a labelling run.

A run is a generator of these events (see `engine.runs.run.label`). The command line,
the window and the tests all read the same stream. Every event carries the id of its run, so
that a consumer can drop what comes from a run it no longer cares about. Everything inside is
plain Python or a numpy array that nobody writes to afterwards, so events may cross threads
and, pickled, processes. This module imports neither torch nor Qt.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from engine.backbones import DEFAULT_BACKBONE
from engine.learners import DEFAULT_ALGORITHM
from engine.messages import Message


@dataclass(frozen=True)
class Example:
    """A labelled picture: part of the support set."""

    picture_id: int
    path: Path
    class_name: str


@dataclass(frozen=True)
class Query:
    """A picture to be classified."""

    picture_id: int
    path: Path


Row = TypeVar("Row")
Item = TypeVar("Item")


class LazySequence(Sequence[Item], Generic[Row, Item]):
    """A sequence whose items `make` makes from the rows on access.

    So a run on a hundred thousand pictures starts without making them all. `make` is pickled with the rows,
    as events may be.
    """

    def __init__(self, rows: Sequence[Row], make: Callable[[Row], Item]) -> None:
        self._rows, self._make = rows, make

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> LazySequence[Row, Item]: ...
    def __getitem__(self, place: int | slice) -> Item | LazySequence[Row, Item]:
        if isinstance(place, slice):
            return LazySequence(self._rows[place], self._make)
        return self._make(self._rows[place])

    def __len__(self) -> int:
        return len(self._rows)


def examples_of(
    ids: Sequence[int], paths: Sequence[bytes], class_ids: NDArray[np.int64], class_names: Mapping[int, str]
) -> Sequence[Example]:
    """The pictures whose class has a name, of aligned ids, paths as the file system knows them, and class
    ids int64 [n]."""
    places = np.flatnonzero(np.isin(class_ids, list(class_names))).tolist()
    return LazySequence(places, partial(_example, ids, paths, class_ids, class_names))


def queries_of(ids: Sequence[int], paths: Sequence[bytes], wanted: NDArray[np.bool_]) -> Sequence[Query]:
    """The pictures that are `wanted`, bool [n], of the same."""
    return LazySequence(np.flatnonzero(wanted).tolist(), partial(_query, ids, paths))


def picture_ids(pictures: Sequence[Example | Query], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ids of those of the pictures that are at these positions, int64 [n]."""
    return np.array([pictures[position].picture_id for position in positions.tolist()], dtype=np.int64)


def _example(
    ids: Sequence[int],
    paths: Sequence[bytes],
    class_ids: NDArray[np.int64],
    class_names: Mapping[int, str],
    place: int,
) -> Example:
    return Example(ids[place], Path(os.fsdecode(paths[place])), class_names[int(class_ids[place])])


def _query(ids: Sequence[int], paths: Sequence[bytes], place: int) -> Query:
    return Query(ids[place], Path(os.fsdecode(paths[place])))


@dataclass(frozen=True)
class RunRequest:
    """Everything a run needs to know; it reads no other state.

    `class_names` fixes the order of the probability columns. `device` is `auto`, `cpu`,
    `cuda:N` or `mps`. `options` are choices about the algorithm, by name; those not named keep their
    defaults. `seed` makes the run repeatable.
    """

    examples: Sequence[Example]
    queries: Sequence[Query]
    class_names: tuple[str, ...]
    algorithm: str = DEFAULT_ALGORITHM
    backbone: str = DEFAULT_BACKBONE
    device: str = "auto"
    options: Mapping[str, float | bool] = field(default_factory=dict)
    seed: int = 0
    run_id: int = 0


CLASSIFIER_SUFFIX: Final = ".classifier"
"""Of the files with classifiers; any other name is read as well."""


@dataclass(frozen=True)
class ApplyRequest:
    """Pictures to be labelled by the classifier in a file, see `engine.saved_classifier`."""

    classifier: Path
    queries: Sequence[Query]
    device: str = "auto"
    run_id: int = 0


RunRecord: TypeAlias = Mapping[str, Any]
"""What a run is made with, as JSON has it: `algorithm`, `options` (all of them), `checkpoint` and
`backbone_weights` (each a `file` and its `sha256`, or null), `backbone`, `backbone_fingerprint`, `decoder`
(the version of how pictures are read), `device`, `seed`, `began` (ISO 8601, UTC), `versions`, and `chosen`
where an algorithm chose another: the sentence that says which and why. Where a
classifier from a file is applied, it is the record of that classifier and `applied`: the `file` and its
`digest`, and `decoder`, `device`, `began` and `versions` of now."""


@dataclass(frozen=True)
class Started:
    """The run is prepared; only `Progress` of that comes before. `device` is what it proved to work on,
    e.g. `CPU (8 cores) · ONNX Runtime`."""

    run_id: int
    device: Message
    class_names: tuple[str, ...]
    record: RunRecord = field(default_factory=dict)


@dataclass(frozen=True)
class DeviceChanged:
    """The run goes on with another device, or with less of the same, because memory ran out."""

    run_id: int
    device: Message
    message: Message


@dataclass(frozen=True)
class BackboneProposed:
    """Another backbone would suit the pictures better, by the examples; the message says why."""

    run_id: int
    backbone: str
    message: Message


@dataclass(frozen=True)
class AlgorithmChosen:
    """What an algorithm that chooses among others took for these examples, and why, as a sentence."""

    run_id: int
    message: Message


class Stage(enum.StrEnum):
    """The stage of a run, as a text that the window translates."""

    PREPARING = "Preparing (longer the first time)"
    READING_EXAMPLES = "Reading examples"
    LOOKING = "Looking at the pictures"
    CHECKING = "Checking on held-out examples"
    CLASSIFYING = "Classifying"
    COMPARING = "Comparing"
    CHOOSING = "Choosing diverse pictures"
    FINDING_DUPLICATES = "Looking for near-duplicates"


@dataclass(frozen=True)
class Progress:
    """How far a stage is. `rate` is pictures embedded per second, `None` where none were.

    `total` 0 means that the length is not known.
    """

    run_id: int
    stage: Stage
    done: int
    total: int
    rate: float | None = None


@dataclass(frozen=True)
class AdaptationProgress:
    """One adaptation step: the support's loss (nats) and accuracy (0..1) after `step` updates.

    `kind` says what the loss is: `support` (the examples the step was taken on) or
    `leave-one-out` (with each example left out).
    """

    run_id: int
    step: int
    total_steps: int
    loss: float
    accuracy: float
    kind: str = "support"


@dataclass(frozen=True)
class EmbeddingMap:
    """A 2-D view of the adapted embedding space; a later map replaces an earlier one.

    Rows are aligned: `picture_ids` int64 [n], `xy` float32 [n, 2] in arbitrary units that are
    stable from map to map, `class_index` int16 [n] (the label of a support picture, the
    predicted class of a query, -1 where there is none yet) and `is_support` bool [n].
    `of_total` is the number of pictures of which these n are an even sample. `projection` says how the
    view was found. The last map of a run brings `points` float32 [n, k], the principal components of the
    space, of which other views can be made.
    """

    run_id: int
    picture_ids: NDArray[np.int64]
    xy: NDArray[np.float32]
    class_index: NDArray[np.int16]
    is_support: NDArray[np.bool_]
    of_total: int
    projection: str = "PCA"
    points: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class DoubtfulLabels:
    """Examples whose label the other examples contradict, the most doubtful first; often none.

    Comes once, before the predictions. Rows are aligned: `picture_ids` int64 [n], the class each has,
    `labelled` int16 [n], and the `suggested` one int16 [n], both indices into the class names, and the
    probabilities (0..1) float32 [n] of the former, `own`, and of the latter, `other`, by a
    classifier that had not seen the example. `judged` is the number of examples that could be held out; the
    only example of a class cannot.
    """

    run_id: int
    picture_ids: NDArray[np.int64]
    labelled: NDArray[np.int16]
    suggested: NDArray[np.int16]
    own: NDArray[np.float32]
    other: NDArray[np.float32]
    judged: int


@dataclass(frozen=True)
class Predictions:
    """A batch of classified pictures: `probabilities` float32 [n, way], rows sum to 1."""

    run_id: int
    picture_ids: NDArray[np.int64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class FilesRead:
    """What the files of some pictures hold: read now or, if they are unchanged, before.

    Rows are aligned: `picture_ids` int64 [n], `sizes` int64 [n] in bytes, `mtimes_ns` int64 [n], when they
    were changed, in ns since 1970, and `contents` uint8 [n, 16], the hashes of their bytes.
    """

    run_id: int
    picture_ids: NDArray[np.int64]
    sizes: NDArray[np.int64]
    mtimes_ns: NDArray[np.int64]
    contents: NDArray[np.uint8]


@dataclass(frozen=True)
class PicturesUnreadable:
    """Pictures that could not be read, each with its reason (`truncated`, `not a picture`, …)."""

    run_id: int
    picture_ids: tuple[int, ...]
    reasons: tuple[Message, ...]


@dataclass(frozen=True)
class Warned:
    """Something the person should know that did not stop the run, as one sentence."""

    run_id: int
    message: Message


@dataclass(frozen=True)
class RunIsSlow:
    """A run in progress will take minutes: a sentence that is of interest until it ends."""

    run_id: int
    message: Message


@dataclass(frozen=True)
class Finished:
    """Last event of a run that did everything it was asked.

    `untested` are the names of the classes of whose examples none could be held out, because there is only
    one: the held-out accuracy in `metrics` says nothing of them.
    """

    run_id: int
    seconds: float
    classified: int
    unreadable: int
    embedded: int
    from_cache: int
    temperature: float
    metrics: dict[str, float] = field(default_factory=dict)
    untested: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cancelled:
    """Last event of a run that was asked to stop; predictions already sent stay valid."""

    run_id: int
    seconds: float


@dataclass(frozen=True)
class Failed:
    """Last event of a run that cannot go on. `report` is a traceback if it was a bug, else empty."""

    run_id: int
    message: Message
    report: str = ""


Event: TypeAlias = (
    Started
    | AlgorithmChosen
    | BackboneProposed
    | DeviceChanged
    | Progress
    | AdaptationProgress
    | EmbeddingMap
    | DoubtfulLabels
    | Predictions
    | FilesRead
    | PicturesUnreadable
    | Warned
    | RunIsSlow
    | Finished
    | Cancelled
    | Failed
)
