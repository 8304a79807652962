"""MAML (Finn, Abbeel & Levine 2017): an initialisation from which a few gradient steps solve a task."""

from __future__ import annotations

from engine.learners.base import LearnerFacts
from engine.learners.gradient.network import NetworkLearner
from engine.learners.recipe import Recipe


class MAML(NetworkLearner):
    """θ' = θ − α ∇θ L(support; θ), repeated; meta-training descends L(query; θ') through all of it."""

    facts = LearnerFacts(
        name="maml",
        title="MAML",
        family="gradient",
        paper="Finn, Abbeel & Levine 2017, arXiv:1703.03400",
        summary="Starts from weights made to be adapted and takes a few gradient steps of the whole network.",
        limits="Slower than the others, and sensitive to pictures unlike those it was meta-trained on.",
        meta_training="required",
    )
    recipe = Recipe(ways=(3, 10), shots=(1, 3), query=3, meta_batch=4, learning_rate=1e-3, steps=3000)
    # Twice as many steps in use as in training, as in the paper's appendix A.1.
    steps = 10
    training_steps = 5


LEARNER = MAML
