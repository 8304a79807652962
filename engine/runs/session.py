"""A learner with its backbone and device, shared by a run and the Python interface."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.confidence.calibration import Calibration, calibrate
from engine.confidence.temperature import probabilities
from engine.devices import resolve_device, title
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.features import encoder_for, to_features
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.generators import mapped
from engine.learners.base import AdaptationStep, AdaptedClassifier
from engine.learners.registry import create_learner, restore_learner
from engine.messages import Message
from engine.paths import embeddings_dir


@dataclass(frozen=True)
class CalibratedClassifier:
    """An adapted classifier with its temperature: features in, probabilities out."""

    classifier: AdaptedClassifier
    calibration: Calibration

    def probabilities(self, features: Tensor) -> NDArray[np.float32]:
        """float32 [n, way]; rows sum to 1, and each depends on its own picture alone.

        Raises `FewshotError` if they are not finite.
        """
        logits = self.classifier.logits(features).cpu()  # first, since Apple's GPUs have no float64
        chances = probabilities(logits, self.calibration.temperature)
        _require_finite(chances)
        return chances.numpy()


class Session:
    """Builds everything a task needs; raises `FewshotError` for a name, pair or option that cannot be had.

    Building may take seconds the first time a backbone is used (see `onnx_conversion`).
    """

    def __init__(
        self,
        algorithm: str,
        backbone: str,
        device: str,
        options: Mapping[str, float | bool],
        meta_parameters: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.algorithm, self.backbone = algorithm, get_backbone(backbone)
        self.learner = (
            create_learner(algorithm, backbone, options)
            if meta_parameters is None
            else restore_learner(algorithm, backbone, options, meta_parameters)
        )
        self.device = resolve_device(device)
        self.learner.to(self.device)
        self.takes = self.learner.takes(self.backbone)
        self.encoder = encoder_for(self.takes, self.backbone, self.device)
        self.device_title = self.encoder.title

    def fall_back_to_cpu(self) -> None:
        """Go on without the device, whose memory is too small for the adaptation."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.device = torch.device("cpu")
        self.learner.to(self.device)
        adapting = Message("{device} · PyTorch", device=title("cpu"))
        embeds = self.takes != "images"
        both = Message("{device}; adapting on {adapting}", device=self.encoder.title, adapting=adapting)
        self.device_title = both if embeds else adapting

    def open_cache(self) -> EmbeddingCache:
        """The cache of this session's features; close it."""
        return EmbeddingCache(embeddings_dir(), self.encoder)

    def tensor(self, features: NDArray[np.generic]) -> Tensor:
        """Encoded features as the learner takes them, on its device. Raises `FewshotError` if they are not
        numbers."""
        tensor = to_features(self.takes, self.backbone, self.device)(features)
        _require_finite(tensor)
        return tensor

    def adapt(self, support: LabeledSet) -> Generator[tuple[str, AdaptationStep], None, CalibratedClassifier]:
        """Adapt, then calibrate. Yields (stage, step) after every step of either.

        The order of the examples does not matter: they are learnt in one that follows from their contents.
        """
        support.require_every_class()
        if self.learner.transductive:
            raise FewshotError(
                "With “Whole folder” on, a classifier belongs to the run on its folder: turn it off to keep "
                "one."
            )
        order = support.canonical_order()
        support = support.take(order)
        learner = self.learner.settled(support)
        classifier = None
        for step in learner.adapt(support):
            _require_finite(torch.tensor(step.loss))
            yield "adapting", step
            classifier = step.classifier
        assert classifier is not None
        steps = calibrate(learner, support, classifier)
        calibration = yield from mapped(steps, lambda item: ("calibrating", item[1]))
        return CalibratedClassifier(classifier, replace(calibration, rows=order.cpu()[calibration.rows]))


def _require_finite(tensor: Tensor) -> None:
    if tensor.is_floating_point() and not tensor.isfinite().all():
        raise FewshotError(
            "The algorithm came to numbers that are not finite (NaN or infinity), which say nothing; "
            "choose other options or another algorithm."
        )
