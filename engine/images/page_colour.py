"""Transparent pictures on a page: white, but black under what would vanish on white."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PIL import Image

_SOLID: Final = 0.75
"""Share of the strongest opacity from which a pixel counts as opaque; edges and shadows do not."""

_NEAR_WHITE: Final = 48
"""Levels of 255 by which the darkest channel of a colour may fall short of white."""

_SAMPLES: Final = 2**18
"""Pixels that are looked at; of a larger picture every second, third and so on."""

_MOST_OTHERS: Final = 0.02
"""Share of the opaque pixels that may have other colours where the page is black."""


def on_page(image: Image.Image) -> tuple[Image.Image, bool]:
    """The picture as RGB, what is transparent filled with the colour of the page, and whether that is black.

    The page is black where what is opaque is near white and something is not opaque; it depends on the
    colours that the picture holds, not on its size.
    """
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB"), False
    layer = image.convert("RGBA")
    is_black = _vanishes_on_white(layer)
    page = Image.new("RGB", layer.size, "black" if is_black else "white")
    page.paste(layer, mask=layer)  # not its channel, which Pillow takes out with the whole program waiting
    return page, is_black


def _vanishes_on_white(layer: Image.Image) -> bool:
    apart = math.isqrt(layer.width * layer.height // _SAMPLES)
    if apart > 1:
        size = (max(1, layer.width // apart), max(1, layer.height // apart))
        layer = layer.resize(size, Image.Resampling.NEAREST)
    red, green, blue, opacity = np.asarray(layer).T
    strongest = int(opacity.max())
    if strongest == 0 or opacity.min() == 255:  # nothing is there, or no page is seen
        return False
    solid = opacity >= _SOLID * strongest
    others = np.minimum(np.minimum(red, green), blue) < 255 - _NEAR_WHITE
    return bool(np.count_nonzero(others & solid) <= _MOST_OTHERS * np.count_nonzero(solid))
