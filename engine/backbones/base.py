"""What a backbone is: a network that turns a picture into an embedding, declared as data.

A backbone is one file in this folder that publishes `BACKBONE`. Preprocessing (size, channels, mean,
standard deviation, interpolation) is part of the declaration, never code in a caller.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.backbones import DEFAULT_BACKBONE
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Weights
from engine.discovery import BACKBONES, collect, of_type
from engine.errors import FewshotError
from engine.runs.catalogue import Unavailable

_FORM = 1
"""Part of every fingerprint. Another number would part all checkpoints from their backbones."""


@dataclass(frozen=True)
class Backbone:
    """The facts of a backbone and how to build it.

    `mean` and `std` are per channel, for pixels scaled to 0..1. `network()` builds the frozen
    embedder with its weights, in evaluation mode: normalised images float [n, channels, size, size]
    → [n, width], the embedding of `dimension` numbers behind what `lower_layers` give, so many numbers each.
    `task_network()`, where there is one, builds the same network for
    learners that adapt every parameter to a task; its batch norm takes the support's moments (see
    `normalization`). `untrained()`, where the project trains the backbone itself, builds the embedder
    freshly initialised. `weights` says where the file is that `network()` reads. Embeddings with a cosine of
    at least `nearly_same` (0..1) are of pictures nearly the same: a copy saved, resized or cropped a little.
    """

    name: str
    title: str
    summary: str
    preprocessing: Preprocessing
    mean: tuple[float, ...]
    std: tuple[float, ...]
    dimension: int
    nearly_same: float
    licence: str
    source: str
    weights: Weights
    network: Callable[[], nn.Module]
    lower_layers: tuple[int, ...] = ()
    task_network: Callable[[], nn.Module] | None = None
    untrained: Callable[[], nn.Module] | None = None

    @property
    def layers(self) -> tuple[int, ...]:
        """The numbers that each layer gives, the lowest first; the last is the embedding."""
        return (*self.lower_layers, self.dimension)

    @property
    def width(self) -> int:
        """How many numbers all layers give of a picture."""
        return sum(self.layers)

    def embedding_in(self, encoded: NDArray[np.generic]) -> NDArray[np.generic]:
        """The embeddings [n, dimension] in what all layers give, [n, width]: a view."""
        return encoded[:, -self.dimension :]

    @functools.cached_property
    def fingerprint(self) -> str:
        """A digest of the weights and the preprocessing, which checkpoints name: they fit no other backbone.

        Embeddings also depend on how files are decoded; see `engine.embeddings.encoders`.
        """
        digest = hashlib.blake2b(digest_size=12)
        digest.update(self.weights.identity())
        digest.update(repr((_FORM, self.preprocessing, self.mean, self.std)).encode())
        return digest.hexdigest()

    @property
    def unavailable(self) -> Unavailable | None:
        """`None` if the weights are on this computer, else how to get them."""
        return None if self.weights.is_there() else self.weights.how_to_get(self.title, self.licence)

    def require_weights(self) -> None:
        """Raise `FewshotError`, which says how to get them, if the weights are not on this computer."""
        if (unavailable := self.unavailable) is not None:
            raise FewshotError(unavailable.reason)

    def normalize(self, pixels: Tensor) -> Tensor:
        """uint8 pixels [n, size, size, channels] → normalised float32 images [n, channels, size, size]."""
        mean = torch.tensor(self.mean, device=pixels.device) * 255.0
        std = torch.tensor(self.std, device=pixels.device) * 255.0
        return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


class PixelsToEmbeddings(nn.Module):
    """A backbone's network with its normalisation in front: uint8 [n, size, size, channels] → [n, width].

    Normalising on the device moves four times fewer bytes than normalising before the upload. Channels go
    to the front before it: with them last, ONNX Runtime takes a tenth of the network's time to subtract
    and multiply three numbers at a time.
    """

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.network = backbone.network().eval()
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", _per_channel(backbone.mean) * 255.0)
        self.register_buffer("scale", 1.0 / (_per_channel(backbone.std) * 255.0))

    def forward(self, pixels: Tensor) -> Tensor:
        """See the class."""
        images = (pixels.permute(0, 3, 1, 2).to(self.mean.dtype) - self.mean) * self.scale
        embeddings: Tensor = self.network(images)
        return embeddings


def _per_channel(values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values)[:, None, None]


@functools.cache
def backbones() -> dict[str, Backbone]:
    """All backbones by name: the default, then those for the largest pictures first."""
    accept = of_type(Backbone)
    found = collect(["engine.backbones"], "BACKBONE", accept, lambda entry: entry.name, BACKBONES)
    order = sorted(
        found.values(), key=lambda one: (one.name != DEFAULT_BACKBONE, -one.preprocessing.size, one.name)
    )
    return {entry.name: entry for entry in order}


def get_backbone(name: str) -> Backbone:
    """The backbone called `name`; `FewshotError` naming the known ones otherwise."""
    try:
        return backbones()[name]
    except KeyError:
        known = ", ".join(backbones())
        raise FewshotError(
            "There is no backbone called “{name}”; choose one of: {known}.", name=name, known=known
        ) from None
