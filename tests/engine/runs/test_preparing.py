"""What a run will need is in the cache before it begins, and nothing more urgent waits for that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from engine.backbones.base import get_backbone
from engine.embeddings.cache import INDEX_ENTRY, EmbeddingCache
from engine.messages import Message
from engine.runs import preparing
from engine.runs.events import Cancelled, Failed, Finished, Progress
from engine.runs.preparation import Preparation, PreparationEvent, Prepared
from engine.runs.preparing import prepare
from engine.runs.run import label
from tests.engine.runs.conftest import Job


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "embeddings"
    for module in ("engine.runs.preparing", "engine.runs.session"):
        monkeypatch.setattr(f"{module}.embeddings_dir", lambda: folder)
    return folder


def preparation(
    paths: Sequence[Path], algorithm: str = "prototypical", backbone: str = "conv4"
) -> Preparation:
    return Preparation([os.fsencode(path) for path in paths], algorithm, backbone, "cpu")


def computed(paths: Sequence[Path], algorithm: str = "prototypical") -> int:
    *_, end = prepare(-3, preparation(paths, algorithm))
    assert isinstance(end, Prepared), end
    assert end.run_id == -3
    return end.computed


def progress_of(events: Sequence[PreparationEvent]) -> list[Progress]:
    return [event for event in events if isinstance(event, Progress)]


def test_a_run_embeds_nothing_that_was_prepared(job: Job) -> None:
    request = job.request()
    paths = [row.path for row in (*request.examples, *request.queries)]
    assert computed(paths) == len(paths)
    *_, finished = label(request)
    assert isinstance(finished, Finished)
    assert (finished.embedded, finished.from_cache) == (0, len(paths))


def test_what_is_cached_is_not_computed_again_and_has_no_rate(job: Job) -> None:
    assert computed(job.pictures[:5]) == 5
    events = list(prepare(-1, preparation(job.pictures[:5])))
    assert events[-1] == Prepared(-1, 0)
    assert {event.rate for event in progress_of(events)} == {None}
    assert progress_of(events)[-1].done == 5


def test_an_algorithm_that_takes_pixels_has_them_prepared(job: Job) -> None:
    assert computed(job.pictures[:4]) == 4
    assert computed(job.pictures[:4], "maml") == 4
    assert computed(job.pictures[:4], "maml:mine") == 0


def test_what_cannot_be_read_stops_nothing(job: Job, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    paths = [broken, *job.pictures[:2], tmp_path / "missing.png"]
    events = list(prepare(-1, preparation(paths)))
    assert events[-1] == Prepared(-1, 2)
    assert progress_of(events)[-1].done == 4


def test_nothing_is_prepared_where_it_would_take_more_than_half_of_the_cache(
    job: Job, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = 2 * get_backbone("conv4").dimension + INDEX_ENTRY
    monkeypatch.setattr(preparing, "limit", lambda _folder: 2 * 10 * each)
    assert computed(job.pictures[:11]) == 0
    assert computed(job.pictures[:10]) == 10


def test_it_ends_when_the_cache_keeps_nothing_more(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EmbeddingCache.store

    def fill(cache: EmbeddingCache, entries: object) -> None:
        store(cache, entries)  # type: ignore[arg-type]
        cache.problem = Message("The disk is full.")

    monkeypatch.setattr(EmbeddingCache, "store", fill)
    assert computed(job.pictures) < len(job.pictures)


def test_cancelling_keeps_what_was_computed(job: Job) -> None:
    seen: list[Progress] = []
    events = prepare(-1, preparation(job.pictures), lambda: len(seen) > 0 and seen[-1].rate is not None)
    for event in events:
        if isinstance(event, Progress):
            seen.append(event)
        else:
            assert isinstance(event, Cancelled)
    assert 0 < computed(job.pictures) < len(job.pictures)


def test_what_is_not_available_is_a_failure_and_raises_nothing(job: Job) -> None:
    *_, end = prepare(-1, preparation(job.pictures, backbone="imagined"))
    assert isinstance(end, Failed)


@pytest.mark.parametrize(("cores", "rests"), [(1, True), (2, True), (4, False), (16, False)])
def test_it_rests_where_it_would_take_more_than_half_of_the_cores(
    job: Job, monkeypatch: pytest.MonkeyPatch, cores: int, rests: bool
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(preparing, "NAP_S", 1e-4)
    monkeypatch.setattr("time.sleep", naps.append)
    assert computed(job.pictures[:8]) == 8
    assert bool(naps) == rests


def test_torch_keeps_its_threads_for_a_training_that_interrupts_it(job: Job) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert {torch.get_num_threads() for _ in prepare(-1, preparation(job.pictures[:4]))} == {3}
    finally:
        torch.set_num_threads(threads)
