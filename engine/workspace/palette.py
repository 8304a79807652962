"""Colours for classes: the first ones suit colour-blind people, and there is no end of them."""

from __future__ import annotations

import colorsys
from collections.abc import Collection
from functools import cache

# Okabe & Ito, "Color Universal Design" (2008), without black, which a dark window swallows.
_OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
UNKNOWN_COLOR = "#8a8f98"
_GOLDEN_RATIO = 0.618033988749895
_LIGHTNESS = (0.45, 0.65, 0.55)


@cache
def color(index: int) -> str:
    """The `index`-th colour as `#rrggbb`: Okabe–Ito, then hues spread by the golden ratio."""
    if index < len(_OKABE_ITO):
        return _OKABE_ITO[index]
    hue = index * _GOLDEN_RATIO % 1.0
    channels = colorsys.hls_to_rgb(hue, _LIGHTNESS[index % len(_LIGHTNESS)], 0.65)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)


def next_color(used: Collection[str]) -> str:
    """The first colour that is not in `used`."""
    candidates = [color(index) for index in range(len(used) + 1)]
    # Hundreds of classes on, rounding makes hues meet; a shared colour is all right by then.
    return next((candidate for candidate in candidates if candidate not in used), candidates[-1])
