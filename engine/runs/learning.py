"""From examples to a calibrated classifier, as events: the first half of a run, and all of a fit."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.pipeline import encode_pictures
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import (
    AdaptationProgress,
    AlgorithmChosen,
    DeviceChanged,
    Event,
    Example,
    LazySequence,
    Progress,
    Query,
    RunRecord,
    RunRequest,
    Stage,
)
from engine.runs.forecast import Forecast
from engine.runs.map_builder import MapBuilder
from engine.runs.record import record_of
from engine.runs.session import CalibratedClassifier, Session
from engine.runs.streams import run_in_thread_with_progress
from engine.runs.tally import Tally
from engine.seeding import seed_torch


@dataclass(frozen=True)
class ReadExamples:
    """The support set, the picture ids int64 [n] of its rows, and its features [n, …] as the encoder gives
    them."""

    support: LabeledSet
    ids: NDArray[np.int64]
    features: NDArray[np.generic]


@dataclass
class Learning:
    """The steps by which a request's examples are learnt."""

    request: RunRequest
    tally: Tally
    forecast: Forecast = field(init=False)

    def __post_init__(self) -> None:
        self.forecast = Forecast(self.request.run_id)

    def prepare(self) -> Generator[Event, None, tuple[Session, RunRecord]]:
        """The session of the request, and the record of the run that begins."""
        return (
            yield from run_in_thread_with_progress(self.request.run_id, Stage.PREPARING, self._new_session)
        )

    def _new_session(self) -> tuple[Session, RunRecord]:
        request = self.request
        session = Session(request.algorithm, request.backbone, request.device, request.options)
        return session, record_of(session, request.seed)

    def read_examples(self, session: Session, cache: EmbeddingCache) -> Generator[Event, None, ReadExamples]:
        """Raises `FewshotError` if a class has no readable example."""
        request, examples = self.request, self.request.examples
        batches, done = [], 0
        self.forecast.start_reading()
        with closing(encode_pictures(paths_of(examples), session.encoder, cache)) as stream:
            for batch in stream:
                batches.append(batch)
                yield from self.tally.account(batch, examples)
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
        ids = np.array([example.picture_id for example in readable], dtype=np.int64)
        return ReadExamples(support, ids, features)

    def adapt(
        self, session: Session, support: LabeledSet, view: MapBuilder
    ) -> Generator[Event, None, CalibratedClassifier]:
        """Adapt and calibrate; `view` shows the pictures of the run that it knows meanwhile."""
        request = self.request
        seed_torch(request.seed)
        steps = session.adapt(support)
        began = time.monotonic()
        while True:
            try:
                stage, step = next(steps)
            except StopIteration as stop:
                task: CalibratedClassifier = stop.value
                if (explanation := task.classifier.explanation) is not None:
                    yield AlgorithmChosen(request.run_id, explanation)
                return task
            except torch.OutOfMemoryError:
                return (yield from self.adapt_on_cpu(session, support, view))
            if stage == "adapting":
                yield AdaptationProgress(
                    request.run_id, step.step, step.total_steps, step.loss, step.accuracy, step.kind
                )
                yield from self.forecast.step(step.step, step.total_steps, began, support)
                if not view.has_only_support and (view.should_emit() or step.step in (0, step.total_steps)):
                    yield view.adapting(step.classifier)
            else:
                yield Progress(request.run_id, Stage.CHECKING, step.step, step.total_steps)

    def adapt_on_cpu(
        self, session: Session, support: LabeledSet, view: MapBuilder
    ) -> Generator[Event, None, CalibratedClassifier]:
        """The task once more, after the device turned out to have too little memory for it."""
        yield fallen_back_to_cpu(self.request.run_id, session)
        view.support = LabeledSet(support.features.cpu(), support.labels.cpu(), support.class_names)
        return (yield from self.adapt(session, view.support, view))


def fallen_back_to_cpu(run_id: int, session: Session) -> DeviceChanged:
    """Let the session go on with the CPU, after its device ran out of memory. Raises `MemoryError` if that is
    the CPU."""
    if session.device.type == "cpu":
        raise MemoryError("the CPU ran out of memory")
    message = Message("{device} ran out of memory; going on with the CPU.", device=str(session.device))
    session.fall_back_to_cpu()
    return DeviceChanged(run_id, session.device_title, message)


def paths_of(pictures: Sequence[Example | Query]) -> Sequence[Path]:
    """Their paths, made on access: all at once they would keep the other threads waiting."""
    return LazySequence(pictures, attrgetter("path"))
