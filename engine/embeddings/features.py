"""What an algorithm takes of a picture, and how it comes from what an encoder gives and the cache keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import Backbone
from engine.embeddings.encoders import Encoder, PixelEncoder, backbone_encoder
from engine.learners.base import Features

ToFeatures: TypeAlias = Callable[[NDArray[np.generic]], Tensor]


def encoder_for(takes: Features, backbone: Backbone, device: torch.device) -> Encoder:
    """The encoder of what a learner takes; `to_features` converts its output."""
    return PixelEncoder(backbone, device) if takes == "images" else backbone_encoder(backbone, device)


def to_features(takes: Features, backbone: Backbone, device: torch.device) -> ToFeatures:
    """What makes features of what an encoder gives: float32 on `device`."""

    def images(pixels: NDArray[np.generic]) -> Tensor:
        return backbone.normalize(torch.from_numpy(pixels).to(device))

    def layers(encoded: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(encoded).to(device).float()

    def embeddings(encoded: NDArray[np.generic]) -> Tensor:
        return layers(backbone.embedding_in(encoded))

    return {"images": images, "layers": layers, "embeddings": embeddings}[takes]
