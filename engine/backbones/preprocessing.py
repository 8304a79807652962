"""From a decoded picture to the pixels a backbone takes. The whole picture is kept.

Benchmarks resize the short side and cut out the centre. A labeller's scratch may sit in a corner,
so here the picture is fitted into the square with its proportions kept and nothing cut off
(`fit="pad"`), or stretched to fill it (`fit="stretch"`). Support and query go through the same path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True)
class Preprocessing:
    """How a backbone wants its pictures: a square of `size` pixels with 1 (grey) or 3 (RGB) `channels`."""

    size: int
    channels: Literal[1, 3]
    interpolation: Literal["bilinear", "bicubic", "box"]
    fit: Literal["stretch", "pad"]

    def apply(self, picture: Image.Image) -> NDArray[np.uint8]:
        """An RGB picture of any size → uint8 [size, size, channels]."""
        filter_ = Image.Resampling[self.interpolation.upper()]
        grey_or_rgb = picture.convert("L" if self.channels == 1 else "RGB")
        if self.fit == "pad":
            scale = self.size / max(picture.size)
            # A strip so long that its width rounds to nothing still leaves a line.
            width, height = (max(1, round(side * scale)) for side in picture.size)
            square = Image.new(grey_or_rgb.mode, (self.size, self.size), "white")
            corner = (self.size - width) // 2, (self.size - height) // 2
            square.paste(grey_or_rgb.resize((width, height), filter_), corner)
        else:
            square = grey_or_rgb.resize((self.size, self.size), filter_, reducing_gap=3.0)
        return np.asarray(square, dtype=np.uint8).reshape(self.size, self.size, self.channels)
