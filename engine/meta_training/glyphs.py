"""Glyph arrays: characters as many typefaces print them, in `.npz` files."""

from __future__ import annotations

import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from engine.errors import FewshotError, reason_of
from engine.images.archive import READ_METHODS, open_archive
from engine.messages import Message

MAX_BYTES = 2**28
"""Largest array that is read, 256 MiB: a quarter of a million glyphs of 32×32 pixels."""

MAX_PIXELS = 2**20
"""Largest glyph: what is larger is no character, and several copies of it would be made."""

# Letters that people or typefaces draw alike: telling them apart cannot be learnt from a picture.
# Of each group only the first is used.
LOOK_ALIKES = (
    "0OoΟοσОо", "1Ilι", "3ЗзЭэ", "6бbЬьЪъ", "9gq", "AΑА", "aαа", "BΒВвβ", "CcСсς", "EΕЕ", "eеε",
    "ΓГгr", "HΗНн", "Ии", "Йй", "KkΚКкκ", "MΜМм", "NΝ", "nηΠπПп", "PpΡРрρ", "Ss5", "TtΤТтτ", "UuυЦцμ",
    "Vvν", "WwωШшЩщ", "XxΧχХх", "YyΥУуγ", "Zz2Ζ", "ΔДд", "Θθ", "ΦφФф", "Ψψ", "ΛЛлλ", "Ξξ", "Жж", "Чч",
    "Юю", "Яя", "Ыы",
    "ぁあ", "ぃい", "ぅう", "ぇえ", "ぉお", "っつ", "ゃや", "ゅゆ", "ょよ", "ゎわ", "ゕか",
    "ァア", "ィイ", "ゥウ", "ェエ工", "ォオ", "ッツ", "ャヤ", "ュユ", "ョヨ", "ヮワ", "ヵカ力", "ヶケ",
    "りリ", "へヘ", "べベ", "ぺペ", "タ夕", "チ千", "ト卜", "ニ二", "ハ八", "ロ口",
)  # fmt: skip

_KIND = Message("glyph arrays")
# The last four: a header is an expression of Python, and may be one that no parser takes.
_BROKEN = (
    OSError, KeyError, ValueError, EOFError, RuntimeError, NotImplementedError, struct.error, zlib.error,
    zipfile.BadZipFile, TokenError, TypeError, RecursionError, MemoryError,
)  # fmt: skip

_LEFT_OUT = {ord(letter) for group in LOOK_ALIKES for letter in group[1:]}


def read_glyphs(path: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Each character of a file with its glyphs [n, h, w], in the order of code points.

    The file has `images` [n, h, w] uint8, dark on white, and `codepoint` [n]. Of the groups in
    `LOOK_ALIKES` only the first character is given. Raises `FewshotError` for an unusable file.
    """
    with open_archive(path, _KIND) as archive:
        try:
            codepoints, images = _array(archive, "codepoint"), _array(archive, "images")
        except _BROKEN as error:
            raise FewshotError(
                "{path} could not be read as {kind} ({reason}). Pack it again.",
                path=path,
                kind=_KIND,
                reason=reason_of(error),
            ) from error
    if (
        (images.dtype.str, images.ndim) != ("|u1", 3)
        or codepoints.dtype.kind not in "iu"
        or codepoints.shape != images.shape[:1]
        or not 0 < prod(images.shape[1:]) <= MAX_PIXELS
        or not len(images)
        or not 0 <= codepoints.min() <= codepoints.max() <= sys.maxunicode
    ):
        raise FewshotError(
            "{path} needs `images` [n, h, w] of type uint8, each of a million pixels at most, and "
            "`codepoint` [n] of Unicode's numbers.",
            path=path,
        )
    for codepoint in np.unique(codepoints):
        if int(codepoint) not in _LEFT_OUT:
            yield chr(codepoint), images[codepoints == codepoint]


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """An array of a `.npz` file. What its header claims is compared with what there is before it is made."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type not in READ_METHODS:
        raise ValueError(f"{name} is packed in a way that is not read")
    with archive.open(info) as stream:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(stream)
        size = prod(shape) * dtype.itemsize
        if size > MAX_BYTES:
            raise ValueError(f"{name} would take {size / 2**30:,.1f} GiB")
        if stream.tell() + size != info.file_size:
            raise ValueError(f"{name} is not as large as it says")
    with archive.open(info) as stream:
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
        return array
