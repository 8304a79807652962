"""Pictures → features, in batches: reading, decoding, resizing and the network overlap.

`encode_pictures` is a generator. Closing it stops the work. It yields at least every tenth of a second,
an empty batch if nothing is ready, so that the caller can stop it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.backbones.preprocessing import Preprocessing
from engine.embeddings.cache import EmbeddingCache, Stamp
from engine.embeddings.encoders import Encoder, OutOfMemoryError
from engine.images import UnreadablePictureError, content_hash, decode, read_picture
from engine.messages import Message

LOOK_AHEAD = 4
LOOKUP = 64
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class DeviceNotice:
    """The encoder was replaced: the device that runs now, and the sentence that says why."""

    device: Message
    message: Message


@dataclass(frozen=True)
class EncodedBatch:
    """Some pictures, by position in the list that was given.

    `features` [k, …], and the `digests` and `stamps` of the files that they were made of, belong to
    `positions` int64 [k]; `unreadable` are positions with reasons. `from_cache` of the k were not computed.
    `notices` report changes of the device.
    """

    positions: NDArray[np.int64]
    features: NDArray[np.generic]
    digests: tuple[bytes, ...] = ()
    stamps: tuple[Stamp | None, ...] = ()
    unreadable: tuple[tuple[int, Message], ...] = ()
    from_cache: int = 0
    notices: tuple[DeviceNotice, ...] = ()

    @property
    def fresh(self) -> int:
        """How many were computed."""
        return len(self.positions) - self.from_cache


@dataclass(frozen=True)
class _Loaded:
    stamp: Stamp | None
    digest: bytes
    pixels: NDArray[np.uint8]


def _load(path: Path, stamp: Stamp | None, preprocessing: Preprocessing) -> _Loaded:
    data = read_picture(path)
    picture = decode(data, path, at_least=preprocessing.size)
    return _Loaded(stamp, content_hash(data), preprocessing.apply(picture))


def encode_pictures(
    paths: Sequence[Path],
    encoder: Encoder,
    cache: EmbeddingCache,
    batch_size: int | None = None,
    decoders: int | None = None,
) -> Generator[EncodedBatch, None, None]:
    """Yield the features of all readable pictures, and the others with their reasons, in some order.

    By default a batch has the size that the encoder is fastest with, and every core decodes.
    """
    pool = ThreadPoolExecutor(decoders or os.cpu_count() or 1, thread_name_prefix="decode")
    waiting: deque[tuple[int, Future[_Loaded]]] = deque()
    try:
        for start in range(0, len(paths), LOOKUP):
            window = paths[start : start + LOOKUP]
            stamps = [Stamp.of(path) for path in window]
            known = cache.known(stamps)
            if known:
                positions = np.fromiter(known, dtype=np.int64) + start
                digests, features = zip(*known.values(), strict=True)
                yield EncodedBatch(
                    positions,
                    np.stack(features),
                    digests,
                    tuple(stamps[offset] for offset in known),
                    from_cache=len(known),
                )
            for offset, path in enumerate(window):
                if offset in known:
                    continue
                job = pool.submit(_load, path, stamps[offset], encoder.preprocessing)
                waiting.append((start + offset, job))
                if len(waiting) >= LOOK_AHEAD * (size := batch_size or encoder.batch_size):
                    encoder = yield from _encode_next(waiting, size, encoder, cache)
        while waiting:
            encoder = yield from _encode_next(waiting, batch_size or encoder.batch_size, encoder, cache)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _encode_next(
    waiting: deque[tuple[int, Future[_Loaded]]], size: int, encoder: Encoder, cache: EmbeddingCache
) -> Generator[EncodedBatch, None, Encoder]:
    """Take `size` pictures off the queue, encode and cache what is new; return the encoder for the next."""
    batch = [waiting.popleft() for _ in range(min(size, len(waiting)))]
    while wait([job for _, job in batch], timeout=POLL_SECONDS).not_done:
        yield EncodedBatch(np.empty(0, np.int64), np.empty((0, *encoder.shape), encoder.dtype))
    loaded: list[tuple[int, _Loaded]] = []
    unreadable: list[tuple[int, Message]] = []
    for position, job in batch:
        try:
            loaded.append((position, job.result()))
        except UnreadablePictureError as error:
            unreadable.append((position, error.explanation))
    features = cache.of_contents([picture.digest for _, picture in loaded])
    new = [row for row, known in enumerate(features) if known is None]
    notices: tuple[DeviceNotice, ...] = ()
    if new:
        pixels = np.stack([loaded[row][1].pixels for row in new])
        encoded, encoder, notices = _encode(pixels, encoder)
        for row, vector in zip(new, encoded, strict=True):
            features[row] = vector
    cache.store(
        (picture.stamp, picture.digest, vector)
        for (_, picture), vector in zip(loaded, features, strict=True)
        if vector is not None
    )
    yield EncodedBatch(
        np.array([position for position, _ in loaded], dtype=np.int64),
        np.stack(features) if loaded else np.empty((0, *encoder.shape), encoder.dtype),  # type: ignore[arg-type]
        tuple(picture.digest for _, picture in loaded),
        tuple(picture.stamp for _, picture in loaded),
        tuple(unreadable),
        len(loaded) - len(new),
        notices,
    )
    return encoder


def _encode(
    pixels: NDArray[np.uint8], encoder: Encoder
) -> tuple[NDArray[np.generic], Encoder, tuple[DeviceNotice, ...]]:
    """Encode, and fall back to less memory as often as needed."""
    notices: list[DeviceNotice] = []
    while True:
        try:
            parts = [
                encoder.encode(pixels[start : start + encoder.batch_size])
                for start in range(0, len(pixels), encoder.batch_size)
            ]
            return np.concatenate(parts), encoder, tuple(notices)
        except OutOfMemoryError:
            encoder, message = encoder.with_less_memory()
            notices.append(DeviceNotice(encoder.title, message))
