"""Small sets of pictures on disk, for tests of what reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.meta_training.characters import character, draw_examples


def png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def characters(name: str, count: int, size: int = 32) -> list[bytes]:
    """Pictures of an invented character; the same name is the same character and the same pictures."""
    seed = sum(map(ord, name))
    return [
        png(pixels) for pixels in draw_examples(character(seed), count, np.random.default_rng(seed), size)
    ]


def character_zip(path: Path, counts: Mapping[str, int]) -> Path:
    """A zip with a folder of so many pictures for each class."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, count in counts.items():
            for number, content in enumerate(characters(name, count)):
                archive.writestr(f"{name}/{number:02}.png", content)
    return path


def glyph_file(path: Path, letters: str, fonts: int) -> Path:
    """Glyph arrays whose pictures tell who they are: letter and font in the first two pixels."""
    images = np.full((len(letters), fonts, 8, 8), 255, np.uint8)
    images[:, :, 0, 0] = np.arange(len(letters))[:, None]
    images[:, :, 0, 1] = np.arange(fonts)
    codepoints = np.repeat([ord(letter) for letter in letters], fonts)
    np.savez(path, images=images.reshape(-1, 8, 8), codepoint=codepoints)
    return path
