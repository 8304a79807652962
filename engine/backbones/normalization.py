"""Batch normalisation for tasks: what a picture's features are never depends on its batch companions.

Papers of the MAML family normalise the query with the query's own moments, which makes a picture's
label depend on the other pictures in its batch (Reptile's authors name it: "transduction"). Here the
query is normalised with the *support set's* moments, as Meta-Dataset (Triantafillou et al. 2020) does.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import torch
from torch import Tensor, nn

Moments: TypeAlias = tuple[Tensor, Tensor]
"""Mean and biased variance per channel, each [channels]."""

POPULATION = ("population_mean", "population_log_variance", "log_prior")
"""Names of the meta-parameters that describe the population; a task does not adapt them."""


class TaskBatchNorm2d(nn.Module):
    """Batch normalisation (Ioffe & Szegedy 2015) whose moments are passed, not remembered.

    The moments of a handful of pictures are noisy, so the support's are mixed with meta-learned moments of
    the population, which count as much as `prior` pictures: with n pictures of support,

        α = n / (n + prior),  μ = α μ_S + (1 − α) μ_P,
        σ² = α (σ²_S + (μ_S − μ)²) + (1 − α) (σ²_P + (μ_P − μ)²),

    the mixture of TaskNorm (Bronskill et al. 2020, arXiv:2003.03284, §4) with a population in the place of
    the single picture's moments. `prior` is learnt too; as it goes to 0 this becomes plain batch norm.

    Written from primitives because `torch.vmap` over `torch.nn.functional.batch_norm` returns wrong
    second-order gradients (seen in torch 2.15, reported for functorch in 2022), and because it must
    accept moments that carry a graph: MAML differentiates through those of the support set.
    """

    def __init__(self, channels: int, eps: float = 1e-5, prior: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.population_mean = nn.Parameter(torch.zeros(channels))
        self.population_log_variance = nn.Parameter(torch.zeros(channels))
        self.log_prior = nn.Parameter(torch.tensor(math.log(prior)))
        self.eps = eps

    @classmethod
    def of(cls, norm: nn.BatchNorm2d, prior: float) -> TaskBatchNorm2d:
        """The same normalisation as a trained `norm` in use, whose moments count as `prior` pictures."""
        assert norm.running_mean is not None
        assert norm.running_var is not None
        task_norm = cls(norm.num_features, norm.eps, prior)
        with torch.no_grad():
            task_norm.weight.copy_(norm.weight)
            task_norm.bias.copy_(norm.bias)
            task_norm.population_mean.copy_(norm.running_mean)
            task_norm.population_log_variance.copy_(norm.running_var.clamp_min(norm.eps).log())
        return task_norm

    def forward(self, x: Tensor, moments: Moments | None) -> tuple[Tensor, Moments]:
        """Normalise `x` [n, channels, h, w] by `moments`, or by its own, mixed, where `None`.

        Returns the result and the moments used.
        """
        if moments is None:
            moments = self._mixed(x)
        mean, variance = moments
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return torch.addcmul(shift[:, None, None], x, scale[:, None, None]), moments

    def _mixed(self, x: Tensor) -> Moments:
        own_variance, own_mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
        share = len(x) / (len(x) + self.log_prior.exp())
        mean = torch.lerp(self.population_mean, own_mean, share)
        own_spread = own_variance + (own_mean - mean).square()
        population_spread = self.population_log_variance.exp() + (self.population_mean - mean).square()
        return mean, torch.lerp(population_spread, own_spread, share)
