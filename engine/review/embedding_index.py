"""Loads the embeddings of a whole project from the cache and computes the missing ones."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.backbones.base import Backbone, get_backbone
from engine.devices import resolve_device
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder, backbone_encoder
from engine.embeddings.pipeline import encode_pictures
from engine.messages import Message
from engine.paths import embeddings_dir
from engine.review.questions import EmbeddingIndex, PictureSet
from engine.runs.events import DeviceChanged, FilesRead, LazySequence, Progress, Stage, Warned
from engine.runs.streams import files_read, run_in_thread_with_progress

BLOCK = 4096
"""Rows copied at a time, in some milliseconds: numpy holds the interpreter lock meanwhile."""

Events = Generator[Progress | FilesRead | DeviceChanged | Warned, None, EmbeddingIndex]


def load_embedding_index(run_id: int, pictures: PictureSet) -> Events:
    """Load the embeddings of `pictures`; yields progress and what was read, at least every tenth of a second.

    Needs room for one number of 2 bytes a dimension and picture: 256 MB for 100,000 at 1,280. A known
    index takes its room a second time meanwhile. Raises `FewshotError` for a backbone or device that is not
    available.
    """
    known = pictures.known
    if known is not None and known.backbone != pictures.backbone:
        known = None
    if known is not None and _holds_exactly(known, pictures.picture_ids):
        return known
    backbone, device = get_backbone(pictures.backbone), resolve_device(pictures.device)
    encoder = yield from run_in_thread_with_progress(
        run_id, Stage.PREPARING, lambda: backbone_encoder(backbone, device)
    )
    embeddings = np.empty((len(pictures.picture_ids), backbone.dimension), encoder.dtype)
    readable = np.zeros(len(embeddings), np.bool_)
    if known is not None:
        yield from _take_over(run_id, known, pictures.picture_ids, embeddings, readable)
    unreadable = yield from _read_rest(run_id, pictures, backbone, encoder, embeddings, readable)
    if not readable.all():
        yield from _close_gaps(run_id, embeddings, np.flatnonzero(readable))
    return EmbeddingIndex(
        pictures.backbone, pictures.picture_ids[readable], embeddings[: readable.sum()], unreadable
    )


def _holds_exactly(known: EmbeddingIndex, picture_ids: NDArray[np.int64]) -> bool:
    """Whether the index was made of exactly these pictures."""
    unreadable = np.fromiter(known.unreadable, np.int64, len(known.unreadable))
    return np.array_equal(np.sort(np.concatenate([known.picture_ids, unreadable])), picture_ids)


def _take_over(
    run_id: int,
    known: EmbeddingIndex,
    picture_ids: NDArray[np.int64],
    embeddings: NDArray[np.generic],
    readable: NDArray[np.bool_],
) -> Generator[Progress, None, None]:
    for start in range(0, len(picture_ids), BLOCK):
        place = slice(start, start + BLOCK)
        readable[place] = np.isin(picture_ids[place], known.picture_ids)
        rows = known.rows_of(picture_ids[place])
        embeddings[place][readable[place]] = known.embeddings[rows]
        yield Progress(run_id, Stage.LOOKING, 0, 0)


def _read_rest(
    run_id: int,
    pictures: PictureSet,
    backbone: Backbone,
    encoder: Encoder,
    embeddings: NDArray[np.generic],
    readable: NDArray[np.bool_],
) -> Generator[Progress | FilesRead | DeviceChanged | Warned, None, dict[int, Message]]:
    """Fill the rows that are not `readable` yet; returns the reason for each picture that cannot be."""
    rest = np.flatnonzero(~readable)

    def path(position: int) -> Path:
        return Path(os.fsdecode(pictures.paths[position]))

    paths = LazySequence(rest.tolist(), path)  # making a million at once would block the window
    unreadable: dict[int, Message] = {}
    began, done, fresh = time.monotonic(), 0, 0
    cache = EmbeddingCache(embeddings_dir(), encoder)
    cache.protect(paths)
    with cache, closing(encode_pictures(paths, encoder, cache)) as stream:
        for batch in stream:
            positions = rest[batch.positions]
            embeddings[positions], readable[positions] = backbone.embedding_in(batch.features), True
            unreadable |= {
                int(pictures.picture_ids[rest[position]]): reason for position, reason in batch.unreadable
            }
            for notice in batch.notices:
                yield DeviceChanged(run_id, notice.device, notice.message)
            done += len(positions) + len(batch.unreadable)
            fresh += batch.fresh
            rate = fresh / max(time.monotonic() - began, 1e-9) if fresh else None
            yield Progress(run_id, Stage.LOOKING, done, len(rest), rate)
            yield from files_read(run_id, batch, pictures.picture_ids[positions])
        if cache.problem:
            yield Warned(run_id, cache.problem)
    return unreadable


def _close_gaps(
    run_id: int, embeddings: NDArray[np.generic], rows: NDArray[np.int64]
) -> Generator[Progress, None, None]:
    """Move `rows`, ascending, to the front, in their order."""
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        embeddings[start : start + len(block)] = embeddings[block]
        yield Progress(run_id, Stage.LOOKING, 0, 0)
