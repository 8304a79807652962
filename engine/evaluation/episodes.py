"""Judging a learner by episodes: adapt to the support, classify the query, count."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.episodes import Episode
from engine.errors import FewshotError
from engine.evaluation.accuracy import Accuracy
from engine.learners.base import MetaLearner, accuracy, run_to_end
from engine.learners.gradient.base import GradientLearner


@dataclass(frozen=True)
class Evaluation:
    """Accuracy over episodes, and the median milliseconds that adapting and classifying took.

    `transductive` where the query pictures of an episode were judged together, as the MAML family's
    published numbers are; else each was judged alone, as in use.
    """

    accuracy: Accuracy
    milliseconds: float
    transductive: bool


def evaluate(learner: MetaLearner, episodes: Iterable[Episode], transductive: bool = False) -> Evaluation:
    """Judge `learner` as in use: in evaluation mode, adapted to each episode anew.

    With `transductive`, a learner that has such a mode is judged in it. What a learner draws at random
    follows from the number of the episode, so the same episodes give the same accuracy.
    """
    scores, seconds = [], []
    was_training = learner.training
    learner.eval()
    try:
        with torch.no_grad():
            for number, episode in enumerate(episodes):
                if number == 0 and transductive:
                    transductive = _has_transductive_mode(learner, episode)
                torch.manual_seed(number)
                began = time.perf_counter()
                logits = _logits(learner, episode, transductive)
                scores.append(accuracy(logits, episode.query.labels))
                seconds.append(time.perf_counter() - began)
    finally:
        learner.train(was_training)
    return Evaluation(Accuracy.of(scores), 1000 * statistics.median(seconds), transductive)


def _logits(learner: MetaLearner, episode: Episode, transductive: bool) -> Tensor:
    if transductive:
        assert isinstance(learner, GradientLearner)
        return learner.transductive_logits(episode.support, episode.query.features)
    return run_to_end(learner.adapt(episode.support)).logits(episode.query.features)


def _has_transductive_mode(learner: MetaLearner, episode: Episode) -> bool:
    if not isinstance(learner, GradientLearner):
        return False
    try:
        learner.transductive_logits(episode.support, episode.query.features)
    except FewshotError:
        return False
    return True
