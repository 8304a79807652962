"""Accuracy over episodes, as the field reports it: the mean and its 95 % confidence interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

T_OF_FEW = (12.706, 4.303, 3.182)
T_OF_MANY = (1.95996, 2.37227, 2.82250, 2.55585, 1.58953)


@dataclass(frozen=True)
class Accuracy:
    """`mean` and half-width `interval` of its 95 % confidence interval, both 0..1, over `episodes` tasks.

    A single episode says nothing about the spread: its interval is NaN, shown as “–”.
    """

    mean: float
    interval: float
    episodes: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> Accuracy:
        """From one accuracy per episode, of which there is at least one; the interval is Student's."""
        values = np.asarray(scores, dtype=np.float64)
        count = len(values)
        if count == 1:
            return cls(float(values[0]), math.nan, 1)
        error = float(values.std(ddof=1)) / math.sqrt(count)
        return cls(float(values.mean()), students_t(count - 1) * error, count)

    def __str__(self) -> str:
        half = "–" if math.isnan(self.interval) else f"{100 * self.interval:.2f}"
        return f"{100 * self.mean:.2f} ± {half} %"


def students_t(freedom: int) -> float:
    """How many standard errors 95 % of Student's distribution lie within, of 1, 2, … degrees of freedom.

    Up to three from a table, beyond by the expansion in 1/freedom of Abramowitz & Stegun (26.7.5), whose
    coefficients depend on the 95 % alone; right to 0.001.
    """
    if freedom <= len(T_OF_FEW):
        return T_OF_FEW[freedom - 1]
    return sum(coefficient / float(freedom) ** power for power, coefficient in enumerate(T_OF_MANY))
