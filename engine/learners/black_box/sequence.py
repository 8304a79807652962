"""What the sequence readers share: in which order examples are read, and how a label is written.

A sequence network sees an order and a name for each class, though neither means anything. Meta-training
draws both at random, as in the papers. In use both follow from the contents of the support set, so that
the answers do not depend on how a person happened to arrange it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.learners.ranks import rank_within_class

ORDERS = 4
"""In use the support is read in this many orders, and their answers are averaged."""

FEW = 3
"""So many examples of a class are read however few the others have."""


@dataclass(frozen=True, eq=False)
class ReadingOrder:
    """The order in which a support set is read; several orders at once are allowed.

    `examples` int64 [orders, n] are positions in the support set in the order of reading, `codes`
    [orders, way, d] the label code of each class.
    """

    examples: Tensor
    codes: Tensor

    def labels(self, labels: Tensor) -> Tensor:
        """The codes [orders, n, d] of `labels` [n] in the order of reading."""
        return torch.stack([c[labels[e]] for c, e in zip(self.codes, self.examples, strict=True)])

    def first(self, count: int) -> ReadingOrder:
        """Only the first `count` examples, taken from the classes in rotation."""
        return ReadingOrder(self.examples[:, :count], self.codes)


def random_reading(labels: Tensor, way: int, dimension: int) -> ReadingOrder:
    """One order and codes of length `dimension` drawn by torch's global generator.

    One reading in two leaves out examples, so that meta-training on equal numbers of examples a class
    prepares for unequal ones.
    """
    device = labels.device
    keys, spared, some = torch.rand(len(labels)), torch.rand(way), torch.rand(()) < 0.5
    codes = label_codes(way, dimension).to(device)
    rank, class_rank = rank_within_class(keys.to(device), labels, way)
    order = (rank * way + class_rank[labels]).argsort()
    if some:
        shots = torch.bincount(labels, minlength=way)
        order = order[(rank <= spared.to(device)[labels] * shots[labels])[order]]
    return ReadingOrder(order[None], codes[None])


def canonical_reading(features: Tensor, labels: Tensor, way: int, dimension: int) -> ReadingOrder:
    """`ORDERS` orders computed from `features` [n, d]: along one fixed random direction each.

    The classes get their codes by their places along the direction too. Of a class that has more examples
    than the middle one of all classes, and more than `FEW`, only as many as that are read: a network that
    reads one label much more often than the others predicts it for everything.
    """
    limit = max(FEW, int(torch.bincount(labels, minlength=way).median()))
    fixed = torch.Generator().manual_seed(0)
    directions = torch.randn(ORDERS, features.shape[1], generator=fixed).to(features)
    orders, codes = [], []
    for keys in directions @ features.T:
        rank, class_rank = rank_within_class(keys, labels, way)
        order = (rank * way + class_rank[labels]).argsort()
        orders.append(order[rank[order] < limit])
        codes.append(label_codes(way, dimension, fixed).to(features)[class_rank])
    return ReadingOrder(torch.stack(orders), torch.stack(codes))


def label_codes(count: int, dimension: int, generator: torch.Generator | None = None) -> Tensor:
    """`count` unit vectors [count, dimension], drawn on the CPU by `generator` or torch's global one.

    They are the rows of random orthonormal bases: orthogonal to one another up to `dimension` of them,
    nearly so beyond.
    """
    bases = [
        torch.linalg.qr(torch.randn(dimension, dimension, generator=generator))[0]
        for _ in range(0, count, dimension)
    ]
    return torch.cat(bases)[:count]
