"""Small pictures for grids and lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.images.content import read_picture
from engine.images.decode import decode


def thumbnail(path: Path, pixels: int) -> NDArray[np.uint8]:
    """The picture as RGB [h, w, 3], its longer side at most `pixels`; small pictures stay as they are.

    Raises:
        UnreadablePicture: as `read_picture` and `decode`.
    """
    picture = decode(read_picture(path), path, at_least=pixels)
    picture.thumbnail((pixels, pixels), Image.Resampling.BICUBIC)
    return np.array(picture)
