"""AdamW as a function: parameters in, parameters out, with its memory handed from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

Values = Mapping[str, Tensor]
Memory = Mapping[str, tuple[int, Tensor, Tensor]]
"""By name: how many steps a parameter has taken, and the running mean and mean square of its gradient."""


@dataclass(frozen=True)
class AdamW:
    """Loshchilov & Hutter 2019 (arXiv:1711.05101), algorithm 2; without decay it is Adam."""

    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def step(
        self, parameters: Values, gradients: Values, rates: Mapping[str, float], memory: Memory | None
    ) -> tuple[dict[str, Tensor], Memory]:
        """One step, each parameter at its rate.

        A parameter that has taken no step before starts its own count, so parameters may join late.
        """
        changed, remembered = {}, dict(memory or {})
        beta1, beta2 = self.betas
        for name, value in parameters.items():
            gradient, zeros = gradients[name], torch.zeros_like(value)
            step, first, second = remembered.get(name, (0, zeros, zeros))
            step += 1
            first = torch.lerp(gradient, first, beta1)
            second = torch.lerp(gradient.square(), second, beta2)
            spread = (second / (1 - beta2**step)).sqrt() + self.eps
            decayed = value * (1 - rates[name] * self.weight_decay)
            changed[name] = decayed - rates[name] * first / (1 - beta1**step) / spread
            remembered[name] = step, first, second
        return changed, remembered
