"""Batch normalisation for tasks: what a picture's features are never depends on its batch companions.

Papers of the MAML family normalise the query with the query's own moments, which makes a picture's
label depend on the other pictures in its batch (Reptile's authors name it: "transduction"). Here the
query is normalised with the *support set's* moments, as Meta-Dataset (Triantafillou et al. 2020) does.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor, nn

Moments: TypeAlias = tuple[Tensor, Tensor]
"""Mean and biased variance per channel, each [channels]."""


class TaskBatchNorm2d(nn.Module):
    """Batch normalisation (Ioffe & Szegedy 2015) whose moments are passed, not remembered.

    Written from primitives because `torch.vmap` over `torch.nn.functional.batch_norm` returns wrong
    second-order gradients (seen in torch 2.15, reported for functorch in 2022), and because it must
    accept moments that carry a graph: MAML differentiates through those of the support set.
    """

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: Tensor, moments: Moments | None) -> tuple[Tensor, Moments]:
        """Normalise `x` [n, channels, h, w] by `moments`, or by its own where `None`.

        Returns the result and the moments used.
        """
        if moments is None:
            variance, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
            moments = mean, variance
        mean, variance = moments
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return torch.addcmul(shift[:, None, None], x, scale[:, None, None]), moments
