"""Applying a classifier that was kept in a file: pictures in, a stream of events out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.embeddings.pipeline import encode_pictures
from engine.errors import FewshotError
from engine.runs.events import (
    AdaptationProgress,
    ApplyRequest,
    Event,
    Predictions,
    Progress,
    Query,
    Stage,
    Started,
    Warned,
    picture_ids,
)
from engine.runs.keeping import SEED, decoder_warning, relearn, session_of
from engine.runs.learning import fallen_back_to_cpu, paths_of
from engine.runs.record import record_of_applying
from engine.runs.session import CalibratedClassifier, Session
from engine.runs.streams import run_in_thread_with_progress, with_terminal_event
from engine.runs.tally import Tally
from engine.saved_classifier import SavedClassifier, load_classifier
from engine.seeding import seed_torch


def apply(request: ApplyRequest, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Event]:
    """Label the pictures of `request`: those that a run gave before the classifier was kept get the same now.

    The last event is `Finished`, `Cancelled` or `Failed`, and nothing is raised.
    """
    return with_terminal_event(request.run_id, _events(request), cancelled)


def _events(request: ApplyRequest) -> Generator[Event, None, None]:
    if not request.queries:
        raise FewshotError("There is no picture to label; add some first.")
    tally = Tally(request.run_id)
    applier = yield from Applier.loaded(request.classifier, request.device, request.run_id)
    yield from applier.classify(request.queries, tally)
    assert applier.task is not None
    yield tally.finished(applier.task.calibration)


class Applier:
    """A classifier from a file, ready to label pictures, also several times."""

    def __init__(self, saved: SavedClassifier, session: Session, run_id: int) -> None:
        self.saved, self.session, self.run_id = saved, session, run_id
        self.task: CalibratedClassifier | None = None

    @classmethod
    def loaded(cls, path: Path, device: str, run_id: int = 0) -> Generator[Event, None, Applier]:
        """The classifier at `path` once it has learnt again. Raises `FewshotError` if it cannot be used."""

        def prepare() -> tuple[SavedClassifier, Session]:
            saved = load_classifier(path)
            return saved, session_of(saved, device)

        saved, session = yield from run_in_thread_with_progress(run_id, Stage.PREPARING, prepare)
        applier = cls(saved, session, run_id)
        record = record_of_applying(session, saved, path)
        yield Started(run_id, session.device_title, saved.class_names, record)
        for warning in (session.encoder.problem, decoder_warning(saved)):
            if warning is not None:
                yield Warned(run_id, warning)
        yield from applier._learn()
        return applier

    def _learn(self) -> Generator[Event, None, None]:
        seed_torch(SEED)
        steps = relearn(self.session, self.saved)
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                self.task = stop.value
                return
            except torch.OutOfMemoryError:
                yield from self._learn_on_cpu()
                return
            yield AdaptationProgress(
                self.run_id, step.step, step.total_steps, step.loss, step.accuracy, step.kind
            )

    def _learn_on_cpu(self) -> Generator[Event, None, None]:
        yield fallen_back_to_cpu(self.run_id, self.session)
        yield from self._learn()

    def classify(self, queries: Sequence[Query], tally: Tally) -> Generator[Event, None, None]:
        """`Predictions`, `PicturesUnreadable` and `Progress` of these pictures."""
        began, done, fresh = time.monotonic(), 0, 0
        with self.session.open_cache() as cache:
            cache.protect(paths_of(queries))
            with closing(encode_pictures(paths_of(queries), self.session.encoder, cache)) as stream:
                for batch in stream:
                    yield from tally.account(batch, queries)
                    if len(batch.positions):
                        try:
                            probabilities = self._probabilities(batch.features)
                        except torch.OutOfMemoryError:
                            yield from self._learn_on_cpu()
                            probabilities = self._probabilities(batch.features)
                        ids = picture_ids(queries, batch.positions)
                        yield Predictions(self.run_id, ids, probabilities)
                        tally.classified += len(batch.positions)
                    done += len(batch.positions) + len(batch.unreadable)
                    fresh += batch.fresh
                    rate = fresh / max(time.monotonic() - began, 1e-9) if fresh else None
                    yield Progress(self.run_id, Stage.CLASSIFYING, done, len(queries), rate)
            if cache.problem:
                yield Warned(self.run_id, cache.problem)

    def _probabilities(self, features: NDArray[np.generic]) -> NDArray[np.float32]:
        assert self.task is not None
        return self.task.probabilities(self.session.tensor(features))
