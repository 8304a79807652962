"""An engine that follows a script: no torch, no pictures read, and it waits where a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.evaluation.accuracy import Accuracy
from engine.learners.recipe import Recipe
from engine.learners.user_checkpoints import join_name
from engine.messages import Message
from engine.meta_training.training_config import TrainingConfig
from engine.meta_training.training_events import (
    CheckpointSaved,
    EpisodeProgress,
    EvaluationProgress,
    ReadingData,
    TrainingStep,
    TrainingStopped,
)
from engine.review.questions import Answered, EmbeddingIndex, PictureSet, Question
from engine.runs.catalogue import (
    AlgorithmEntry,
    BackboneEntry,
    Catalogue,
    DeviceEntry,
    OptionEntry,
    Unavailable,
)
from engine.runs.events import (
    AdaptationProgress,
    ApplyRequest,
    Cancelled,
    DoubtfulLabels,
    EmbeddingMap,
    Event,
    Finished,
    PicturesUnreadable,
    Predictions,
    Progress,
    RunRequest,
    Stage,
    Started,
)
from engine.runs.preparation import Preparation, Prepared
from fewshot_gui.engine_link.bridge import EngineEvent

DEVICE = "Test device"
STEPS = 20
BATCH = 4
COMMAND = "fewshot meta-train --algorithm someday --backbone conv4"
OPTIONS = (
    OptionEntry("rate", "Learning rate", "How far a step goes.", 0.01, 0.0001, 1.0),
    OptionEntry("steps", "Steps", "How often it steps.", 5, 1, 100),
    OptionEntry("whole", "Whole & entire", "Whether all of it adapts.", False, 0, 1),
)


def catalogue() -> Catalogue:
    """Two families; `maml` needs `conv4` and has options, `protonet` runs on both, `someday` on none."""
    no_photos = Unavailable(Message("No checkpoint has been meta-trained for photos yet."))
    return Catalogue(
        algorithms=(
            AlgorithmEntry(
                *("protonet", Message("Prototypical"), "Metric", "Snell 2017"),
                *(Message("Nearest mean."), "Blind to <shape>."),
                options=(),
                backbones=("photo", "conv4"),
                unavailable={},
                trains_on=dict.fromkeys(
                    ("photo", "conv4"), Recipe(ways=(2, 5), shots=(1, 2), query=2, meta_batch=2, steps=10)
                ),
            ),
            AlgorithmEntry(
                *("someday", Message("Some day"), "Metric", "", Message(""), ""),
                options=(),
                backbones=(),
                unavailable={
                    "photo": Unavailable(Message("Some day is not made for photos.")),
                    "conv4": Unavailable(
                        Message(f"Some day has no checkpoint for Characters; make one with: {COMMAND}"),
                        COMMAND,
                    ),
                },
            ),
            AlgorithmEntry(
                *("maml", Message("MAML"), "Gradient", "Finn 2017", Message("Learns to adapt."), "Slow."),
                options=OPTIONS,
                backbones=("conv4",),
                unavailable={"photo": no_photos},
                trains_on={"conv4": Recipe(ways=(3, 5), shots=(1, 2), query=3, meta_batch=2, steps=20)},
            ),
        ),
        backbones=(
            BackboneEntry("photo", "Photos", "For photos.", 224, 1280, "Apache-2.0", "here"),
            BackboneEntry("conv4", "Characters", "For symbols.", 28, 64, "Apache-2.0", "here"),
        ),
        devices=(DeviceEntry("cuda:0", Message("Quick card")), DeviceEntry("cpu", Message("Processor"))),
    )


class ScriptedEngine:
    """Classifies every picture as the class of its place, counted round.

    With `hold_after` batches it waits until `go_on` is set or the run is cancelled. It raises
    `error` instead of classifying, if there is one. Pictures whose name contains `broken` cannot
    be read. `doubts` says which labels it doubts, if it is there.

    A question is answered by the entry of `answers` for its kind, or with `None`; with `hold_answer` only
    after `go_on` is set.

    A preparation ends at once, as if everything were cached; with `hold_preparation` it computes one picture
    after the other, and waits before the last one until `go_on` is set.

    A training waits after `steps_allowed`, if that is a number, is judged at each step, and by three episodes
    at its end; what comes of it is in the catalogue. It raises `error`, or tells `training_end` instead of
    what was written.
    """

    def __init__(self) -> None:
        self.requests: list[RunRequest] = []
        self.hold_after: int | None = None
        self.go_on = threading.Event()
        self.error: Exception | None = None
        self.orders: list[TrainingConfig] = []
        self.steps_allowed: int | None = None
        self.training_end: object = None
        self._trained: list[TrainingConfig] = []
        self.script: Callable[[RunRequest], Iterator[Event]] | None = None
        self.doubts: Callable[[RunRequest], DoubtfulLabels] | None = None
        self.questions: list[tuple[PictureSet, Question]] = []
        self.answers: dict[type, Callable[[PictureSet, Any], Any]] = {}
        self.hold_answer = False
        self.preparations: list[Preparation] = []
        self.hold_preparation = False
        self.fitted: list[RunRequest] = []

    def read_catalogue(self) -> Catalogue:
        plain = catalogue()
        own = tuple(_own_entry(plain, order) for order in self._trained)
        return replace(plain, algorithms=(*plain.algorithms[:1], *own, *plain.algorithms[1:]))

    def forget_trained(self) -> None:
        """As if all that it has trained had been removed."""
        self._trained.clear()

    def train(self, order: TrainingConfig, cancelled: Callable[[], bool]) -> Iterator[object]:
        self.orders.append(order)
        if self.error is not None:
            raise self.error
        yield ReadingData("project", 12)
        total = order.recipe.steps
        for step in range(1, total + 1):
            while not cancelled() and self.steps_allowed is not None and step > self.steps_allowed:
                self.go_on.wait(0.01)
            if cancelled():
                yield TrainingStopped()
                return
            yield EpisodeProgress(1, 2)
            yield EpisodeProgress(2, 2)
            judged = Accuracy(step / total, 0.02, 60)
            yield TrainingStep(step, 2 / step, judged, judged.mean, float(step), 2.0 * (total - step))
        for done in (1, 2, 3):
            yield EvaluationProgress(done, 3)
            if cancelled():
                yield TrainingStopped()
                return
        if self.training_end is None:
            self._trained.append(order)
            yield CheckpointSaved(order.out, {"project": Accuracy(0.9, 0.01, 300)})
        else:
            yield self.training_end

    def label(self, request: RunRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        self.requests.append(request)
        if self.script is not None:
            yield from self.script(request)
            return
        run, way = request.run_id, len(request.class_names)
        yield Started(run, Message(DEVICE), request.class_names)
        if self.error is not None:
            raise self.error
        for step in range(STEPS):
            yield AdaptationProgress(run, step, STEPS - 1, 2 / (step + 1), step / STEPS)
            yield embedding_map(request)
        if self.doubts is not None:
            yield self.doubts(request)
        broken = [query for query in request.queries if "broken" in query.path.name]
        if broken:
            ids = tuple(query.picture_id for query in broken)
            yield PicturesUnreadable(run, ids, (Message("truncated"),) * len(broken))
        ids = np.array([q.picture_id for q in request.queries if q not in broken], np.int64)
        for batch, start in enumerate(range(0, len(ids), BATCH)):
            if self.hold_after == batch:
                while not cancelled() and not self.go_on.wait(0.01):
                    pass
            if cancelled():
                yield Cancelled(run, 0.1)
                return
            part = ids[start : start + BATCH]
            yield Predictions(run, part, probabilities(np.arange(start, start + len(part)) % way, way))
            yield Progress(run, "Classifying", start + len(part), len(ids), 123.0)
        yield Finished(run, 0.5, len(ids), len(broken), len(ids), 0, 1.0)

    def fit(self, request: RunRequest, path: Path, cancelled: Callable[[], bool]) -> Iterator[Event]:
        self.fitted.append(request)
        yield Started(request.run_id, Message(DEVICE), request.class_names)
        yield Progress(request.run_id, "Reading examples", 1, len(request.examples))
        while self.hold_answer and not self.go_on.wait(0.01):
            if cancelled():
                yield Cancelled(request.run_id, 0.1)
                return
            yield Progress(request.run_id, "Reading examples", 1, len(request.examples))
        if self.error is not None:
            raise self.error
        path.write_text("a classifier")
        yield Finished(request.run_id, 0.5, 0, 0, len(request.examples), 0, 1.0)

    def apply(self, request: ApplyRequest, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """As `label` does, with two classes."""
        as_run = RunRequest((), request.queries, ("ant", "bee"), device=request.device, run_id=request.run_id)
        for event in self.label(as_run, cancelled):
            yield replace(event, record={"applied": 1}) if isinstance(event, Started) else event

    def answer(
        self, run_id: int, pictures: PictureSet, question: Question, cancelled: Callable[[], bool]
    ) -> Iterator[EngineEvent]:
        self.questions.append((pictures, question))
        yield Progress(run_id, "Looking at the pictures", 0, len(pictures.paths))
        while self.hold_answer and not self.go_on.wait(0.01):
            if cancelled():
                yield Cancelled(run_id, 0.1)
                return
            yield Progress(run_id, "Looking at the pictures", 1, len(pictures.paths))
        if self.error is not None:
            raise self.error
        readable = np.array(["broken" not in str(path) for path in pictures.paths], np.bool_)
        broken = pictures.picture_ids[~readable].tolist()
        ids = pictures.picture_ids[readable]
        embedding_index = EmbeddingIndex(
            pictures.backbone,
            ids,
            np.zeros((len(ids), 2), np.float16),
            dict.fromkeys(broken, Message("truncated")),
        )
        find = self.answers.get(type(question), lambda _pictures, _question: None)
        yield Answered(run_id, embedding_index, find(pictures, question))

    def prepare(
        self, run_id: int, preparation: Preparation, cancelled: Callable[[], bool]
    ) -> Iterator[EngineEvent | Progress]:
        self.preparations.append(preparation)
        count = len(preparation.paths)
        if not self.hold_preparation:
            yield Progress(run_id, Stage.LOOKING, count, count)
        for done in range(count - 1 if self.hold_preparation else 0):
            yield Progress(run_id, Stage.LOOKING, done + 1, count, 2.0)
        while self.hold_preparation and not self.go_on.wait(0.01):
            if cancelled():
                yield Cancelled(run_id, 0.1)
                return
            yield Progress(run_id, Stage.LOOKING, count - 1, count, 2.0)
        if self.error is not None:
            raise self.error
        yield Prepared(run_id, 0)


def _own_entry(plain: Catalogue, order: TrainingConfig) -> AlgorithmEntry:
    algorithm = next(entry for entry in plain.algorithms if entry.name == order.algorithm)
    return replace(
        algorithm,
        name=join_name(order.algorithm, order.name),
        title=Message("{algorithm} · {name}", algorithm=algorithm.title, name=order.name),
        backbones=(order.backbone,),
        unavailable={
            b.name: Unavailable(Message("Elsewhere.")) for b in plain.backbones if b.name != order.backbone
        },
        trains_on={},
    )


def probabilities(winners: np.ndarray, way: int) -> np.ndarray:
    """Rows that sum to 1, 0.9 for the winner."""
    rows = np.full((len(winners), way), 0.1 / (way - 1), np.float32)
    rows[np.arange(len(winners)), winners] = 0.9
    return rows


def embedding_map(request: RunRequest) -> EmbeddingMap:
    """Every picture of the request, in places that come from its id."""
    ids = [row.picture_id for row in (*request.examples, *request.queries)]
    labels = [request.class_names.index(row.class_name) for row in request.examples]
    return EmbeddingMap(
        request.run_id,
        np.array(ids, np.int64),
        np.random.default_rng(0).normal(size=(len(ids), 2)).astype(np.float32),
        np.array(labels + [-1] * len(request.queries), np.int16),
        np.array([True] * len(request.examples) + [False] * len(request.queries)),
        len(ids),
    )
