from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

MakePictures = Callable[[int], list[Path]]


@pytest.fixture
def make_pictures(tmp_path: Path) -> MakePictures:
    """Pictures of one colour each, all different; the first channel is the number of the picture."""

    def make(count: int) -> list[Path]:
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        paths = [folder / f"{number}.png" for number in range(count)]
        for number, path in enumerate(paths):
            Image.fromarray(np.full((10, 10, 3), (number, 50, 100), np.uint8)).save(path)
        return paths

    return make
