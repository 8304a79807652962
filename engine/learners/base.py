"""The base classes of all algorithms.

A `MetaLearner` owns meta-parameters: what meta-training learnt and a checkpoint stores. A task never
changes it. `adapt` reads a support set and is a *generator*: it yields an `AdaptationStep` after each
update and ends by returning an immutable `AdaptedClassifier`. The caller may plot, count or stop.
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

Family: TypeAlias = Literal["automatic", "metric", "gradient", "black box", "closed form"]
Features: TypeAlias = Literal["embeddings", "layers", "images"]
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


WHOLE_FOLDER = Option(
    "transductive",
    "Whole folder (transductive)",
    "On: a label also depends on the other pictures of the folder, which mostly helps; off: on the examples.",
)
"""The option of a learner that has `with_folder`."""


class AdaptedClassifier(ABC):
    """A classifier for one task. Immutable; its `logits` of a picture depend on that picture alone.

    A subclass writes `_logits` and `embed`.
    """

    class_names: tuple[str, ...]
    explanation: Message | None = None
    """Where the learner chose among several ways: which it took, and why."""

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
        """The same scores in one batch. It is cheaper for few pictures, but the last bits of a score depend
        on the other pictures. Use it for evaluation, where the batches are always the same.
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
        """The scores [n, way] of features [n, …] normalised as one batch, as in the papers on MAML.

        The score of a picture then depends on the other pictures, so use it only to compare with those
        papers. `None` (the default) where nothing depends on the batch.
        """
        return None

    @abstractmethod
    def embed(self, features: Tensor) -> Tensor:
        """The embedding [n, d] in which this classifier separates the classes; the scatter plot shows it."""


@dataclass(frozen=True)
class AdaptationStep:
    """The state after `step` of `total_steps` updates.

    `loss` (nats) and `accuracy` (0..1) are those of the support set, measured as `kind` says: on the
    examples themselves, or with each example left out. `classifier` is the classifier after this step.
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
        milliseconds. So it is for `layers` [n, width], what all layers of the backbone give. `images` are
        normalised, [n, channels, size, size].
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

    def option_values(self) -> dict[str, float | bool]:
        """All options by name, as they are set now."""
        return {option.name: getattr(self, option.name) for option in self.options}

    transductive = False
    """Whether it wants to see the folder first: `with_folder`."""

    def with_folder(self, pictures: Tensor) -> MetaLearner:
        """The learner that uses a sample of the pictures to be labelled, features [n, …], as well.

        Only for learners with the option `WHOLE_FOLDER`.
        """
        raise NotImplementedError

    def init_statistics(self, features: Tensor) -> None:
        """Compute statistics from `features` [n, …], a sample of the training data, before the first step."""

    def settled(self, support: LabeledSet) -> MetaLearner:
        """The learner with all decided that it decides by the support, so that nothing of that is done
        anew for a part of it. Most decide nothing.
        """
        return self

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
        """Run `iter_meta_step` to its end and return the mean loss."""
        return run_to_end(self.iter_meta_step(episodes, optimizer, meta_loss))

    def iter_meta_step(
        self,
        episodes: Iterable[Episode],
        optimizer: torch.optim.Optimizer,
        meta_loss: Callable[[Episode], Tensor] | None = None,
    ) -> Generator[int, None, float]:
        """One step of meta-training down the mean loss of a batch of tasks. Returns that loss.

        Yields the number of finished episodes after each. The parameters change only at the end. An episode
        is drawn just before it is used, and its graph is freed before the next is built, so memory does not
        grow with the batch. `meta_loss` replaces the method of that name; distributed training wraps it.
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
