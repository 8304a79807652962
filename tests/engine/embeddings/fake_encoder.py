"""An encoder that needs no network, counts what it is given, and can run out of memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.backbones.preprocessing import Preprocessing
from engine.embeddings.encoders import Encoder, OutOfMemoryError
from engine.messages import Message


@dataclass
class FakeEncoder:
    """The mean colour of a picture. `room` pictures fit into its memory at a time."""

    batch_size: int = 4
    room: int = 1000
    title: Message = Message("fake")  # noqa: RUF009 - it is frozen
    problem: Message | None = None
    fingerprint: str = "mean-colour"
    encoded: list[int] = field(default_factory=list)
    small_batch = 1
    preprocessing = Preprocessing(size=8, channels=3, interpolation="bilinear", fit="stretch")
    dtype: np.dtype[np.generic] = field(default_factory=lambda: np.dtype(np.float32))
    shape: tuple[int, ...] = (3,)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        if len(pixels) > self.room:
            raise OutOfMemoryError
        self.encoded.append(len(pixels))
        colours: NDArray[np.float32] = pixels.mean(axis=(1, 2), dtype=np.float32)
        return colours

    def with_less_memory(self) -> tuple[Encoder, Message]:
        if self.batch_size > 1:
            half = self.batch_size // 2
            smaller = FakeEncoder(half, self.room, Message(f"fake, {half}"), encoded=self.encoded)
            return smaller, Message(f"{half} at a time")
        return FakeEncoder(4, 1000, Message("fallback"), encoded=self.encoded), Message(
            "no room even for one"
        )
