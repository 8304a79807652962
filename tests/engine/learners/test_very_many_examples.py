"""Very many examples: judged in pieces, measured on some, and refused where a step has no room for them."""

from __future__ import annotations

import pytest
import torch

from engine.backbones.base import get_backbone
from engine.confidence import calibration, temperature
from engine.confidence.calibration import calibrate
from engine.confidence.temperature import fit_temperature
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.learners import embedding, held_out
from engine.learners.base import MetaLearner
from engine.learners.gradient import base as gradient
from engine.learners.registry import learners


def a_task(shots: int, way: int = 3) -> LabeledSet:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(way).repeat_interleave(shots)
    features = torch.randn(len(labels), get_backbone("conv4").dimension, generator=generator)
    features += 2 * torch.nn.functional.one_hot(labels, features.shape[1])
    return LabeledSet(features, labels, tuple(map(str, range(way))))


def matching() -> MetaLearner:
    return learners()["matching"](get_backbone("conv4")).eval()


def test_held_out_examples_are_judged_in_pieces_as_they_are_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    learner, task = matching(), a_task(20)
    at_once = run_to_end(calibrate(learner, task, run_to_end(learner.adapt(task))))
    monkeypatch.setattr(held_out, "MAX_PAIRS", 200)
    in_chunks = run_to_end(calibrate(learner, task, run_to_end(learner.adapt(task))))
    torch.testing.assert_close(in_chunks.held_out.logits, at_once.held_out.logits)
    assert in_chunks.temperature == pytest.approx(at_once.temperature, rel=1e-3)


def test_never_is_more_compared_at_a_time_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "MAX_PAIRS", 200)
    seen = []

    def logits(features: torch.Tensor) -> torch.Tensor:
        seen.append(len(features))
        return features

    features = torch.arange(55.0)[:, None]
    assert torch.equal(held_out.in_chunks(logits, features, 10), features)
    assert seen == [20, 20, 15]


def test_single_examples_are_judged_by_an_even_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "MAX_EVALUATED", 10)
    monkeypatch.setattr(calibration, "PRESUMED_ON", 10)
    learner, task = matching(), a_task(1, way=40)
    (step,) = list(learner.adapt(task))
    assert step.kind == "support"
    assert step.accuracy == 1.0
    assert run_to_end(calibrate(learner, task, step.classifier)).temperature > 0


def test_a_temperature_is_fitted_to_an_even_part_of_very_many_logits(monkeypatch: pytest.MonkeyPatch) -> None:
    task = a_task(200)
    logits = task.features[:, :3]
    of_all = fit_temperature(logits, task.labels)
    monkeypatch.setattr(temperature, "MAX_LOGITS", logits.numel() // 2)
    assert fit_temperature(logits, task.labels) == pytest.approx(of_all, rel=0.5)


@pytest.mark.parametrize("name", ["maml", "fine-tuning"])
def test_more_pictures_than_a_step_has_memory_for_are_refused_before_it_begins(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradient, "CHUNK_SIZE", 8)
    backbone = get_backbone("conv4")
    learner = learners()[name](backbone)
    if name == "fine-tuning":
        learner.configure({"frozen_layers": 0.0})
    size = backbone.preprocessing.size
    task = LabeledSet(torch.zeros(10, 1, size, size), torch.arange(10) % 2, ("ant", "bee"))
    monkeypatch.setattr(gradient, "memory_of", lambda device: 10**12)
    learner._require_memory(task)
    monkeypatch.setattr(gradient, "memory_of", lambda device: 10**5)
    with pytest.raises(FewshotError, match="sees all 10 examples at once, which takes about 0 GB of memory"):
        next(learner.adapt(task))
