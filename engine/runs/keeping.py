"""From a session to the classifier that is kept of it, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backbones.base import get_backbone
from engine.confidence.calibration import Calibration
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.images.decode import DECODING
from engine.learners.base import AdaptationStep
from engine.learners.held_out import HeldOut
from engine.messages import Message
from engine.runs.events import RunRecord
from engine.runs.session import CalibratedClassifier, Session
from engine.saved_classifier import ClassLabel, SavedClassifier

SEED = 0
"""That of every run which is not asked for another."""


def keep(
    session: Session,
    classes: Sequence[ClassLabel],
    labels: NDArray[np.int64],
    features: NDArray[np.generic],
    calibration: Calibration,
    record: RunRecord,
) -> SavedClassifier:
    """What is kept of a classifier that `session` has adapted to `features` [n, …], as the encoder gives
    them, with `labels` int64 [n] of `classes`."""
    backbone = session.backbone
    return SavedClassifier(
        tuple(classes),
        session.algorithm,
        session.learner.option_values(),
        backbone.name,
        backbone.fingerprint,
        {**dataclasses.asdict(backbone.preprocessing), "mean": [*backbone.mean], "std": [*backbone.std]},
        DECODING,
        calibration.temperature,
        calibration.accuracy,
        calibration.examples,
        dict(record),
        labels,
        features,
        {name: tensor.detach().cpu().clone() for name, tensor in session.learner.state_dict().items()},
    )


def session_of(saved: SavedClassifier, device: str) -> Session:
    """A session with the algorithm and the backbone of `saved`.

    Raises `FewshotError` if they cannot be had here, or the backbone has other weights.
    """
    if get_backbone(saved.backbone).fingerprint != saved.fingerprint:
        raise FewshotError(
            "The classifier was fitted with other weights of {backbone}; fit it again.",
            backbone=saved.backbone,
        )
    session = Session(saved.algorithm, saved.backbone, device, saved.options, saved.meta_parameters)
    if (saved.features.dtype, saved.features.shape[1:]) != (session.encoder.dtype, session.encoder.shape):
        raise FewshotError(
            "The classifier's examples are not what {backbone} makes of pictures; save it again.",
            backbone=Message(session.backbone.title),
        )
    return session


def relearn(
    session: Session, saved: SavedClassifier
) -> Generator[AdaptationStep, None, CalibratedClassifier]:
    """Adapt to the examples of `saved` as when they were first learnt; the temperature is known already.

    To the last bit the same where torch was seeded with `SEED` before.
    """
    labels = torch.from_numpy(saved.labels).to(session.device)
    support = LabeledSet(session.tensor(saved.features), labels, saved.class_names)
    support = support.take(support.canonical_order())
    classifier = yield from session.learner.adapt(support)
    nobody = HeldOut(support.features.new_empty((0, support.n_way)), support.labels[:0])
    calibration = Calibration(
        saved.temperature, saved.accuracy, saved.held_out, nobody, torch.empty(0, dtype=torch.int64)
    )
    return CalibratedClassifier(classifier, calibration)


def decoder_warning(saved: SavedClassifier) -> Message | None:
    """A sentence if pictures are read in another way now than the examples were; else `None`."""
    if saved.decoder == DECODING:
        return None
    return Message(
        "The classifier was made by another version of Fewshot, which read some kinds of pictures in another "
        "way; save it again from its examples to be sure."
    )
