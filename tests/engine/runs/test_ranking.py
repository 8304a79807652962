"""Ranking algorithms on a person's own examples: the same folds for all, an interval for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.backbones.base import get_backbone
from engine.errors import FewshotError
from engine.learners.registry import learners
from engine.runs import ranking
from engine.runs.events import Failed, Warned
from engine.runs.ranking import Ranked, rank, rankable
from tests.engine.runs.conftest import Job


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))


def ranked(job: Job, *algorithms: str) -> list[Ranked]:
    return [event for event in rank(job.request(), algorithms) if isinstance(event, Ranked)]


def test_every_algorithm_that_runs_is_judged_on_the_same_examples(job: Job) -> None:
    """Also those that take the pixels themselves."""
    found = ranked(job, "auto", "prototypical", "anil", "fine-tuning")
    assert [one.algorithm for one in found] == ["auto", "prototypical", "anil", "fine-tuning"]
    assert {one.examples for one in found} == {6}
    assert all(0 <= one.right <= 6 and one.seconds > 0 for one in found)


def test_the_instant_ones_are_those_that_do_not_adapt_step_by_step() -> None:
    conv4 = get_backbone("conv4")
    assert rankable(conv4, slow=True) == list(learners())
    assert "maml" not in rankable(conv4, slow=False)
    assert {"auto", "linear-probe", "ridge", "snail"} <= set(rankable(conv4, slow=False))


@pytest.mark.parametrize(
    ("right", "examples", "low", "high"), [(17, 25, 0.48, 0.83), (0, 10, 0.0, 0.28), (10, 10, 0.72, 1.0)]
)
def test_the_interval_is_wilsons(right: int, examples: int, low: float, high: float) -> None:
    one = ranking.Ranked(0, "", learners()["auto"].facts.title, right, examples, 0.0)  # type: ignore[arg-type]
    assert one.interval == pytest.approx((low, high), abs=0.005)


def test_what_fails_is_left_out_with_the_reason(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ranking.create_learner

    def create(name: str, backbone: str) -> object:
        if name == "ridge":
            raise FewshotError("It is broken.")
        return real(name, backbone)

    monkeypatch.setattr(ranking, "create_learner", create)
    events = list(rank(job.request(), ["ridge", "nearest"]))
    [warned] = [event for event in events if isinstance(event, Warned)]
    assert str(warned.message) == "Left out: It is broken."
    assert [event.algorithm for event in events if isinstance(event, Ranked)] == ["nearest"]


def test_one_example_of_each_class_is_too_few(job: Job) -> None:
    request = job.request()
    firsts = {example.class_name: example for example in reversed(request.examples)}
    *_, end = rank(replace(request, examples=list(firsts.values())), ["auto"])
    assert isinstance(end, Failed)
    assert "add a second one" in str(end.message)


def test_it_can_be_cancelled(job: Job) -> None:
    events = list(rank(job.request(), ["auto"], cancelled=lambda: True))
    assert not any(isinstance(event, Ranked) for event in events)
