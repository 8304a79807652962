"""SimpleShot (Wang et al. 2019): the nearest class mean, once the features are centred and of one length."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.closed_form.base import ClosedFormLearner, LinearHead
from engine.learners.metric.prototypical import prototypes, unequal_shot_bias
from engine.learners.recipe import Recipe


class CentredDirections(nn.Module):
    """CL2N (Wang et al. 2019): (x − c) / ‖x − c‖, with c the mean feature of the training classes."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.centre: Tensor
        self.register_buffer("centre", torch.zeros(dimension))

    def forward(self, features: Tensor) -> Tensor:
        """Features [n, d] → unit vectors [n, d]."""
        return F.normalize(features - self.centre, dim=1)


class NearestMean(ClosedFormLearner):
    """logit_c(x) = 2 u·m_c − ‖m_c‖², m_c the mean direction of class c: the nearest m_c to u = CL2N(x).

    It is −‖u − m_c‖² less ‖u‖², which is the same for every class (Wang et al. 2019, equation 2), and less
    what that distance is too large by where classes have unequal numbers of examples (`unequal_shot_bias`).
    """

    facts = LearnerFacts(
        name="nearest",
        title="Nearest mean (SimpleShot)",
        family="closed form",
        paper="Wang et al. 2019, arXiv:1911.04623",
        summary="Compares directions with the average direction of each class. Nothing is trained. Instant.",
        limits="Weighs every direction alike, whether or not it tells your classes apart.",
        meta_training="optional",
    )
    recipe = Recipe(steps=0)

    embedding: CentredDirections

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, CentredDirections(backbone.dimension))

    def init_statistics(self, features: Tensor) -> None:
        """Take the mean of `features` as the centre."""
        self.embedding.centre.copy_(features.mean(dim=0))

    def solve(self, support: LabeledSet) -> LinearHead:
        """See the class."""
        means = prototypes(support)
        return LinearHead(2 * means, unequal_shot_bias(support) - means.square().sum(dim=1))


LEARNER = NearestMean
