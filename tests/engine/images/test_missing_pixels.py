"""A file that ends too early is read as long as nearly all pixels are there."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.images import UnreadablePictureError, decode, examine, thumbnail
from tests.broken_pictures import encoded

SOMEWHERE = Path("some.jpg")


def photo(size: tuple[int, int] = (331, 257)) -> Image.Image:
    """As hard to pack at the bottom as at the top."""
    noise = np.random.default_rng(4).integers(0, 256, (size[1] // 4 + 1, size[0] // 4 + 1, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "jpeg": ("JPEG", "RGB", {}),
    "jpeg with restarts": ("JPEG", "RGB", {"restart_marker_blocks": 10}),
    "jpeg of full chroma": ("JPEG", "RGB", {"subsampling": 0}),
    "grey jpeg": ("JPEG", "L", {}),
    "cmyk jpeg": ("JPEG", "CMYK", {}),
    "png": ("PNG", "RGB", {}),
    "gif": ("GIF", "P", {}),
    "bmp": ("BMP", "RGB", {}),
    "ppm": ("PPM", "RGB", {}),
    "tiff": ("TIFF", "RGB", {}),
    "webp": ("WEBP", "RGB", {"lossless": True}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_most_of_a_picture_is_used_and_what_is_missing_is_said(kind: str) -> None:
    file_format, mode, options = KINDS[kind]
    data = encoded(photo().convert(mode), file_format, **options)
    whole = np.asarray(decode(data, SOMEWHERE)).astype(int)
    picture, facts = examine(data[: int(0.98 * len(data))], SOMEWHERE)
    differs = (np.abs(np.asarray(picture).astype(int) - whole).max(axis=2) > 0).mean()
    assert 0.002 < facts.missing < 0.05
    assert differs <= facts.missing + 0.01
    with pytest.raises(UnreadablePictureError, match="truncated"):
        decode(data[: int(0.9 * len(data))], SOMEWHERE)
    with pytest.raises(UnreadablePictureError, match="truncated"):
        decode(data[: len(data) // 2], SOMEWHERE)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_jpeg_without_its_end_mark_is_whole(progressive: bool, lost: int) -> None:
    data = encoded(photo(), "JPEG", progressive=progressive)
    picture, facts = examine(data[:-lost], SOMEWHERE)
    assert facts.missing == 0
    assert picture.tobytes() == decode(data, SOMEWHERE).tobytes()


def test_a_progressive_jpeg_may_lack_its_last_refinement_and_no_more() -> None:
    data = encoded(photo(), "JPEG", progressive=True)
    whole = np.asarray(decode(data, SOMEWHERE)).astype(int)
    nearly = np.asarray(decode(data[: int(0.95 * len(data))], SOMEWHERE)).astype(int)
    assert np.abs(nearly - whole).mean() < 2
    with pytest.raises(UnreadablePictureError, match="truncated"):
        decode(data[: len(data) // 2], SOMEWHERE)


def test_a_download_whose_end_is_zeros_is_not_taken_for_a_picture() -> None:
    data = encoded(photo(), "JPEG")
    with pytest.raises(UnreadablePictureError, match="truncated"):
        decode(data[: len(data) // 2] + bytes(len(data) // 2), SOMEWHERE)
    assert decode(data + bytes(4096), SOMEWHERE).tobytes() == decode(data, SOMEWHERE).tobytes()


def test_a_png_whose_pixel_checksum_is_wrong_is_read_if_the_pixels_are_right() -> None:
    data = bytearray(encoded(photo(), "PNG"))
    at = data.index(b"IEND") - 8  # the checksum before the last chunk
    data[at] ^= 1
    assert np.array_equal(np.asarray(decode(bytes(data), SOMEWHERE)), np.asarray(photo()))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(UnreadablePictureError):
        decode(bytes(data), SOMEWHERE)


def test_a_jpeg_2000_may_lack_its_end_mark() -> None:
    data = encoded(photo(), "JPEG2000")
    assert decode(data[:-2], SOMEWHERE).tobytes() == decode(data, SOMEWHERE).tobytes()


@pytest.mark.parametrize("file_format", ["AVIF", "JPEG2000"])
def test_a_cut_file_whose_pixels_cannot_be_counted_is_truncated(file_format: str) -> None:
    data = encoded(photo((64, 64)), file_format)
    with pytest.raises(UnreadablePictureError, match="truncated"):
        decode(data[: int(0.8 * len(data))], SOMEWHERE)


def test_model_thumbnail_and_large_view_take_the_same_cut_files(tmp_path: Path) -> None:
    data = encoded(photo((480, 360)), "JPEG")
    for number, share in enumerate((0.99, 0.97, 0.9)):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(data[: int(share * len(data))])
        outcomes = set()
        for read in (
            lambda: decode(path.read_bytes(), path),  # noqa: B023 – called at once
            lambda: decode(path.read_bytes(), path, 100),  # noqa: B023
            lambda: thumbnail(path, 100),  # noqa: B023
        ):
            try:
                read()
                outcomes.add("read")
            except UnreadablePictureError as unreadable:
                outcomes.add(unreadable.reason)
        assert outcomes == {"read" if share > 0.95 else "truncated"}


def test_no_memory_is_taken_for_what_a_cut_webp_only_claims() -> None:
    whole = bytearray(encoded(photo((40, 30)), "WEBP"))
    at = whole.index(b"VP8 ") + 4
    whole[at : at + 4] = (2**27).to_bytes(4, "little")
    tracemalloc.start()
    try:
        with pytest.raises(UnreadablePictureError, match="truncated"):
            decode(bytes(whole[:-200]), Path("claims.webp"))
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
