"""`python -m engine.backbones.bundling`: converts anew the backbones that ship with the program."""

from __future__ import annotations

from engine.backbones.base import get_backbone
from engine.backbones.onnx_conversion import bundle

NAMES = ("efficientnet-lite0", "conv4")

if __name__ == "__main__":
    for name in NAMES:
        bundle(get_backbone(name))
