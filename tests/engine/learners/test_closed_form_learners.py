"""The closed-form learners: the formulas are right, sound in float32, and can be learnt through."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import get_backbone
from engine.episodes import Episode, LabeledSet
from engine.learners.base import accuracy
from engine.learners.closed_form.base import ClosedFormLearner, LinearHead
from engine.learners.closed_form.nearest import NearestMean
from engine.learners.closed_form.ridge import RidgeRegression, ridge_solution
from engine.learners.held_out import folds
from engine.learners.metric.prototypical import unequal_shot_bias
from engine.meta_training.outer_loop import Schedule, meta_train
from tests.engine.tasks import (
    accuracy_before_and_after_learning_what_to_look_at,
    adapted,
    embeddings,
    names,
)

DIMENSION = 32
BACKBONE = dataclasses.replace(get_backbone("conv4"), dimension=DIMENSION)
PLANE = dataclasses.replace(BACKBONE, dimension=2)
SUPPORT = embeddings([3, 1, 2], DIMENSION)
QUERY = embeddings([2, 2, 2], DIMENSION, examples_seed=1)


@pytest.fixture(params=[NearestMean, RidgeRegression], ids=lambda kind: kind.facts.name)
def learner(request: pytest.FixtureRequest) -> ClosedFormLearner:
    """As after some meta-training: no weight is left at the zero at which it starts."""
    torch.manual_seed(0)
    learner: ClosedFormLearner = request.param(BACKBONE).eval()
    learner.init_statistics(torch.randn(100, DIMENSION))
    with torch.no_grad():
        for parameter in learner.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    return learner


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Equal up to what another order of adding up may change."""
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


# --- what holds for each of them --------------------------------------------------------------


def test_a_thousand_examples_are_judged_by_a_fifth_of_them(
    learner: ClosedFormLearner, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve, solved = learner.solve, []

    def counted(support: LabeledSet) -> LinearHead:
        solved.append(len(support))
        return solve(support)

    monkeypatch.setattr(learner, "solve", counted)
    adapted(learner, embeddings([500, 500], DIMENSION))
    assert solved == [1000, 800]


@pytest.mark.parametrize("way", [2, 3, 17])
def test_any_number_of_classes_and_unequal_shots_are_fine(learner: ClosedFormLearner, way: int) -> None:
    support = embeddings([1 + label % 3 for label in range(way)], DIMENSION)
    classifier = adapted(learner, support)
    logits = classifier.logits(support.features)
    assert logits.shape == (len(support), way)
    assert accuracy(logits, support.labels) == 1.0
    assert not logits.requires_grad
    assert classifier.class_names == names(way)


def test_what_is_said_of_a_picture_does_not_depend_on_its_companions(learner: ClosedFormLearner) -> None:
    classifier = adapted(learner, SUPPORT)
    together = classifier.logits(QUERY.features)
    assert_same(torch.cat([classifier.logits(one[None]) for one in QUERY.features]), together)


def test_the_order_of_the_examples_does_not_matter(learner: ClosedFormLearner) -> None:
    shuffled = SUPPORT.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, shuffled).logits(QUERY.features), expected)


def test_the_order_of_the_classes_does_not_matter(learner: ClosedFormLearner) -> None:
    place = torch.tensor([2, 0, 1])  # class c becomes class place[c]
    reordered = LabeledSet(SUPPORT.features, place[SUPPORT.labels], SUPPORT.class_names)
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert_same(adapted(learner, reordered).logits(QUERY.features)[:, place], expected)


def test_a_loaded_learner_says_the_same(learner: ClosedFormLearner) -> None:
    loaded = type(learner)(BACKBONE).eval()
    loaded.load_state_dict(learner.state_dict())
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    assert torch.equal(adapted(loaded, SUPPORT).logits(QUERY.features), expected)


def test_adapting_leaves_the_learner_as_it_was(learner: ClosedFormLearner) -> None:
    before = {name: tensor.clone() for name, tensor in learner.state_dict().items()}
    random = torch.get_rng_state()
    steps = learner.adapt(SUPPORT)
    next(steps)
    steps.close()
    assert torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(tensor, before[name]) for name, tensor in learner.state_dict().items())
    assert all(parameter.grad is None for parameter in learner.parameters())


def test_the_step_judges_each_example_by_the_others(learner: ClosedFormLearner) -> None:
    support = embeddings([2, 2], DIMENSION)
    (step,) = learner.adapt(support)
    logits, labels = [], []
    for mask in folds(support, 2):
        logits.append(adapted(learner, support.take(~mask)).logits(support.features[mask]))
        labels.append(support.labels[mask])
    assert step.kind == "leave-one-out"
    expected = F.cross_entropy(torch.cat(logits), torch.cat(labels)).item()
    assert step.loss == pytest.approx(expected, rel=1e-4)


# --- nearest mean -----------------------------------------------------------------------------


def test_the_nearest_mean_is_found_among_centred_directions() -> None:
    torch.manual_seed(0)
    learner, seen = NearestMean(BACKBONE), torch.randn(50, DIMENSION) + 3
    learner.init_statistics(seen)
    directions = {
        half: F.normalize(features - seen.mean(dim=0), dim=1)
        for half, features in (("support", SUPPORT.features), ("query", QUERY.features))
    }
    distances = torch.stack(
        [
            (directions["query"] - directions["support"][SUPPORT.labels == label].mean(dim=0))
            .square()
            .sum(dim=1)
            for label in range(3)
        ],
        dim=1,
    )
    logits = adapted(learner, SUPPORT).logits(QUERY.features)
    seen_from_there = dataclasses.replace(SUPPORT, features=directions["support"])
    expected = unequal_shot_bias(seen_from_there) - distances
    torch.testing.assert_close(logits.softmax(dim=1), expected.softmax(dim=1))


def test_the_nearest_mean_learns_its_centre_and_nothing_else(tmp_path: Path) -> None:
    learner = NearestMean(BACKBONE)
    schedule = Schedule(steps=0, meta_batch=1, learning_rate=1e-3, validate_every=1, seed=0)
    episode = Episode(SUPPORT, QUERY)
    list(meta_train(learner, lambda rng: episode, [episode], schedule, tmp_path / "resume.safetensors"))
    assert list(learner.parameters()) == []
    expected = torch.cat([SUPPORT.features, QUERY.features]).mean(dim=0)
    torch.testing.assert_close(learner.embedding.centre, expected)


# --- ridge regression -------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 12], ids=["fewer examples than dimensions", "more of them"])
def test_both_ways_to_solve_agree_with_the_normal_equations(n: int) -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(n, 8, dtype=torch.float64, generator=random)
    y = torch.randn(n, 3, dtype=torch.float64, generator=random)
    expected = torch.linalg.solve(x.T @ x + 0.7 * torch.eye(8, dtype=torch.float64), x.T @ y)
    torch.testing.assert_close(ridge_solution(x, y, torch.tensor(0.7, dtype=torch.float64)), expected)


def ridge_on_a_plane(penalty: float) -> RidgeRegression:
    learner = RidgeRegression(PLANE)
    learner.embedding = nn.Identity()
    nn.init.constant_(learner.log_penalty, float(np.log(penalty)))
    nn.init.constant_(learner.scale, 6.0)
    return learner


def test_a_ridge_logit_is_the_scaled_regression_on_the_label() -> None:
    support = LabeledSet(torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([0, 1]), names(2))
    logits = adapted(ridge_on_a_plane(2.0), support).logits(torch.tensor([[1.0, 1.0]]))
    # Along each axis alone: w = x / (x² + λ), that is 1/3 and 2/6; times α = 6.
    torch.testing.assert_close(logits, torch.tensor([[2.0, 2.0]]))


def test_a_class_with_many_examples_does_not_outweigh_one_with_a_single_one() -> None:
    axes = torch.eye(2)[[0] * 9 + [1]]
    support = LabeledSet(axes, torch.tensor([0] * 9 + [1]), names(2))
    logits = adapted(ridge_on_a_plane(2.0), support).logits(torch.tensor([[1.0, 1.0]]))
    torch.testing.assert_close(logits[:, 0], logits[:, 1])


@pytest.mark.parametrize("copies", [10, 1000])
def test_ridge_survives_many_copies_of_the_same_example(copies: int) -> None:
    support = embeddings([1, 1], DIMENSION)
    copied = support.take(torch.tensor([0] * copies + [1]))
    logits = adapted(RidgeRegression(BACKBONE).eval(), copied).logits(support.features)
    assert torch.equal(logits.argmax(dim=1), support.labels)


def test_the_same_picture_in_two_classes_is_no_reason_to_fail() -> None:
    support = LabeledSet(torch.ones(4, DIMENSION), torch.tensor([0, 0, 1, 1]), names(2))
    logits = adapted(RidgeRegression(BACKBONE).eval(), support).logits(support.features)
    torch.testing.assert_close(logits[:, 0], logits[:, 1])


@pytest.mark.parametrize("n", [4, 12])
def test_gradients_go_through_the_ridge_solution(n: int) -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(n, 6, dtype=torch.float64, generator=random, requires_grad=True)
    y = torch.eye(2, dtype=torch.float64)[torch.arange(n) % 2]
    penalty = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    solve: Callable[[Tensor, Tensor], Tensor] = lambda x, penalty: ridge_solution(x, y, penalty)  # noqa: E731
    assert torch.autograd.gradcheck(solve, (x, penalty))


def test_ridge_learns_by_meta_training_what_to_look_at() -> None:
    torch.manual_seed(0)
    before, after = accuracy_before_and_after_learning_what_to_look_at(RidgeRegression(BACKBONE), DIMENSION)
    assert before < 0.55
    assert after > 0.8
