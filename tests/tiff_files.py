"""TIFF files of any kind, written by hand (TIFF 6.0, BigTIFF), since Pillow writes only what it reads."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Packing = Literal["none", "lzw", "deflate"]
_CODES = {"none": 1, "lzw": 5, "deflate": 8}


def tiff(*pages: Mapping[int, Sequence[int] | bytes | float], order: str = "<", big: bool = False) -> bytes:
    """A file of `pages`, each a mapping of tags to values; tag 0 is the bytes of its only strip.

    Integers are written as LONG (LONG8), floats as DOUBLE, bytes as UNDEFINED. Under tag 330 is a list of
    pages below it.
    """
    word, size, kind = ("Q", 8, 16) if big else ("I", 4, 4)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HH", 8, 0) if big else b""
    data = bytearray(head + bytes(size))
    link = len(head)

    def write(page: Mapping[int, Any], link: int | None) -> tuple[int, int]:
        tags = dict(page)
        strip = tags.pop(0, None)
        if strip is not None:
            tags |= {273: [len(data)], 279: [len(strip)]}
            data.extend(strip + bytes(len(strip) % 2))
        if 330 in tags:
            tags[330] = [write(below, None)[0] for below in tags[330]]
        entries = b""
        for tag, value in sorted(tags.items()):
            if isinstance(value, bytes):
                packed, count, code = value, len(value), 7
            elif isinstance(value, float):
                packed, count, code = struct.pack(order + "d", value), 1, 12
            else:
                packed, count, code = struct.pack(f"{order}{len(value)}{word}", *value), len(value), kind
            if len(packed) > size:
                at = len(data)
                data.extend(packed + bytes(len(packed) % 2))
                packed = struct.pack(order + word, at)
            entries += struct.pack(f"{order}HH{word}", tag, code, count) + packed.ljust(size, b"\0")
        at = len(data)
        data.extend(struct.pack(order + ("Q" if big else "H"), len(tags)) + entries + bytes(size))
        if link is not None:
            struct.pack_into(order + word, data, link, at)
        return at, len(data) - size

    for page in pages:
        _, link = write(page, link)
    return bytes(data)


def page_of(
    numbers: NDArray[Any],
    *,
    order: str = "<",
    bits: int | None = None,
    photometric: int = 1,
    packing: Packing = "none",
    predictor: int = 1,
    **more: Any,
) -> dict[int, Any]:
    """A page of `numbers` [h, w] or [h, w, bands] for `tiff`. `bits`, if not those of the type, are packed;
    further tags as `t338=[2]`."""
    array = numbers if numbers.ndim == 3 else numbers[:, :, None]
    height, width, bands = array.shape
    form = {"u": 1, "i": 2, "f": 3, "c": 6}[array.dtype.kind]
    if predictor == 2:
        array = np.diff(array, axis=1, prepend=np.zeros_like(array[:, :1]))
    stored = bits or 8 * array.dtype.itemsize
    if bits is None:
        raw = array.astype(array.dtype.newbyteorder(order)).tobytes()
    else:
        ones = (array[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        raw = np.packbits(ones.reshape(height, -1).astype(np.uint8), axis=1).tobytes()
    tags: dict[int, Any] = {
        256: [width], 257: [height], 258: [stored] * bands, 259: [_CODES[packing]], 262: [photometric],
        277: [bands], 278: [height], 284: [1], 317: [predictor], 339: [form] * bands,
        0: _packed(raw, height, packing),
    }  # fmt: skip
    return tags | {int(name[1:]): value for name, value in more.items()}


def _packed(raw: bytes, height: int, packing: Packing) -> bytes:
    if packing == "deflate":
        return zlib.compress(raw)
    if packing == "none":
        return raw
    stream = io.BytesIO()
    grey = Image.frombytes("L", (len(raw) // height, height), raw)
    grey.save(stream, "TIFF", compression="tiff_lzw", tiffinfo={278: height})
    with Image.open(stream) as image:
        (at,), (length,) = image.tag_v2[273], image.tag_v2[279]  # type: ignore[attr-defined]
    return stream.getvalue()[at : at + length]
