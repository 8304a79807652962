"""Accuracy over episodes, as the field reports it: the mean and its 95 % confidence interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Accuracy:
    """`mean` and half-width `interval` of its 95 % confidence interval, both 0..1, over `episodes` tasks."""

    mean: float
    interval: float
    episodes: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> Accuracy:
        """From one accuracy per episode (1.96 standard errors)."""
        values = np.asarray(scores, dtype=np.float64)
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        return cls(float(values.mean()), 1.96 * spread / math.sqrt(max(len(values), 1)), len(values))

    def __str__(self) -> str:
        return f"{100 * self.mean:.2f} ± {100 * self.interval:.2f} %"
