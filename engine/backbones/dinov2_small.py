"""DINOv2 ViT-S/14 (Oquab et al. 2023, arXiv:2304.07193), trained without labels on 142 million pictures.

The architecture and the weights are timm's `vit_small_patch14_dinov2.lvd142m`, for pictures of 224 pixels
instead of 518: 16×16 patches, for which the learnt positions are resampled. The embedding is the class token
after the last norm. The weights do not come with the program: `fewshot add-backbone dinov2-small`.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from engine.backbones.base import Backbone
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Added

SIZE = 224

WEIGHTS = Added(
    "dinov2-small",
    size=88_240_510,
    sha256="04d27f3400d059fc0cfd7d17dd1909a75bf3ea8fb3eeb48b97cb99e57ee20081",
    address="https://huggingface.co/timm/vit_small_patch14_dinov2.lvd142m/resolve/"
    "4610ca143709d58a633b6397a74412c2c3842454/model.safetensors",
)


def _network() -> nn.Module:
    import timm
    from safetensors.torch import load
    from timm.layers.pos_embed import resample_abs_pos_embed

    network: Any = timm.create_model("vit_small_patch14_dinov2", img_size=SIZE, num_classes=0)
    tensors = load(WEIGHTS.read())
    grid = list(network.patch_embed.grid_size)
    tensors["pos_embed"] = resample_abs_pos_embed(tensors["pos_embed"], new_size=grid)
    network.load_state_dict(tensors)
    frozen: nn.Module = network.eval()
    return frozen


BACKBONE = Backbone(
    name="dinov2-small",
    title="DINOv2 ViT-S/14 (photos)",
    summary="For photos of all kinds; slower than EfficientNet-Lite0. Its weights have to be added first.",
    preprocessing=Preprocessing(size=SIZE, channels=3, interpolation="bicubic", fit="stretch"),
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    dimension=384,
    nearly_same=0.95,  # not measured: as for EfficientNet-Lite0
    licence="Apache-2.0",
    source="DINOv2 ViT-S/14, Meta 2023, LVD-142M; huggingface.co/timm/vit_small_patch14_dinov2.lvd142m",
    weights=WEIGHTS,
    network=_network,
)
