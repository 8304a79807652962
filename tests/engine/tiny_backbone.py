"""A backbone of a few random weights under a real one's name: no test depends on what is bundled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.backbones.base import Backbone, backbones, get_backbone
from engine.backbones.normalization import Moments, TaskBatchNorm2d
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Bundled
from engine.embeddings import features
from engine.embeddings.encoders import TorchEncoder

NAME, SIZE, DIMENSION = "conv4", 12, 24


class _TaskNetwork(nn.Module):
    """One block of a network that adapts: 8 filters, 3×3 pixels each."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 8, 5, stride=4, padding=2)
        self.norm = TaskBatchNorm2d(8)
        self.out = nn.Linear(72, DIMENSION)

    def forward(
        self, images: Tensor, moments: Sequence[Moments] | None = None
    ) -> tuple[Tensor, list[Moments]]:
        features, used = self.norm(self.convolution(images), None if moments is None else moments[0])
        return self.out(features.relu().flatten(1)), [used]


def _network(seed: int) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(SIZE * SIZE, DIMENSION)).eval()


def _untrained() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, stride=2), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(50, DIMENSION)
    )


def tiny_backbone(folder: Path, seed: int = 0) -> Backbone:
    """Pictures of 12×12 grey pixels → 24 random directions; another seed, other weights."""
    weights = folder / f"tiny-{seed}.weights"
    weights.write_bytes(bytes([seed]))
    return replace(
        get_backbone(NAME),
        preprocessing=Preprocessing(size=SIZE, channels=1, interpolation="box", fit="stretch"),
        dimension=DIMENSION,
        weights=Bundled(weights),
        network=lambda: _network(seed),
        task_network=_TaskNetwork,
        untrained=_untrained,
    )


def install(folder: Path, patch: pytest.MonkeyPatch, seed: int = 0) -> Backbone:
    """Put the tiny backbone in the place of the real one, and run it without a conversion."""
    backbone = tiny_backbone(folder, seed)
    patch.setitem(backbones(), NAME, backbone)
    patch.setattr(features, "backbone_encoder", TorchEncoder)
    return backbone
