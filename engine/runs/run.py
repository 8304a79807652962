"""A labelling run: examples and pictures in, a stream of events out.

`label` is a generator and does nothing by itself: the caller iterates it, on any thread,
and stops it by no longer iterating or by saying so through `cancelled`, which is asked at least every
tenth of a second, or after the present step where a single batch or adaptation step takes longer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import Backbone, backbones, get_backbone
from engine.checkpoints import read_card
from engine.confidence.calibration import Calibration
from engine.confidence.temperature import probabilities
from engine.devices import list_devices
from engine.discovery import plugin_problems
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.pipeline import EncodedBatch, encode_pictures
from engine.errors import FewshotError
from engine.evaluation.validation import from_card
from engine.exports import formats
from engine.generators import mapped
from engine.learners import DEFAULT_ALGORITHM
from engine.learners.base import MetaLearner
from engine.learners.registry import FAMILIES, is_untrained, learners, unavailable_reason
from engine.learners.user_checkpoints import join_name, user_checkpoint_names, user_checkpoint_path
from engine.messages import Message
from engine.review.suspects import find_suspects
from engine.runs.catalogue import AlgorithmEntry, BackboneEntry, Catalogue, OptionEntry, Unavailable
from engine.runs.events import (
    BackboneProposed,
    DoubtfulLabels,
    Event,
    Predictions,
    Progress,
    RunRequest,
    Stage,
    Started,
    Warned,
    picture_ids,
)
from engine.runs.learning import Learning, ReadExamples, paths_of
from engine.runs.map_builder import MapBuilder
from engine.runs.other_backbones import better_backbone
from engine.runs.session import CalibratedClassifier, Session
from engine.runs.streams import with_terminal_event
from engine.runs.tally import Tally

PREVIEW = 64
FOLDER_SAMPLE = 2000
"""At most so many pictures of the folder are seen by a learner that wants to see it."""


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
    tally: Tally = field(init=False)
    learning: Learning = field(init=False)
    preview_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.tally = Tally(self.request.run_id)
        self.learning = Learning(self.request, self.tally)

    def events(self) -> Generator[Event, None, None]:
        request, learning = self.request, self.learning
        if not request.queries:
            raise FewshotError("There is no picture to label; add some first.")
        session, record = yield from learning.prepare()
        yield Started(request.run_id, session.device_title, request.class_names, record)
        if session.encoder.problem:
            yield Warned(request.run_id, session.encoder.problem)
        with session.open_cache() as cache:
            cache.protect(paths_of(request.examples))
            cache.protect(paths_of(request.queries))
            examples = yield from learning.read_examples(session, cache)
            if session.learner.transductive:
                folder = yield from self._sample(session, cache)
                session.learner = session.learner.with_folder(folder)
            view = MapBuilder(session, examples.support, examples.ids, request)
            stream = encode_pictures(paths_of(request.queries), session.encoder, cache)
            with closing(stream):
                preview = yield from self._preview(stream)
                view.show_preview(preview)
                task = yield from learning.adapt(session, examples.support, view)
                yield self._doubts(task.calibration, examples.ids)
                yield from self._classify(session, task, view, preview, stream)
            if session.algorithm == DEFAULT_ALGORITHM:
                yield from self._propose_backbone(session, examples)
            if cache.problem:
                yield Warned(request.run_id, cache.problem)
        yield self.tally.finished(task.calibration, self.request.class_names)

    def _propose_backbone(self, session: Session, examples: ReadExamples) -> Generator[Event, None, None]:
        request = self.request
        paths = {example.picture_id: example.path for example in request.examples}
        of_rows = [paths[picture] for picture in examples.ids.tolist()]
        steps = better_backbone(session.backbone, examples.support, of_rows, session.device)
        progress = Progress(request.run_id, Stage.CHECKING, 0, 0)
        proposal = yield from mapped(steps, lambda _: progress)
        if proposal is not None:
            yield BackboneProposed(request.run_id, proposal.backbone, proposal.message)

    def _sample(self, session: Session, cache: EmbeddingCache) -> Generator[Event, None, Tensor]:
        """The features of an even sample of the pictures, for a learner that wants to see the folder."""
        every = math.ceil(len(self.request.queries) / FOLDER_SAMPLE)
        some = self.request.queries[::every]
        batches, done = [], 0
        with closing(encode_pictures(paths_of(some), session.encoder, cache)) as stream:
            for batch in stream:
                batches += [batch.features] if len(batch.positions) else []
                done += len(batch.positions) + len(batch.unreadable)
                yield Progress(self.request.run_id, Stage.LOOKING, done, len(some))
        if not batches:
            raise FewshotError("None of the pictures can be read, so there is no folder to look at.")
        return session.tensor(np.concatenate(batches))

    def _preview(self, stream: Iterator[EncodedBatch]) -> Generator[Event, None, list[EncodedBatch]]:
        """The first pictures to label, so that the scatter has something to move while adapting."""
        batches: list[EncodedBatch] = []
        began = time.monotonic()
        self.learning.forecast.start_reading()
        for batch in stream:
            yield from self.tally.account(batch, self.request.queries)
            batches.append(batch)
            self.preview_seconds = time.monotonic() - began
            read = sum(len(batch.positions) + len(batch.unreadable) for batch in batches)
            yield from self.learning.forecast.pictures(batch.fresh, len(self.request.queries) - read)
            if sum(len(b.positions) for b in batches) >= PREVIEW:
                break
            yield Progress(self.request.run_id, Stage.LOOKING, 0, len(self.request.queries))
        return batches

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
        self.learning.forecast.start_reading()
        for number, batch in enumerate(chain(preview, stream)):
            if is_new := number >= len(preview):  # else it was accounted for when it was read
                yield from self.tally.account(batch, request.queries)
            if len(batch.positions):
                try:
                    features = session.tensor(batch.features)
                    probabilities = task.probabilities(features)
                except torch.OutOfMemoryError:
                    task = yield from self.learning.adapt_on_cpu(session, view.support, view)
                    view.start_classifying(task.classifier)
                    features = session.tensor(batch.features)
                    probabilities = task.probabilities(features)
                ids = picture_ids(request.queries, batch.positions)
                yield Predictions(request.run_id, ids, probabilities)
                view.add(batch.positions, ids, features, probabilities)
                self.tally.classified += len(batch.positions)
                if view.should_emit():
                    yield view.classifying()
            done += len(batch.positions) + len(batch.unreadable)
            fresh += batch.fresh
            rate = fresh / max(time.monotonic() - began, 1e-9) if fresh else None
            yield Progress(request.run_id, Stage.CLASSIFYING, done, total, rate)
            yield from self.learning.forecast.pictures(batch.fresh if is_new else 0, total - done)
        if not view.has_only_support:
            yield view.complete()
