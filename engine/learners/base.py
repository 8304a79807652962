"""What every algorithm of the menu is.

A `MetaLearner` owns meta-parameters: what meta-training learnt and a checkpoint stores. A task never
changes it. `adapt` reads a support set and is a *generator*: it yields an `AdaptationStep` after each
update and ends by returning an immutable `AdaptedClassifier`. Whoever iterates may plot, count or stop.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.blocks import block_size, in_blocks
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.learners.recipe import Recipe
from engine.messages import Message

Family: TypeAlias = Literal["metric", "gradient", "black box", "closed form"]
Features: TypeAlias = Literal["embeddings", "images"]
LossKind: TypeAlias = Literal["support", "leave-one-out"]
MetaTraining: TypeAlias = Literal["required", "optional", "none"]


@dataclass(frozen=True)
class LearnerFacts:
    """What an algorithm declares about itself; menus, lists, docs and tests are made from it.

    `limits` is one sentence on what it is bad at. `meta_training` is `none` where there is nothing to learn
    from it, `optional` where the untrained learner is an algorithm of its own that runs on any backbone, and
    `required` where it begins with random weights, or with others that mean nothing yet.
    """

    name: str
    title: str
    family: Family
    paper: str
    summary: str
    limits: str
    meta_training: MetaTraining


@dataclass(frozen=True)
class Option:
    """A choice that a person has about an algorithm, shown beside the menu and taken by `--option`.

    `name` is the attribute of the learner that holds it, and the learner's class has its default. A
    number lies in `minimum` … `maximum`; where the default is a bool the choice is on or off.
    """

    name: str
    title: str
    explanation: str
    minimum: float = 0.0
    maximum: float = 1.0


class AdaptedClassifier(ABC):
    """A classifier for one task. Immutable; its `logits` of a picture depend on that picture alone.

    A subclass writes `_logits` and `embed`.
    """

    class_names: tuple[str, ...]

    def logits(self, features: Tensor) -> Tensor:
        """Scores [n, way] of features [n, …]; softmax of them, tempered, are probabilities.

        The scores of a picture are the same to the last bit whatever other pictures come with it, as long as
        torch runs on the same device with as many threads.
        """
        with torch.no_grad():
            shape = features.shape[1:]
            if shape not in self._block_sizes:
                self._block_sizes[shape] = block_size(self._logits, features)
            return in_blocks(self._logits, features, self._block_sizes[shape])

    def joint_logits(self, features: Tensor) -> Tensor:
        """The same scores, computed all together, which is cheaper for few: the last bits of a picture's
        depend on the others. For judging, where the same ones always come together.
        """
        with torch.no_grad():
            return self._logits(features)

    @functools.cached_property
    def _block_sizes(self) -> dict[torch.Size, int]:
        """By the shape of a picture's features, how many are computed at a time."""
        return {}

    @abstractmethod
    def _logits(self, features: Tensor) -> Tensor:
        """The scores [n, way] of features [n, …], computed together; called without a graph."""

    def transductive_logits(self, features: Tensor) -> Tensor | None:
        """The scores [n, way] of features [n, …] judged together, as papers of the MAML family judge.

        What it says of a picture then depends on its companions, so it serves comparisons with them and
        nothing else. `None`, as by default, where nothing depends on a batch.
        """
        return None

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
    recipe: ClassVar[Recipe] = Recipe()
    options: ClassVar[tuple[Option, ...]] = ()

    @classmethod
    def supports(cls, backbone: Backbone) -> Message | None:
        """`None` if the algorithm can run on `backbone`, else the sentence that says why not."""
        return None

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """What its features are on `backbone`.

        Frozen `embeddings` [n, dimension] are cached, and adapting to them is a matter of
        milliseconds; `images` are normalised, [n, channels, size, size].
        """
        return "embeddings"

    @classmethod
    def recipe_on(cls, backbone: Backbone) -> Recipe:
        """How it is best meta-trained on `backbone`; by default as on any."""
        return cls.recipe

    def configure(self, values: Mapping[str, Any]) -> None:
        """Set options by name. Raises `FewshotError` for one that does not exist or is out of range."""
        known = {option.name: option for option in self.options}
        for name, value in values.items():
            if name not in known:
                names = (
                    Message("its options are {names}", names=", ".join(known))
                    if known
                    else Message("it has none")
                )
                raise FewshotError(
                    "{algorithm} has no option “{name}”; {known}.",
                    algorithm=Message(self.facts.title),
                    name=name,
                    known=names,
                )
            option, default = known[name], getattr(type(self), name)
            if isinstance(default, bool) != isinstance(value, bool) or not isinstance(value, int | float):
                kind = Message("on or off") if isinstance(default, bool) else Message("a number")
                raise FewshotError(
                    "{option} is {kind}, not {value}.",
                    option=Message(option.title),
                    kind=kind,
                    value=repr(value),
                )
            if not isinstance(value, bool) and not option.minimum <= value <= option.maximum:
                raise FewshotError(
                    "{option} lies between {minimum} and {maximum}; it cannot be {value}.",
                    option=Message(option.title),
                    minimum=f"{option.minimum:g}",
                    maximum=f"{option.maximum:g}",
                    value=str(value),
                )
            if isinstance(default, int) and value != int(value):
                raise FewshotError(
                    "{option} is a whole number; it cannot be {value}.",
                    option=Message(option.title),
                    value=str(value),
                )
            setattr(self, name, type(default)(value))

    def begin(self, features: Tensor) -> None:
        """See `features` [n, …], a sample of what meta-training will draw, before its first step."""

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

    def meta_step(
        self,
        episodes: Iterable[Episode],
        optimizer: torch.optim.Optimizer,
        meta_loss: Callable[[Episode], Tensor] | None = None,
    ) -> float:
        """`descent` in one go."""
        return run_to_end(self.descent(episodes, optimizer, meta_loss))

    def descent(
        self,
        episodes: Iterable[Episode],
        optimizer: torch.optim.Optimizer,
        meta_loss: Callable[[Episode], Tensor] | None = None,
    ) -> Generator[int, None, float]:
        """One step of meta-training down the mean loss of a batch of tasks, which is returned.

        Yields after each episode how many there have been; nothing has moved until it returns. An episode is
        drawn when its turn comes, and its graph is freed before the next is built, so memory does not grow
        with the batch. `meta_loss` stands in for the method where something is wrapped around it, as it is
        when several processes train together.
        """
        meta_loss = meta_loss or self.meta_loss
        optimizer.zero_grad(set_to_none=True)
        losses: list[Tensor] = []
        for episode in episodes:
            loss = meta_loss(episode)
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.detach())
            yield len(losses)
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad /= len(losses)
        optimizer.step()
        return torch.stack(losses).mean().item()


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """The share (0..1) of rows whose highest logit is the label's."""
    return (logits.argmax(dim=1) == labels).float().mean().item()
