"""Fitting and applying as streams of events, which can be cancelled at every one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from engine.runs.apply import apply
from engine.runs.events import (
    ApplyRequest,
    Cancelled,
    Event,
    Example,
    Failed,
    Finished,
    PicturesUnreadable,
    Predictions,
    Query,
    RunRequest,
    Started,
)
from engine.runs.fit import fit
from engine.runs.run import label
from tests.engine.tasks import write_characters

CLASSES = ("belo", "arka")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    paths = write_characters(tmp_path_factory.mktemp("examples"), {"belo": 7, "arka": 5}, stream=0)
    labelled = [(path, name) for name in CLASSES for path in paths[name]]
    return [Example(100 + number, path, name) for number, (path, name) in enumerate(labelled)]


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> list[Query]:
    folder = tmp_path_factory.mktemp("queries")
    paths = [*write_characters(folder, {"any": 4}, stream=1)["any"], folder / "not there.png"]
    return [Query(7 + number, path) for number, path in enumerate(paths)]


def request(examples: list[Example], queries: list[Query], algorithm: str = "fine-tuning") -> RunRequest:
    options = {"steps": 5} if algorithm == "fine-tuning" else {}
    return RunRequest(examples, queries, CLASSES, algorithm, "conv4", "cpu", options, run_id=3)


def after(events: int) -> Callable[[], bool]:
    """A person who cancels after so many events."""
    number = count()
    return lambda: next(number) >= events


def predicted(events: list[Event]) -> dict[int, list[float]]:
    batches = [event for event in events if isinstance(event, Predictions)]
    return {
        picture: row.tolist()
        for batch in batches
        for picture, row in zip(batch.picture_ids.tolist(), batch.probabilities, strict=True)
    }


@pytest.mark.parametrize("algorithm", ["fine-tuning", "prototypical", "ridge", "maml"])
def test_what_a_run_says_is_what_the_kept_classifier_says(
    algorithm: str, examples: list[Example], queries: list[Query], tmp_path: Path
) -> None:
    run = list(label(request(examples, queries, algorithm)))
    fitted = list(fit(request(examples, [], algorithm), tmp_path / "kept"))
    applied = list(apply(ApplyRequest(tmp_path / "kept", queries, "cpu", run_id=5)))
    assert predicted(applied) == predicted(run)
    assert len(predicted(run)) == 4
    last, end = run[-1], applied[-1]
    assert isinstance(last, Finished)
    assert isinstance(end, Finished)
    assert (end.temperature, end.metrics, end.classified, end.unreadable) == (
        last.temperature,
        last.metrics,
        4,
        1,
    )
    assert {event.run_id for event in fitted} == {3}
    assert {event.run_id for event in applied} == {5}
    [started] = [event for event in applied if isinstance(event, Started)]
    assert started.class_names == CLASSES
    [unreadable] = [event for event in applied if isinstance(event, PicturesUnreadable)]
    assert unreadable.picture_ids == (11,)
    assert np.isfinite(list(predicted(applied).values())).all()


@pytest.mark.parametrize("events", [0, 3, 8])
def test_a_cancelled_fit_writes_nothing(events: int, examples: list[Example], tmp_path: Path) -> None:
    last = list(fit(request(examples, []), tmp_path / "kept", after(events)))[-1]
    assert isinstance(last, Cancelled)
    assert not [*tmp_path.iterdir()]


def test_a_cancelled_application_ends_soon(
    examples: list[Example], queries: list[Query], tmp_path: Path
) -> None:
    list(fit(request(examples, []), tmp_path / "kept"))
    events = list(apply(ApplyRequest(tmp_path / "kept", queries, "cpu"), after(4)))
    assert isinstance(events[-1], Cancelled)
    assert len(events) <= 6


def test_what_cannot_be_done_is_the_last_event(
    examples: list[Example], queries: list[Query], tmp_path: Path
) -> None:
    [*_, refused] = fit(request(examples, []), tmp_path / "nowhere" / "." / "\0")
    assert isinstance(refused, Failed)
    assert "could not be written" in str(refused.message)
    assert refused.report == ""
    for classifier, pictures in ((tmp_path / "none", queries), (tmp_path, queries), (tmp_path / "none", [])):
        [*_, refused] = apply(ApplyRequest(classifier, pictures, "cpu"))
        assert isinstance(refused, Failed)
        assert refused.report == ""
