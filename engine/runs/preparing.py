"""Fills the cache with the features of pictures before a run asks for them, and leaves the computer free.

The network has one core, and decoding another. Batches are small, so that whatever is more urgent starts at
once. Where these two cores are more than half of all, the work rests after each batch.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from engine.backbones.base import get_backbone
from engine.devices import resolve_device
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder
from engine.embeddings.features import encoder_for
from engine.embeddings.limit import limit
from engine.embeddings.pipeline import encode_pictures
from engine.learners.registry import get_learner
from engine.learners.user_checkpoints import split_name
from engine.paths import embeddings_dir
from engine.runs.events import LazySequence, Progress, Stage
from engine.runs.preparation import Preparation, PreparationEvent, Prepared
from engine.runs.streams import ending_in_event, run_in_thread_with_progress

CORES = 2
"""Cores that work at the same time: one decodes, one runs the network."""

NAP_S = 0.02
"""A rest is made of naps, and between them more urgent work can begin."""

SHARE_OF_CACHE = 2
"""No more than half of the cache is filled, so that opening a very large project does not evict all else."""


def prepare(
    run_id: int, preparation: Preparation, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[PreparationEvent]:
    """Cache the features that a run with these choices will need; the last event is `Prepared`, `Cancelled`
    or `Failed`.

    Never raises. Closing the iterator stops the work. Pictures that cannot be read are left to the run. If
    all pictures together would take more than half of the cache, nothing is prepared; and nothing more once
    the cache keeps nothing more.
    """
    return ending_in_event(run_id, _prepare(run_id, preparation), cancelled)


def _prepare(run_id: int, preparation: Preparation) -> Generator[Progress | Prepared, None, None]:
    encoder = yield from run_in_thread_with_progress(
        run_id, Stage.PREPARING, lambda: _encoder_for(preparation)
    )
    paths = LazySequence(preparation.paths, _path)
    done = computed = 0
    seconds = owed = 0.0
    with EmbeddingCache(embeddings_dir(), encoder) as cache:
        if cache.size_of(len(paths)) > limit(embeddings_dir()) // SHARE_OF_CACHE:
            yield Prepared(run_id, 0)
            return
        with closing(encode_pictures(paths, encoder, cache, encoder.small_batch, decoders=1)) as batches:
            while cache.problem is None:
                began = time.monotonic()
                batch = next(batches, None)
                if batch is None:
                    break
                worked = time.monotonic() - began
                rest = _rest_after(worked)
                owed += rest
                done += len(batch.positions) + len(batch.unreadable)
                computed += batch.fresh
                seconds += worked + rest
                rate = computed / max(seconds, 1e-9) if computed else None
                progress = Progress(run_id, Stage.LOOKING, done, len(paths), rate)
                yield progress
                while owed > NAP_S:
                    time.sleep(NAP_S)
                    owed -= NAP_S
                    yield progress
    yield Prepared(run_id, computed)


def _encoder_for(preparation: Preparation) -> Encoder:
    """The encoder of a run with these choices. Raises `FewshotError` if one is not available."""
    algorithm, _ = split_name(preparation.algorithm)
    backbone = get_backbone(preparation.backbone)
    return encoder_for(get_learner(algorithm).takes(backbone), backbone, resolve_device(preparation.device))


def _path(encoded: bytes) -> Path:
    return Path(os.fsdecode(encoded))


def _rest_after(worked: float) -> float:
    """The seconds to rest after so many of work, so that half of the computer stays free."""
    return worked * max(0.0, 2 * CORES / (os.cpu_count() or 1) - 1)
