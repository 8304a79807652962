"""A linear probe: ridge regression on what a frozen backbone gives at several depths."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.base import Backbone
from engine.backbones.standardization import Standardization
from engine.episodes import LabeledSet
from engine.learners.base import WHOLE_FOLDER, Features, LearnerFacts, MetaLearner, Option
from engine.learners.closed_form.base import ClosedFormLearner, LinearHead
from engine.learners.closed_form.ridge import class_balance, ridge_solution
from engine.learners.closed_form.transductive_probe import TransductiveProbe


class LinearProbe(ClosedFormLearner):
    """logits = W' x, with x the standardised layers and W the ridge solution for one-hot labels.

    The idea is that of Alain & Bengio 2016, the solution that of Hoerl & Kennard 1970. Nothing is
    meta-trained. Examples are weighed so that every class counts the same, however many it has.
    """

    facts = LearnerFacts(
        name="linear-probe",
        title="Linear probe",
        family="closed form",
        paper="Alain & Bengio 2016, arXiv:1610.01644",
        summary="Computes the best linear separation on several depths of the backbone. Instant.",
        limits="Has learnt nothing about learning: where a checkpoint fits, that may be better.",
        meta_training="none",
    )
    options = (
        Option(
            "penalty",
            "Penalty",
            "How much large weights cost: more for few or noisy examples, less for many clear ones.",
            0.001,
            100,
        ),
        WHOLE_FOLDER,
    )
    penalty = 0.1
    transductive = False

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """All layers."""
        return "layers"

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, Standardization(backbone))

    def with_folder(self, pictures: Tensor) -> MetaLearner:
        """See `TransductiveProbe`. It has penalties of its own."""
        assert isinstance(self.embedding, Standardization)
        return TransductiveProbe(self.embedding, pictures)

    def solve(self, support: LabeledSet) -> LinearHead:
        """Regress on the labels."""
        one_hot = support.one_hot()
        balance = class_balance(support).sqrt()[:, None]
        penalty = torch.tensor(self.penalty).to(one_hot)
        weight = ridge_solution(balance * support.features, balance * one_hot, penalty)
        return LinearHead(weight.T, weight.new_zeros(support.n_way))


LEARNER = LinearProbe
