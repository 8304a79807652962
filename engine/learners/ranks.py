"""Orders of the examples within each class, and of the classes, by keys.

Where the keys are computed from the contents, the order does not depend on how a person arranged them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def rank_within_class(keys: Tensor, labels: Tensor, way: int) -> tuple[Tensor, Tensor]:
    """The rank [n] of each example within its class, and the rank [way] of each class, both from 0.

    Examples are sorted by their `keys` [n], classes by the means of their keys. Copies of a picture have
    equal keys; the order among them is arbitrary.
    """
    of_class = labels[:, None] == torch.arange(way, device=labels.device)
    shots = of_class.sum(dim=0)
    means = (keys[:, None] * of_class).sum(dim=0) / shots
    by_key = keys.argsort()
    by_class = by_key[labels[by_key].argsort(stable=True)]
    before = (shots.cumsum(dim=0) - shots)[labels[by_class]]
    rank = torch.empty_like(labels)
    rank[by_class] = torch.arange(len(labels), device=labels.device) - before
    return rank, means.argsort().argsort()


def even_sample(labels: Tensor, count: int) -> Tensor:
    """Positions of about `count` of the `labels` [n], or all: evenly of each class, its first included."""
    every = math.ceil(len(labels) / count)
    by_class = labels.argsort(stable=True)
    shots = torch.bincount(labels)
    before = (shots.cumsum(dim=0) - shots)[labels[by_class]]
    return by_class[(torch.arange(len(labels), device=labels.device) - before) % every == 0]
