"""A labelling run: examples and pictures in, a stream of events out.

`label` is a generator and does nothing by itself: the caller iterates it, on any thread,
and stops it by no longer iterating or by saying so through `cancelled`, which is asked at least every
tenth of a second, or after the present step where a single batch or adaptation step takes longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backbones.base import Backbone, backbones, get_backbone
from engine.checkpoints import read_card
from engine.confidence.calibration import Calibration
from engine.confidence.temperature import probabilities
from engine.devices import list_devices
from engine.discovery import plugin_problems
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.pipeline import EncodedBatch, encode_pictures
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.evaluation.validation import from_card
from engine.exports import formats
from engine.learners.base import MetaLearner
from engine.learners.registry import FAMILIES, is_untrained, learners, unavailable_reason
from engine.learners.user_checkpoints import join_name, user_checkpoint_names, user_checkpoint_path
from engine.messages import Message
from engine.review.suspects import find_suspects
from engine.runs.catalogue import AlgorithmEntry, BackboneEntry, Catalogue, OptionEntry, Unavailable
from engine.runs.events import (
    AdaptationProgress,
    DeviceChanged,
    DoubtfulLabels,
    Event,
    Example,
    Finished,
    LazySequence,
    PicturesUnreadable,
    Predictions,
    Progress,
    Query,
    RunRecord,
    RunRequest,
    Stage,
    Started,
    Warned,
    picture_ids,
)
from engine.runs.forecast import Forecast
from engine.runs.map_builder import MapBuilder
from engine.runs.record import record_of
from engine.runs.session import CalibratedClassifier, Session
from engine.runs.streams import files_read, run_in_thread_with_progress, with_terminal_event
from engine.seeding import seed_torch

PREVIEW = 64


def read_catalogue() -> Catalogue:
    """What can be chosen here and now; proves every device, so it may take a second."""
    algorithms = [entry for learner in learners().values() for entry in _entries(learner)]
    entries = [
        BackboneEntry(
            name=b.name,
            title=b.title,
            summary=b.summary,
            size=b.preprocessing.size,
            dimension=b.dimension,
            licence=b.licence,
            source=b.source,
            unavailable=b.unavailable,
        )
        for b in backbones().values()
    ]
    formats()  # so that the problems of all kinds of plug-ins are known
    return Catalogue(tuple(algorithms), tuple(entries), tuple(list_devices()), plugin_problems())


def _entries(learner: type[MetaLearner]) -> Iterator[AlgorithmEntry]:
    """The algorithm as it comes, then with each of the user's own checkpoints that has a name."""
    facts = learner.facts
    reasons = {name: unavailable_reason(learner, backbone) for name, backbone in backbones().items()}
    trains_on = {
        name: learner.recipe_on(backbone)
        for name, backbone in backbones().items()
        if facts.meta_training != "none" and learner.supports(backbone) is None and not backbone.unavailable
    }
    entry = AlgorithmEntry(
        name=facts.name,
        title=Message(facts.title),
        family=FAMILIES[facts.family],
        paper=facts.paper,
        summary=Message(facts.summary),
        limits=facts.limits,
        options=tuple(
            OptionEntry(default=getattr(learner, option.name), **asdict(option)) for option in learner.options
        ),
        **_reach(reasons),
        trains_on=trains_on,
        untrained=tuple(
            name
            for name, backbone in backbones().items()
            if reasons[name] is None and is_untrained(learner, backbone)
        ),
    )
    yield entry
    own = {backbone: user_checkpoint_names(facts.name, backbone) for backbone in backbones()}
    for name in sorted({name for names in own.values() for name in names}):
        there = tuple(backbone for backbone, names in own.items() if name in names)
        reasons = {
            backbone.name: unavailable_reason(learner, backbone, name)
            if backbone.name in there
            else _not_trained_for(name, backbone)
            for backbone in backbones().values()
        }
        yield replace(
            entry,
            name=join_name(facts.name, name),
            title=Message("{algorithm} · {name}", algorithm=Message(facts.title), name=name),
            summary=Message.joined((_own_summary(facts.name, backbone, name) for backbone in there), " "),
            **_reach(reasons),
            trains_on={},
            untrained=(),
        )


class _Reach(TypedDict):
    """On which backbones an algorithm runs, and why not on the others."""

    backbones: tuple[str, ...]
    unavailable: dict[str, Unavailable]


def _reach(reasons: Mapping[str, Unavailable | None]) -> _Reach:
    return {
        "backbones": tuple(name for name, reason in reasons.items() if reason is None),
        "unavailable": {name: reason for name, reason in reasons.items() if reason is not None},
    }


def _not_trained_for(name: str, backbone: Backbone) -> Unavailable:
    reason = "“{name}” was not meta-trained for {backbone}."
    return Unavailable(Message(reason, name=name, backbone=Message(backbone.title)))


def _own_summary(algorithm: str, backbone: str, name: str) -> Message:
    """What the card says, as far as it says it."""
    try:
        card = read_card(user_checkpoint_path(algorithm, backbone, name))
    except FewshotError as error:
        return error.message
    named = card.get("sources")
    sources = ", ".join(map(str, named)) if named and isinstance(named, list) else "?"
    return Message(
        "Meta-trained by you for {backbone} on {sources}. Validation on {accuracies}.",
        backbone=Message(get_backbone(backbone).title),
        sources=sources,
        accuracies=from_card(card.get("validation")),
    )


def label(request: RunRequest, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Run `request`; the last event is `Finished`, `Cancelled` or `Failed`, and nothing is raised."""
    return with_terminal_event(request.run_id, _Run(request).events(), cancelled)


@dataclass
class _Run:
    """The state of one run, from the examples to the last prediction."""

    request: RunRequest
    started: float = field(default_factory=time.monotonic)
    embedded: int = 0
    from_cache: int = 0
    unreadable: int = 0
    classified: int = 0
    preview_seconds: float = 0.0
    forecast: Forecast = field(init=False)

    def __post_init__(self) -> None:
        self.forecast = Forecast(self.request.run_id)

    def events(self) -> Generator[Event, None, None]:
        request = self.request
        if not request.queries:
            raise FewshotError("There is no picture to label; add some first.")
        session, record = yield from run_in_thread_with_progress(
            request.run_id, Stage.PREPARING, self._prepare
        )
        yield Started(request.run_id, session.device_title, request.class_names, record)
        if session.encoder.problem:
            yield Warned(request.run_id, session.encoder.problem)
        with session.open_cache() as cache:
            cache.protect(_paths(request.examples))
            cache.protect(_paths(request.queries))
            support, ids = yield from self._read_examples(session, cache)
            view = MapBuilder(session, support, ids, request)
            stream = encode_pictures(_paths(request.queries), session.encoder, cache)
            with closing(stream):
                preview = yield from self._preview(stream)
                view.show_preview(preview)
                task = yield from self._adapt(session, support, view)
                yield self._doubts(task.calibration, ids)
                yield from self._classify(session, task, view, preview, stream)
            if cache.problem:
                yield Warned(request.run_id, cache.problem)
        yield self._finished(task.calibration)

    def _prepare(self) -> tuple[Session, RunRecord]:
        request = self.request
        session = Session(request.algorithm, request.backbone, request.device, request.options)
        return session, record_of(session, request)

    def _read_examples(
        self, session: Session, cache: EmbeddingCache
    ) -> Generator[Event, None, tuple[LabeledSet, NDArray[np.int64]]]:
        """The support set, and the picture ids of its rows."""
        request, examples = self.request, self.request.examples
        batches, done = [], 0
        self.forecast.start_reading()
        with closing(encode_pictures(_paths(examples), session.encoder, cache)) as stream:
            for batch in stream:
                batches.append(batch)
                yield from self._account(batch, examples)
                done += len(batch.positions) + len(batch.unreadable)
                yield Progress(request.run_id, Stage.READING_EXAMPLES, done, len(examples))
                left = len(examples) + len(request.queries) - done
                yield from self.forecast.pictures(batch.fresh, left)
        # In the order they were given, so that a second run, read from the cache, adds up the same way.
        positions = np.concatenate([batch.positions for batch in batches] or [np.empty(0, np.int64)])
        order = np.argsort(positions)
        features = np.concatenate([batch.features for batch in batches])[order] if batches else None
        index = {name: number for number, name in enumerate(request.class_names)}
        readable = [examples[position] for position in positions[order]]
        labels = torch.tensor([index[example.class_name] for example in readable], dtype=torch.int64)
        if features is None:
            raise FewshotError("No examples were given; add a few pictures to each class.")
        support = LabeledSet(session.tensor(features), labels.to(session.device), request.class_names)
        support.require_every_class()
        return support, np.array([example.picture_id for example in readable], dtype=np.int64)

    def _preview(self, stream: Iterator[EncodedBatch]) -> Generator[Event, None, list[EncodedBatch]]:
        """The first pictures to label, so that the scatter has something to move while adapting."""
        batches: list[EncodedBatch] = []
        began = time.monotonic()
        self.forecast.start_reading()
        for batch in stream:
            yield from self._account(batch, self.request.queries)
            batches.append(batch)
            self.preview_seconds = time.monotonic() - began
            read = sum(len(batch.positions) + len(batch.unreadable) for batch in batches)
            yield from self.forecast.pictures(batch.fresh, len(self.request.queries) - read)
            if sum(len(b.positions) for b in batches) >= PREVIEW:
                break
            yield Progress(self.request.run_id, Stage.LOOKING, 0, len(self.request.queries))
        return batches

    def _adapt(
        self, session: Session, support: LabeledSet, view: MapBuilder
    ) -> Generator[Event, None, CalibratedClassifier]:
        request = self.request
        seed_torch(request.seed)
        steps = session.adapt(support)
        began = time.monotonic()
        while True:
            try:
                stage, step = next(steps)
            except StopIteration as stop:
                task: CalibratedClassifier = stop.value
                return task
            except torch.OutOfMemoryError:
                return (yield from self._adapt_on_cpu(session, support, view))
            if stage == "adapting":
                yield AdaptationProgress(
                    request.run_id, step.step, step.total_steps, step.loss, step.accuracy, step.kind
                )
                yield from self.forecast.step(step.step, step.total_steps, began, support)
                if not view.has_only_support and (view.should_emit() or step.step in (0, step.total_steps)):
                    yield view.adapting(step.classifier)
            else:
                yield Progress(request.run_id, Stage.CHECKING, step.step, step.total_steps)

    def _adapt_on_cpu(
        self, session: Session, support: LabeledSet, view: MapBuilder
    ) -> Generator[Event, None, CalibratedClassifier]:
        """The task once more, after the device turned out to have too little memory for it."""
        if session.device.type == "cpu":
            raise MemoryError("the CPU ran out of memory")
        message = Message("{device} ran out of memory; going on with the CPU.", device=str(session.device))
        session.fall_back_to_cpu()
        view.support = LabeledSet(support.features.cpu(), support.labels.cpu(), support.class_names)
        yield DeviceChanged(self.request.run_id, session.device_title, message)
        return (yield from self._adapt(session, view.support, view))

    def _doubts(self, calibration: Calibration, ids: NDArray[np.int64]) -> DoubtfulLabels:
        """What judging the examples by each other says of their labels; `ids` are those of the support."""
        held_out = calibration.held_out
        chances = probabilities(held_out.logits.detach().cpu(), calibration.temperature).numpy()
        labels = held_out.labels.cpu().numpy()
        suspects = find_suspects(chances, labels)
        return DoubtfulLabels(
            self.request.run_id,
            ids[calibration.rows.numpy()[suspects.positions]],
            labels[suspects.positions].astype(np.int16),
            suspects.suggested.astype(np.int16),
            suspects.own,
            suspects.other,
            calibration.examples,
        )

    def _classify(
        self,
        session: Session,
        task: CalibratedClassifier,
        view: MapBuilder,
        preview: Sequence[EncodedBatch],
        stream: Iterator[EncodedBatch],
    ) -> Generator[Event, None, None]:
        request, total = self.request, len(self.request.queries)
        done, fresh = 0, 0
        # The preview was read before the adaptation, which is not what the rate is about.
        began = time.monotonic() - self.preview_seconds
        view.start_classifying(task.classifier)
        self.forecast.start_reading()
        for number, batch in enumerate(chain(preview, stream)):
            if is_new := number >= len(preview):  # else it was accounted for when it was read
                yield from self._account(batch, request.queries)
            if len(batch.positions):
                try:
                    features = session.tensor(batch.features)
                    probabilities = task.probabilities(features)
                except torch.OutOfMemoryError:
                    task = yield from self._adapt_on_cpu(session, view.support, view)
                    view.start_classifying(task.classifier)
                    features = session.tensor(batch.features)
                    probabilities = task.probabilities(features)
                ids = picture_ids(request.queries, batch.positions)
                yield Predictions(request.run_id, ids, probabilities)
                view.add(batch.positions, ids, features, probabilities)
                self.classified += len(batch.positions)
                if view.should_emit():
                    yield view.classifying()
            done += len(batch.positions) + len(batch.unreadable)
            fresh += batch.fresh
            rate = fresh / max(time.monotonic() - began, 1e-9) if fresh else None
            yield Progress(request.run_id, Stage.CLASSIFYING, done, total, rate)
            yield from self.forecast.pictures(batch.fresh if is_new else 0, total - done)
        if not view.has_only_support:
            yield view.complete()

    def _account(self, batch: EncodedBatch, pictures: Sequence[Example | Query]) -> Iterator[Event]:
        """Count a batch of these pictures, and tell what it was made of and what was wrong with it."""
        self.from_cache += batch.from_cache
        self.embedded += batch.fresh
        self.unreadable += len(batch.unreadable)
        for notice in batch.notices:
            yield DeviceChanged(self.request.run_id, notice.device, notice.message)
        yield from files_read(self.request.run_id, batch, picture_ids(pictures, batch.positions))
        if batch.unreadable:
            positions, reasons = zip(*batch.unreadable, strict=True)
            yield PicturesUnreadable(
                self.request.run_id, tuple(pictures[place].picture_id for place in positions), reasons
            )

    def _finished(self, calibration: Calibration) -> Finished:
        metrics: dict[str, float] = {"held_out_examples": calibration.examples}
        if calibration.accuracy is not None:
            metrics["held_out_accuracy"] = calibration.accuracy
        tested = set(calibration.held_out.labels.tolist())
        names = enumerate(self.request.class_names)
        return Finished(
            self.request.run_id,
            time.monotonic() - self.started,
            self.classified,
            self.unreadable,
            self.embedded,
            self.from_cache,
            calibration.temperature,
            metrics,
            tuple(name for label, name in names if label not in tested),
        )


def _paths(pictures: Sequence[Example | Query]) -> Sequence[Path]:
    # All at once they would keep the other threads waiting.
    return LazySequence(pictures, attrgetter("path"))
