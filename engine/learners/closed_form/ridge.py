"""R2-D2 (Bertinetto et al. 2019): ridge regression from embeddings to labels, solved anew for every task."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.closed_form.base import ClosedFormLearner, LinearHead

PENALTY = 30.0
SCALE = 10.0


class RidgeRegression(ClosedFormLearner):
    """logits = α X' W, with W the ridge solution for one-hot labels (Bertinetto et al. 2019, equations 4–6).

    The penalty λ and the scale α are meta-learnt. The paper's β, added to the logits of all classes alike,
    is left out: softmax does not see it. Examples are weighed so that every class counts the same, however
    many it has; where all have equally many, every weight is 1 and this is the paper's solution.
    """

    facts = LearnerFacts(
        name="ridge",
        title="Ridge regression (R2-D2)",
        family="closed form",
        paper="Bertinetto et al. 2019, arXiv:1805.08136",
        summary="Computes the best linear separation of the classes in one go; more examples help much.",
        limits="With one example a class it is hardly better than a comparison.",
        meta_training="optional",
    )

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone)
        self.log_penalty = nn.Parameter(torch.tensor(math.log(PENALTY)))
        self.scale = nn.Parameter(torch.tensor(SCALE))

    def solve(self, support: LabeledSet) -> LinearHead:
        """Regress on the labels."""
        one_hot = support.one_hot()
        balance = class_balance(support).sqrt()[:, None]
        weight = ridge_solution(balance * support.features, balance * one_hot, self.log_penalty.exp())
        return LinearHead(self.scale * weight.T, weight.new_zeros(support.n_way))


def class_balance(support: LabeledSet) -> Tensor:
    """What each example weighs, [n], so that every class counts the same: 1 where all have equally many."""
    one_hot = support.one_hot()
    shots = one_hot.sum(dim=0)
    return one_hot @ (shots.mean() / shots)


def ridge_solution(x: Tensor, y: Tensor, penalty: Tensor) -> Tensor:
    """The W [d, k] that minimises ‖x W − y‖² + λ ‖W‖², for x [n, d] and y [n, k].

    Of (xᵀx + λI)⁻¹ xᵀy and its equal xᵀ (xxᵀ + λI)⁻¹ y (Woodbury) the one with the smaller matrix to solve.
    """
    n, d = x.shape
    gram = x @ x.T if n < d else x.T @ x
    factor = torch.linalg.cholesky(gram + penalty * torch.eye(len(gram), dtype=x.dtype, device=x.device))
    return x.T @ torch.cholesky_solve(y, factor) if n < d else torch.cholesky_solve(x.T @ y, factor)


LEARNER = RidgeRegression
