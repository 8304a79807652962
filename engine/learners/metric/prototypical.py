"""Prototypical networks (Snell, Swersky & Zemel 2017): a class is the mean of its examples."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.metric.base import MetricLearner


class PrototypicalNetwork(MetricLearner):
    """logit_c(x) = −‖f(x) − mean of f over the examples of c‖² (Snell et al. 2017, equations 1 and 2).

    Where classes have unequal numbers of examples, that distance is biased; `unequal_shot_bias` corrects it.
    """

    facts = LearnerFacts(
        name="prototypical",
        title="Prototypical networks",
        family="metric",
        paper="Snell, Swersky & Zemel 2017, arXiv:1703.05175",
        summary="Each class is the average of its examples; a picture goes to the nearest. Instant.",
        limits="One average a class: a class of two unlike kinds is better split in two.",
        meta_training="optional",
    )

    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        """Minus the squared Euclidean distances [n_query, way] to the prototypes.

        Expanded as in equation 8, which is one matrix product. Around the middle of the classes: far from
        zero, the small differences would be lost among large squares.
        """
        classes = prototypes(support)
        middle = classes.mean(dim=0)
        query, classes = query - middle, classes - middle
        lengths = query.square().sum(dim=1, keepdim=True) + classes.square().sum(dim=1)
        return 2.0 * query @ classes.T - lengths + unequal_shot_bias(support)


def prototypes(support: LabeledSet) -> Tensor:
    """The mean embedding of each class, [way, d]; NaN for a class without examples."""
    one_hot = support.one_hot()
    return (one_hot.T @ support.features) / one_hot.sum(dim=0)[:, None]


def unequal_shot_bias(support: LabeledSet) -> Tensor:
    """The bias of the squared distance of a picture to each prototype, [way]: σ² / shots.

    The mean p of n examples around μ is off by chance: E‖x − p‖² = ‖x − μ‖² + σ² / n, with σ² the mean
    squared distance of an example from μ. So a class with few examples would lose its own pictures to one
    with many. σ² is estimated over all classes together, without bias; where no class has two examples it is
    taken for 0. Where all classes have equally many it shifts all logits alike, and so changes nothing.
    """
    shots = torch.bincount(support.labels, minlength=support.n_way)
    deviations = (support.features - prototypes(support)[support.labels]).square().sum()
    return deviations / max(1, len(support) - support.n_way) / shots


LEARNER = PrototypicalNetwork
