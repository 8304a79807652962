"""Episodic evaluation of a learner: adapt to the support, classify the query, count."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass

import torch

from engine.episodes import Episode
from engine.evaluation.accuracy import Accuracy
from engine.generators import run_to_end
from engine.learners.base import MetaLearner, accuracy
from engine.seeding import seed_torch


@dataclass(frozen=True)
class Evaluation:
    """Accuracy over episodes, and the median milliseconds that adapting and classifying took.

    Each picture is classified by itself, as in use. `transductive` is the accuracy where the query pictures
    of an episode are normalised together, as the MAML family's published numbers are; `None` where that is
    the same. `scores` are the accuracies of the episodes, 0..1 each.
    """

    accuracy: Accuracy
    milliseconds: float
    transductive: Accuracy | None = None
    scores: tuple[float, ...] = ()


def evaluate(learner: MetaLearner, episodes: Iterable[Episode]) -> Evaluation:
    """Run `evaluation` to its end."""
    return run_to_end(evaluation(learner, episodes))


def evaluation(learner: MetaLearner, episodes: Iterable[Episode]) -> Generator[int, None, Evaluation]:
    """Evaluate `learner` as in use: in evaluation mode, adapted to each episode anew.

    Yields the number of finished episodes after each. The number of the episode seeds what a learner draws at
    random, so the same episodes give the same accuracy.
    """
    alone, together, seconds = [], [], []
    was_training = learner.training
    learner.eval()
    try:
        for number, episode in enumerate(episodes):
            score, companions, duration = _evaluate_episode(learner, episode, number)
            alone.append(score)
            seconds.append(duration)
            if companions is not None:
                together.append(companions)
            yield number + 1
    finally:
        learner.train(was_training)
    transductive = Accuracy.of(together) if together else None
    return Evaluation(Accuracy.of(alone), 1000 * statistics.median(seconds), transductive, tuple(alone))


# A function of its own: within the generator, the caller would be without gradients too.
@torch.no_grad()
def _evaluate_episode(learner: MetaLearner, episode: Episode, seed: int) -> tuple[float, float | None, float]:
    """The inductive accuracy, the transductive one if it differs, and the seconds."""
    seed_torch(seed)
    query = episode.query
    began = time.perf_counter()
    classifier = run_to_end(learner.adapt(episode.support))
    alone = accuracy(classifier.joint_logits(query.features), query.labels)
    seconds = time.perf_counter() - began
    logits = classifier.transductive_logits(query.features)
    return alone, None if logits is None else accuracy(logits, query.labels), seconds
