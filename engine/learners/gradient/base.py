"""The gradient family: adapt by descending the loss of the support set.

One inner loop serves all of them. An algorithm says what of its network a task leaves alone
(`represent`), where it starts (`initial_parameters`), what it predicts with given parameters
(`predict`), how a step is taken (`update`), and which parameters take part in it (`adapts`).
"""

from __future__ import annotations

import dataclasses
import functools
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.devices import memory_of
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.learners.base import (
    Adaptation,
    AdaptationStep,
    AdaptedClassifier,
    MetaLearner,
    accuracy,
)
from engine.messages import Message

CHUNK_SIZE = 1024
"""`represent` takes so many examples at a time. So few are never too many for memory."""

PROBE_EXAMPLES = 7
"""The memory of a step is measured on so many examples: a number that is the size of no layer."""

Parameters: TypeAlias = dict[str, Tensor]


@dataclass(frozen=True)
class Prediction:
    """The output of a network: `logits` [n, way] and `embedding` [n, d].

    `context` is whatever the query must inherit from the support for its prediction to be inductive,
    such as batch-norm moments; `None` if nothing.
    """

    logits: Tensor
    embedding: Tensor
    context: Any


@dataclass(frozen=True)
class InnerStep:
    """The parameters after a number of updates, and the prediction and loss on the support with them."""

    parameters: Parameters
    support: Prediction
    loss: Tensor


class GradientLearner(MetaLearner):
    """A learner that adapts by gradient steps on the support's cross-entropy.

    Every class counts the same in it, however many examples it has, as a person may give sixty of one and
    three of another; where all have equally many it is the mean over the examples, as in the papers.
    It takes `steps` of them in use, and `training_steps` inside meta-training, where each costs a graph.
    With `second_order` meta-training goes through the gradients of the inner loop as well; without, they
    are constants, and ∂θ'/∂θ is what `update` says it is (the identity for gradient descent).
    """

    steps: int
    training_steps: int
    second_order: bool = True

    @abstractmethod
    def initial_parameters(self, support: LabeledSet) -> Parameters:
        """θ, by name, as differentiable functions of the meta-parameters."""

    @abstractmethod
    def predict(self, parameters: Parameters, features: Tensor, context: Any = None) -> Prediction:
        """Predict with `parameters`. `context` is `None` for the support, the support's for the query."""

    @abstractmethod
    def update(
        self, parameters: Parameters, gradients: Parameters, loss: Tensor, state: Any
    ) -> tuple[Parameters, Any]:
        """One step down the `loss` of these `parameters`, which stay as they are.

        Returns the new ones, and what the optimiser carries on as the `state` of its next step (first:
        `None`).
        """

    def adapts(self, name: str, step: int) -> bool:
        """Whether the parameter `name` changes in step 0, 1, … of the inner loop. By default all do."""
        return True

    def represent(self, features: Tensor) -> Tensor:
        """What the inner loop sees of `features`: the part of the network that a task leaves alone.

        It is computed once a task. By default the features themselves.
        """
        return features

    def inner_loop(self, support: LabeledSet, steps: int, *, differentiable: bool) -> Iterator[InnerStep]:
        """Yield the state before the first step and after each of `steps` steps.

        `support` is represented. Where `differentiable` the parameters keep their graph back to the
        meta-parameters, through every gradient if `second_order` (Finn et al. 2017, equation 1); else
        each step starts from detached values, so memory does not grow with the number of steps.
        """
        parameters = self.initial_parameters(support)
        if differentiable:
            # A head made of the network has two ways back to it, and the inner gradient is only of the one
            # by which the network sees the support: a task descends by the parameters as they stand.
            parameters = {name: parameter.view_as(parameter) for name, parameter in parameters.items()}
        shots = torch.bincount(support.labels, minlength=support.n_way)
        balance = len(support) / (support.n_way * shots.to(support.features.dtype))
        state: Any = None
        for step in range(steps + 1):
            names = [name for name in parameters if self.adapts(name, step)]
            if not differentiable:
                parameters = {
                    name: p.detach().requires_grad_(name in names) for name, p in parameters.items()
                }
            prediction = self.predict(parameters, support.features)
            loss = F.cross_entropy(prediction.logits, support.labels, weight=balance)
            yield InnerStep(parameters, prediction, loss)
            if step < steps:
                gradients = torch.autograd.grad(
                    loss,
                    [parameters[name] for name in names],
                    create_graph=differentiable and self.second_order,
                )
                with torch.set_grad_enabled(differentiable):  # the state, too, keeps a graph only if asked to
                    changed, state = self.update(
                        {name: parameters[name] for name in names},
                        dict(zip(names, gradients, strict=True)),
                        loss.detach(),
                        state,
                    )
                parameters = {**parameters, **changed}

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Descend; yields the state before the first step as step 0, so a curve starts where it starts."""
        support.require_every_class()
        with torch.no_grad():
            support = self._represented(support)
        self._require_memory(support)
        steps = self.inner_loop(support, self.steps, differentiable=False)
        for number in range(self.steps + 1):
            with torch.enable_grad():
                inner = next(steps)
            values = {name: parameter.detach() for name, parameter in inner.parameters.items()}
            classifier = _GradientClassifier(self, values, support)
            correct = accuracy(inner.support.logits, support.labels)
            yield AdaptationStep(number, self.steps, inner.loss.item(), correct, "support", classifier)
        return classifier

    def query_logits(self, episode: Episode) -> Tensor:
        """Logits of the query under the adapted parameters, differentiable through the inner loop."""
        support = self._represented(episode.support)
        *_, last = self.inner_loop(support, self.training_steps, differentiable=True)
        query = self.represent(episode.query.features)
        return self.predict(last.parameters, query, last.support.context).logits

    def _represented(self, examples: LabeledSet) -> LabeledSet:
        pieces = [self.represent(some) for some in torch.split(examples.features, CHUNK_SIZE)]
        return dataclasses.replace(examples, features=torch.cat(pieces))

    def _require_memory(self, support: LabeledSet) -> None:
        """Raise `FewshotError` if a step, which sees all examples at once, needs more memory than there is.

        Many a system ends a program that asks for too much instead of refusing it.
        """
        there = memory_of(support.features.device)
        if support.features.dim() < 4 or len(support) <= CHUNK_SIZE or there is None:
            return
        needed = len(support) * self._bytes_per_example(support.take(torch.arange(PROBE_EXAMPLES)))
        if needed > there:
            raise FewshotError(
                "{algorithm} sees all {n} examples at once, which takes about {needed} GB of memory, and "
                "this computer has {there} GB: choose another algorithm, or give fewer examples.",
                algorithm=Message(self.facts.title),
                n=len(support),
                needed=f"{needed / 1000000000.0:,.0f}",
                there=f"{there / 1000000000.0:,.0f}",
            )

    def _bytes_per_example(self, some: LabeledSet) -> float:
        """What the graph of a step keeps for each example, measured on a few."""
        kept = 0

        def weigh(tensor: Tensor) -> Tensor:
            nonlocal kept
            if tensor.dim() and len(tensor) == len(some):
                kept += tensor.numel() * tensor.element_size()
            return tensor

        with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(weigh, lambda tensor: tensor):
            self.predict(self.initial_parameters(some), some.features)
        return kept / len(some)


@dataclass(frozen=True, eq=False)
class _GradientClassifier(AdaptedClassifier):
    """Keeps values and no graph, so that a step that nobody looks at again costs no memory."""

    learner: GradientLearner
    parameters: Parameters
    support: LabeledSet

    @property
    def class_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.support.class_names

    @functools.cached_property
    def _context(self) -> Any:
        with torch.no_grad():
            return self.learner.predict(self.parameters, self.support.features).context

    def _predict(self, features: Tensor) -> Prediction:
        with torch.no_grad():
            return self.learner.predict(self.parameters, self.learner.represent(features), self._context)

    def _logits(self, features: Tensor) -> Tensor:
        return self._predict(features).logits

    def transductive_logits(self, features: Tensor) -> Tensor | None:
        """Normalised by their own batch and not by the support's moments."""
        with torch.no_grad():
            prediction = self.learner.predict(self.parameters, self.learner.represent(features))
        return None if prediction.context is None else prediction.logits

    def embed(self, features: Tensor) -> Tensor:
        return self._predict(features).embedding
