"""Held-out logits of a support set, by cross-validation.

A handful of examples is too few to set any aside, so each is classified by a classifier adapted to
the rest. With many examples, a fold is left out at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.episodes import LabeledSet
from engine.learners.ranks import rank_within_class

FOLDS = 5
"""How many folds tell how well a classifier does."""

MAX_PAIRS = 2**24
"""The most pairs of a picture and an example that are compared at a time."""


@dataclass(frozen=True)
class HeldOut:
    """Logits [n, way] of the examples that could be left out, and their labels [n]; n may be 0."""

    logits: Tensor
    labels: Tensor


def folds(support: LabeledSet, count: int) -> Iterator[Tensor]:
    """Boolean masks [n] of the examples left out together, at most `count` of them.

    Each class spreads over the folds as evenly as it can, and keeps at least one example in every
    complement; a class with one example is never left out. The folds depend on the contents of the examples,
    projected on a fixed random direction, and not on how a person arranged them.
    """
    features = support.features.flatten(1)
    direction = torch.randn(features.shape[1], generator=torch.Generator().manual_seed(0)).to(features)
    rank, _ = rank_within_class(features @ direction, support.labels, support.n_way)
    shots = torch.bincount(support.labels, minlength=support.n_way)
    fold = torch.where(shots[support.labels] > 1, rank % count, -1)
    for index in range(count):
        mask = fold == index
        if mask.any():
            yield mask


def held_out_logits(
    support: LabeledSet, classify: Callable[[LabeledSet, Tensor], Tensor], count: int
) -> Iterator[HeldOut]:
    """Yield the held-out logits fold by fold.

    `classify(rest, features)` adapts to `rest` and returns the logits [k, way] of `features` [k, …].
    """
    for left_out in folds(support, count):
        yield HeldOut(classify(support.take(~left_out), support.features[left_out]), support.labels[left_out])


def mcnemar_z(one: Tensor, other: Tensor) -> float:
    """McNemar's z (1947) of two answers to the same questions, right or not, bool [n] each: positive where
    `one` is better."""
    gained, lost = int((one & ~other).sum()), int((other & ~one).sum())
    return (gained - lost) / math.sqrt(gained + lost) if gained + lost else 0.0


def in_chunks(logits: Callable[[Tensor], Tensor], features: Tensor, examples: int) -> Tensor:
    """`logits` [n, way] of features [n, …], in chunks small enough to compare each row with all `examples`.

    Comparing a fifth of 100,000 examples with the rest at once would take gigabytes.
    """
    return torch.cat([logits(some) for some in torch.split(features, max(1, MAX_PAIRS // examples))])


def concatenate(parts: list[HeldOut], support: LabeledSet) -> HeldOut:
    """The held-out logits of all folds."""
    if not parts:
        return HeldOut(support.features.new_zeros(0, support.n_way), support.labels[:0])
    return HeldOut(torch.cat([part.logits for part in parts]), torch.cat([part.labels for part in parts]))
