"""An encoder that needs no network, counts what it is given, and can run out of memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.backbones.preprocessing import Preprocessing
from engine.embeddings.encoders import Encoder, OutOfMemoryError


@dataclass
class FakeEncoder:
    """The mean colour of a picture. `room` pictures fit into its memory at a time."""

    batch_size: int = 4
    room: int = 1000
    title: str = "fake"
    problem: str = ""
    fingerprint: str = "mean-colour"
    encoded: list[int] = field(default_factory=list)
    preprocessing = Preprocessing(size=8, channels=3, interpolation="bilinear", fit="stretch")
    dtype: np.dtype[np.generic] = field(default_factory=lambda: np.dtype(np.float32))
    shape: tuple[int, ...] = (3,)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        if len(pixels) > self.room:
            raise OutOfMemoryError
        self.encoded.append(len(pixels))
        colours: NDArray[np.float32] = pixels.mean(axis=(1, 2), dtype=np.float32)
        return colours

    def relieved(self) -> tuple[Encoder, str]:
        if self.batch_size > 1:
            half = self.batch_size // 2
            return FakeEncoder(half, self.room, f"fake, {half}", encoded=self.encoded), f"{half} at a time"
        return FakeEncoder(4, 1000, "fallback", encoded=self.encoded), "no room even for one"
