"""From a decoded picture to the pixels a backbone takes. Support and query go through the same path.

Benchmarks resize the short side and cut out the centre. A labeller's scratch may sit in a corner, so
photos keep everything, stretched to fill the square. Characters are something else: where on the paper
one was drawn, and how large, says nothing about which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Fit = Literal["stretch", "ink"]
Interpolation = Literal["bilinear", "bicubic", "box"]

FAINTEST_INK = 0.03
"""Difference from the paper, 0..1, below which a picture is blank."""

NOISE = 0.2
"""Share of the strongest ink below which a difference from the paper is dirt or grain."""

ASPECT = 0.5
"""How much of a character's aspect ratio the crop takes away: 0 nothing, 1 all of it."""


@dataclass(frozen=True)
class Preprocessing:
    """How a backbone wants its pictures: a square of `size` pixels with 1 (grey) or 3 (RGB) `channels`.

    `fit="stretch"` fills the square with the whole picture; `fit="ink"` finds what is drawn, see
    `crop_to_ink`. Both resample by `interpolation`, averaging where the picture becomes smaller.
    """

    size: int
    channels: Literal[1, 3]
    interpolation: Interpolation
    fit: Fit

    def __post_init__(self) -> None:
        """Raises `ValueError` for a value that there is not: before the first picture, not at it."""
        for name, kind in (("fit", Fit), ("interpolation", Interpolation)):
            value, known = getattr(self, name), get_args(kind)
            if value not in known:
                raise ValueError(f"{name} cannot be “{value}”. Choose one of: {', '.join(known)}.")

    def apply(self, picture: Image.Image) -> NDArray[np.uint8]:
        """An RGB picture of any size → uint8 [size, size, channels]."""
        grey_or_rgb = picture.convert("L" if self.channels == 1 else "RGB")
        square = _FITS[self.fit](grey_or_rgb, self.size, Image.Resampling[self.interpolation.upper()])
        return np.asarray(square, dtype=np.uint8).reshape(self.size, self.size, self.channels)


def stretch(picture: Image.Image, size: int, resampling: Image.Resampling) -> Image.Image:
    """The whole picture, whatever its proportions, as a square of `size` pixels."""
    return picture.resize((size, size), resampling, reducing_gap=3.0)


def crop_to_ink(picture: Image.Image, size: int, resampling: Image.Resampling) -> Image.Image:
    """A grey picture's ink, dark on white whatever it was, centred and brought to one size and contrast.

    The paper's grey is the median of the picture's rim, ink is what differs from it. The square is laid
    around the ink by its moments (see `ink_boxes`). A blank picture stays blank.
    """
    picture.thumbnail((4 * size, 4 * size), Image.Resampling.BOX)
    grey = np.asarray(picture, dtype=np.float32) / 255.0
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(rim))
    strongest = float(ink.max())
    if strongest < FAINTEST_INK:
        return Image.new("L", (size, size), 255)
    ink /= strongest
    ink[ink < NOISE] = 0.0
    x, y, half_width, half_height = ink_boxes(ink[None])[0]
    # Pillow does not look outside a picture, but the square may reach there.
    margin = int(np.ceil(max(half_width, half_height))) + 1
    padded = Image.fromarray((np.pad(ink, margin) * 255.0).astype(np.uint8))
    left, top = float(x - half_width + margin), float(y - half_height + margin)
    right, bottom = float(x + half_width + margin), float(y + half_height + margin)
    square = padded.resize((size, size), resampling, box=(left, top, right, bottom))
    return square.point(lambda value: 255 - value)


def ink_boxes(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where the ink of pictures [n, h, w] (0 paper … 1 ink) is: centre x, y, half width, half height, [n, 4].

    In pixels, by moments as Casey 1970 ("Moment normalization of handprinted characters") does: the
    centre is the ink's centre of mass, and the box reaches two standard deviations from it; a line,
    which has none across, gets the geometric mean of its own extent and that of the whole.
    """
    _, height, width = ink.shape
    total = np.maximum(ink.sum(axis=(1, 2)), 1e-6)
    moments = []
    for axis, length in ((1, width), (2, height)):
        positions = np.arange(length, dtype=np.float32) + 0.5
        profile = ink.sum(axis=axis) / total[:, None]
        mean = profile @ positions
        moments += [mean, (profile * (positions - mean[:, None]) ** 2).sum(axis=1)]
    x, x_variance, y, y_variance = moments
    overall = 2.0 * np.sqrt(x_variance + y_variance)
    halves = [
        np.sqrt(8.0 * variance) ** ASPECT * overall ** (1.0 - ASPECT) for variance in (x_variance, y_variance)
    ]
    # A dot has no extent at all; and no box is thinner than a tenth of the picture.
    least = 0.05 * max(height, width)
    return np.stack([x, y, *(np.maximum(half, least) for half in halves)], axis=1).astype(np.float32)


_FITS: dict[Fit, Callable[[Image.Image, int, Image.Resampling], Image.Image]] = {
    "stretch": stretch,
    "ink": crop_to_ink,
}
