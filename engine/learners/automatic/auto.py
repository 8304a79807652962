"""Chooses the algorithm by what the examples say: a prior, and held-out examples that may overrule it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.generators import mapped
from engine.learners.base import (
    WHOLE_FOLDER,
    Adaptation,
    AdaptedClassifier,
    Features,
    LearnerFacts,
    MetaLearner,
)
from engine.learners.closed_form.linear_probe import LinearProbe
from engine.learners.embedding import EmbeddingLearner
from engine.learners.frozen import frozen
from engine.learners.held_out import FOLDS, folds, mcnemar_z
from engine.learners.ranks import even_sample
from engine.learners.registry import create_learner
from engine.messages import Message

MAX_EVIDENCE = 200
"""At most so many examples are held out in turn; of more, an even sample is."""

CLEARLY = 2.5
"""McNemar's z from which another candidate counts as better than the first."""


@dataclass(frozen=True)
class Candidate:
    """An algorithm of the metric or the closed-form family, with its options."""

    algorithm: str
    options: Mapping[str, float] = field(default_factory=dict)


CANDIDATES = (
    Candidate("linear-probe"),
    Candidate("linear-probe", {"penalty": 0.01}),
    Candidate("linear-probe", {"penalty": 1.0}),
    Candidate("linear-probe", {"penalty": 10.0}),
    Candidate("ridge"),
    Candidate("prototypical"),
)
"""The first is what the training sets recommend; the others have to prove themselves."""


class Auto(MetaLearner):
    """Adapts the first of `CANDIDATES` unless another is clearly better on held-out examples.

    With few examples a difference in accuracy is mostly chance, and taking the best of six would follow it.
    So another candidate is taken only where z = (b − c) / √(b + c) ≥ 2.5 (McNemar 1947), of b examples that
    it alone has right and c that the first alone has right.
    """

    facts = LearnerFacts(
        name="auto",
        title="Automatic",
        family="automatic",
        paper="McNemar 1947, Psychometrika 12",
        summary="Takes the linear probe, or another where your examples show that it is better. Instant.",
        limits="Chooses among instant algorithms only; those that adapt a network are not tried.",
        meta_training="none",
    )

    options = (WHOLE_FOLDER,)
    transductive = False

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        """All layers, of which a candidate may want only the last."""
        return "layers"

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.learners = nn.ModuleList()
        self._titles: list[Message] = []
        self._widths: list[int] = []
        for candidate in CANDIDATES:
            try:
                learner = create_learner(candidate.algorithm, backbone.name, candidate.options)
            except FewshotError:  # it has no checkpoint for this backbone, or for other weights of it
                continue
            self.learners.append(frozen(learner))
            self._titles.append(_title(learner, candidate.options))
            all_layers = learner.takes(backbone) == "layers"
            self._widths.append(backbone.width if all_layers else backbone.dimension)

    def with_folder(self, pictures: Tensor) -> MetaLearner:
        """That of the first candidate: only it can."""
        first = self.learners[0]
        assert isinstance(first, LinearProbe)
        return first.with_folder(pictures)

    def settled(self, support: LabeledSet) -> MetaLearner:
        """The candidate to take for this support."""
        support.require_every_class()
        index, explanation = self._choose(support)
        return _Settled(self.learners[index], self._widths[index], explanation)

    def adapt(self, support: LabeledSet) -> Adaptation:
        """Choose, then adapt what was chosen. The classifier says what that was."""
        return (yield from self.settled(support).adapt(support))

    def query_logits(self, episode: Episode) -> Tensor:
        """Those of what is chosen for the support."""
        return self.settled(episode.support).query_logits(episode)

    def _choose(self, support: LabeledSet) -> tuple[int, Message]:
        """The index of the candidate to take, and the sentence that says why."""
        some = support.take(even_sample(support.labels, MAX_EVIDENCE))
        masks = list(folds(some, FOLDS))
        right = [
            _right_when_held_out(learner, width, some, masks)  # type: ignore[arg-type]
            for learner, width in zip(self.learners, self._widths, strict=True)
        ]
        first, examples = right[0], len(right[0])
        if not examples:
            return 0, Message(
                "{algorithm} was taken: with one example of each class, nothing can be held out to compare.",
                algorithm=self._titles[0],
            )
        better = [index for index, one in enumerate(right) if mcnemar_z(one, first) >= CLEARLY]
        if not better:
            return 0, Message(
                "{algorithm} was taken: nothing else was clearly better on {examples} held-out examples.",
                algorithm=self._titles[0],
                examples=examples,
            )
        index = max(better, key=lambda one: int(right[one].sum()))
        return index, Message(
            "{algorithm} was taken: it had {more} more of {examples} held-out examples right than {first}.",
            algorithm=self._titles[index],
            more=int(right[index].sum() - first.sum()),
            examples=examples,
            first=self._titles[0],
        )


def _title(learner: MetaLearner, options: Mapping[str, float]) -> Message:
    title = Message(learner.facts.title)
    for option in learner.options:
        if option.name in options:
            title = Message(
                "{algorithm} ({option} {value})",
                algorithm=title,
                option=Message(option.title),
                value=f"{options[option.name]:g}",
            )
    return title


class _Settled(MetaLearner):
    """A candidate that was chosen: it reads the last `width` numbers of the layers."""

    def __init__(self, learner: nn.Module, width: int, explanation: Message) -> None:
        super().__init__()
        assert isinstance(learner, EmbeddingLearner)
        self.learner, self.width, self.explanation = learner, width, explanation

    def adapt(self, support: LabeledSet) -> Adaptation:
        steps = self.learner.adapt(_narrowed(support, self.width))
        classifier = yield from mapped(
            steps, lambda step: replace(step, classifier=self._wrapped(step.classifier))
        )
        return self._wrapped(classifier)

    def _wrapped(self, classifier: AdaptedClassifier) -> AdaptedClassifier:
        return _Chosen(classifier, classifier.class_names, self.width, self.explanation)

    def query_logits(self, episode: Episode) -> Tensor:
        support, query = episode.support, episode.query
        return self.learner.query_logits(
            Episode(_narrowed(support, self.width), _narrowed(query, self.width))
        )


@dataclass(frozen=True, eq=False)
class _Chosen(AdaptedClassifier):
    inner: AdaptedClassifier
    class_names: tuple[str, ...]
    width: int
    explanation: Message

    def _logits(self, features: Tensor) -> Tensor:
        return self.inner.joint_logits(features[:, -self.width :])

    def embed(self, features: Tensor) -> Tensor:
        return self.inner.embed(features[:, -self.width :])


def _narrowed(examples: LabeledSet, width: int) -> LabeledSet:
    """With the last `width` numbers of each row."""
    return LabeledSet(examples.features[:, -width:], examples.labels, examples.class_names)


def _right_when_held_out(
    learner: EmbeddingLearner, width: int, support: LabeledSet, masks: Sequence[Tensor]
) -> Tensor:
    """Which of the examples are classified right without the mask that leaves them out, bool [n], mask by
    mask: all candidates are asked about the same examples in the same order."""
    right = [
        learner.answers(_narrowed(support.take(~mask), width), support.features[mask][:, -width:])
        == support.labels[mask]
        for mask in masks
    ]
    return torch.cat(right) if right else torch.zeros(0, dtype=torch.bool)


LEARNER = Auto
