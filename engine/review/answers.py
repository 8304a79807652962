"""Answers questions about a project's pictures, as a stream of events like that of a run."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backbones.base import get_backbone
from engine.errors import FewshotError
from engine.generators import mapped
from engine.review.diversity import by_diversity
from engine.review.duplicates import find_duplicates
from engine.review.embedding_index import BLOCK, load_embedding_index
from engine.review.questions import (
    Answer,
    Answered,
    DiverseFirst,
    DuplicateGroups,
    EmbeddingIndex,
    EmbedOnly,
    FindDuplicates,
    PictureSet,
    Question,
    QuestionEvent,
    Ranking,
    SimilarFirst,
)
from engine.review.similarity import by_similarity
from engine.runs.events import DeviceChanged, FilesRead, Progress, Stage, Warned
from engine.runs.streams import with_terminal_event

MAX_PICKS = 1000
"""At most so many diverse pictures are found, in seconds; all would take minutes."""

Search: TypeAlias = Generator[float, None, Answer]
"""Yields the share of the work done, 0..1, often enough to be stopped; returns the answer."""


def answer(
    run_id: int, pictures: PictureSet, question: Question, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[QuestionEvent]:
    """Answer `question` about `pictures`; the last event is `Answered`, `Cancelled` or `Failed`.

    Never raises. Closing the iterator stops the work. `cancelled` is called about every tenth of a second;
    comparing 100,000 pictures with a few takes half a second without a call.
    """
    return with_terminal_event(run_id, _answer(run_id, pictures, question), cancelled)


def _answer(
    run_id: int, pictures: PictureSet, question: Question
) -> Generator[Progress | FilesRead | DeviceChanged | Warned | Answered, None, None]:
    index = yield from load_embedding_index(run_id, pictures)
    stage, search = _SEARCHES[type(question)]
    found = yield from mapped(
        search(index, question), lambda share: Progress(run_id, stage, round(100 * share), 100)
    )
    yield Answered(run_id, index, found)


def _nothing(index: EmbeddingIndex, question: EmbedOnly) -> Search:
    yield from ()
    return None


def _similar(index: EmbeddingIndex, question: SimilarFirst) -> Search:
    selection = index.rows_of(question.picture_ids)
    if not len(selection):
        raise FewshotError("The selected pictures cannot be read: select others to find similar ones.")
    yield 0.0
    similarity = by_similarity(index.embeddings, selection)
    return Ranking(index.picture_ids[similarity.order], similarity.cosine[similarity.order])


def _diverse(index: EmbeddingIndex, question: DiverseFirst) -> Search:
    labelled = np.zeros(len(index.picture_ids), np.bool_)
    labelled[index.rows_of(question.labelled)] = True
    waiting = np.flatnonzero(~labelled)
    wanted = min(MAX_PICKS, len(waiting))
    picks = np.empty(0, np.int64)
    for piece in by_diversity(_rows(index, waiting), _rows(index, np.flatnonzero(labelled))):
        picks = np.concatenate([picks, piece])[:wanted]
        if len(picks) == wanted:
            break
        yield len(picks) / wanted
    return index.picture_ids[waiting[picks]]


def _duplicates(index: EmbeddingIndex, question: FindDuplicates) -> Search:
    contents: list[bytes | None] = []
    for start in range(0, len(index.embeddings), BLOCK):
        yield 0.0
        rows = index.embeddings[start : start + BLOCK]
        contents += [blake2b(row, digest_size=16).digest() for row in rows]
    threshold = get_backbone(index.backbone).nearly_same
    groups = yield from find_duplicates(index.embeddings, contents, threshold)
    members = [group.positions for group in groups]
    positions = np.concatenate(members) if members else np.empty(0, np.int64)
    return DuplicateGroups(
        index.picture_ids[positions],
        np.repeat(np.arange(len(groups)), [len(group) for group in members]),
        np.array([group.same_content for group in groups], np.bool_),
    )


def _rows(index: EmbeddingIndex, rows: NDArray[np.int64]) -> NDArray[np.generic]:
    """Some of the embeddings, copied by torch, because numpy would hold the interpreter lock."""
    copied: NDArray[np.generic] = torch.from_numpy(index.embeddings)[torch.from_numpy(rows)].numpy()
    return copied


_SEARCHES: dict[type, tuple[Stage, Callable[[EmbeddingIndex, Any], Search]]] = {
    EmbedOnly: (Stage.LOOKING, _nothing),
    SimilarFirst: (Stage.COMPARING, _similar),
    DiverseFirst: (Stage.CHOOSING, _diverse),
    FindDuplicates: (Stage.FINDING_DUPLICATES, _duplicates),
}
