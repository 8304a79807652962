"""Judging examples by the others: held-out logits of a support set.

A handful of examples is too few to set any aside, so each is classified by a classifier adapted to
the rest. With many examples, leaving out one at a time is replaced by leaving out a fold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.episodes import LabeledSet
from engine.learners.turns import turns

ROOM = 2**24
"""How many pairs of a picture and an example may be compared at a time."""


@dataclass(frozen=True)
class HeldOut:
    """Logits [n, way] of the examples that could be left out, and their labels [n]; n may be 0."""

    logits: Tensor
    labels: Tensor


def folds(support: LabeledSet, count: int) -> Iterator[Tensor]:
    """Boolean masks [n] of the examples left out together, at most `count` of them.

    Each class spreads over the folds as evenly as it can, and keeps at least one example in every
    complement; a class with one example is never left out. Which is in which follows from their contents, by
    their places along a fixed random direction, and not from how they happened to be arranged.
    """
    features = support.features.flatten(1)
    direction = torch.randn(features.shape[1], generator=torch.Generator().manual_seed(0)).to(features)
    turn, _ = turns(features @ direction, support.labels, support.n_way)
    shots = torch.bincount(support.labels, minlength=support.n_way)
    fold = torch.where(shots[support.labels] > 1, turn % count, -1)
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


def in_pieces(logits: Callable[[Tensor], Tensor], features: Tensor, examples: int) -> Tensor:
    """`logits` [n, way] of features [n, …], so many at a time that each may be compared with all `examples`.

    A fifth of 100,000 examples against the rest would take gigabytes.
    """
    return torch.cat([logits(some) for some in torch.split(features, max(1, ROOM // examples))])


def join(parts: list[HeldOut], support: LabeledSet) -> HeldOut:
    """All folds in one."""
    if not parts:
        return HeldOut(support.features.new_zeros(0, support.n_way), support.labels[:0])
    return HeldOut(torch.cat([part.logits for part in parts]), torch.cat([part.labels for part in parts]))
