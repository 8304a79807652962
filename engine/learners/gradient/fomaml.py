"""FOMAML (Finn, Abbeel & Levine 2017, §5.2): MAML without the second derivatives."""

from __future__ import annotations

from engine.learners.base import LearnerFacts
from engine.learners.gradient.maml import MAML


class FirstOrderMAML(MAML):
    """MAML that takes ∇θ L(query; θ') to be ∇θ' L(query; θ'): the gradients inside are constants."""

    facts = LearnerFacts(
        name="fomaml",
        title="First-order MAML",
        family="gradient",
        paper="Finn, Abbeel & Levine 2017, arXiv:1703.03400, §5.2",
        summary="MAML, meta-trained in a simpler and cheaper way; in use it is the same.",
        limits="Slower than the others, and usually a little behind MAML.",
        meta_training="required",
    )
    second_order = False


LEARNER = FirstOrderMAML
