"""The layers of a backbone brought to one scale, so that an algorithm can read them side by side.

The numbers of a layer differ in mean and spread, and so do the layers. Statistics of the training sets take
that away: they ship with the program, so what a picture is given depends on no other picture. A backbone
without statistics has its layers brought to unit length alone.

`python -m engine.backbones.standardization NAME DATA…` measures them anew.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save
from torch import Tensor, nn

from engine.backbones.base import Backbone, get_backbone
from engine.files import write_atomically
from engine.paths import assets_dir

LEAST_DEVIATION = 1e-3
"""A number that varies less says nothing of a picture, and would be blown up."""


class Standardization(nn.Module):
    """Layers [n, width] → [n, width]: (x − mean) / deviation in each number, each layer of unit length."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.layers = backbone.layers
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.zeros(backbone.width))
        self.register_buffer("deviation", torch.ones(backbone.width))
        if (path := statistics_file(backbone)).is_file():
            self.load_state_dict(load_file(path))

    def forward(self, layers: Tensor) -> Tensor:
        """See the class."""
        return unit_layers(self.standardized(layers), self.layers)

    def standardized(self, layers: Tensor) -> Tensor:
        """(x − mean) / deviation alone, [n, width]."""
        return (layers - self.mean) / self.deviation


def unit_layers(standardized: Tensor, layers: tuple[int, ...]) -> Tensor:
    """Each layer of [n, sum(layers)] brought to unit length."""
    each = standardized.split_with_sizes(layers, dim=1)
    return torch.cat([F.normalize(layer, dim=1) for layer in each], dim=1)


def statistics_file(backbone: Backbone) -> Path:
    """Where the statistics of the backbone are, if it has any."""
    return assets_dir() / "backbones" / f"{backbone.name}-statistics.safetensors"


def measure(backbone: Backbone, encoded: NDArray[np.generic]) -> None:
    """Write the mean and the deviation of what the layers give of a sample of pictures, [n, width]."""
    values = encoded.astype(np.float64)
    statistics = {"mean": values.mean(axis=0), "deviation": values.std(axis=0).clip(LEAST_DEVIATION)}
    tensors = {name: torch.from_numpy(numbers).float() for name, numbers in statistics.items()}
    write_atomically(statistics_file(backbone), save(tensors))


def _main() -> None:
    from engine.embeddings.cache import EmbeddingCache
    from engine.embeddings.features import encoder_for
    from engine.generators import run_to_end
    from engine.meta_training.class_reader import read_classes
    from engine.meta_training.class_sources import VALIDATION_SEED
    from engine.meta_training.data_sets import data_sets
    from engine.paths import embeddings_dir

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("data", nargs="+", metavar="DATA")
    options = parser.parse_args()
    backbone = get_backbone(options.name)
    encoder = encoder_for("layers", backbone, torch.device("cpu"))
    encoded: list[NDArray[np.generic]] = []
    for data in data_sets(options.data, VALIDATION_SEED):
        with EmbeddingCache(embeddings_dir(), encoder) as cache:
            encoded += run_to_end(read_classes(data, encoder, cache)).pictures
    measure(backbone, np.concatenate(encoded))


if __name__ == "__main__":
    _main()
