"""What is asked about pictures is answered by their ids, whichever of them can be read."""

from __future__ import annotations

import numpy as np
import pytest

from engine.review import answers
from engine.review.questions import (
    Answered,
    DiverseFirst,
    DuplicateGroups,
    EmbeddingIndex,
    FindDuplicates,
    PictureSet,
    Question,
    Ranking,
    SimilarFirst,
)
from engine.runs.events import Cancelled, Failed, Progress
from tests.engine.review.clouds import clouds

FIRST = 100
BROKEN = 99_999


def pictures(embeddings: np.ndarray) -> PictureSet:
    """Pictures with the ids `FIRST` and so on, embedded already, and one that cannot be read."""
    ids = np.arange(FIRST, FIRST + len(embeddings))
    embedding_index = EmbeddingIndex("conv4", ids, embeddings.astype(np.float16), {BROKEN: "truncated"})
    return PictureSet(np.append(ids, BROKEN), [b"nowhere"] * (len(ids) + 1), "conv4", known=embedding_index)


def answer(embeddings: np.ndarray, question: Question) -> object:
    *_, end = answers.answer(-3, pictures(embeddings), question)
    assert isinstance(end, Answered), end
    return end.answer


def test_pictures_like_the_selected_ones_come_first() -> None:
    found = answer(clouds(4, 5), SimilarFirst(np.array([FIRST + 12, BROKEN])))
    assert isinstance(found, Ranking)
    assert found.picture_ids[0] == FIRST + 12
    assert set(found.picture_ids[:5]) == set(range(FIRST + 10, FIRST + 15))
    assert sorted(found.picture_ids) == list(range(FIRST, FIRST + 20))
    assert (np.diff(found.cosine) <= 0).all()
    assert found.cosine[0] == pytest.approx(1, abs=1e-3)


def test_nothing_is_similar_to_pictures_that_cannot_be_read() -> None:
    *_, end = answers.answer(-3, pictures(clouds(2, 2)), SimilarFirst(np.array([BROKEN])))
    assert isinstance(end, Failed)
    assert "select others" in str(end.message)
    assert not end.report


def test_diverse_pictures_are_of_every_cloud_that_has_no_label() -> None:
    found = answer(clouds(4, 5), DiverseFirst(np.array([FIRST, BROKEN])))
    assert isinstance(found, np.ndarray)
    assert {(picture - FIRST) // 5 for picture in found[:3].tolist()} == {1, 2, 3}
    assert sorted(found) == list(range(FIRST + 1, FIRST + 20))


def test_not_more_diverse_pictures_are_chosen_than_anyone_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_PICKS", 7)
    found = answer(clouds(4, 20), DiverseFirst(np.empty(0, np.int64)))
    assert isinstance(found, np.ndarray)
    assert len(np.unique(found)) == 7


def test_where_everything_is_labelled_there_is_nothing_diverse() -> None:
    found = answer(clouds(2, 2), DiverseFirst(np.arange(FIRST, FIRST + 4)))
    assert isinstance(found, np.ndarray)
    assert found.tolist() == []


def test_near_duplicates_are_told_from_identical_pictures() -> None:
    embeddings = clouds(6, 1)
    nearly = embeddings[1] + 0.001
    found = answer(np.vstack([embeddings, embeddings[4], nearly]), FindDuplicates())
    assert isinstance(found, DuplicateGroups)
    assert found.picture_ids.tolist() == [FIRST + 1, FIRST + 7, FIRST + 4, FIRST + 6]
    assert found.group.tolist() == [0, 0, 1, 1]
    assert found.identical.tolist() == [False, True]


def test_where_all_differ_there_are_no_duplicates() -> None:
    found = answer(clouds(6, 1), FindDuplicates())
    assert isinstance(found, DuplicateGroups)
    assert len(found.picture_ids) == len(found.group) == len(found.identical) == 0


@pytest.mark.parametrize(
    "question", [SimilarFirst(np.array([FIRST])), DiverseFirst(np.empty(0, np.int64)), FindDuplicates()]
)
def test_every_question_says_how_far_it_is_and_can_be_left(question: Question) -> None:
    stop = False
    events = answers.answer(-3, pictures(clouds(4, 300)), question, lambda: stop)
    first = next(events)
    assert isinstance(first, Progress)
    assert 0 <= first.done <= first.total == 100
    stop = True
    assert isinstance(next(events), Cancelled)
