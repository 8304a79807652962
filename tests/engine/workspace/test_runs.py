"""Runs and their predictions."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace, store
from engine.workspace.commands import AcceptPredictions, LabelPictures, RemoveClass, RemovePictures
from engine.workspace.rows import UNKNOWN, RunStatus
from engine.workspace.run_retention import RUNS_WITH_PREDICTIONS
from tests.engine.workspace.conftest import predict


def begin(workspace: Workspace) -> int:
    return workspace.begin_run("prototypical", "conv4", "cpu", 7, [3, 1])


def test_a_run_is_remembered(furnished: Workspace) -> None:
    run_id = begin(furnished)
    assert furnished.effective_runs() == []
    predict(furnished, run_id)
    [running] = furnished.effective_runs()
    assert (running.id, running.algorithm, running.backbone, running.device, running.seed) == (
        run_id,
        "prototypical",
        "conv4",
        "cpu",
        7,
    )
    assert (running.class_ids, running.status, running.finished) == ((3, 1), "running", None)
    furnished.finish_run(run_id, "failed", Message("The disk is full."))
    [ended] = furnished.runs_with_predictions()
    assert ended.finished is not None
    assert (ended.status, str(ended.message), ended.started) == (
        "failed",
        "The disk is full.",
        running.started,
    )


def test_a_run_remembers_its_options(furnished: Workspace) -> None:
    predict(furnished, begin(furnished))
    options = {"rate": 0.02, "steps": 5, "whole": True}
    predict(furnished, furnished.begin_run("fine-tuning", "conv4", "cpu", 7, [3, 1], options))
    without, with_some = furnished.effective_runs()
    assert (without.options, with_some.options) == ({}, options)
    assert with_some.options["whole"] is True


def test_a_run_remembers_what_it_was_made_with(furnished: Workspace) -> None:
    run_id = begin(furnished)
    predict(furnished, run_id)
    [before] = furnished.effective_runs()
    assert before.record == {}
    record = {"device": "CPU (2 cores)", "options": {"steps": 5}, "checkpoint": None, "decoder": 3}
    furnished.save_record(run_id, record)
    [after] = furnished.effective_runs()
    assert after.record == record


def test_a_run_without_a_record_says_in_full_what_its_row_says(furnished: Workspace) -> None:
    first, second = begin(furnished), begin(furnished)
    for run_id in (first, second):
        predict(furnished, run_id)
    furnished.save_record(second, {"device": "NVIDIA H200", "options": {"steps": 5, "rate": 0.1}})
    row_alone, with_record = (run.to_record() for run in furnished.effective_runs())
    assert row_alone == {
        "algorithm": "prototypical",
        "options": {},
        "backbone": "conv4",
        "device": "cpu",
        "seed": 7,
        "began": row_alone["began"],
        "status": "running",
    }
    assert with_record["device"] == "NVIDIA H200"
    assert with_record["options"] == {"steps": 5, "rate": 0.1}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("no JSON", {}),
        ("[1, 2]", {}),
        ("[" * 100_000, {}),
        ('{"seed": NaN, "decoder": 3}', {"decoder": 3}),
        ('{"options": {"rate": 1e999}, "decoder": 3}', {"decoder": 3}),
        ('{"options": {"a": {"b": {}}}, "versions": {"torch": "2"}}', {"versions": {"torch": "2"}}),
    ],
)
def test_of_what_others_have_put_into_a_record_only_what_it_may_hold_is_read(
    furnished: Workspace, text: str, known: dict[str, object]
) -> None:
    predict(furnished, begin(furnished))
    furnished._db.execute("UPDATE run SET record = ?", (text,))
    [run] = furnished.effective_runs()
    assert run.record == known


def test_only_the_last_finding_of_a_name_is_kept_and_it_is_not_exported(furnished: Workspace) -> None:
    assert furnished.last_finding("odd") is None
    first, second = begin(furnished), begin(furnished)
    for run_id in (first, second):
        predict(furnished, run_id)
        furnished.save_record(run_id, {"device": "CPU", "checkpoint": None})
        furnished.save_finding(run_id, "odd", {"ids": [run_id, 7], "judged": 3})
    furnished.save_finding(first, "even", {"ids": []})
    assert furnished.last_finding("odd") == (second, {"ids": [second, 7], "judged": 3})
    assert furnished.last_finding("even") == (first, {"ids": []})
    records = [json.loads(text) for (text,) in furnished._db.execute("SELECT record FROM run ORDER BY id")]
    assert ["odd" in record for record in records] == [False, True]
    for run in furnished.effective_runs():
        assert run.record == {"device": "CPU", "checkpoint": None}


def test_what_is_noted_of_a_run_later_leaves_the_rest(furnished: Workspace) -> None:
    run_id = begin(furnished)
    predict(furnished, run_id)
    furnished.save_record(run_id, {"device": "cuda:0", "seed": 7})
    furnished.save_finding(run_id, "odd", {"ids": [7]})
    furnished.save_record(run_id, {"device": "CPU"})
    [run] = furnished.effective_runs()
    assert run.record == {"device": "CPU", "seed": 7}
    assert furnished.last_finding("odd") == (run_id, {"ids": [7]})


@pytest.mark.parametrize(
    "text", ['"odd"', '{"odd": ', '["odd"]', '{"odd": 3}', '{"odd": "[[["}', '{"odd": []}']
)
def test_a_finding_that_others_have_spoilt_is_none(furnished: Workspace, text: str) -> None:
    run_id = begin(furnished)
    furnished._db.execute("UPDATE run SET record = ?", (text,))
    assert furnished.last_finding("odd") is None
    furnished.save_finding(begin(furnished), "odd", {"ids": []})
    assert furnished.last_finding("odd") == (run_id + 1, {"ids": []})


def test_predictions_come_back_as_class_ids_in_the_order_of_pictures(furnished: Workspace) -> None:
    run = begin(furnished)
    furnished.save_predictions(run, np.array([5, 2]), np.array([[0.25, 0.75], [0.5, 0.5]], np.float32))
    furnished.save_predictions(run, np.array([1]), np.array([[0.875, 0.125]], np.float32))
    picture_ids, class_id, confidence = furnished.predictions(run)
    assert picture_ids.tolist() == [1, 2, 5]
    assert class_id.tolist() == [3, 3, 1]
    assert confidence.tolist() == [0.875, 0.5, 0.75]
    assert furnished.probabilities(run)[1].tolist() == [[0.875, 0.125], [0.5, 0.5], [0.25, 0.75]]


def test_the_last_word_on_a_picture_counts(furnished: Workspace) -> None:
    run = begin(furnished)
    furnished.save_predictions(run, np.array([1, 2]), np.array([[1, 0], [1, 0]], np.float32))
    furnished.save_predictions(run, np.array([2]), np.array([[0, 1]], np.float32))
    assert furnished.predictions(run).class_id.tolist() == [3, 1]


def test_the_last_word_on_one_picture_comes_with_the_classes_of_the_run_that_said_it(
    furnished: Workspace,
) -> None:
    assert furnished.latest_prediction(1) is None
    first = begin(furnished)
    furnished.save_predictions(first, np.array([1, 2]), np.array([[1, 0], [0.75, 0.25]], np.float32))
    furnished.save_predictions(first, np.array([2, 4]), np.array([[0.5, 0.5], [0, 1]], np.float32))
    second = furnished.begin_run("prototypical", "conv4", "cpu", 7, [1, 2, 3])
    furnished.save_predictions(second, np.array([1]), np.array([[0.25, 0.5, 0.25]], np.float32))
    said = {picture: furnished.latest_prediction(picture) for picture in (1, 2, 3)}
    plain = {picture: word and (word[0], word[1].tolist()) for picture, word in said.items()}
    assert plain == {1: ([1, 2, 3], [0.25, 0.5, 0.25]), 2: ([3, 1], [0.5, 0.5]), 3: None}


def test_a_run_without_predictions_has_empty_ones(furnished: Workspace) -> None:
    run = begin(furnished)
    assert furnished.predictions(run).confidence.shape == (0,)
    assert furnished.probabilities(run)[1].shape == (0, 2)
    with pytest.raises(KeyError):
        furnished.predictions(run + 1)


def test_probabilities_must_fit_the_run(furnished: Workspace) -> None:
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        furnished.save_predictions(begin(furnished), np.array([1]), np.ones((1, 3), np.float32))


def test_predictions_of_removed_pictures_and_classes_are_left_out(furnished: Workspace) -> None:
    run = begin(furnished)
    furnished.save_predictions(run, np.array([1, 2, 4]), np.array([[1, 0], [0, 1], [1, 0]], np.float32))
    furnished.apply(RemovePictures([1]))
    assert furnished.predictions(run).picture_ids.tolist() == [2, 4]
    furnished.apply(RemoveClass(3))
    assert furnished.predictions(run).picture_ids.tolist() == [2]
    assert furnished.probabilities(run)[0].tolist() == [2, 4]


def test_predictions_do_not_touch_labels(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], 1))
    run = begin(furnished)
    predict(furnished, run)
    assert furnished.labels() == {1: 1}


def test_only_the_latest_runs_keep_their_predictions(furnished: Workspace) -> None:
    runs = [begin(furnished)]
    for _ in range(RUNS_WITH_PREDICTIONS):
        predict(furnished, runs[-1])
        runs.append(begin(furnished))
    kept = [furnished.predictions(run).picture_ids.size for run in runs]
    assert kept == [0, *[1] * (RUNS_WITH_PREDICTIONS - 1), 0]


def say(workspace: Workspace, pictures: list[int], status: RunStatus) -> int:
    """A run of which each picture is a batch of its own."""
    run = begin(workspace)
    for picture in pictures:
        workspace.save_predictions(run, np.array([picture]), np.array([[1, 0]], np.float32))
    workspace.finish_run(run, status)
    return run


def test_the_last_word_on_a_picture_stays_however_many_runs_are_cancelled_after_it(
    furnished: Workspace,
) -> None:
    finished = say(furnished, [1, 2, 3, 4], "finished")
    cancelled = say(furnished, [1, 2, 3], "cancelled")
    later = [say(furnished, [1], "cancelled") for _ in range(2 * RUNS_WITH_PREDICTIONS)]
    begin(furnished)
    said = {run.id: furnished.predictions(run.id).picture_ids.tolist() for run in furnished.effective_runs()}
    kept = later[-RUNS_WITH_PREDICTIONS + 1 :]
    assert said == {finished: [1, 2, 3, 4], cancelled: [2, 3], **{run: [1] for run in kept}}
    assert [run.id for run in furnished.runs_with_predictions()] == [*kept[::-1], finished]


def test_a_run_that_goes_while_it_is_read_is_told(furnished: Workspace) -> None:
    run = say(furnished, [1, 2, 3], "finished")
    reading = furnished.batches(run)
    next(reading)
    for _ in range(RUNS_WITH_PREDICTIONS + 1):
        say(furnished, [1, 2, 3], "finished")
    with pytest.raises(FewshotError, match="not kept any more"):
        next(reading)


def test_a_finished_run_ends_what_earlier_ones_have_said(furnished: Workspace) -> None:
    say(furnished, [1, 2, 3], "cancelled")
    finished = say(furnished, [1], "finished")
    later = [say(furnished, [2], "cancelled") for _ in range(RUNS_WITH_PREDICTIONS)]
    begin(furnished)
    assert [run.id for run in furnished.effective_runs()] == [finished, *later[1:]]
    assert furnished.latest_prediction(3) is None


def test_the_last_run_of_another_way_keeps_its_predictions_however_often_one_runs(
    furnished: Workspace,
) -> None:
    for options in ({}, {"steps": 5}):
        run = furnished.begin_run("maml", "conv4", "cpu", 7, [3, 1], options)
        predict(furnished, run)
        furnished.finish_run(run, "finished")
    for _ in range(2 * RUNS_WITH_PREDICTIONS):
        run = begin(furnished)
        predict(furnished, run)
        furnished.finish_run(run, "finished")
    kept = furnished.runs_with_predictions()
    assert [row.options for row in kept if row.algorithm == "maml"] == [{"steps": 5}, {}]
    assert len(kept) == RUNS_WITH_PREDICTIONS + 2


def test_runs_that_are_on_or_said_nothing_are_not_among_those_with_predictions(furnished: Workspace) -> None:
    silent, said, on = begin(furnished), begin(furnished), begin(furnished)
    for run in (said, on):
        predict(furnished, run)
    for run in (silent, said):
        furnished.finish_run(run, "cancelled")
    assert [run.id for run in furnished.runs_with_predictions()] == [said]


def test_labels_of_people_are_told_from_labels_of_models(
    furnished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished.apply(LabelPictures([2, 1], 3))
    furnished.apply(LabelPictures([4], 1, source="model"))
    run = begin(furnished)
    furnished.apply(AcceptPredictions({1: [5]}, {5: run}))
    for at_a_time in (2, 1000):
        monkeypatch.setattr(store, "_LABELS_AT_A_TIME", at_a_time)
        assert [*chain(*furnished.human_labels())] == [(1, 3, None), (2, 3, None), (5, 1, run)]


@pytest.mark.parametrize("status", ["finished", "cancelled", "failed"])
def test_what_a_finished_run_could_read_is_not_unreadable_any_more(
    furnished: Workspace, status: RunStatus
) -> None:
    furnished.save_unreadable(
        [1, 2, 3], [Message("truncated"), Message("not a picture"), Message("truncated")]
    )
    run = begin(furnished)
    furnished.save_unreadable([2], [Message("gone")])
    assert furnished.unreadable() == {1: Message("truncated"), 2: Message("gone"), 3: Message("truncated")}
    furnished.finish_run(run, status)
    after = (
        {2: Message("gone")}
        if status == "finished"
        else {1: Message("truncated"), 2: Message("gone"), 3: Message("truncated")}
    )
    assert furnished.unreadable() == after


def test_what_a_finished_run_did_not_look_at_is_still_unreadable(furnished: Workspace) -> None:
    furnished.apply(LabelPictures([1], UNKNOWN))
    furnished.apply(LabelPictures([2], 3))
    furnished.apply(LabelPictures([4], 2))
    furnished.save_unreadable(
        [1, 2, 3, 4], [Message("truncated"), Message("not a picture"), Message("gone"), Message("truncated")]
    )
    run = begin(furnished)
    furnished.apply(LabelPictures([1], None))
    furnished.apply(LabelPictures([3], UNKNOWN))
    furnished.finish_run(run, "finished")
    assert furnished.unreadable() == {1: Message("truncated"), 4: Message("truncated")}


def test_an_unfinished_run_makes_the_pictures_it_predicted_readable(
    project: Path, furnished: Workspace
) -> None:
    furnished.save_unreadable(
        [1, 2, 3], [Message("truncated"), Message("not a picture"), Message("truncated")]
    )
    run = begin(furnished)
    furnished.save_predictions(run, np.array([1, 4]), np.full((2, 2), 0.5, np.float32))
    assert furnished.unreadable() == {2: Message("not a picture"), 3: Message("truncated")}
    furnished.finish_run(run, "cancelled")
    furnished.close()
    with Workspace.open(project) as reopened:
        assert reopened.unreadable() == {2: Message("not a picture"), 3: Message("truncated")}


def test_a_run_cut_off_by_a_crash_has_failed(project: Path, furnished: Workspace) -> None:
    predict(furnished, begin(furnished))
    furnished.close()
    with Workspace.open(project) as reopened:
        [run] = reopened.runs_with_predictions()
    assert (run.status, str(run.message)) == ("failed", "The program ended before the run did.")
