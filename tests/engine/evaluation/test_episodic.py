"""Judging by episodes: as in use, told with its interval, and leaving the learner as it was."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.backbones.base import get_backbone
from engine.episodes import Episode, LabeledSet
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluate
from engine.learners.base import LearnerFacts, MetaLearner
from engine.learners.gradient.base import GradientLearner, Parameters, Prediction
from engine.learners.metric.prototypical import PrototypicalNetwork
from tests.engine.tasks import embeddings


def episodes(count: int = 4) -> Iterator[Episode]:
    for seed in range(count):
        yield Episode(embeddings([2, 1, 3], 6, seed), embeddings([4, 4, 4], 6, seed, examples_seed=1))


def a_learner() -> MetaLearner:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4))
    return PrototypicalNetwork(get_backbone("conv4"), network)


def test_accuracy_is_told_with_its_interval() -> None:
    judged = Accuracy.of([0.5, 0.7, 0.9])
    assert judged.mean == pytest.approx(0.7)
    assert judged.interval == pytest.approx(4.303 * 0.2 / math.sqrt(3))
    assert str(judged) == "70.00 ± 49.69 %"


def test_a_single_episode_has_no_interval() -> None:
    judged = Accuracy.of([1.0])
    assert math.isnan(judged.interval)
    assert (judged.mean, judged.episodes) == (1.0, 1)
    assert str(judged) == "100.00 ± – %"


@pytest.mark.parametrize(
    ("episodes", "errors"),
    [(2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (6, 2.571), (11, 2.228), (31, 2.042), (1001, 1.962)],
)
def test_few_episodes_are_trusted_as_little_as_students_table_says(episodes: int, errors: float) -> None:
    scores = [0.4, *[0.6] * (episodes - 1)]
    error = statistics.stdev(scores) / math.sqrt(episodes)
    assert Accuracy.of(scores).interval / error == pytest.approx(errors, abs=0.001)


@pytest.mark.parametrize("training", [True, False])
def test_judging_leaves_the_learner_as_it_was(training: bool) -> None:
    learner = a_learner().train(training)
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    judged = evaluate(learner, episodes())
    assert learner.training == training
    assert all(torch.equal(tensor, before[name]) for name, tensor in learner.state_dict().items())
    assert judged.accuracy.episodes == 4
    assert 1 / 3 < judged.accuracy.mean <= 1
    assert judged.milliseconds > 0
    assert judged.transductive is None


def test_right_answers_are_counted_episode_by_episode() -> None:
    learner = PrototypicalNetwork(get_backbone("conv4"), nn.Identity())
    shares = []
    for episode in episodes():
        means = torch.stack([episode.support.features[episode.support.labels == c].mean(0) for c in range(3)])
        nearest = torch.cdist(episode.query.features, means).argmin(dim=1)
        shares.append((nearest == episode.query.labels).float().mean().item())
    assert evaluate(learner, episodes()).accuracy == Accuracy.of(shares)


class Guessing(PrototypicalNetwork):
    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        return torch.rand(len(query), support.n_way)


def test_chance_follows_from_the_number_of_the_episode() -> None:
    learner = Guessing(get_backbone("conv4"), nn.Identity())
    first = evaluate(learner, episodes(30)).accuracy
    torch.rand(5)
    assert evaluate(learner, episodes(30)).accuracy == first
    assert first.mean == pytest.approx(1 / 3, abs=0.15)


class BatchCentred(GradientLearner):
    """A last layer over features less the mean of their batch, or of the support's as context."""

    facts = LearnerFacts("centred", "Centred", "gradient", "", "", "", meta_training="none")
    steps = training_steps = 20

    def __init__(self, has_context: bool) -> None:
        super().__init__()
        self.has_context = has_context

    def initial_parameters(self, support: LabeledSet) -> Parameters:
        return {"weight": torch.zeros(support.n_way, 6, requires_grad=True)}

    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        centre = features.mean(dim=0) if context is None else context
        logits = (features - centre) @ parameters["weight"].T
        return Prediction(logits, features, centre if self.has_context else None)

    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        return {name: parameters[name] - 0.5 * gradients[name] for name in parameters}, state


def test_where_companions_matter_judging_them_together_has_an_accuracy_of_its_own() -> None:
    moved = [
        Episode(e.support, LabeledSet(e.query.features + 9.0, e.query.labels, e.class_names))
        for e in episodes()
    ]
    judged = evaluate(BatchCentred(has_context=True), moved)
    assert judged.transductive is not None
    # A shift of all query pictures is lost in their own mean, and only there.
    assert judged.transductive.mean > judged.accuracy.mean
    for without in (BatchCentred(has_context=False), a_learner()):
        assert evaluate(without, moved).transductive is None
