"""Whose turn it is: an order of the examples within each class, and of the classes, by keys.

Where the keys follow from the contents, so does the order, and it does not matter how a person arranged them.
"""

from __future__ import annotations

import torch
from torch import Tensor


def turns(keys: Tensor, labels: Tensor, way: int) -> tuple[Tensor, Tensor]:
    """The place [n] of each example within its class, and of each class among the classes [way].

    Examples come in the order of their `keys` [n], classes in that of the means of theirs. Of equal keys, as
    copies of a picture have them, any may be first.
    """
    of_class = labels[:, None] == torch.arange(way, device=labels.device)
    shots = of_class.sum(dim=0)
    means = (keys[:, None] * of_class).sum(dim=0) / shots
    by_key = keys.argsort()
    by_class = by_key[labels[by_key].argsort(stable=True)]
    before = (shots.cumsum(dim=0) - shots)[labels[by_class]]
    turn = torch.empty_like(labels)
    turn[by_class] = torch.arange(len(labels), device=labels.device) - before
    return turn, means.argsort().argsort()
