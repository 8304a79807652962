"""Temperature scaling, which calibrates confidences (Guo et al. 2017, arXiv:1706.04599).

Raw scores say nothing: squared distances are near-certain of everything, cosines of nothing. One
number, the temperature T, is fitted so that softmax(logits / T) explains held-out examples best. Where no
example can be left out it can only be presumed.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

CANDIDATES = 121
MAX_LOGITS = 2**24
"""A temperature is fitted to at most so many logits, of rows spread evenly over all."""
DECADES = 6.0
PRESUMED_CONFIDENCE = 0.8
"""The probability presumed for a picture whose class leads by half as much as the class of an example."""


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature under which held-out `logits` [n, way] explain `labels` [n] best; n ≥ 1.

    A handful of held-out examples is often classified without a mistake, and then the likelihood
    alone would ask for T → 0, that is for certainty. The targets are therefore softened as Platt (1999)
    does, to (n + 1) / (n + 2) for the true class: what n successes in n trials allow one to believe.
    The search covers three decades on either side of the scale of the logits, in 121 equal steps
    of its logarithm. Where all explain the labels alike, as of pictures that are in two classes, the
    temperature is the highest: nothing is claimed.
    """
    # In float64, where the scale of no float32 can vanish; on the CPU, since Apple's GPUs have none.
    every = math.ceil(logits.numel() / MAX_LOGITS)
    logits, labels = logits[::every].cpu().double(), labels[::every].cpu()
    scale = typical_gap(logits)
    n, way = logits.shape
    believed = (n + 1) / (n + 2)
    targets = torch.full_like(logits, (1 - believed) / (way - 1))
    targets[torch.arange(n), labels] = believed
    temperatures = scale * torch.logspace(DECADES / 2, -DECADES / 2, CANDIDATES, dtype=torch.float64)
    losses = torch.stack([F.cross_entropy(logits / temperature, targets) for temperature in temperatures])
    return float(temperatures[losses.argmin()])


def presumed_temperature(logits: Tensor) -> float:
    """The temperature where no example was left out, from the `logits` [n, way] of the examples themselves.

    Their lead says how far the classifier holds the classes apart, but no new picture is as much like an
    example as the example is. So a picture is imagined whose class leads every other alike, by half of
    what the typical example's does, and T is such that it has probability p = 0.8, however many classes
    there are: 1 / (1 + (way − 1) exp(−lead / 2T)) = p. The example itself then has at least 0.94. Nothing
    in this knows how hard the task is: p is right for pictures that one example allows to tell apart.
    """
    odds = PRESUMED_CONFIDENCE / (1 - PRESUMED_CONFIDENCE) * (logits.shape[1] - 1)
    return typical_gap(logits) / (2 * math.log(odds))


def typical_gap(logits: Tensor) -> float:
    """The median distance between the two highest logits of a row; 1 where that is zero or unknown."""
    if len(logits) == 0:
        return 1.0
    top = logits.topk(2, dim=1).values
    gap = float((top[:, 0] - top[:, 1]).median())
    return gap if gap > 0 else 1.0


def probabilities(logits: Tensor, temperature: float) -> Tensor:
    """softmax(logits / temperature) in float64-accurate rows that sum to 1, returned as float32 [n, way]."""
    return (logits.double() / temperature).softmax(dim=1).float()
