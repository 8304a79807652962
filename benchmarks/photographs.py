"""Stand-ins for photographs: 500×375 JPEG files of coloured fields, shapes and film grain.

What matters for speed is as in photographs from a camera's archive: the size in pixels, about 40 KB a
file, no two alike. Each class has colours of its own, so a classifier has something to find.
"""

from __future__ import annotations

import colorsys
import io
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from tqdm import tqdm

CLASSES = ("red", "green", "cyan", "violet")
WIDTH, HEIGHT = 500, 375
_SHAPES = 12
_QUALITY = 85
_SHIFT = 64
_GRAIN = np.random.default_rng(0).normal(0, 7, (HEIGHT + _SHIFT, WIDTH + _SHIFT, 3)).astype(np.int16)


def photograph(seed: int) -> bytes:
    """A JPEG of the class `CLASSES[seed % 4]`; always the same one for a seed."""
    rng = np.random.default_rng(seed)
    hue = (seed % len(CLASSES)) / len(CLASSES)
    field = Image.fromarray(_colours(rng, hue, 48).reshape(6, 8, 3))
    picture = field.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for colour in _colours(rng, hue, _SHAPES).tolist():
        x, y = rng.integers(0, (WIDTH, HEIGHT)).tolist()
        wide, high = rng.integers(8, 90, size=2).tolist()
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=tuple(colour))
    top, left = rng.integers(0, _SHIFT, size=2)
    grainy = np.asarray(picture) + _GRAIN[top : top + HEIGHT, left : left + WIDTH]
    file = io.BytesIO()
    Image.fromarray(grainy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def write_photographs(folder: Path, seeds: Iterable[int]) -> list[Path]:
    """`photograph(seed)` as files in `folder`; those that are there already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(seeds)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        files = pool.map(partial(_write, folder), wanted)
        return list(tqdm(files, "Making photographs", len(wanted), disable=None, leave=False))


def _write(folder: Path, seed: int) -> Path:
    path = folder / f"{seed:06}.jpg"
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(photograph(seed))
        part.replace(path)
    return path


def _colours(rng: np.random.Generator, hue: float, count: int) -> NDArray[np.uint8]:
    """Shades around a hue, uint8 [count, 3]."""
    shades = rng.uniform((hue - 0.08, 0.1, 0.2), (hue + 0.08, 0.9, 1.0), size=(count, 3))
    rgb = np.array([colorsys.hsv_to_rgb(h % 1, s, v) for h, s, v in shades])
    return (255 * rgb).astype(np.uint8)
