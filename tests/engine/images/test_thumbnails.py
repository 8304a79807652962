from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.images import UnreadablePictureError, decode, read_picture, thumbnail
from tests.broken_pictures import FINE, encoded, flag, write_corpus


@pytest.mark.parametrize(
    ("size", "shape"), [((800, 400), (64, 128)), ((400, 800), (128, 64)), ((9000, 3), (1, 128))]
)
def test_the_longer_side_is_as_asked(tmp_path: Path, size: tuple[int, int], shape: tuple[int, int]) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(flag(*size), "JPEG"))
    small = thumbnail(path, 128)
    assert small.shape == (*shape, 3)
    assert small.dtype == np.uint8


def test_small_pictures_are_not_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(flag(), "PNG"))
    assert np.array_equal(thumbnail(path, 256), np.asarray(flag()))


def test_a_thumbnail_shows_what_the_model_sees(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(flag(1600, 1200), "JPEG"))
    small = thumbnail(path, 160)
    seen = np.asarray(decode(read_picture(path), path).resize((160, 120)))
    assert np.abs(small.astype(int) - seen.astype(int)).mean() < 2


def test_a_thumbnail_can_be_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(flag(), "PNG"))
    assert thumbnail(path, 32).flags.writeable


def test_broken_pictures_have_a_reason_instead_of_a_thumbnail(tmp_path: Path) -> None:
    for specimen in write_corpus(tmp_path / "corpus").values():
        if specimen.outcome == FINE:
            assert max(thumbnail(specimen.path, 32).shape) <= 32
        else:
            with pytest.raises(UnreadablePictureError) as caught:
                thumbnail(specimen.path, 32)
            assert str(caught.value.explanation) == specimen.outcome
