"""Held-out judgement of an adapted task: its temperature, and how often it is right."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.confidence.temperature import fit_temperature, typical_gap
from engine.episodes import LabeledSet
from engine.learners.base import AdaptationStep, AdaptedClassifier, MetaLearner, accuracy
from engine.learners.held_out import HeldOut, folds, join

FOLDS = 5


@dataclass(frozen=True)
class Calibration:
    """`temperature` divides the logits. `accuracy` (0..1) is that on `examples` held-out examples, of
    which there may be none; `held_out` is what was judged, and `rows` int64 [examples] which of the support.
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

    Yields (fold, step) after every adaptation step, so that the caller stays in control. Classes with
    a single example are never left out; where all have one, the temperature is the scale of the logits
    that `adapted`, the classifier of the whole support, gives the examples: all that is known.
    """
    parts, rows = [], [torch.empty(0, dtype=torch.int64)]
    for fold, left_out in enumerate(folds(support, FOLDS)):
        for step in learner.adapt(support.take(~left_out)):
            yield fold, step
        logits = step.classifier.logits(support.features[left_out])
        parts.append(HeldOut(logits, support.labels[left_out]))
        rows.append(left_out.nonzero().flatten().cpu())
    held_out = join(parts, support)
    judged = torch.cat(rows)
    if not len(held_out.labels):
        return Calibration(typical_gap(adapted.logits(support.features)), None, 0, held_out, judged)
    correct = accuracy(held_out.logits, held_out.labels)
    with torch.no_grad():
        temperature = fit_temperature(held_out.logits, held_out.labels)
    return Calibration(temperature, correct, len(held_out.labels), held_out, judged)
