"""The small network between a frozen embedding and a learner: what meta-training can still shape.

A frozen embedding is cached, so that adapting to it costs milliseconds; this head is all that a learner
of embeddings adds to it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BOTTLENECK = 128
SCALE = 10.0


class FeatureHead(nn.Module):
    """Embeddings [n, d] → [n, d]: centred, brought to one length, plus a residual of rank `BOTTLENECK`.

    u = s (x − c) / ‖x − c‖ and f(x) = u + W₂ relu(W₁ u + b), with W₂ = 0 at first: before meta-training it is
    SimpleShot's transform (Wang et al. 2019, arXiv:1911.04623), and what it learns is added to that.
    The centre c is the mean of the training features (see `init_statistics`), the length s is learnt.
    """

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.centre: Tensor
        self.register_buffer("centre", torch.zeros(dimension))
        self.scale = nn.Parameter(torch.tensor(SCALE))
        self.down = nn.Linear(dimension, BOTTLENECK)
        self.up = nn.Linear(BOTTLENECK, dimension, bias=False)
        nn.init.zeros_(self.up.weight)

    def init_statistics(self, features: Tensor) -> None:
        """Take the mean of `features` [n, d], a sample of what meta-training will see, as the centre."""
        self.centre.copy_(features.mean(dim=0))

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        unit = self.scale * F.normalize(features - self.centre, dim=1)
        shaped: Tensor = unit + self.up(F.relu(self.down(unit)))
        return shaped
