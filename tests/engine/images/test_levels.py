"""Numbers of any kind become grey levels by the range that they are meant in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from engine.images import decode, examine
from engine.images.levels import grey_levels
from tests.broken_pictures import encoded
from tests.faults.picture_seeds import deep_png
from tests.tiff_files import page_of, tiff

SOMEWHERE = Path("some.tif")
EIGHT = np.linspace(0, 251, 60).astype(np.uint16).reshape(6, 10)
"""What every picture here shows, in 8 bits."""


@pytest.mark.parametrize(
    ("bits", "depth"), [(8, 8), (9, 9), (10, 10), (11, 12), (12, 12), (13, 14), (14, 14)]
)
def test_few_bits_in_sixteen_are_seen_by_the_depth_that_holds_them(bits: int, depth: int) -> None:
    picture, facts = examine(tiff(page_of(EIGHT << (bits - 8))), SOMEWHERE)
    expected = EIGHT << (bits - 8) >> (depth - 8)
    assert np.array_equal(np.asarray(picture)[:, :, 0], expected)
    assert (facts.bits_used, facts.bits_stored) == (depth, 16)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_pngs_and_tiffs_of_few_bits_look_like_those_of_eight(channels: int, bits: int) -> None:
    numbers = np.repeat((EIGHT << (bits - 8))[:, :, None], channels, axis=2)
    if channels in (2, 4):
        numbers[:, :, -1] = 2**bits - 1
    kind = {"t338": [2]} if channels in (2, 4) else {}
    for data in (deep_png(numbers), tiff(page_of(numbers, photometric=2 if channels > 2 else 1, **kind))):
        picture, facts = examine(data, SOMEWHERE)
        assert np.array_equal(np.asarray(picture), np.repeat(EIGHT[:, :, None], 3, axis=2))
        assert facts.bits_used == (bits if bits < 16 else 0)


@pytest.mark.parametrize("kind", ["u4", "i4", "f4", "f8"])
def test_numbers_up_to_255_in_more_bits_are_levels_already(kind: str) -> None:
    assert np.array_equal(np.asarray(decode(tiff(page_of(EIGHT.astype(kind))), SOMEWHERE))[:, :, 0], EIGHT)


def test_a_dark_picture_of_16_bits_stays_dark() -> None:
    dark = np.linspace(0, 20_000, 60).astype(np.uint16).reshape(6, 10)
    assert np.asarray(decode(tiff(page_of(dark)), SOMEWHERE)).max() == 20_000 >> 8


@pytest.mark.parametrize("factor", [256, 257])
def test_8_bits_widened_to_16_stay_as_dark_as_they_were(factor: int) -> None:
    dark = (EIGHT // 20 * factor).astype(np.uint16)
    picture, facts = examine(tiff(page_of(dark)), SOMEWHERE)
    assert np.array_equal(np.asarray(picture)[:, :, 0], EIGHT // 20)
    assert facts.bits_used == 0


def test_the_header_decides_where_it_states_the_bits() -> None:
    dim = EIGHT * 4  # of 12 bits, a quarter as bright as it may be
    stated = {
        "12 bits packed": page_of(dim, bits=12),
        "the largest value": page_of(dim, t281=[4095]),
        "the range of floats": page_of(dim.astype(np.float32), t340=0.0, t341=4095.0),
    }
    for name, page in stated.items():
        seen = np.asarray(decode(tiff(page), SOMEWHERE))[:, :, 0]
        assert np.abs(seen.astype(int) - (dim >> 4)).max() <= 1, name
    significant = deep_png(dim[:, :, None], (b"sBIT", b"\x0c"))
    assert np.array_equal(np.asarray(decode(significant, SOMEWHERE))[:, :, 0], dim >> 4)
    pgm = b"P5\n# dim\n10 6\n4095\n" + dim.astype(">u2").tobytes()
    assert np.array_equal(np.asarray(decode(pgm, SOMEWHERE))[:, :, 0], dim >> 4)


def test_a_range_that_the_picture_exceeds_is_not_believed() -> None:
    bright = (EIGHT * 256).astype(np.uint16)
    assert np.array_equal(np.asarray(decode(tiff(page_of(bright, t281=[100])), SOMEWHERE))[:, :, 0], EIGHT)


def test_white_is_zero_is_inverted_at_any_depth() -> None:
    for page in (
        page_of((255 - EIGHT).astype(np.uint8), photometric=0),
        page_of((255 - EIGHT) << 8, photometric=0),
        page_of((255 - EIGHT) << 4, photometric=0, bits=12),
        page_of((1 - EIGHT / 255).astype(np.float32), photometric=0),
    ):
        seen = np.asarray(decode(tiff(page), SOMEWHERE))[:, :, 0]
        assert np.abs(seen.astype(int) - EIGHT).max() <= 1


def test_jpeg_2000_states_its_bits() -> None:
    deep = Image.fromarray(EIGHT << 6)
    assert (
        np.abs(np.asarray(decode(encoded(deep, "JPEG2000"), SOMEWHERE))[:, :, 0].astype(int) - EIGHT).max()
        <= 1
    )


def test_a_ppm_of_16_bits_is_seen_in_colour_and_a_cut_one_as_far_as_it_goes() -> None:
    colours = np.stack([EIGHT << 4, EIGHT << 3, EIGHT << 2], axis=2).astype(">u2")
    data = b"P6 10 6 65535\n" + colours.tobytes()
    picture, facts = examine(data, SOMEWHERE)
    assert np.array_equal(np.asarray(picture)[0, -1], [EIGHT[0, -1], EIGHT[0, -1] >> 1, EIGHT[0, -1] >> 2])
    assert facts.bits_used == 12
    assert examine(data[:-6], SOMEWHERE)[1].missing == pytest.approx(1 / 60)


@given(arrays(st.sampled_from([np.uint16, np.int16, np.uint32, np.int64, np.float32, np.float64]), (3, 4)))
def test_brighter_numbers_are_never_darker(
    numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]],
) -> None:
    levels = grey_levels(numbers, 8 * numbers.dtype.itemsize).values
    assert levels.dtype == np.uint8
    order = np.argsort(np.nan_to_num(numbers.astype(np.float64)), axis=None, kind="stable")
    known = [place for place in order if np.isfinite(numbers.astype(np.float64)).flat[place]]
    assert (np.diff(levels.ravel()[known].astype(int)) >= 0).all()
