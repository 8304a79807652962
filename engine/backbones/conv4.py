"""Conv4: the four-block convolutional network of the few-shot literature, for characters and symbols.

Four blocks of a 3×3 convolution with 64 filters, batch normalisation and ReLU on 28×28 grey images.
As in MAML's Omniglot experiments (Finn et al. 2017, §5.2) the convolutions have stride 2 instead of
being followed by max-pooling: on a CPU that makes the network eight times faster to train.
The last feature map, 2×2×64, is the embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.backbones.normalization import Moments, TaskBatchNorm2d
from engine.backbones.preprocessing import Preprocessing
from engine.checkpoints import read_checkpoint
from engine.paths import assets_dir

FILTERS = 64
BLOCKS = 4
DIMENSION = FILTERS * 2 * 2


def _convolution(block: int) -> nn.Conv2d:
    return nn.Conv2d(1 if block == 0 else FILTERS, FILTERS, kernel_size=3, stride=2, padding=1)


class TaskConv4(nn.Module):
    """Conv4 for learners that adapt all of it: its batch norm takes the moments of the support set."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(_convolution(block) for block in range(BLOCKS))
        self.norms = nn.ModuleList(TaskBatchNorm2d(FILTERS) for _ in range(BLOCKS))

    def forward(
        self, images: Tensor, moments: Sequence[Moments] | None = None
    ) -> tuple[Tensor, list[Moments]]:
        """Images [n, 1, 28, 28] → embeddings [n, 256] and the moments of each block.

        Without `moments` each block normalises by its batch's own (do this for the support set);
        with them, by those (do this for the query, passing what the support returned).
        """
        x, used = images, []
        for block, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x, block_moments = norm(convolution(x), None if moments is None else moments[block])
            x = F.relu(x)
            used.append(block_moments)
        return x.flatten(1), used


class Conv4(nn.Sequential):
    """Conv4 with ordinary batch normalisation: images [n, 1, 28, 28] → embeddings [n, 256].

    In evaluation mode an embedding depends on its own picture alone.
    """

    def __init__(self) -> None:
        blocks: list[nn.Module] = []
        for block in range(BLOCKS):
            blocks += [_convolution(block), nn.BatchNorm2d(FILTERS), nn.ReLU()]
        super().__init__(*blocks, nn.Flatten())


def _weights() -> Path:
    return assets_dir() / "checkpoints" / "conv4.safetensors"


def _network() -> nn.Module:
    network = Conv4()
    network.load_state_dict(read_checkpoint(_weights(), algorithm="prototypical", backbone="conv4").tensors)
    return network.eval()


BACKBONE = Backbone(
    name="conv4",
    title="Conv4 (characters and symbols)",
    summary="Small and quick; for drawn or printed signs on a plain ground, seen in grey at 28×28.",
    preprocessing=Preprocessing(size=28, channels=1, interpolation="box", fit="pad"),
    mean=(0.9,),
    std=(0.25,),
    dimension=DIMENSION,
    licence="Apache-2.0",
    source="meta-trained by this project, see assets/checkpoints/conv4.json",
    weights=_weights,
    network=_network,
    task_network=TaskConv4,
)
