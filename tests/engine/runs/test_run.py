"""A run is a stream of events that says everything and ends with one word: finished, cancelled, failed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import pickle
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import backbones, get_backbone
from engine.confidence.calibration import Calibration
from engine.devices import list_devices
from engine.embeddings import features as features_module
from engine.embeddings.encoders import OnnxEncoder
from engine.episodes import LabeledSet
from engine.images import content_hash
from engine.images.decode import DECODING
from engine.learners.base import Adaptation, AdaptedClassifier
from engine.learners.embedding import Head
from engine.learners.gradient.maml import MAML
from engine.learners.held_out import HeldOut
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.learners.registry import find_checkpoint, learners, unavailable_reason
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.messages import Message
from engine.runs import learning, map_builder
from engine.runs import run as run_module
from engine.runs import session as session_module
from engine.runs.events import (
    AdaptationProgress,
    AlgorithmChosen,
    Cancelled,
    DeviceChanged,
    DoubtfulLabels,
    EmbeddingMap,
    Event,
    Example,
    Failed,
    FilesRead,
    Finished,
    PicturesUnreadable,
    Predictions,
    Progress,
    Query,
    RunRequest,
    Stage,
    Started,
    Warned,
    examples_of,
    queries_of,
)
from engine.runs.fit import fit
from engine.runs.run import label
from engine.versions import versions
from tests.broken_pictures import FINE, write_corpus
from tests.engine.contrary import Contrary, offer_contrary
from tests.engine.runs.conftest import Job

Kind = TypeVar("Kind")
LAST = (Finished, Cancelled, Failed)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No embeddings yet."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))


def events_of(request: RunRequest) -> list[Event]:
    events = list(label(request))
    assert_well_formed(events, request)
    return events


@pytest.fixture(scope="module")
def whole_run(job: Job) -> Callable[[str], list[Event]]:
    """All events of a run of the algorithm so named on the job as it is, run once for all tests."""
    return cache(lambda algorithm: events_of(job.request(algorithm=algorithm)))


def assert_well_formed(events: Sequence[Event], request: RunRequest) -> None:
    assert all(event.run_id == request.run_id for event in events)
    assert [isinstance(event, LAST) for event in events] == [False] * (len(events) - 1) + [True]
    kinds = [type(event) for event in events]
    if not isinstance(events[-1], Failed):
        assert kinds.count(Started) == 1
    if Started in kinds:
        before = events[: kinds.index(Started)]
        assert all(isinstance(event, Progress) and event.stage == Stage.PREPARING for event in before)


def only(events: Sequence[Event], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def last(events: Sequence[Event], kind: type[Kind]) -> Kind:
    assert isinstance(events[-1], kind), events[-1]
    return events[-1]


def predicted(events: Sequence[Event]) -> dict[int, NDArray[np.float32]]:
    """Probabilities by picture id; fails where a picture is predicted twice."""
    chances: dict[int, NDArray[np.float32]] = {}
    for event in only(events, Predictions):
        for picture, row in zip(event.picture_ids.tolist(), event.probabilities, strict=True):
            assert picture not in chances
            chances[picture] = row
    return chances


def share_right(events: Sequence[Event], job: Job) -> float:
    chances, names = predicted(events), list(job.examples)
    right = [names[int(chances[100 + i].argmax())] == name for i, name in enumerate(job.truth)]
    return sum(right) / len(right)


# --- a run that goes well ---------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", learners())
def test_every_picture_is_predicted_once_and_mostly_rightly(
    algorithm: str, job: Job, whole_run: Callable[[str], list[Event]]
) -> None:
    events = whole_run(algorithm)
    chances = predicted(events)
    assert chances.keys() == set(range(100, 160))
    rows = np.stack(list(chances.values()))
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    assert share_right(events, job) > 0.7
    finished = last(events, Finished)
    assert (finished.classified, finished.unreadable) == (60, 0)
    assert (finished.embedded, finished.from_cache) == (67, 0)
    assert finished.metrics["held_out_examples"] == 6
    assert 0 <= finished.metrics["held_out_accuracy"] <= 1
    assert finished.untested == ("belo",)


def test_the_automatic_algorithm_says_what_it_took(whole_run: Callable[[str], list[Event]]) -> None:
    [chosen] = only(whole_run("auto"), AlgorithmChosen)
    assert "was taken" in str(chosen.message)


@pytest.mark.parametrize("algorithm", ["auto", "linear-probe"])
def test_with_the_whole_folder_all_is_predicted_too(algorithm: str, job: Job) -> None:
    events = events_of(job.request(algorithm=algorithm, options={"transductive": True}))
    assert predicted(events).keys() == set(range(100, 160))
    assert share_right(events, job) > 0.7
    [started] = only(events, Started)
    assert started.record["options"]["transductive"] is True


def test_of_a_large_folder_a_sample_is_looked_at(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "FOLDER_SAMPLE", 10)
    events = events_of(job.request(algorithm="auto", options={"transductive": True}))
    assert max(event.total for event in only(events, Progress) if event.stage == Stage.LOOKING) >= 10
    assert len(predicted(events)) == 60


def test_a_classifier_that_belongs_to_a_folder_is_not_kept(job: Job, tmp_path: Path) -> None:
    request = replace(job.request(algorithm="auto", options={"transductive": True}), queries=())
    failed = last(list(fit(request, tmp_path / "kept")), Failed)
    assert "turn it off" in str(failed.message)
    assert not failed.report
    assert not (tmp_path / "kept").exists()


def test_a_run_says_what_it_is_made_with(job: Job) -> None:
    request = job.request(algorithm="fine-tuning", options={"steps": 7}, seed=5)
    [started] = only(events_of(request), Started)
    record = json.loads(json.dumps(started.record))
    assert record == started.record, "it is what JSON can hold"
    weights = get_backbone(request.backbone).weights.path()
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert record["backbone_weights"] == {"file": weights.name, "sha256": digest}
    assert record["backbone_fingerprint"] == get_backbone(request.backbone).fingerprint
    assert (record["algorithm"], record["checkpoint"]) == ("fine-tuning", None)
    assert record["options"].keys() == {option.name for option in learners()["fine-tuning"].options}
    assert record["options"]["steps"] == 7
    assert (record["decoder"], record["device"], record["seed"]) == (DECODING, str(started.device), 5)
    assert record["versions"] == versions()
    assert datetime.fromisoformat(record["began"]).utcoffset() == timedelta(0)


def test_a_run_says_which_checkpoint_it_is_made_with(job: Job) -> None:
    bundled = find_checkpoint("prototypical", "conv4")
    assert bundled is not None
    own = user_checkpoint_path("prototypical", "conv4", "birds")
    own.parent.mkdir(parents=True)
    for suffix in (".safetensors", ".json"):
        own.with_suffix(suffix).write_bytes(bundled.with_suffix(suffix).read_bytes())
    digest = hashlib.sha256(bundled.read_bytes()).hexdigest()
    for algorithm, path in (("prototypical", bundled), ("prototypical:birds", own)):
        [started] = only(events_of(job.request(algorithm=algorithm)), Started)
        assert started.record["checkpoint"] == {"file": path.name, "sha256": digest}


@pytest.mark.parametrize("algorithm", learners())
def test_the_loss_is_told_at_every_step(algorithm: str, whole_run: Callable[[str], list[Event]]) -> None:
    progress = only(whole_run(algorithm), AdaptationProgress)
    assert [step.step for step in progress] == list(range(progress[0].step, progress[0].total_steps + 1))
    assert all(np.isfinite(step.loss) and 0 <= step.accuracy <= 1 for step in progress)


def test_progress_counts_up_to_all_pictures(job: Job) -> None:
    progress = [p for p in only(events_of(job.request()), Progress) if p.stage == "Classifying"]
    done = [p.done for p in progress]
    assert done == sorted(done)
    assert (progress[-1].done, progress[-1].total) == (60, 60)
    assert progress[-1].rate is not None
    assert progress[-1].rate > 0


def test_started_names_the_device_and_the_classes(job: Job) -> None:
    (started,) = only(events_of(job.request()), Started)
    assert str(started.device).startswith("CPU")
    assert started.class_names == ("arka", "belo", "cimu")


def test_events_may_cross_processes(job: Job) -> None:
    for event in events_of(job.request()):
        assert type(pickle.loads(pickle.dumps(event))) is type(event)


def test_probability_columns_follow_the_class_names_of_the_request(job: Job) -> None:
    forwards = predicted(events_of(job.request()))
    backwards = predicted(events_of(job.request(class_names=("cimu", "belo", "arka"))))
    for picture in forwards:
        np.testing.assert_allclose(backwards[picture][::-1], forwards[picture], atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", learners())
def test_a_second_run_embeds_nothing_and_says_exactly_the_same(algorithm: str, job: Job) -> None:
    request = job.request(algorithm=algorithm)
    first, second = events_of(request), events_of(request)
    finished = last(second, Finished)
    assert (finished.embedded, finished.from_cache) == (0, 67)
    before, after = predicted(first), predicted(second)
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[picture], after[picture]) for picture in before)


def files_told(events: Sequence[Event]) -> dict[int, tuple[int, int, bytes]]:
    """Size, time of change and hash of the content, by picture id; fails where a file is told twice."""
    told: dict[int, tuple[int, int, bytes]] = {}
    for event in only(events, FilesRead):
        for row in zip(event.picture_ids.tolist(), event.sizes, event.mtimes_ns, event.contents, strict=True):
            assert row[0] not in told
            told[row[0]] = (int(row[1]), int(row[2]), row[3].tobytes())
    return told


def test_a_run_tells_what_every_file_it_has_read_or_recognised_holds(job: Job, tmp_path: Path) -> None:
    gone = Query(1000, tmp_path / "gone.png")
    request = job.request()
    request = dataclasses.replace(request, queries=[*request.queries, gone])
    first, second = events_of(request), events_of(request)
    assert last(second, Finished).embedded == 0
    files = {row.picture_id: row.path for row in (*request.examples, *request.queries) if row != gone}
    assert (
        files_told(first)
        == files_told(second)
        == {
            picture: (path.stat().st_size, path.stat().st_mtime_ns, content_hash(path.read_bytes()))
            for picture, path in files.items()
        }
    )
    assert len(only(second, FilesRead)) < 5, "they come in batches"


def test_examples_keep_their_order_although_some_are_known_already(job: Job) -> None:
    request = job.request()
    events_of(dataclasses.replace(request, examples=[request.examples[i] for i in (2, 3, 4, 6)]))
    partly_known, all_known = events_of(request), events_of(request)
    assert only(partly_known, EmbeddingMap)[0].picture_ids[:7].tolist() == list(range(7))
    before, after = predicted(partly_known), predicted(all_known)
    assert all(np.array_equal(before[picture], after[picture]) for picture in before)


def test_what_is_said_of_a_picture_does_not_depend_on_the_others(job: Job) -> None:
    request = job.request(algorithm="maml")
    all_together = predicted(events_of(request))
    for query in (request.queries[0], request.queries[33]):
        alone = predicted(events_of(dataclasses.replace(request, queries=[query])))
        np.testing.assert_allclose(alone[query.picture_id], all_together[query.picture_id], atol=1e-4)


def test_the_same_picture_may_come_twice_and_as_an_example(job: Job) -> None:
    example, picture = job.examples["belo"][0], job.pictures[0]
    queries = [Query(100, picture), Query(101, picture), Query(102, example)]
    chances = predicted(events_of(job.request(queries=queries)))
    np.testing.assert_array_equal(chances[100], chances[101])
    assert chances[102].argmax() == 1


def test_one_example_a_class_is_enough(job: Job) -> None:
    request = job.request()
    single = {example.class_name: example for example in request.examples}
    events = events_of(dataclasses.replace(request, examples=list(single.values())))
    finished = last(events, Finished)
    assert "held_out_accuracy" not in finished.metrics
    assert finished.untested == request.class_names
    assert share_right(events, job) > 0.5


class Dreamer(PrototypicalNetwork):
    """Draws random numbers while it adapts."""

    def compare(self, support: LabeledSet, query: torch.Tensor) -> torch.Tensor:
        return super().compare(support, query) * self.mood

    def adapt(self, support: LabeledSet) -> Adaptation:
        self.mood = torch.rand(support.n_way)
        return (yield from super().adapt(support))


def test_the_seed_makes_a_run_repeatable(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(learners(), "dreamer", Dreamer)
    one, same, other = (
        predicted(events_of(job.request(algorithm="dreamer", seed=seed)))[100] for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


# --- maps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", learners())
def test_maps_are_aligned_and_finite(algorithm: str, whole_run: Callable[[str], list[Event]]) -> None:
    events = whole_run(algorithm)
    maps = only(events, EmbeddingMap)
    assert len(maps) >= 2
    for frame in maps:
        n = len(frame.picture_ids)
        assert frame.xy.shape == (n, 2)
        assert frame.class_index.shape == frame.is_support.shape == (n,)
        assert np.isfinite(frame.xy).all()
        assert len(set(frame.picture_ids.tolist())) == n
        assert set(frame.picture_ids[frame.is_support].tolist()) == set(range(7))
        assert frame.class_index[frame.is_support].tolist() == [0, 0, 0, 0, 1, 2, 2]
        assert frame.of_total == 67
    assert (maps[0].class_index[~maps[0].is_support] == -1).all()
    final = maps[-1]
    assert set(final.picture_ids.tolist()) == {*range(7), *range(100, 160)}
    chances = predicted(events)
    for picture, index in zip(final.picture_ids[7:].tolist(), final.class_index[7:].tolist(), strict=True):
        assert index == chances[picture].argmax()


def test_the_last_map_of_many_pictures_is_an_even_sample(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_builder, "MAP_POINTS", 20)
    final = only(events_of(job.request()), EmbeddingMap)[-1]
    assert sorted(final.picture_ids[~final.is_support].tolist()) == list(range(100, 160, 3))
    assert final.of_total == 67


def test_the_last_map_alone_brings_what_other_views_are_made_of(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = only(events_of(job.request()), EmbeddingMap)
    assert [frame.points is not None for frame in whole] == [*[False] * (len(whole) - 1), True]
    monkeypatch.setattr(map_builder, "SETTLED_AT", 20)
    monkeypatch.setattr(map_builder, "SECONDS_BETWEEN", 0.0)
    for final in (whole[-1], only(events_of(job.request()), EmbeddingMap)[-1]):
        assert final.points is not None
        assert final.points.dtype == np.float32
        assert len(final.points) == 67
        centred = final.points - final.points.mean(axis=0)
        plane = np.linalg.lstsq(centred, final.xy - final.xy.mean(axis=0), rcond=None)[0]
        np.testing.assert_allclose(centred @ plane, final.xy - final.xy.mean(axis=0), atol=0.05)


def test_pictures_keep_their_side_from_the_first_map_to_the_last(job: Job) -> None:
    first, *_, final = only(events_of(job.request()), EmbeddingMap)
    shared = [np.flatnonzero(final.picture_ids == picture)[0] for picture in first.picture_ids]
    for axis in (0, 1):
        assert np.corrcoef(first.xy[:, axis], final.xy[shared][:, axis])[0, 1] > 0.9


# --- pictures that cannot be read -------------------------------------------------------------


def test_unreadable_pictures_are_told_and_the_rest_is_labelled(job: Job, tmp_path: Path) -> None:
    corpus = list(write_corpus(tmp_path / "corpus").values())
    queries = [Query(100 + i, specimen.path) for i, specimen in enumerate(corpus)]
    events = events_of(job.request(queries=queries))
    reasons = {
        picture: str(reason)
        for event in only(events, PicturesUnreadable)
        for picture, reason in zip(event.picture_ids, event.reasons, strict=True)
    }
    assert reasons == {100 + i: s.outcome for i, s in enumerate(corpus) if s.outcome != FINE}
    assert predicted(events).keys() == {100 + i for i, s in enumerate(corpus) if s.outcome == FINE}
    assert last(events, Finished).unreadable == len(reasons)


def test_an_unreadable_example_is_told_and_left_out(job: Job, tmp_path: Path) -> None:
    request = job.request()
    broken = Example(50, tmp_path / "gone.png", "arka")
    with_broken = dataclasses.replace(request, examples=[broken, *request.examples])
    events = events_of(with_broken)
    assert only(events, PicturesUnreadable) == [PicturesUnreadable(7, (50,), (Message("not found"),))]
    without, chances = predicted(events_of(request)), predicted(events)
    assert all(np.array_equal(chances[picture], without[picture]) for picture in without)
    progress = [p for p in only(events, Progress) if p.stage == "Classifying"]
    assert (progress[-1].done, progress[-1].total) == (60, 60)


def test_a_class_without_a_readable_example_is_named(job: Job, tmp_path: Path) -> None:
    examples = [example for example in job.request().examples if example.class_name != "belo"]
    request = job.request(examples=[*examples, Example(50, tmp_path / "gone.png", "belo")])
    failed = last(events_of(request), Failed)
    assert str(failed.message) == "No readable example of “belo”; add one, or remove the class."
    assert failed.report == ""


def test_a_run_whose_pictures_are_all_unreadable_still_finishes(job: Job, tmp_path: Path) -> None:
    queries = [Query(100 + i, tmp_path / f"gone-{i}.png") for i in range(70)]
    events = events_of(job.request(queries=queries))
    finished = last(events, Finished)
    assert (finished.classified, finished.unreadable) == (0, 70)
    assert predicted(events) == {}
    assert only(events, EmbeddingMap) == [], "one of the examples alone would take the place of a fuller one"


# --- wrong calls ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"algorithm": "magic"}, "There is no algorithm called “magic”"),
        ({"backbone": "resnet"}, "There is no backbone called “resnet”"),
        ({"device": "quantum:0"}, "The device “quantum:0” cannot be used"),
        ({"device": "cuda:99"}, "The device “cuda:99” cannot be used"),
        ({"algorithm": "untrained"}, "Untrained has no meta-trained checkpoint for Conv4"),
        ({"queries": []}, "There is no picture to label"),
        ({"examples": []}, "No examples were given"),
    ],
)
def test_a_wrong_call_fails_with_one_sentence(
    changes: dict[str, Any], sentence: str, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_contrary(monkeypatch)
    events = events_of(job.request(**changes))
    failed = last(events, Failed)
    assert sentence in str(failed.message)
    assert failed.report == ""
    assert "\n" not in str(failed.message)


def test_a_single_class_is_refused(job: Job) -> None:
    request = job.request()
    alone = [example for example in request.examples if example.class_name == "arka"]
    request = dataclasses.replace(request, examples=alone, class_names=("arka",))
    assert "two classes" in str(last(events_of(request), Failed).message)


class Buggy(PrototypicalNetwork):
    def adapt(self, support: LabeledSet) -> Adaptation:
        raise KeyError("the bug")


def test_a_bug_in_an_algorithm_fails_with_a_report(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(learners(), "buggy", Buggy)
    failed = last(events_of(job.request(algorithm="buggy")), Failed)
    assert str(failed.message) == "KeyError: 'the bug'"
    assert "Traceback" in failed.report
    assert "test_run.py" in failed.report


# --- stopping ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", learners())
def test_a_run_stops_at_whatever_it_was_saying(
    algorithm: str, job: Job, whole_run: Callable[[str], list[Event]]
) -> None:
    request = job.request(algorithm=algorithm)
    moments = {(type(e), getattr(e, "stage", "")) for e in whole_run(algorithm) if not isinstance(e, LAST)}
    assert len(moments) >= 5
    for moment in moments:
        asked = threading.Event()
        events: list[Event] = []
        for event in label(request, asked.is_set):
            if asked.is_set():
                assert isinstance(event, Cancelled)
            events.append(event)
            if (type(event), getattr(event, "stage", "")) == moment:
                asked.set()
        # The stage of preparing is told only where it takes long, which the second time it does not.
        assert isinstance(events[-1], Cancelled if asked.is_set() else Finished)
        assert_well_formed(events, request)


def test_a_run_cancelled_before_it_starts_says_only_that(job: Job) -> None:
    (event,) = label(job.request(), lambda: True)
    assert isinstance(event, Cancelled)


def test_a_preparation_that_takes_long_can_be_stopped(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = threading.Event()

    def prepare(*arguments: str) -> session_module.Session:
        ready.wait()
        return session_module.Session(*arguments)

    monkeypatch.setattr(learning, "Session", prepare)
    asked = threading.Event()
    events = label(job.request(), asked.is_set)
    assert next(events) == next(events) == Progress(7, Stage.PREPARING, 0, 0)
    asked.set()
    assert isinstance(next(events), Cancelled)
    assert list(events) == []
    ready.set()


def test_predictions_sent_before_a_stop_are_those_of_the_whole_run(job: Job) -> None:
    events: list[Event] = []
    for event in label(job.request(), lambda: bool(only(events, Predictions))):
        events.append(event)
    assert isinstance(events[-1], Cancelled)
    sent, whole = predicted(events), predicted(events_of(job.request()))
    assert 0 < len(sent) < 60
    assert all(np.array_equal(sent[picture], whole[picture]) for picture in sent)


def test_whoever_stops_iterating_leaves_no_thread_behind(job: Job) -> None:
    events = label(job.request())
    while not isinstance(next(events), AdaptationProgress):
        pass
    events.close()  # type: ignore[attr-defined]
    # The fixture for leaked threads sees the rest.
    assert not [thread for thread in threading.enumerate() if thread.name == "prepare"]


# --- the world fails --------------------------------------------------------------------------


def test_a_cache_that_cannot_be_written_is_told_once_and_stops_nothing(job: Job, tmp_path: Path) -> None:
    (tmp_path / "cache" / "embeddings").write_text("a file in the place of the folder")
    events = events_of(job.request())
    assert last(events, Finished).classified == 60
    (warned,) = only(events, Warned)
    assert "not being cached" in str(warned.message)


def test_a_disk_that_fills_up_is_told_once_and_stops_nothing(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def on_a_small_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 5")
        return connection

    monkeypatch.setattr(sqlite3, "connect", on_a_small_disk)
    events = events_of(job.request())
    assert last(events, Finished).classified == 60
    (warned,) = only(events, Warned)
    assert "full" in str(warned.message)


@pytest.mark.parametrize("number", [math.nan, math.inf])
@pytest.mark.parametrize("where", ["for the pictures", "for the examples"])
def test_numbers_that_are_not_finite_fail_the_run_with_a_sentence(
    job: Job, number: float, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_contrary(monkeypatch)
    fit_head = Contrary.fit_head
    examples: list[Tensor] = []

    def factor(embedded: Tensor) -> float:
        """Of the examples themselves nothing is poisoned, unless they are meant."""
        known = [(row == embedded).all(dim=1).any() for row in examples]
        return 1.0 if where != "for the examples" and any(known) else number

    def poisoned_rule(learner: Contrary, support: LabeledSet) -> Head:
        if len(support) == 7:
            examples.extend(support.features)
        answer = fit_head(learner, support)
        return lambda query: answer(query) * factor(query)

    monkeypatch.setattr(Contrary, "fit_head", poisoned_rule)
    events = events_of(job.request(algorithm="contrary"))
    failed = last(events, Failed)
    assert str(failed.message).startswith("The algorithm came to numbers that are not finite")
    assert failed.report == ""
    assert predicted(events) == {}


def test_embeddings_that_are_not_finite_fail_the_run_and_are_not_kept(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = OnnxEncoder.embed
    with monkeypatch.context() as patched:
        patched.setattr(OnnxEncoder, "embed", lambda *arguments: encode(*arguments) * np.float32(np.nan))
        assert "not finite" in str(last(events_of(job.request()), Failed).message)
    assert last(events_of(job.request()), Finished).from_cache == 0


def test_a_conversion_that_cannot_be_kept_is_told_once_and_stops_nothing(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = features_module.backbone_encoder(get_backbone("conv4"), torch.device("cpu"))
    monkeypatch.setattr(encoder, "problem", Message("It could not be kept."))
    events = events_of(job.request())
    last(events, Finished)
    assert [str(warned.message) for warned in only(events, Warned)] == ["It could not be kept."]


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cuda:0` is there: the CPU in disguise."""
    to, disguised = torch.Tensor.to, torch.device("cuda:0")

    def to_disguise(tensor: torch.Tensor, *arguments: Any, **options: Any) -> torch.Tensor:
        real: list[Any] = ["cpu" if argument == disguised else argument for argument in arguments]
        return to(tensor, *real, **options)

    monkeypatch.setattr(torch.Tensor, "to", to_disguise)
    monkeypatch.setattr(session_module, "resolve_device", torch.device)
    monkeypatch.setattr("engine.embeddings.encoders.title", lambda name: Message(f"Card {name}"))


def fail_once(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, calls_before: int) -> None:
    """The call after `calls_before` others finds the memory of the card full."""
    whole, calls = getattr(owner, method), Counter[str]()

    def full(*arguments: Any, **options: Any) -> Any:
        calls[method] += 1
        if calls[method] == calls_before + 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(*arguments, **options)

    monkeypatch.setattr(owner, method, full)


@pytest.mark.slow
@pytest.mark.parametrize("updates_before", [0, 3, MAML.steps + 2], ids=["at once", "midway", "held out"])
@pytest.mark.usefixtures("gpu")
def test_a_full_card_while_adapting_sends_the_run_to_the_cpu(
    updates_before: int, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = predicted(events_of(job.request(algorithm="maml", device="cpu")))
    fail_once(monkeypatch, MAML, "update", updates_before)
    events = events_of(job.request(algorithm="maml", device="cuda:0"))
    (started,) = only(events, Started)
    assert str(started.device) == "Card cuda:0 · PyTorch"
    (changed,) = only(events, DeviceChanged)
    assert str(changed.device).startswith("CPU")
    assert str(changed.message) == "cuda:0 ran out of memory; going on with the CPU."
    chances = predicted(events)
    assert all(np.array_equal(chances[picture], expected[picture]) for picture in expected)


@pytest.mark.usefixtures("gpu")
def test_a_full_card_while_classifying_sends_the_run_to_the_cpu(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = predicted(events_of(job.request(algorithm="maml", device="cpu")))
    fail_once(monkeypatch, session_module.CalibratedClassifier, "probabilities", 0)
    events = events_of(job.request(algorithm="maml", device="cuda:0"))
    (changed,) = only(events, DeviceChanged)
    assert str(changed.message) == "cuda:0 ran out of memory; going on with the CPU."
    chances = predicted(events)
    assert all(np.array_equal(chances[picture], expected[picture]) for picture in expected)


@pytest.mark.usefixtures("gpu")
def test_a_card_that_is_full_before_anything_is_adapted_fails_with_a_sentence(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, session_module.Session, "tensor", 0)
    failed = last(events_of(job.request(algorithm="maml", device="cuda:0")), Failed)
    assert "GPU ran out of memory" in str(failed.message)
    assert failed.report == ""


def cpu_out_of_memory(*_: object) -> Tensor:
    return torch.empty(2**60, dtype=torch.uint8)


def test_a_computer_without_room_to_adapt_in_is_told_in_a_sentence_and_is_no_bug(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MAML, "update", cpu_out_of_memory)
    failed = last(events_of(job.request(algorithm="maml", device="cpu")), Failed)
    assert str(failed.message) == "The computer ran out of memory; close other programs and try again."
    assert failed.report == ""


def cuda_out_of_memory(*_: object) -> Tensor:
    raise torch.OutOfMemoryError("CUDA out of memory")


@pytest.mark.parametrize("no_room", [cuda_out_of_memory, cpu_out_of_memory])
def test_pictures_are_classified_in_smaller_pieces_where_all_have_no_room(
    no_room: Callable[[], Tensor],
) -> None:
    class Cramped(AdaptedClassifier):
        class_names = ("a", "b")

        def _logits(self, features: Tensor) -> Tensor:
            return no_room() if len(features) > 2 else features

        def embed(self, features: Tensor) -> Tensor:
            return features

    features = torch.tensor([[0.0, 9.0], [9.0, 0.0], [0.0, 9.0], [9.0, 0.0], [9.0, 0.0]])
    nobody = HeldOut(torch.empty(0, 2), torch.empty(0, dtype=torch.int64))
    task = session_module.CalibratedClassifier(Cramped(), Calibration(1.0, None, 0, nobody, nobody.labels))
    assert task.probabilities(features).argmax(axis=1).tolist() == [1, 0, 1, 0, 0]


def test_an_example_that_the_others_contradict_is_told_with_the_class_they_suggest(job: Job) -> None:
    wrong = Example(50, job.examples["arka"][0], "cimu")
    examples = [example for example in job.request().examples if example.picture_id != 0]
    events = events_of(job.request(examples=[*examples, wrong]))
    (doubts,) = only(events, DoubtfulLabels)
    assert doubts.judged == 6  # belo has one example, which nothing could judge
    assert doubts.picture_ids.tolist() == [50]
    names = job.request().class_names
    assert (names[doubts.labelled[0]], names[doubts.suggested[0]]) == ("cimu", "arka")
    assert 0 <= doubts.own[0] < doubts.other[0] <= 1
    assert events.index(doubts) < events.index(only(events, Predictions)[0])


def test_examples_that_agree_are_not_in_doubt(job: Job) -> None:
    (doubts,) = only(events_of(job.request()), DoubtfulLabels)
    assert doubts.judged == 6
    assert len(doubts.picture_ids) == 0


# --- what can be chosen -----------------------------------------------------------------------


def test_the_catalogue_has_every_algorithm_backbone_and_device() -> None:
    catalogue = run_module.read_catalogue()
    assert [entry.name for entry in catalogue.algorithms] == list(learners())
    assert [entry.name for entry in catalogue.backbones] == list(backbones())
    assert list(catalogue.devices) == list_devices()
    for entry in catalogue.algorithms:
        assert {*entry.backbones, *entry.unavailable} == set(backbones())
        for name, reason in entry.unavailable.items():
            assert reason == unavailable_reason(learners()[entry.name], backbones()[name])
        assert entry.title
        assert entry.paper
        assert entry.summary
    for name in ("prototypical", "fine-tuning"):
        (entry,) = (entry for entry in catalogue.algorithms if entry.name == name)
        assert set(entry.unavailable.values()) == {b.unavailable for b in backbones().values()} - {None}


def test_an_algorithm_without_its_checkpoint_is_not_available() -> None:
    class Untrained(PrototypicalNetwork):
        facts = dataclasses.replace(
            PrototypicalNetwork.facts, name="untrained", title="Untrained", meta_training="required"
        )

    unavailable = unavailable_reason(Untrained, next(iter(backbones().values())))
    assert unavailable is not None
    assert "no meta-trained checkpoint" in str(unavailable.reason)


# --- real pictures ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("archive", ["rice_disease.zip", "hymenoptera.zip"])
def test_real_photos_are_told_apart_far_better_than_by_chance(
    archive: str, shared_data: Path, tmp_path: Path
) -> None:
    with ZipFile(shared_data / archive) as pictures:
        pictures.extractall(tmp_path)
    by_class: dict[str, list[Path]] = {}
    for path in sorted(tmp_path.rglob("*.jpg")):
        by_class.setdefault(path.parent.name, []).append(path)
    examples = {name: paths[::8] for name, paths in by_class.items()}
    queries = [(name, p) for name, paths in by_class.items() for p in paths[1::3]]
    job = Job(examples, [path for _, path in queries], [name for name, _ in queries])
    events = events_of(job.request(backbone="efficientnet-lite0"))
    assert len(by_class) in (2, 3)
    assert share_right(events, job) > 1 / len(by_class) + 0.15


def test_examples_are_made_when_asked_for() -> None:
    paths = [b"/a/1.png", b"/a/2.png", b"/a/\xff.png"]
    examples = examples_of([3, 4, 5], paths, np.array([8, -1, 9]), {8: "cat", 9: "dog"})
    examples = pickle.loads(pickle.dumps(examples))
    assert list(examples) == [
        Example(3, Path("/a/1.png"), "cat"),
        Example(5, Path(os.fsdecode(b"/a/\xff.png")), "dog"),
    ]


def test_queries_are_made_when_asked_for() -> None:
    paths = [b"/a/1.png", os.fsencode("/a/사진.png"), b"/a/2.png", b"/a/\xff.png"]
    queries = queries_of([3, 5, 6, 7], paths, np.array([True, True, False, True]))
    assert list(queries) == [
        Query(3, Path("/a/1.png")),
        Query(5, Path("/a/사진.png")),
        Query(7, Path(os.fsdecode(b"/a/\xff.png"))),
    ]
    assert (len(queries), list(queries[1:])) == (3, list(queries)[1:])
    assert not queries_of([3], paths[:1], np.array([False]))
