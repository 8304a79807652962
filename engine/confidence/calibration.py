"""Held-out judgement of an adapted task: its temperature, and how often it is right."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch

from engine.confidence.temperature import fit_temperature, typical_gap
from engine.episodes import LabeledSet
from engine.learners.base import AdaptationStep, AdaptedClassifier, MetaLearner, accuracy
from engine.learners.held_out import HeldOut, folds, join

FOLDS = 5


@dataclass(frozen=True)
class Calibration:
    """`temperature` divides the logits. `accuracy` (0..1) is that on `examples` held-out examples, of
    which there may be none."""

    temperature: float
    accuracy: float | None
    examples: int


def calibrate(
    learner: MetaLearner, support: LabeledSet, adapted: AdaptedClassifier
) -> Generator[tuple[int, AdaptationStep], None, Calibration]:
    """Adapt to the support without each fold in turn, and fit the temperature on what was left out.

    Yields (fold, step) after every adaptation step, so that the caller stays in control. Classes with
    a single example are never left out; where all have one, the temperature is the scale of the logits
    that `adapted`, the classifier of the whole support, gives the examples: all that is known.
    """
    parts = []
    for fold, left_out in enumerate(folds(support, FOLDS)):
        for step in learner.adapt(support.take(~left_out)):
            yield fold, step
        logits = step.classifier.logits(support.features[left_out])
        parts.append(HeldOut(logits, support.labels[left_out]))
    held_out = join(parts, support)
    if not len(held_out.labels):
        return Calibration(typical_gap(adapted.logits(support.features)), None, 0)
    correct = accuracy(held_out.logits, held_out.labels)
    with torch.no_grad():
        temperature = fit_temperature(held_out.logits, held_out.labels)
    return Calibration(temperature, correct, len(held_out.labels))
