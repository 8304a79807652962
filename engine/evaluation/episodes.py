"""Judging a learner by episodes: adapt to the support, classify the query, count."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

import torch

from engine.episodes import Episode
from engine.evaluation.accuracy import Accuracy
from engine.learners.base import MetaLearner, accuracy, run_to_end


@dataclass(frozen=True)
class Evaluation:
    """Accuracy over episodes, and the median milliseconds that adapting and classifying took.

    Each picture is judged alone, as in use. `transductive` is the accuracy where the query pictures of an
    episode are judged together, as the MAML family's published numbers are; `None` where that is the same.
    """

    accuracy: Accuracy
    milliseconds: float
    transductive: Accuracy | None = None


def evaluate(learner: MetaLearner, episodes: Iterable[Episode]) -> Evaluation:
    """Judge `learner` as in use: in evaluation mode, adapted to each episode anew.

    What a learner draws at random follows from the number of the episode, so the same episodes give the
    same accuracy.
    """
    alone, together, seconds = [], [], []
    was_training = learner.training
    learner.eval()
    try:
        with torch.no_grad():
            for number, episode in enumerate(episodes):
                torch.manual_seed(number)
                query = episode.query
                began = time.perf_counter()
                classifier = run_to_end(learner.adapt(episode.support))
                alone.append(accuracy(classifier.logits(query.features), query.labels))
                seconds.append(time.perf_counter() - began)
                logits = classifier.transductive_logits(query.features)
                if logits is not None:
                    together.append(accuracy(logits, query.labels))
    finally:
        learner.train(was_training)
    transductive = Accuracy.of(together) if together else None
    return Evaluation(Accuracy.of(alone), 1000 * statistics.median(seconds), transductive)
