"""The cosine classifier: what it compares, where it starts and what a step changes."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from engine.backbones.base import get_backbone
from engine.episodes import LabeledSet
from engine.learners.gradient.cosine import CosineClassifier
from tests.engine.tasks import adapted, embeddings, names

DIMENSION = 32
BACKBONE = dataclasses.replace(get_backbone("conv4"), dimension=DIMENSION)
SUPPORT = embeddings([3, 1, 2], DIMENSION)
QUERY = embeddings([2, 2, 2], DIMENSION, examples_seed=1)


def test_it_starts_by_comparing_with_the_mean_directions_of_the_classes() -> None:
    first = next(CosineClassifier(BACKBONE).adapt(SUPPORT))
    centre = SUPPORT.features.mean(dim=0)
    seen = F.normalize(SUPPORT.features - centre, dim=1)
    means = torch.stack([seen[SUPPORT.labels == label].mean(dim=0) for label in range(3)])
    cosines = F.cosine_similarity((QUERY.features - centre)[:, None], means, dim=2)
    torch.testing.assert_close(first.classifier.logits(QUERY.features), 10 * cosines)


def test_its_steps_lower_the_loss_and_never_leave_the_range_of_a_cosine() -> None:
    learner = CosineClassifier(BACKBONE)
    first, *_, last = learner.adapt(SUPPORT)
    assert (first.step, last.step) == (0, learner.steps)
    assert last.loss < first.loss
    assert last.classifier.logits(QUERY.features).abs().max() <= learner.scale * (1 + 1e-6)


def test_it_descends_as_torchs_adam_does() -> None:
    learner = CosineClassifier(BACKBONE)
    unit = F.normalize(SUPPORT.features - SUPPORT.features.mean(dim=0), dim=1)
    means = [unit[SUPPORT.labels == label].mean(dim=0) for label in range(3)]
    weight = F.normalize(torch.stack(means), dim=1).requires_grad_()
    optimizer = torch.optim.Adam([weight], lr=learner.learning_rate)
    for step in learner.adapt(SUPPORT):
        logits = learner.scale * unit @ F.normalize(weight, dim=1).T
        torch.testing.assert_close(step.classifier.logits(SUPPORT.features), logits.detach())
        optimizer.zero_grad()
        shots = torch.bincount(SUPPORT.labels)
        F.cross_entropy(logits, SUPPORT.labels, weight=1 / shots).backward()
        optimizer.step()


def test_what_all_pictures_share_does_not_count() -> None:
    learner, shift = CosineClassifier(BACKBONE), 5 * torch.ones(DIMENSION)
    shifted = LabeledSet(SUPPORT.features + shift, SUPPORT.labels, SUPPORT.class_names)
    expected = adapted(learner, SUPPORT).logits(QUERY.features)
    logits = adapted(learner, shifted).logits(QUERY.features + shift)
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("at", [0.0, 1.0])
def test_examples_that_are_all_the_same_leave_it_undecided(at: float) -> None:
    support = LabeledSet(torch.full((4, DIMENSION), at), torch.tensor([0, 0, 1, 1]), names(2))
    logits = adapted(CosineClassifier(BACKBONE), support).logits(support.features)
    torch.testing.assert_close(logits, torch.zeros(4, 2))
