"""Which of several frames or pages is the picture: the first that is not blank, as an animation's fade-in
is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from PIL import Image

MOST_FRAMES: Final = 64
"""Frames that are looked at where the first ones are blank."""

MOST_PIXELS_SEEN: Final = 2**26
"""Pixels of such frames, all together."""

_BLANK: Final = 16
"""Levels of 255 by which the pixels of a blank frame may differ, as compression makes them."""

_AS_STRONG: Final = 0.9
"""Share of the strongest contrast from which a frame is taken: a fade-in goes on until then."""


def first_with_content(
    places: Iterable[int], at: Callable[[int], Image.Image | None]
) -> tuple[int, Image.Image] | None:
    """The place and the picture of the frame to take; `None` if there is none.

    `at` gives a frame as it is to be seen, RGB, or `None` where there are no more. The first is taken
    unless it is blank; then, of those that are looked at, the first with nearly the strongest contrast.
    """
    best: tuple[int, Image.Image] | None = None
    strongest, pixels = 0, 0
    for count, place in enumerate(places):
        if count == MOST_FRAMES or pixels > MOST_PIXELS_SEEN:
            break
        frame = at(place)
        if frame is None:
            break
        pixels += frame.width * frame.height
        contrast = _contrast(frame)
        if count == 0 and contrast > _BLANK:
            return place, frame
        if best is None or _AS_STRONG * contrast > strongest:
            best, strongest = (place, frame), contrast
    return best


def _contrast(frame: Image.Image) -> int:
    """The largest difference of two pixels in any channel, 0..255."""
    return max(int(np.ptp(np.asarray(band))) for band in frame.split())
