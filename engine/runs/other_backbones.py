"""Whether another backbone would suit the pictures better, by the examples alone.

Drawings on the backbone for photos are the usual case. A backbone stays what a person chose; this only
proposes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.backbones.base import Backbone, backbones
from engine.backbones.onnx_conversion import is_converted
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.features import encoder_for, to_features
from engine.embeddings.pipeline import encode_pictures
from engine.episodes import LabeledSet
from engine.learners.closed_form.linear_probe import LinearProbe
from engine.learners.held_out import FOLDS, folds, mcnemar_z
from engine.learners.ranks import even_sample
from engine.messages import Message
from engine.paths import embeddings_dir

MAX_EXAMPLES = 100
"""At most so many examples are looked at with another backbone."""

BETTER = 2.0
"""McNemar's z from which another backbone is proposed: it is only a proposal."""


@dataclass(frozen=True)
class Proposal:
    """A backbone, and the sentence that says what speaks for it."""

    backbone: str
    message: Message


def better_backbone(
    backbone: Backbone, support: LabeledSet, paths: Sequence[Path], device: torch.device
) -> Generator[None, None, Proposal | None]:
    """The backbone on which a linear probe has clearly more held-out examples right than on this one.

    `support` holds the layers of `backbone`, a row for each of `paths`. Only backbones that can be used at
    once are tried. Yields often enough to be stopped.
    """
    sample = even_sample(support.labels, MAX_EXAMPLES).cpu().sort().values
    some, chosen = support.take(sample), [paths[row] for row in sample.tolist()]
    here = _right(backbone, some)
    tested = int((here >= 0).sum())
    for other in backbones().values():
        if other.name == backbone.name or other.unavailable or not is_converted(other):
            continue
        features = yield from _encoded(other, chosen, device)
        if features is None:
            continue
        there = _right(other, LabeledSet(features.to(some.features.device), some.labels, some.class_names))
        if mcnemar_z(there > 0, here > 0) >= BETTER:
            return Proposal(
                other.name,
                Message(
                    "{other} may suit these pictures better: {right} of {examples} held-out examples are "
                    "right with it, {others} with {backbone}.",
                    other=Message(other.title),
                    right=int((there > 0).sum()),
                    examples=tested,
                    others=int((here > 0).sum()),
                    backbone=Message(backbone.title),
                ),
            )
    return None


def _right(backbone: Backbone, support: LabeledSet) -> Tensor:
    """For each example, held out, 1 if it is right, 0 if it is not; −1 where it cannot be held out."""
    probe = LinearProbe(backbone).eval().to(support.features.device)
    right = torch.full_like(support.labels, -1)
    for mask in folds(support, FOLDS):
        answers = probe.answers(support.take(~mask), support.features[mask])
        right[mask] = (answers == support.labels[mask]).long()
    return right


def _encoded(
    backbone: Backbone, paths: Sequence[Path], device: torch.device
) -> Generator[None, None, Tensor | None]:
    """The layers of all pictures, or `None` if one cannot be read."""
    encoder = encoder_for("layers", backbone, device)
    encoded = np.empty((len(paths), *encoder.shape), encoder.dtype)
    with (
        EmbeddingCache(embeddings_dir(), encoder) as cache,
        closing(encode_pictures(paths, encoder, cache)) as stream,
    ):
        for batch in stream:
            if batch.unreadable:
                return None
            encoded[batch.positions] = batch.features
            yield
    return to_features("layers", backbone, device)(encoded)
