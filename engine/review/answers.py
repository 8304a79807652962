"""From a question about a project's pictures to its answer, as a stream of events like that of a run."""

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
from engine.labeling.events import DeviceChanged, FilesRead, Progress, Stage, Warned
from engine.labeling.streams import with_last_word
from engine.review.diversity import by_diversity
from engine.review.duplicates import find_duplicates
from engine.review.gallery import BLOCK, load_gallery
from engine.review.questions import (
    Answer,
    Answered,
    DiverseFirst,
    DuplicateGroups,
    FindDuplicates,
    Gallery,
    JustEmbed,
    Pictures,
    Question,
    QuestionEvent,
    Ranking,
    SimilarFirst,
)
from engine.review.similarity import by_similarity

PICKS = 1000
"""As many diverse pictures as anyone looks at before asking anew: seconds, where all would be minutes."""

Thinking: TypeAlias = Generator[float, None, Answer]
"""Yields the share of the work done, 0..1, often enough to be stopped; returns the answer."""


def answer(
    run_id: int, pictures: Pictures, question: Question, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[QuestionEvent]:
    """Answer `question` about `pictures`; the last event is `Answered`, `Cancelled` or `Failed`.

    Nothing is raised. Stop iterating and the work stops; `cancelled` is asked every tenth of a second or
    so, though comparing 100,000 pictures with a few takes half a second in one go.
    """
    return with_last_word(run_id, _answer(run_id, pictures, question), cancelled)


def _answer(
    run_id: int, pictures: Pictures, question: Question
) -> Generator[Progress | FilesRead | DeviceChanged | Warned | Answered, None, None]:
    gallery = yield from load_gallery(run_id, pictures)
    stage, think = _WAYS[type(question)]
    told = yield from mapped(
        think(gallery, question), lambda share: Progress(run_id, stage, round(100 * share), 100)
    )
    yield Answered(run_id, gallery, told)


def _nothing(gallery: Gallery, question: JustEmbed) -> Thinking:
    yield from ()
    return None


def _similar(gallery: Gallery, question: SimilarFirst) -> Thinking:
    selection = gallery.rows_of(question.picture_ids)
    if not len(selection):
        raise FewshotError("The selected pictures cannot be read: select others to find similar ones.")
    yield 0.0
    similarity = by_similarity(gallery.embeddings, selection)
    return Ranking(gallery.picture_ids[similarity.order], similarity.cosine[similarity.order])


def _diverse(gallery: Gallery, question: DiverseFirst) -> Thinking:
    labelled = np.zeros(len(gallery.picture_ids), np.bool_)
    labelled[gallery.rows_of(question.labelled)] = True
    waiting = np.flatnonzero(~labelled)
    wanted = min(PICKS, len(waiting))
    picks = np.empty(0, np.int64)
    for piece in by_diversity(_rows(gallery, waiting), _rows(gallery, np.flatnonzero(labelled))):
        picks = np.concatenate([picks, piece])[:wanted]
        if len(picks) == wanted:
            break
        yield len(picks) / wanted
    return gallery.picture_ids[waiting[picks]]


def _duplicates(gallery: Gallery, question: FindDuplicates) -> Thinking:
    contents: list[bytes | None] = []
    for start in range(0, len(gallery.embeddings), BLOCK):
        yield 0.0
        rows = gallery.embeddings[start : start + BLOCK]
        contents += [blake2b(row, digest_size=16).digest() for row in rows]
    threshold = get_backbone(gallery.backbone).nearly_same
    groups = yield from find_duplicates(gallery.embeddings, contents, threshold)
    members = [group.positions for group in groups]
    positions = np.concatenate(members) if members else np.empty(0, np.int64)
    return DuplicateGroups(
        gallery.picture_ids[positions],
        np.repeat(np.arange(len(groups)), [len(group) for group in members]),
        np.array([group.same_content for group in groups], np.bool_),
    )


def _rows(gallery: Gallery, rows: NDArray[np.int64]) -> NDArray[np.generic]:
    """Some of the embeddings, copied by torch: numpy would let no other Python thread run meanwhile."""
    copied: NDArray[np.generic] = torch.from_numpy(gallery.embeddings)[torch.from_numpy(rows)].numpy()
    return copied


_WAYS: dict[type, tuple[Stage, Callable[[Gallery, Any], Thinking]]] = {
    JustEmbed: (Stage.LOOKING, _nothing),
    SimilarFirst: (Stage.COMPARING, _similar),
    DiverseFirst: (Stage.CHOOSING, _diverse),
    FindDuplicates: (Stage.FINDING_DUPLICATES, _duplicates),
}
