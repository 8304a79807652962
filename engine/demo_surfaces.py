"""Coloured pictures of six surfaces for the second demo, rendered here: noise, waves and grids under a light.

Like photos of things, each differs in scale, direction, colour and light. Nobody's data is shipped. No torch,
no Qt.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIZE = 160
_Plane: TypeAlias = NDArray[np.float64]
"""Float64 [size, size], mostly 0..1."""
_Drawn: TypeAlias = tuple[_Plane, tuple[list[int], list[int]]]
"""A relief, and the colours (8 bits, RGB) of its lowest and its highest places."""


def surface_jpeg(name: str, stream: int, number: int) -> bytes:
    """A JPEG of 160 × 160 pixels; `name` is one of `SURFACES`. Equal arguments give the same picture."""
    random = np.random.default_rng((SURFACES.index(name), stream, number))
    relief, colors = _DRAWN[name](random)
    dark, light = (np.array(color) + random.uniform(-14, 14, 3) for color in colors)
    shaded = dark + (light - dark) * np.clip(relief, 0, 1)[..., None]
    y, x = np.mgrid[0 : 1 : _SIZE * 1j, 0 : 1 : _SIZE * 1j]
    across = np.cos(turn := random.uniform(0, 2 * np.pi)) * x + np.sin(turn) * y
    lit = shaded * (random.uniform(0.75, 1.1) + 0.3 * (across - 0.5))[..., None]
    grain = random.normal(0, 3, (_SIZE, _SIZE, 1))
    file = io.BytesIO()
    Image.fromarray(np.clip(lit + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
    return file.getvalue()


def _bricks(random: np.random.Generator) -> _Drawn:
    u, v = _turned(random, random.uniform(3, 5), spread=0.12)
    row = np.floor(v)
    along = u / 2 + (row % 2) / 2
    joint = np.minimum(_to_edge(along) * 2, _to_edge(v)) < 0.07
    tone = 0.55 + 0.5 * (np.sin(12.9 * row + 78.2 * np.floor(along)) * 43.7 % 1 - 0.5)
    return np.where(joint, 1.25, tone * 0.7 + 0.2 * _noise(random, 30)), ([105, 40, 28], [205, 150, 125])


def _wood(random: np.random.Generator) -> _Drawn:
    u, v = _turned(random, random.uniform(4, 7), spread=0.4)
    rings = np.sin(2 * np.pi * (v + 1.6 * _noise(random, 3) + 0.05 * u))
    fibres = np.abs(np.sin(25 * v + 3 * _noise(random, 8)))
    return 0.5 + 0.3 * rings + 0.2 * fibres, ([105, 62, 28], [205, 150, 90])


def _marble(random: np.random.Generator) -> _Drawn:
    u, _ = _turned(random, random.uniform(2, 4), spread=np.pi)
    veins = np.abs(np.sin(np.pi * (u + 2.5 * _noise(random, 4) + 0.6 * _noise(random, 16))))
    return veins**0.4, ([120, 122, 130], [240, 238, 232])


def _clouds(random: np.random.Generator) -> _Drawn:
    heaps = 0.65 * _noise(random, 3) + 0.25 * _noise(random, 7) + 0.1 * _noise(random, 20)
    return np.clip((heaps - random.uniform(0.35, 0.5)) * 3.2, 0, 1), ([70, 125, 205], [245, 247, 250])


def _weave(random: np.random.Generator) -> _Drawn:
    u, v = _turned(random, random.uniform(7, 12), spread=0.8)
    over = (np.floor(u) + np.floor(v)) % 2 == 0
    thread = np.where(over, np.sin(np.pi * (u % 1)), np.sin(np.pi * (v % 1)))
    return 0.15 + 0.75 * thread * np.where(over, 1, 0.8), ([25, 45, 80], [130, 160, 205])


def _gravel(random: np.random.Generator) -> _Drawn:
    stones = random.uniform(0, 1, (int(random.uniform(70, 150)), 2))
    tones = random.uniform(0.35, 1, len(stones))
    places = np.moveaxis(np.mgrid[0 : 1 : _SIZE * 1j, 0 : 1 : _SIZE * 1j], 0, -1).reshape(-1, 1, 2)
    far = np.sum((places - stones) ** 2, axis=-1)
    nearest = np.partition(far, 1, axis=1)[:, :2]
    gap = np.sqrt(nearest[:, 1]) - np.sqrt(nearest[:, 0])
    relief = tones[far.argmin(axis=1)] * np.clip(gap * 30, 0, 1)
    return relief.reshape(_SIZE, _SIZE), ([45, 42, 38], [190, 180, 165])


_DRAWN: dict[str, Callable[[np.random.Generator], _Drawn]] = {
    "bricks": _bricks,
    "clouds": _clouds,
    "gravel": _gravel,
    "marble": _marble,
    "weave": _weave,
    "wood": _wood,
}
SURFACES = tuple(_DRAWN)


def _turned(random: np.random.Generator, cells: float, spread: float) -> tuple[_Plane, _Plane]:
    """Coordinates that count `cells` along the picture, moved, and turned by at most `spread` radians."""
    y, x = np.mgrid[0 : cells : _SIZE * 1j, 0 : cells : _SIZE * 1j] + random.uniform(0, 1, (2, 1, 1))
    turn = random.uniform(-spread, spread)
    return np.cos(turn) * x - np.sin(turn) * y + 50, np.sin(turn) * x + np.cos(turn) * y + 50


def _to_edge(coordinate: _Plane) -> _Plane:
    """The distance to the nearest whole number, 0..0.5."""
    return np.abs(coordinate - np.round(coordinate))


def _noise(random: np.random.Generator, cells: int) -> _Plane:
    """Smooth noise: random values at the corners of so many cells, and cubic in between."""
    corners = Image.fromarray(random.uniform(0, 1, (cells + 1, cells + 1)).astype(np.float32))
    return np.asarray(corners.resize((_SIZE, _SIZE), Image.Resampling.BICUBIC), np.float64)
