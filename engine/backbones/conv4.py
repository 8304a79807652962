"""Conv4: the four-block convolutional network of the few-shot literature, for characters and symbols.

Four blocks of convolution, batch normalisation, ReLU and halving, as in Vinyals et al. 2016. It differs from
theirs where 40×40 pixels and a CPU ask for it: the first convolution, the dearest, is 5×5 and does its own
halving, and the blocks widen from 32 to 128 filters. The last feature map, 2×2×128, is the embedding.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.backbones.normalization import Moments, TaskBatchNorm2d
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Bundled
from engine.checkpoints import read_checkpoint
from engine.paths import assets_dir

SIZE = 40
FILTERS = (32, 64, 128, 128)
DIMENSION = FILTERS[-1] * 2 * 2
WEIGHTS = Bundled(assets_dir() / "checkpoints" / "conv4.safetensors")

PRIOR = 50.0
"""A task's batch norm begins with the moments that the backbone was trained to, worth so many pictures."""


def _convolution(block: int) -> nn.Conv2d:
    if block == 0:
        return nn.Conv2d(1, FILTERS[0], kernel_size=5, stride=2, padding=2)
    return nn.Conv2d(FILTERS[block - 1], FILTERS[block], kernel_size=3, padding=1)


def _halved(x: Tensor, block: int) -> Tensor:
    return x if block == 0 else F.max_pool2d(x, 2)


class Conv4(nn.Module):
    """Conv4 with ordinary batch normalisation: images [n, 1, 40, 40] → embeddings [n, 512].

    In evaluation mode an embedding depends on its own picture alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(_convolution(block) for block in range(len(FILTERS)))
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters) for filters in FILTERS)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        x = images
        for block, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x = _halved(F.relu(norm(convolution(x))), block)
        return x.flatten(1)


class TaskConv4(nn.Module):
    """Conv4 for learners that adapt all of it: its batch norm takes the moments of the support set.

    It starts from the weights of `trained`, and with the moments of its batch norms as the population's.
    """

    def __init__(self, trained: Conv4) -> None:
        super().__init__()
        self.convolutions = trained.convolutions
        self.norms = nn.ModuleList(
            TaskBatchNorm2d.of(norm, PRIOR) for norm in trained.norms if isinstance(norm, nn.BatchNorm2d)
        )

    def forward(
        self, images: Tensor, moments: Sequence[Moments] | None = None
    ) -> tuple[Tensor, list[Moments]]:
        """Images [n, 1, 40, 40] → embeddings [n, 512] and the moments of each block.

        Without `moments` each block normalises by its batch's own (do this for the support set);
        with them, by those (do this for the query, passing what the support returned).
        """
        x, used = images, []
        for block, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x, block_moments = norm(convolution(x), None if moments is None else moments[block])
            x = _halved(F.relu(x), block)
            used.append(block_moments)
        return x.flatten(1), used


def _trained() -> Conv4:
    network = Conv4()
    checkpoint = read_checkpoint(WEIGHTS.path(), algorithm="prototypical", backbone="conv4")
    network.load_state_dict(checkpoint.tensors)
    return network.eval()


BACKBONE = Backbone(
    name="conv4",
    title="Conv4 (characters and symbols)",
    summary="Small and quick; for drawn or printed signs on a plain ground, of any size and anywhere on it.",
    preprocessing=Preprocessing(size=SIZE, channels=1, interpolation="bilinear", fit="ink"),
    mean=(0.8,),
    std=(0.35,),
    dimension=DIMENSION,
    nearly_same=0.99,  # it brings a class together: two of one sign by the same hand reach 0.988
    licence="Apache-2.0",
    source="meta-trained by this project, see assets/checkpoints/conv4.json",
    weights=WEIGHTS,
    network=_trained,
    task_network=lambda: TaskConv4(_trained()),
    untrained=Conv4,
)
