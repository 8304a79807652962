"""The samples of a TIFF page as numbers, for the many kinds of page that Pillow has no mode for.

A page of floats, of 12 bits or of seven bands is packed as a page of bytes is. So Pillow (libtiff) unpacks
the strips or tiles as if each row were grey bytes, and numpy makes numbers of the bytes.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from engine.images import tiff_pages as tags
from engine.images.errors import RefusedDataError
from engine.images.levels import Levels, grey_levels, shifted
from engine.images.partial import load_measured
from engine.images.tiff_pages import Page, layout_of, with_page
from engine.messages import Message

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, LINEAR_RAW = 0, 1, 2, 34892
_KINDS: Final = {1: "u", 2: "i", 3: "f", 4: "u"}
_NAMES: Final = {
    3: "a palette",
    5: "inks",
    6: "YCbCr",
    8: "Lab",
    32803: "camera raw",
    32844: "LogL",
    32845: "LogLuv",
}
_FORMS: Final = {2: "signed", 3: "floating point", 5: "complex", 6: "complex"}
_UNPACKED: Final = {1, 5, 8, 32773, 32946, 34925, 50000}
"""Compressions that give back the bytes as they were: none, LZW, deflate, PackBits, LZMA, Zstandard."""
_PREDICTED: Final = {5, 8, 32946, 34925, 50000}
_PREMULTIPLIED: Final = 1
"""The kind of extra sample that is transparency by which the colours are multiplied already."""
_MOST_BANDS: Final = 1024
_ROWS_AT_A_TIME: Final = 2**22


def is_for_pillow(page: Page) -> bool:
    """Whether Pillow may read the page itself: samples of up to 8 bits, or of colours that are converted."""
    if page.number(tags.PHOTOMETRIC) not in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, LINEAR_RAW):
        return True
    bits, formats = page.numbers(tags.BITS) or (1,), page.numbers(tags.SAMPLE_FORMAT)
    return max(bits) <= 8 and all(form in (1, 4) for form in formats)


def kind_of(page: Page) -> Message:
    """What a page consists of, in words."""
    details = [
        _FORMS.get(page.number(tags.SAMPLE_FORMAT, 1), ""),
        _NAMES.get(page.number(tags.PHOTOMETRIC), ""),
        f"compression {page.number(tags.COMPRESSION, 1)}",
    ]
    return Message(
        "TIFF of {samples} × {bits} bits, {details}",
        samples=str(page.number(tags.SAMPLES, 1)),
        bits=str(page.number(tags.BITS, 1)),
        details=", ".join(filter(None, details)),
    )


def read_samples(data: bytes, page: Page) -> tuple[Image.Image, Levels, float]:
    """A page as L, LA, RGB or RGBA, the levels it was made of, and the share of its pixels that is missing.

    One band is grey, two are grey with transparency or, if the file does not say so, the first of them; of
    more the first three are red, green and blue.

    Raises `RefusedDataError`: unsupported format, truncated, or damaged.
    """
    width, height, bands = page.number(tags.WIDTH), page.number(tags.HEIGHT), page.number(tags.SAMPLES, 1)
    bits, kind = _number_kind(page)
    planes = bands if page.number(tags.PLANAR, 1) == 2 and bands > 1 else 1
    has_alpha, shown = _shown_bands(page, bands)
    missing = 0.0
    parts = []
    for plane in range(min(planes, max(shown) + 1)):
        per_pixel = bands if planes == 1 else 1
        raw, absent = _bytes_of_plane(data, page, plane, planes, per_pixel, bits)
        missing = max(missing, absent)
        parts.append(_numbers(raw, page, per_pixel, bits, kind, layout_of(data).order, width, height))
    numbers = parts[0] if planes == 1 else np.concatenate(parts, axis=2)
    colours = numbers[:, :, list(shown[: len(shown) - has_alpha])]
    announced = [int(value) for value in page.values(tags.MAX_VALUE) if np.isfinite(value)]
    low, high = page.values(tags.S_MIN), page.values(tags.S_MAX)
    if kind != "f" and high and all(map(np.isfinite, high)):
        announced += [int(value) for value in high]
    stated = (float(min(low)), float(max(high))) if low and high else None
    levels = grey_levels(colours, bits, max(announced, default=0), stated)
    values = levels.values
    if page.number(tags.PHOTOMETRIC) == WHITE_IS_ZERO:
        values = 255 - values
    if has_alpha:
        alpha = numbers[:, :, shown[-1:]]
        opacity = grey_levels(alpha, bits).values if kind == "f" else shifted(alpha, levels.bits_used or bits)
        if _PREMULTIPLIED in page.numbers(tags.EXTRA_SAMPLES):
            colours_alone = values.astype(np.uint16) * 255 // np.maximum(opacity, 1)
            values = np.minimum(colours_alone, 255).astype(np.uint8)
        values = np.concatenate([values, opacity], axis=2)
    picture = Image.fromarray(np.ascontiguousarray(values if values.shape[2] > 1 else values[:, :, 0]))
    return picture, levels, missing


def _number_kind(page: Page) -> tuple[int, str]:
    """Bits of a sample, and whether it is unsigned ("u"), signed ("i") or floating point ("f")."""
    bits, formats = page.numbers(tags.BITS) or (1,), page.numbers(tags.SAMPLE_FORMAT) or (1,)
    kind = _KINDS.get(formats[0], "")
    is_known = (bits[0] in (16, 32, 64)) if kind == "f" else (1 <= bits[0] <= 16 or bits[0] in (24, 32, 64))
    is_plain = page.number(tags.PHOTOMETRIC) in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, LINEAR_RAW)
    is_uniform = len(set(bits)) == len(set(formats)) == 1
    if kind == "i" and bits[0] not in (8, 16, 32, 64):
        is_known = False
    packing = page.number(tags.COMPRESSION, 1)
    if not (kind and is_known and is_plain and is_uniform and packing in _UNPACKED):
        raise RefusedDataError("unsupported format", kind_of(page))
    return bits[0], kind


def _shown_bands(page: Page, bands: int) -> tuple[bool, tuple[int, ...]]:
    """Whether the last of the bands shown is transparency, and which are shown."""
    if not 1 <= bands <= _MOST_BANDS:
        raise RefusedDataError("unsupported format", kind_of(page))
    extra = page.numbers(tags.EXTRA_SAMPLES)
    colours = 3 if bands >= 3 else 1
    alpha = next((bands - len(extra) + place for place, kind in enumerate(extra) if kind in (1, 2)), None)
    if alpha is None or not colours <= alpha < bands:
        return False, tuple(range(colours))
    return True, (*range(colours), alpha)


def _bytes_of_plane(
    data: bytes, page: Page, plane: int, planes: int, per_pixel: int, bits: int
) -> tuple[NDArray[np.uint8], float]:
    """The unpacked bytes of a plane, uint8 [rows, bytes], tiles side by side, and the share that is
    missing.
    """
    is_tiled = tags.TILE_OFFSETS in page.fields
    width, height = page.number(tags.WIDTH), page.number(tags.HEIGHT)
    offsets = page.numbers(tags.TILE_OFFSETS if is_tiled else tags.STRIP_OFFSETS)
    sizes = page.numbers(tags.TILE_SIZES if is_tiled else tags.STRIP_SIZES)
    share = len(offsets) // planes
    if not share:  # the list of strips is often at the end of a file
        raise RefusedDataError("truncated")
    row_width = page.number(tags.TILE_WIDTH) if is_tiled else width
    across = -(-width // row_width) if row_width else 0
    row_bytes = -(-row_width * per_pixel * bits // 8)
    rows = (
        page.number(tags.TILE_HEIGHT) if is_tiled else min(page.number(tags.ROWS_PER_STRIP, height), height)
    )
    down = -(-height // rows) if rows else 0
    if (
        not across
        or not down
        or across * down > share
        or across * row_bytes * down * rows > _most_bytes(data)
    ):
        raise RefusedDataError("damaged" if across * down > share else "too large")
    total = down * rows if is_tiled else height
    fake: dict[int, tuple[int, ...]] = {
        tags.WIDTH: (across * row_bytes,),
        tags.HEIGHT: (total,),
        tags.BITS: (8,),
        tags.COMPRESSION: (page.number(tags.COMPRESSION, 1),),
        tags.PHOTOMETRIC: (BLACK_IS_ZERO,),
        tags.FILL_ORDER: (page.number(tags.FILL_ORDER, 1),),
        tags.SAMPLES: (1,),
    }
    chosen = offsets[plane * share : (plane + 1) * share]
    if is_tiled:
        fake |= {tags.TILE_WIDTH: (row_bytes,), tags.TILE_HEIGHT: (rows,), tags.TILE_OFFSETS: chosen}
    else:
        fake |= {tags.ROWS_PER_STRIP: (rows,), tags.STRIP_OFFSETS: chosen}
    if len(sizes) == len(offsets):
        fake[tags.TILE_SIZES if is_tiled else tags.STRIP_SIZES] = sizes[plane * share : (plane + 1) * share]
    file = with_page(data, fake)

    def opened() -> TiffImagePlugin.TiffImageFile:
        return TiffImagePlugin.TiffImageFile(io.BytesIO(file))

    image, missing = load_measured(opened(), opened)
    return np.asarray(image), missing


def _most_bytes(data: bytes) -> int:
    """What the samples of a file may take up."""
    return min(2**32, max(2**28, 200 * len(data)))


def _numbers(
    raw: NDArray[np.uint8], page: Page, bands: int, bits: int, kind: str, order: str, width: int, height: int
) -> NDArray[Any]:
    """Bytes [rows, bytes] → numbers [height, width, bands], the differences of the predictor summed up."""
    predictor = page.number(tags.PREDICTOR, 1) if page.number(tags.COMPRESSION, 1) in _PREDICTED else 1
    row_width = page.number(tags.TILE_WIDTH) if tags.TILE_OFFSETS in page.fields else width
    across = -(-width // row_width)
    rows = raw.reshape(len(raw) * across, -1)  # of one tile each
    if predictor == 3:
        rows, order = _undo_float_predictor(rows, bands, bits), ">"
    if bits % 8 or bits == 24:
        numbers = _unpacked_bits(rows, row_width * bands, bits, order)
    else:
        numbers = rows.view(np.dtype(f"{order}{kind}{bits // 8}"))
    numbers = numbers.reshape(len(rows), row_width, bands)
    if predictor == 2:
        numbers = np.cumsum(numbers, axis=1, dtype=numbers.dtype.newbyteorder("="))
    return numbers.reshape(len(raw), across * row_width, bands)[:height, :width].astype(
        numbers.dtype.newbyteorder("="), copy=False
    )


def _undo_float_predictor(rows: NDArray[np.uint8], bands: int, bits: int) -> NDArray[np.uint8]:
    """Adobe's predictor for floats: differences of bytes, the most significant of all samples first."""
    bytes_each = bits // 8
    summed = np.cumsum(rows.reshape(len(rows), -1, bands), axis=1, dtype=np.uint8)
    return np.ascontiguousarray(summed.reshape(len(rows), bytes_each, -1).transpose(0, 2, 1)).reshape(
        len(rows), -1
    )


def _unpacked_bits(rows: NDArray[np.uint8], count: int, bits: int, order: str) -> NDArray[Any]:
    """Rows of `count` numbers of any number of bits, the most significant bit first; whole bytes in
    `order`.
    """
    if bits == 24:
        three = rows.reshape(len(rows), count, 3).astype(np.uint32)
        first, last = (0, 2) if order == ">" else (2, 0)
        return three[:, :, first] << 16 | three[:, :, 1] << 8 | three[:, :, last]
    numbers = np.empty((len(rows), count), np.uint16)
    step = max(1, _ROWS_AT_A_TIME // max(1, count * bits))
    weights = 1 << np.arange(bits - 1, -1, -1, dtype=np.uint16)
    for start in range(0, len(rows), step):
        ones = np.unpackbits(rows[start : start + step], axis=1, count=count * bits)
        numbers[start : start + step] = (ones.reshape(-1, count, bits) * weights).sum(axis=2, dtype=np.uint16)
    return numbers
