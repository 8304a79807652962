"""What every algorithm of the menu is.

A `MetaLearner` owns meta-parameters: what meta-training learnt and a checkpoint stores. A task never
changes it. `adapt` reads a support set and is a *generator*: it yields an `AdaptationStep` after each
update and ends by returning an immutable `AdaptedClassifier`. Whoever iterates may plot, count or stop.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet

Family: TypeAlias = Literal["metric", "gradient", "black box"]
LossKind: TypeAlias = Literal["support", "leave-one-out"]


@dataclass(frozen=True)
class LearnerFacts:
    """What an algorithm declares about itself; menus, lists, docs and tests are made from it.

    `takes` says what its features are: frozen `embeddings` [n, dimension], which are cached and make
    adaptation a matter of milliseconds, or `images` [n, channels, size, size], normalised.
    `needs_checkpoint` is true where the algorithm is nothing without meta-training.
    """

    name: str
    title: str
    family: Family
    paper: str
    summary: str
    takes: Literal["embeddings", "images"]
    needs_checkpoint: bool


class AdaptedClassifier(ABC):
    """A classifier for one task. Immutable; what it says of a picture depends on that picture alone."""

    class_names: tuple[str, ...]

    @abstractmethod
    def logits(self, features: Tensor) -> Tensor:
        """Scores [n, way] of features [n, …]; softmax of them, tempered, are probabilities."""

    @abstractmethod
    def embed(self, features: Tensor) -> Tensor:
        """The space [n, d] in which this classifier tells classes apart; what the scatter shows."""


@dataclass(frozen=True)
class AdaptationStep:
    """The state after `step` of `total_steps` updates.

    `loss` (nats) and `accuracy` (0..1) are those of the support set, measured as `kind` says: on the
    examples themselves, or each example judged by the others. `classifier` is the classifier as it
    now stands.
    """

    step: int
    total_steps: int
    loss: float
    accuracy: float
    kind: LossKind
    classifier: AdaptedClassifier


Adaptation: TypeAlias = Generator[AdaptationStep, None, AdaptedClassifier]


class MetaLearner(nn.Module, ABC):
    """An algorithm with its meta-parameters. Built for a backbone: `Learner(backbone)`."""

    facts: ClassVar[LearnerFacts]

    @classmethod
    def supports(cls, backbone: Backbone) -> str | None:
        """`None` if the algorithm can run on `backbone`, else the sentence that says why not."""
        return None

    @abstractmethod
    def adapt(self, support: LabeledSet) -> Adaptation:
        """Adapt to `support`: any number of classes ≥ 2, any and unequal numbers of examples ≥ 1.

        Raises `FewshotError` naming the class if one has no example.
        """

    @abstractmethod
    def query_logits(self, episode: Episode) -> Tensor:
        """Logits [n_query, way] with a graph back to the meta-parameters."""

    def meta_loss(self, episode: Episode) -> Tensor:
        """The outer loss of one episode: cross-entropy of the query after adaptation, a scalar."""
        return F.cross_entropy(self.query_logits(episode), episode.query.labels)

    def meta_step(self, episodes: Sequence[Episode], optimizer: torch.optim.Optimizer) -> float:
        """One step of meta-training on a batch of tasks; returns their mean loss.

        The graph of one episode is freed before the next is built, so memory does not grow with
        the batch.
        """
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for episode in episodes:
            loss = self.meta_loss(episode) / len(episodes)
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        optimizer.step()
        return total


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """The share (0..1) of rows whose highest logit is the label's."""
    return (logits.argmax(dim=1) == labels).float().mean().item()


Result = TypeVar("Result")


def run_to_end(steps: Generator[object, None, Result]) -> Result:
    """Exhaust a generator and return what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
