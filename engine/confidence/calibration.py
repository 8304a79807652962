"""Calibration of an adapted classifier on held-out examples: its temperature and its accuracy."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.confidence.temperature import fit_temperature, presumed_temperature
from engine.episodes import LabeledSet
from engine.learners.base import AdaptationStep, AdaptedClassifier, MetaLearner, accuracy
from engine.learners.held_out import FOLDS, HeldOut, concatenate, folds, in_chunks

PRESUMED_ON = 1000
"""Examples that a temperature is presumed from, at most: evenly spread over more."""


@dataclass(frozen=True)
class Calibration:
    """`temperature` divides the logits. `accuracy` (0..1) is that on `examples` held-out examples, of which
    there may be none; `held_out` are their logits and labels, and `rows` int64 [examples] which of the
    support.
    """

    temperature: float
    accuracy: float | None
    examples: int
    held_out: HeldOut
    rows: Tensor


def calibrate(
    learner: MetaLearner, support: LabeledSet, adapted: AdaptedClassifier
) -> Generator[tuple[int, AdaptationStep], None, Calibration]:
    """Adapt to the support without each fold in turn, and fit the temperature on what was left out.

    Yields (fold, step) after every adaptation step, so that the caller stays in control; the steps are
    counted over all folds. Classes with
    a single example are never left out; for those examples a temperature is presumed from what `adapted`,
    the classifier of the whole support, says of them. The two meet in the mean of their logarithms, where
    each example, left out or not, counts once.
    """
    parts, rows = [], [torch.empty(0, dtype=torch.int64)]
    kept = torch.ones_like(support.labels, dtype=torch.bool)
    masks = list(folds(support, FOLDS))
    for fold, left_out in enumerate(masks):
        for step in learner.adapt(support.take(~left_out)):
            of_each = step.total_steps
            yield fold, replace(step, step=fold * of_each + step.step, total_steps=len(masks) * of_each)
        logits = in_chunks(step.classifier.joint_logits, support.features[left_out], len(support))
        parts.append(HeldOut(logits, support.labels[left_out]))
        rows.append(left_out.nonzero().flatten().cpu())
        kept &= ~left_out
    held_out = concatenate(parts, support)
    examples = len(held_out.labels)
    logarithms = 0.0
    with torch.no_grad():
        if examples:
            logarithms += examples * math.log(fit_temperature(held_out.logits, held_out.labels))
        if examples < len(kept):
            alone = support.features[kept]
            alone = alone[:: math.ceil(len(alone) / PRESUMED_ON)]
            presumed = presumed_temperature(in_chunks(adapted.joint_logits, alone, len(support)))
            logarithms += (len(kept) - examples) * math.log(presumed)
    correct = accuracy(held_out.logits, held_out.labels) if examples else None
    return Calibration(math.exp(logarithms / len(kept)), correct, examples, held_out, torch.cat(rows))
