"""Reads data sets into classes in memory, as pixels or as embeddings, through the cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.backbones.preprocessing import Preprocessing
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder, OutOfMemoryError
from engine.errors import FewshotError
from engine.images import UnreadablePictureError, content_hash
from engine.messages import Message
from engine.meta_training.class_sources import PictureArray, PictureClasses
from engine.meta_training.data_sets import Content, DataSet, DataSetItem, DataSetItems
from engine.meta_training.training_events import Notice, ReadingData

BATCH = 64
"""At most so many pictures are read at once."""

BATCH_BYTES = 2**26
"""A batch also ends with the picture that reaches so many bytes."""

Outcome: TypeAlias = PictureArray | UnreadablePictureError
"""Features [turns, …] of a picture, or why it has none."""

Item = TypeVar("Item")

_Read: TypeAlias = tuple[DataSetItem, Content | UnreadablePictureError]


def read_classes(
    data: DataSet,
    encoder: Encoder,
    cache: EmbeddingCache,
    rotations: int = 1,
    include: Callable[[str], bool] = lambda name: True,
) -> Generator[ReadingData | Notice, None, PictureClasses]:
    """Encode the pictures; yields progress and notices, and returns the classes.

    With `rotations=4` each class is also there turned by 90, 180 and 270 degrees. Classes whose
    name `include` refuses are not read; pictures that cannot be read are left out with a notice.
    Raises `FewshotError` where no picture is left.
    """
    found: dict[str, list[PictureArray]] = {}
    unreadable: list[UnreadablePictureError] = []
    count = 0
    notices = [encoder.problem] if encoder.problem else []
    members = _noting(data.members(encoder.preprocessing.size), notices)
    with closing(members), ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="decode") as pool:
        # Read while streaming: the file that they are in is closed after the last.
        read = ((member, _attempt(member.read)) for member in members if include(member.class_name))
        for batch in _batches(read):
            outcomes, encoder = _features([content for _, content in batch], encoder, cache, rotations, pool)
            for (member, _), outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, UnreadablePictureError):
                    unreadable.append(outcome)
                else:
                    found.setdefault(member.class_name, []).append(outcome)
            count += len(batch)
            yield ReadingData(data.name, count)
    yield from map(Notice, notices)
    if unreadable:
        first = unreadable[0]
        yield Notice(
            Message(
                "{n} of {class_n} pictures in {name} could not be read and were left out; the first is "
                "{path} ({reason}).",
                n=len(unreadable),
                class_n=count,
                name=data.name,
                path=first.path,
                reason=first.explanation,
            )
        )
    if cache.problem:
        yield Notice(cache.problem)
    if not found:
        raise FewshotError(
            "The data set {name} has no readable picture in a class that is asked for; it needs a "
            "folder of pictures for each class.",
            name=data.name,
        )
    arrays = [np.stack(pictures, axis=1) for pictures in found.values()]  # [turns, n, …]
    return PictureClasses(tuple(found), tuple(array for stack in arrays for array in stack), rotations)


def _features(
    contents: Sequence[Content | UnreadablePictureError],
    encoder: Encoder,
    cache: EmbeddingCache,
    rotations: int,
    pool: Executor,
) -> tuple[list[Outcome], Encoder]:
    """An outcome for each picture, and the encoder to go on with."""
    outcomes: dict[int, Outcome] = {}
    readable: dict[int, Content] = {}
    for position, content in enumerate(contents):
        if isinstance(content, UnreadablePictureError):
            outcomes[position] = content
        else:
            readable[position] = content
    keys = [_key(content, turn) for content in readable.values() for turn in range(rotations)]
    known = iter(cache.of_contents(keys))
    unknown: dict[int, Content] = {}
    for position, content in readable.items():
        features = [one for one in islice(known, rotations) if one is not None]
        if len(features) == rotations:
            outcomes[position] = np.stack(features)
        else:
            unknown[position] = content
    pixels = pool.map(lambda content: _pixels(content, encoder.preprocessing, rotations), unknown.values())
    new: dict[int, NDArray[np.uint8]] = {}
    for position, turned in zip(unknown, pixels, strict=True):
        if isinstance(turned, UnreadablePictureError):
            outcomes[position] = turned
        else:
            new[position] = turned
    if new:
        encoded, encoder = _encode(np.concatenate(list(new.values())), encoder)
        made = dict(zip(new, encoded.reshape(len(new), rotations, *encoder.shape), strict=True))
        outcomes.update(made)
        cache.store(
            (None, _key(unknown[position], turn), made[position][turn])
            for position in made
            for turn in range(rotations)
        )
    return [outcomes[position] for position in range(len(contents))], encoder


def _attempt(work: Callable[[], Item]) -> Item | UnreadablePictureError:
    try:
        return work()
    except UnreadablePictureError as error:
        return error


def _key(content: Content, turn: int) -> bytes:
    """The cache key of a rotated picture; an upright one shares the entry of a labelling run."""
    return content_hash(content.digest + bytes([turn])) if turn else content.digest


def _pixels(
    content: Content, preprocessing: Preprocessing, rotations: int
) -> NDArray[np.uint8] | UnreadablePictureError:
    """As the backbone takes them, [turns, size, size, channels]."""
    picture = _attempt(content.picture)
    if isinstance(picture, UnreadablePictureError):
        return picture
    return np.stack(
        [preprocessing.apply(picture.rotate(90 * turn, expand=True)) for turn in range(rotations)]
    )


def _encode(pixels: NDArray[np.uint8], encoder: Encoder) -> tuple[NDArray[np.generic], Encoder]:
    while True:
        try:
            slices = range(0, len(pixels), encoder.batch_size)
            parts = [encoder.encode(pixels[start : start + encoder.batch_size]) for start in slices]
            return np.concatenate(parts), encoder
        except OutOfMemoryError:
            encoder, _ = encoder.with_less_memory()


def _noting(members: DataSetItems, notices: list[Message]) -> Generator[DataSetItem, None, None]:
    """The same members; what is returned after them goes to `notices`."""
    notices.extend((yield from members) or ())


def _batches(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    batch: list[_Read] = []
    size = 0
    for member, content in read:
        batch.append((member, content))
        size += 0 if isinstance(content, UnreadablePictureError) else content.size
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
