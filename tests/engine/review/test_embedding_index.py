"""A gallery holds the embeddings of every picture that can be read, and reads nothing twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.backbones.base import Backbone
from engine.embeddings.encoders import TorchEncoder
from engine.images import content_hash
from engine.review import answers, embedding_index
from engine.review.questions import Answered, EmbeddingIndex, EmbedOnly, PictureSet
from engine.runs.events import Cancelled, Failed, FilesRead, Progress
from tests.engine import tiny_backbone
from tests.engine.picture_sets import characters

IDS = np.array([3, 5, 6, 9, 12], np.int64)


@pytest.fixture(autouse=True)
def backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(embedding_index, "backbone_encoder", TorchEncoder)
    return tiny_backbone.install(tmp_path, monkeypatch)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Five pictures, of which the second (id 5) is none."""
    files = [tmp_path / f"{number}.png" for number in range(5)]
    for file, content in zip(files, characters("arka", 5), strict=True):
        file.write_bytes(content)
    files[1].write_bytes(b"not a picture at all")
    return files


def about(
    paths: Sequence[Path], ids: Sequence[int] | np.ndarray = IDS, known: EmbeddingIndex | None = None
) -> PictureSet:
    names = [os.fsencode(path) for path in paths]
    return PictureSet(
        IDS if ids is None else np.array(ids, np.int64), names, tiny_backbone.NAME, "cpu", known
    )


def load(pictures: PictureSet) -> EmbeddingIndex:
    *_, end = answers.answer(-1, pictures, EmbedOnly())
    assert isinstance(end, Answered), end
    assert end.run_id == -1
    return end.embedding_index


def forget_files(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink()


def test_it_has_the_embedding_of_each_picture_in_the_order_of_their_ids(paths: list[Path]) -> None:
    whole = load(about(paths))
    assert whole.picture_ids.tolist() == [3, 6, 9, 12]
    assert whole.embeddings.shape == (4, tiny_backbone.DIMENSION)
    assert whole.embeddings.dtype == np.float16
    for row, number in enumerate((0, 2, 3, 4)):
        alone = load(about([paths[number]], [1]))
        np.testing.assert_array_equal(whole.embeddings[row], alone.embeddings[0])
    assert len(np.unique(whole.embeddings, axis=0)) == 4


def test_what_cannot_be_read_is_left_out_and_named(paths: list[Path]) -> None:
    assert load(about(paths)).unreadable.keys() == {5}
    assert load(about(paths)).unreadable[5]


def test_what_the_files_hold_is_told_of_all_that_were_read_or_recognised(paths: list[Path]) -> None:
    readable = dict(zip(IDS.tolist(), paths, strict=True))
    del readable[5]
    for _ in range(2):
        found = [
            event for event in answers.answer(-1, about(paths), EmbedOnly()) if isinstance(event, FilesRead)
        ]
        contents = {
            picture: content.tobytes()
            for event in found
            for picture, content in zip(event.picture_ids.tolist(), event.contents, strict=True)
        }
        assert contents == {picture: content_hash(path.read_bytes()) for picture, path in readable.items()}


def test_what_is_in_the_cache_is_not_computed_again(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(about(paths))

    def refuse(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(TorchEncoder, "encode", refuse)
    np.testing.assert_array_equal(load(about(paths)).embeddings, first.embeddings)


def test_what_is_known_is_not_even_looked_at(paths: list[Path]) -> None:
    known = load(about(paths[2:], [6, 9, 12]))
    forget_files(paths[2:])
    whole = load(about(paths, known=known))
    assert whole.picture_ids.tolist() == [3, 6, 9, 12]
    np.testing.assert_array_equal(whole.embeddings[1:], known.embeddings)
    assert load(about(paths, known=whole)) is whole


def test_pictures_that_are_no_longer_asked_for_are_left_out(paths: list[Path]) -> None:
    whole = load(about(paths))
    fewer = load(about([paths[0], paths[4]], [3, 12], known=whole))
    assert fewer.picture_ids.tolist() == [3, 12]
    assert fewer.unreadable == {}
    np.testing.assert_array_equal(fewer.embeddings, whole.embeddings[[0, 3]])


def test_a_gallery_of_another_backbone_is_of_no_use(paths: list[Path]) -> None:
    other = EmbeddingIndex("another", IDS, np.zeros((5, 3), np.float16), {})
    assert load(about(paths, known=other)).embeddings.shape == (4, tiny_backbone.DIMENSION)


def test_it_finds_the_rows_of_pictures_and_passes_over_others(paths: list[Path]) -> None:
    whole = load(about(paths))
    assert whole.rows_of(np.array([12, 5, 3, 99])).tolist() == [3, 0]
    assert load(about([], [])).rows_of(IDS).tolist() == []


def test_it_says_how_far_it_is_and_stops_when_it_is_told(paths: list[Path]) -> None:
    stop = False
    events = answers.answer(-1, about(paths), EmbedOnly(), lambda: stop)
    assert isinstance(next(events), Progress)
    stop = True
    assert isinstance(next(events), Cancelled)
    assert list(events) == []


def test_a_backbone_that_is_not_there_is_said_in_a_sentence(paths: list[Path]) -> None:
    pictures = PictureSet(IDS, [os.fsencode(path) for path in paths], "nonesuch", "cpu")
    (end,) = answers.answer(-1, pictures, EmbedOnly())
    assert isinstance(end, Failed)
    assert "nonesuch" in str(end.message)
    assert not end.report
