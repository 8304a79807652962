"""Questions about the embeddings of a project's pictures, and their answers.

Data only, so that it can cross from a window to the engine's thread and back: arrays that nobody writes to
afterwards, neither torch nor Qt. `engine.review.answers` finds the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.messages import Message
from engine.runs.events import Cancelled, DeviceChanged, Failed, FilesRead, Progress, Warned


@dataclass(frozen=True)
class EmbeddingIndex:
    """The embeddings by one backbone of all pictures that could be read.

    Rows are aligned: `picture_ids` int64 [n], ascending, and `embeddings` float16 [n, d], as the backbone
    gave them. `unreadable` has the reason for each of the other pictures.
    """

    backbone: str
    picture_ids: NDArray[np.int64]
    embeddings: NDArray[np.float16]
    unreadable: Mapping[int, Message]

    def rows_of(self, picture_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of those of `picture_ids` that are in it, in the order asked; int64 [≤ len]."""
        if not len(self.picture_ids):
            return np.empty(0, np.int64)
        rows = np.searchsorted(self.picture_ids, picture_ids)
        rows[rows == len(self.picture_ids)] = 0
        found: NDArray[np.int64] = rows[self.picture_ids[rows] == picture_ids]
        return found


@dataclass(frozen=True)
class PictureSet:
    """The pictures a question is about. `picture_ids` int64 [n], ascending; `paths` [n] in bytes, as the
    file system knows them (`os.fsencode`). `device` is `auto`, `cpu`, `cuda:N` or `mps`.

    Pictures in the index `known`, if it is of the same backbone, are neither read nor computed again.
    """

    picture_ids: NDArray[np.int64]
    paths: Sequence[bytes]
    backbone: str
    device: str = "auto"
    known: EmbeddingIndex | None = None


@dataclass(frozen=True)
class EmbedOnly:
    """Only load the embedding index. The answer is `None`."""


@dataclass(frozen=True)
class SimilarFirst:
    """All pictures by their likeness to those of `picture_ids` int64 [k ≥ 1]. The answer is a `Ranking`."""

    picture_ids: NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """Every readable picture, the most similar first: `picture_ids` int64 [n], and the `cosine` float32 [n]
    in -1..1 between each and the mean direction of those asked about."""

    picture_ids: NDArray[np.int64]
    cosine: NDArray[np.float32]


@dataclass(frozen=True)
class DiverseFirst:
    """Pictures that are unlike each other and unlike the `labelled` ones, int64 [k ≥ 0].

    The answer is int64 [m], at most 1,000 ids of readable pictures that are not labelled.
    """

    labelled: NDArray[np.int64]


@dataclass(frozen=True)
class FindDuplicates:
    """Groups of pictures that are nearly the same. The answer is `DuplicateGroups`."""


@dataclass(frozen=True)
class DuplicateGroups:
    """Pictures that are there more than once. Rows are aligned: `picture_ids` int64 [m], and the number of
    the `group` each is in, int64 [m], ascending from 0. `identical` bool [groups]: the backbone sees no
    difference at all."""

    picture_ids: NDArray[np.int64]
    group: NDArray[np.int64]
    identical: NDArray[np.bool_]


Question: TypeAlias = EmbedOnly | SimilarFirst | DiverseFirst | FindDuplicates
Answer: TypeAlias = Ranking | DuplicateGroups | NDArray[np.int64] | None


@dataclass(frozen=True)
class Answered:
    """Last event of a question that was answered. The `embedding_index` may serve the next question."""

    run_id: int
    embedding_index: EmbeddingIndex
    answer: Answer


QuestionEvent: TypeAlias = Progress | FilesRead | DeviceChanged | Warned | Answered | Cancelled | Failed
"""The events of a question; the last is `Answered`, `Cancelled` or `Failed`."""
