"""Colour profiles (ICC.1:2001, version 2) of colour spaces that files name without bringing one."""

from __future__ import annotations

import struct
from typing import Final, TypeAlias

import numpy as np

Chromaticities: TypeAlias = tuple[float, float, float, float, float, float, float, float]
"""x and y of white, red, green and blue (CIE 1931), in the order of the PNG specification."""

SRGB: Final[Chromaticities] = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
ADOBE_RGB: Final[Chromaticities] = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
ADOBE_GAMMA: Final = 563 / 256

_D50: Final = np.array([0.9642, 1.0, 0.8249])
_BRADFORD: Final = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def matrix_profile(name: str, chromaticities: Chromaticities, gamma: float) -> bytes:
    """A display profile of three primaries and a power law, called `name` (ASCII).

    Raises `ValueError` if the chromaticities are of no real colours.
    """
    xy = np.array(chromaticities).reshape(4, 2)
    if not (np.isfinite(xy).all() and (xy[:, 1] > 0).all() and 0.1 < gamma < 10):
        raise ValueError("no colour space")
    white, *primaries = ([x / y, 1.0, (1 - x - y) / y] for x, y in xy)
    columns = np.array(primaries).T
    try:
        scaled = columns * np.linalg.solve(columns, np.array(white))
    except np.linalg.LinAlgError as error:
        raise ValueError("no colour space") from error
    cones = _BRADFORD @ np.array(white)
    if (cones <= 0).any():
        raise ValueError("no colour space")
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ _D50 / cones) @ _BRADFORD @ scaled
    if not (np.abs(adapted) < 16).all():
        raise ValueError("no colour space")
    curve = b"curv" + struct.pack(">IIH2x", 0, 1, round(gamma * 256))
    text = name.encode("ascii", "replace") + b"\0"
    description = b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(78)
    tags = [
        (b"desc", description + bytes(-len(description) % 4)),
        (b"cprt", b"text\0\0\0\0none" + bytes(4)),
        (b"wtpt", _xyz(_D50)),
        *((tag, _xyz(adapted[:, place])) for place, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))),
        *((tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    table, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, body in tags:
        table += struct.pack(">4sII", tag, start + len(content), len(body))
        content += body
    header = struct.pack(
        ">I4x4s4s4s4s12x4s", start + len(content), b"\x02\x10\0\0", b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    header = header.ljust(68, b"\0") + b"".join(_fixed(value) for value in _D50)
    return header.ljust(128, b"\0") + table + content


def _xyz(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(float(value) * 65536))
