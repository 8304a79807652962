"""The encoder of the black-box family: a frozen embedding, shaped by a head and reduced in width."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.learners.feature_head import FeatureHead

WIDTH = 128


class FeatureEncoder(nn.Module):
    """Embeddings [n, dimension] → codes [n, width], width = min(`WIDTH`, dimension).

    A network that reads a whole support set has weights for every pair of its channels, so its channels
    had better be few. The reduction is linear; it starts with the principal directions of the shaped
    features (see `init_statistics`), so that before meta-training distances are about those of the head.
    """

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.width = min(WIDTH, dimension)
        self.head = FeatureHead(dimension)
        self.reduce = nn.Linear(dimension, self.width, bias=False)
        nn.init.orthogonal_(self.reduce.weight)

    def init_statistics(self, features: Tensor) -> None:
        """Centre the head on `features` [n, dimension] and take their principal directions."""
        self.head.init_statistics(features)
        with torch.no_grad():
            shaped = self.head(features)
            _, directions = torch.linalg.eigh(shaped.T @ shaped)
            self.reduce.weight.copy_(directions.T.flip(0)[: self.width])

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        codes: Tensor = self.reduce(self.head(features))
        return codes
