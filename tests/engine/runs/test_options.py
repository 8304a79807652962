"""What a person chooses about an algorithm reaches it, and what cannot be chosen is refused."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Mapping

import numpy as np
import pytest

from engine.backbones.base import backbones
from engine.learners.registry import unavailable_reason
from engine.runs.catalogue import OptionEntry
from engine.runs.events import Failed, Finished, Predictions
from engine.runs.run import label, read_catalogue
from tests.engine.contrary import Untrained, offer_contrary
from tests.engine.runs.conftest import Job


@pytest.fixture(autouse=True)
def contrary(monkeypatch: pytest.MonkeyPatch) -> None:
    offer_contrary(monkeypatch)


def winners(job: Job, options: Mapping[str, float | bool]) -> tuple[list[int], list[int]]:
    """The most and the least likely class of each of a few pictures."""
    request = job.request(algorithm="contrary", options=options)
    events = list(label(dataclasses.replace(request, queries=request.queries[::12])))
    assert isinstance(events[-1], Finished)
    rows = np.concatenate([event.probabilities for event in events if isinstance(event, Predictions)])
    return rows.argmax(axis=1).tolist(), rows.argmin(axis=1).tolist()


def test_a_run_takes_the_options_of_its_request_and_of_no_other_run(job: Job) -> None:
    usual, least = winners(job, {})
    assert winners(job, {"contrary": True}) == (least, usual)
    assert winners(job, {}) == (usual, least)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"speed": 3}, "Contrary has no option “speed”; its options are contrary, sharpness, places."),
        ({"sharpness": 9.0}, "Sharpness lies between 0.5 and 8; it cannot be 9.0."),
        ({"contrary": 1.0}, "Contrariness is on or off, not 1.0."),
        ({"places": 1.5}, "Places is a whole number; it cannot be 1.5."),
    ],
)
def test_a_run_with_an_impossible_option_fails_with_a_sentence(
    options: Mapping[str, float | bool], sentence: str, job: Job
) -> None:
    request = job.request(algorithm="contrary", options=options)
    last = list(label(request))[-1]
    assert isinstance(last, Failed)
    assert str(last.message) == sentence


def test_a_request_may_cross_processes_with_its_options(job: Job) -> None:
    for request in (job.request(), job.request(options={"contrary": True, "sharpness": 3.0})):
        assert pickle.loads(pickle.dumps(request)) == request


def test_the_catalogue_has_options_with_defaults_and_limits() -> None:
    by_name = {entry.name: entry for entry in read_catalogue().algorithms}
    assert by_name["contrary"].limits == "Mostly wrong."
    assert by_name["contrary"].options == (
        OptionEntry("contrary", "Contrariness", "Whether to prefer the least likely class.", False, 0.0, 1.0),
        OptionEntry("sharpness", "Sharpness", "How much a distance counts.", 2.0, 0.5, 8.0),
        OptionEntry("places", "Places", "How many places there are.", 3, 1, 20),
    )
    assert by_name["prototypical"].options == ()


@pytest.mark.parametrize(
    ("option", "value", "taken"),
    [
        ("contrary", True, True),
        ("contrary", 1.0, None),
        ("contrary", "on", None),
        ("sharpness", 8.0, 8.0),
        ("sharpness", 3, 3.0),
        ("sharpness", 8.1, None),
        ("sharpness", 0.4, None),
        ("sharpness", float("nan"), None),
        ("sharpness", True, None),
        ("sharpness", None, None),
        ("places", 7.0, 7),
        ("places", 0, None),
        ("places", 7.5, None),
    ],
)
def test_an_option_takes_what_fits_it(option: str, value: object, taken: object) -> None:
    (entry,) = (entry for entry in read_catalogue().algorithms if entry.name == "contrary")
    (asked,) = (candidate for candidate in entry.options if candidate.name == option)
    result = asked.taken(value)
    assert (result, type(result)) == (taken, type(taken))


def test_where_a_checkpoint_is_missing_the_command_that_makes_it_is_given() -> None:
    for backbone in (one for one in backbones().values() if one.unavailable is None):
        unavailable = unavailable_reason(Untrained, backbone)
        assert unavailable is not None
        command = unavailable.command
        assert command.startswith(f"fewshot meta-train --algorithm untrained --backbone {backbone.name}")
        assert str(unavailable.reason).endswith(command)
