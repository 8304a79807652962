"""A linear probe that looks at the whole folder: what is typical of it, and its own labels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.standardization import Standardization, unit_layers
from engine.episodes import Episode, LabeledSet
from engine.learners.base import Adaptation, AdaptationStep, AdaptedClassifier, MetaLearner, accuracy
from engine.learners.closed_form.ridge import class_balance, ridge_solution

FIRST_PENALTY, PENALTY = 0.1, 0.3
SHARPNESS = 8.0
"""Scores times this are the logits of the folder's own labels."""

OWN_WEIGHT = 0.1
"""What a picture with its own label weighs beside an example."""

MIX = 0.75
"""How much of the statistics is the folder's; the rest is the training sets'."""

STATISTICS_ROUNDS, LABEL_ROUNDS = 2, 6


class TransductiveProbe(MetaLearner):
    """Ridge regression on layers standardised for a folder, with the folder's pictures as further examples.

    In rounds: label the folder; take its mean and deviation, and mix them with those of the training sets;
    regress on the examples and on the folder's soft labels (self-training, Yarowsky 1995). So that a class
    that is frequent in the folder does not draw all to it, a picture weighs the less, the larger the
    estimated share of its classes: w_i = Σ_c p_ic / (C π_c), with π_c the mean of p_ic. The constants were
    chosen on the training sets, in even folders and in such where one class has six times the others.

    `folder` is a sample of the pictures to be labelled, layers [n, width]. What a picture is given depends
    on it. The label of one picture alone is that of the classifier that results.
    """

    def __init__(self, standardization: Standardization, folder: Tensor) -> None:
        super().__init__()
        self.standardization = standardization
        self.folder = folder

    def adapt(self, support: LabeledSet) -> Adaptation:
        """One step, whose loss is that of the examples."""
        support.require_every_class()
        with torch.no_grad():
            classifier = self._adapted(support)
            logits = SHARPNESS * classifier.joint_logits(support.features)
            loss, right = F.cross_entropy(logits, support.labels).item(), accuracy(logits, support.labels)
        yield AdaptationStep(1, 1, loss, right, "support", classifier)
        return classifier

    def query_logits(self, episode: Episode) -> Tensor:
        """Those of the classifier; nothing is learnt through it."""
        return self._adapted(episode.support).joint_logits(episode.query.features)

    def _adapted(self, support: LabeledSet) -> _FolderClassifier:
        layers, labels, balance = self.standardization.layers, support.one_hot(), class_balance(support)
        examples = self.standardization.standardized(support.features)
        folder = self.standardization.standardized(self.folder)
        rows = torch.cat([examples, folder])
        unit = unit_layers(rows, layers)
        n = len(examples)
        weight = _regressed(unit[:n], labels, balance, FIRST_PENALTY)
        own = _own_labels(unit[n:], weight)
        for _ in range(STATISTICS_ROUNDS):
            mean, deviation = _statistics(rows, torch.cat([torch.ones_like(balance), _weights(own)]))
            unit = unit_layers((rows - mean) / deviation, layers)
            weight = _regressed(unit[:n], labels, balance, PENALTY)
            own = _own_labels(unit[n:], weight)
        for _ in range(LABEL_ROUNDS):
            weights = torch.cat([balance, OWN_WEIGHT * _weights(own)])
            weight = _regressed(unit, torch.cat([labels, own]), weights, PENALTY)
            own = _own_labels(unit[n:], weight)
        return _FolderClassifier(self.standardization, mean, deviation, weight, support.class_names)


class _FolderClassifier(AdaptedClassifier):
    def __init__(
        self,
        standardization: Standardization,
        mean: Tensor,
        deviation: Tensor,
        weight: Tensor,
        class_names: tuple[str, ...],
    ) -> None:
        self.standardization, self.mean, self.deviation = standardization, mean, deviation
        self.weight, self.class_names = weight, class_names

    def _logits(self, features: Tensor) -> Tensor:
        return self.embed(features) @ self.weight

    def embed(self, features: Tensor) -> Tensor:
        rows = (self.standardization.standardized(features) - self.mean) / self.deviation
        return unit_layers(rows, self.standardization.layers)


def _regressed(rows: Tensor, labels: Tensor, weights: Tensor, penalty: float) -> Tensor:
    """The W [width, way] of weighted ridge regression."""
    root = weights.sqrt()[:, None]
    return ridge_solution(root * rows, root * labels, torch.tensor(penalty).to(rows))


def _own_labels(rows: Tensor, weight: Tensor) -> Tensor:
    return (SHARPNESS * rows @ weight).softmax(dim=1)


def _weights(own: Tensor) -> Tensor:
    """What each picture weighs, [n], so that every class counts the same; one picture smooths each share."""
    n, way = own.shape
    shares = (own.sum(dim=0) + 1) / (n + way)
    return (own / shares).sum(dim=1) / way


def _statistics(rows: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of weighted rows, mixed with those of the training sets, here 0 and 1."""
    weights = weights[:, None] / weights.sum()
    mean = (weights * rows).sum(dim=0)
    variance = (weights * (rows - mean).square()).sum(dim=0)
    mixed = MIX * (variance + (1 - MIX) * mean.square()) + (1 - MIX)
    return MIX * mean, mixed.sqrt()
