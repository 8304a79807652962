"""ANIL, almost no inner loop (Raghu et al. 2020): MAML in which only the last layer adapts."""

from __future__ import annotations

from engine.learners.base import LearnerFacts
from engine.learners.gradient.network import HeadLearner
from engine.learners.recipe import Recipe


class ANIL(HeadLearner):
    """MAML's inner loop on the last layer alone (Raghu et al. 2020, §4); the outer loop trains the body."""

    facts = LearnerFacts(
        name="anil",
        title="ANIL",
        family="gradient",
        paper="Raghu, Raghu, Bengio & Vinyals 2020, arXiv:1909.09157",
        summary="Has learnt features in which a few gradient steps of the last layer solve a task. Quick.",
        limits="Its features are what meta-training made them; a task cannot change them.",
        meta_training="required",
    )
    recipe = Recipe(ways=(2, 20), shots=(1, 5), query=5, meta_batch=4, learning_rate=1e-3, steps=4000)
    steps = 10
    training_steps = 5


LEARNER = ANIL
