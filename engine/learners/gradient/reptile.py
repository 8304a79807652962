"""Reptile (Nichol, Achiam & Schulman 2018): move the start towards where training on a task ends."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.episodes import Episode, LabeledSet
from engine.learners.base import LearnerFacts
from engine.learners.gradient.network import NetworkLearner
from engine.learners.recipe import Recipe


class Reptile(NetworkLearner):
    """θ ← θ + ε (φ − θ), where φ is θ after some steps of descent on a task (algorithm 1).

    Nothing is held out in meta-training: the inner loop descends on support and query together. φ − θ goes
    to the outer optimiser in the place of a negative gradient, as the authors propose: ½‖θ − φ‖², with φ
    a constant, has the gradient θ − φ.
    """

    facts = LearnerFacts(
        name="reptile",
        title="Reptile",
        family="gradient",
        paper="Nichol, Achiam & Schulman 2018, arXiv:1803.02999",
        summary="Starts from weights that are near the solutions of many tasks, and trains them on yours.",
        limits="Meta-training never tests it on pictures that it has not learnt from, so it gains the least.",
        meta_training="required",
    )
    recipe = Recipe(ways=(3, 10), shots=(3, 8), query=3, meta_batch=4, learning_rate=3e-4, steps=3000)
    steps = 10
    training_steps = 10
    second_order = False

    def meta_loss(self, episode: Episode) -> Tensor:
        """The cross-entropy at φ, with the gradient θ − φ."""
        together = LabeledSet(
            torch.cat([episode.support.features, episode.query.features]),
            torch.cat([episode.support.labels, episode.query.labels]),
            episode.class_names,
        )
        *_, last = self.inner_loop(together, self.training_steps, differentiable=False)
        squares = [
            (parameter - last.parameters[name].detach()).square().sum()
            for name, parameter in self.network.named_parameters()
        ]
        distance = torch.stack(squares).sum() / 2
        return last.loss.detach() + distance - distance.detach()


LEARNER = Reptile
