"""Glyph arrays: characters as many typefaces print them, in `.npz` files."""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import FewshotError

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

# TypeError: a single array where a file of several is expected.
_BROKEN = (OSError, KeyError, ValueError, EOFError, TypeError, zipfile.BadZipFile, zlib.error)

_LEFT_OUT = {ord(letter) for group in LOOK_ALIKES for letter in group[1:]}


def read_glyphs(path: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Each character of a file with its glyphs [n, h, w], in the order of code points.

    The file has `images` [n, h, w] uint8, dark on white, and `codepoint` [n]. Of the groups in
    `LOOK_ALIKES` only the first character is given. Raises `FewshotError` for an unusable file.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            images, codepoints = arrays["images"], arrays["codepoint"]
    except _BROKEN as error:
        raise FewshotError(f"{path} could not be read as glyph arrays ({error}).") from error
    if (
        (images.dtype, images.ndim, codepoints.dtype.kind) not in ((np.uint8, 3, "i"), (np.uint8, 3, "u"))
        or codepoints.shape != images.shape[:1]
        or not images.size
        or not 0 <= codepoints.min() <= codepoints.max() <= sys.maxunicode
    ):
        raise FewshotError(
            f"{path} needs `images` [n, h, w] of type uint8 and `codepoint` [n] of Unicode's numbers."
        )
    for codepoint in np.unique(codepoints):
        if int(codepoint) not in _LEFT_OUT:
            yield chr(codepoint), images[codepoints == codepoint]
