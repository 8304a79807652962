"""TIFF files of every kind show the same picture, or are named."""

from __future__ import annotations

import itertools
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from engine.images import PictureFacts, UnreadablePictureError, decode, describe, examine
from engine.images.tiff_pages import pages_in
from tests.broken_pictures import encoded
from tests.tiff_files import page_of, tiff

SOMEWHERE = Path("some.tif")
RAMP = np.add.outer(np.linspace(0, 127, 30), np.linspace(0, 128, 40))


def seen(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(decode(data, SOMEWHERE)).astype(np.int64)


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "f2", "f4", "f8"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4, 5, 7])
def test_one_band_is_grey_and_of_more_the_first_are_shown(kind: str, bands: int) -> None:
    numbers = np.repeat(RAMP[:, :, None], bands, axis=2)
    scaled = numbers * 257 if kind == "u2" else numbers / 255 if kind in ("f2", "f4", "f8") else numbers
    colours = seen(tiff(page_of(scaled.astype(kind))))
    assert np.abs(colours - RAMP[:, :, None]).max() <= 1.5


@pytest.mark.parametrize(
    ("packing", "predictor", "order", "big"),
    [
        (packing, predictor, order, big)
        for packing, predictor, order, big in itertools.product(
            ("none", "lzw", "deflate"), (1, 2), "<>", (False, True)
        )
        if packing != "none" or predictor == 1
    ],
)
def test_however_it_is_packed(packing: str, predictor: int, order: str, big: bool) -> None:
    numbers = np.repeat((RAMP * 257).astype(np.uint16)[:, :, None], 5, axis=2)
    page = page_of(numbers, packing=packing, predictor=predictor, order=order)
    assert np.array_equal(seen(tiff(page, order=order, big=big)), numbers[:, :, :3] >> 8)


@pytest.mark.parametrize("bits", [3, 10, 12, 14])
def test_numbers_that_straddle_bytes(bits: int) -> None:
    numbers = (RAMP / 256 * 2**bits).astype(np.uint16)
    assert np.abs(seen(tiff(page_of(numbers, bits=bits)))[:, :, 0] - RAMP).max() <= 256 / 2 ** min(bits, 8)


def test_a_band_of_opacity_is_transparency() -> None:
    numbers = np.full((4, 4, 2), 0, np.uint16)
    numbers[:2, :, 1] = 65535
    assert seen(tiff(page_of(numbers, t338=[2])))[:, 0, 0].tolist() == [0, 0, 255, 255]


def test_colours_multiplied_by_their_opacity_are_divided_by_it() -> None:
    numbers = np.full((4, 4, 4), 0x8000, np.uint16)  # white, half transparent
    numbers[:2] = (0, 0, 0, 0xFFFF)
    assert np.abs(seen(tiff(page_of(numbers, photometric=2, t338=[1])))[2:] - 255).max() <= 1


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_orientation_holds_for_every_kind(orientation: int) -> None:
    data = tiff(page_of((RAMP * 257).astype(np.uint16), t274=[orientation]))
    picture, facts = examine(data, SOMEWHERE)
    assert picture.size == (facts.width, facts.height) == ((40, 30) if orientation == 1 else (30, 40))
    assert describe(data, SOMEWHERE) == facts


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (page_of(RAMP.astype(np.complex64)), "complex"),
        (page_of(RAMP.astype(np.uint8), photometric=32803), "camera raw"),
        (page_of(RAMP.astype(np.uint16), photometric=3), "palette"),
        (page_of(RAMP.astype(np.uint8)) | {259: [50002]}, "compression 50002"),
    ],
)
def test_what_cannot_be_read_is_named(page: dict[int, object], words: str) -> None:
    with pytest.raises(UnreadablePictureError, match=f"unsupported format: TIFF of .*{words}") as caught:
        decode(tiff(page), SOMEWHERE)
    assert caught.value.reason == "unsupported format"


def test_the_page_is_the_first_that_is_as_large_as_the_largest() -> None:
    small, large = (np.full(size, 200, np.uint8) for size in ((20, 20), (60, 60)))
    small[5:10] = large[10:20, 10:30] = 0
    nearly = large[:58]
    picture, facts = examine(tiff(page_of(small), page_of(nearly), page_of(large)), SOMEWHERE)
    assert picture.size == (60, 58)
    assert (facts.page, facts.pages) == (2, 3)


def test_reduced_copies_are_no_pages_and_pages_below_a_thumbnail_are_found() -> None:
    large = (RAMP * 257).astype(np.uint16)
    reduced = page_of(large[::2, ::2], t254=[1])
    pyramid = tiff(page_of(large), reduced)
    camera = tiff(reduced | {330: [page_of(large)]})
    for data in (pyramid, camera):
        picture, facts = examine(data, SOMEWHERE)
        assert picture.size == (40, 30)
        assert (facts.page, facts.pages) == (1, 1)


def test_pages_in_a_circle_end() -> None:
    data = bytearray(tiff(page_of(RAMP.astype(np.uint8))))
    data[-4:] = data[4:8]
    assert describe(bytes(data), SOMEWHERE) == PictureFacts("TIFF", "L", 40, 30)


def test_broken_notes_do_not_cost_the_picture() -> None:
    data = tiff(page_of((RAMP * 257).astype(np.uint16), t34675=b"no profile", t700=b"<broken"))
    assert np.array_equal(seen(data)[:, :, 0], (RAMP * 257).astype(int) >> 8)


def test_a_turned_page_of_which_little_is_missing_is_still_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    noise = np.random.default_rng(3).integers(0, 256, (100, 40, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "TIFF", exif=exif)
    picture, facts = examine(data[:-240], SOMEWHERE)
    assert picture.size == (100, 40)
    assert 0.01 <= facts.missing <= 0.03


@pytest.mark.parametrize("tag", [273, 330, 34675])
def test_pages_that_all_point_to_the_same_values_take_no_memory(tag: int) -> None:
    """Each of 300 pages names 100,000 values."""
    plain = tiff(page_of(RAMP.astype(np.uint8), t254=[1]))
    values = len(plain)
    data = bytearray(plain + bytes(400_000))
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    entries = plain[directory + 2 : directory + 2 + 12 * count]
    kept = [
        entries[at : at + 12]
        for at in range(0, len(entries), 12)
        if entries[at : at + 2] != struct.pack("<H", tag)
    ]
    link = directory + 2 + 12 * count
    for _ in range(300):
        struct.pack_into("<I", data, link, len(data))
        many = sorted(
            [*kept, struct.pack("<HHII", tag, 4, 100_000, values)], key=lambda entry: entry[:2][::-1]
        )
        data += struct.pack("<H", len(many)) + b"".join(many)
        link = len(data)
        data += bytes(4)
    tracemalloc.start()
    try:
        assert len(pages_in(bytes(data))) == 301
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()
