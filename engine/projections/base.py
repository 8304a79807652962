"""What a projection is given, what it says while it works, and which there are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.discovery import collect, of_type


@dataclass(frozen=True)
class Points:
    """What is to be laid out: `embeddings` float32 [n, d], finite; `class_index` int16 [n], of examples the
    label; `is_example` bool [n]."""

    embeddings: NDArray[np.float32]
    class_index: NDArray[np.int16]
    is_example: NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """A layout, final or on the way: `rows` int64 [m ≤ n] of the points and where they are, `xy` float32
    [m, 2] with a root mean square distance of 1 from the centre. `done` is the share of the work, 0..1."""

    rows: NDArray[np.int64]
    xy: NDArray[np.float32]
    done: float


Layout: TypeAlias = Callable[[Points], Iterator[Frame]]


@dataclass(frozen=True)
class Projection:
    """A way to lay points out: `name` in settings, `title` in menus, `summary` in one sentence.

    `frames` yields at least one frame, the last with every point, and at least every half second; stop
    iterating and the work stops.
    """

    name: str
    title: str
    summary: str
    frames: Layout


@functools.cache
def projections() -> dict[str, Projection]:
    """All projections by name, in the order of their names but for PCA, which comes first."""
    found = collect([__package__], "PROJECTION", of_type(Projection), lambda entry: entry.name)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "pca", item[0])))


def scaled(xy: NDArray[np.floating]) -> NDArray[np.float32]:
    """`xy` [n, 2] moved and scaled to have its centre at 0 and a root mean square distance of 1 from it."""
    centred = xy - xy.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=1).mean())
    placed: NDArray[np.float32] = (centred / (spread if spread > 1e-9 else 1)).astype(np.float32)
    return placed


def leading_axes(centred: NDArray[np.floating], count: int) -> NDArray[np.float64]:
    """The `count` directions [d, count] in which `centred` [n, d] spreads most; zeros where d is less.

    Their signs are those that make the largest part of each positive, so that they are always the same.
    """
    _, vectors = np.linalg.eigh(centred.astype(np.float64).T @ centred)
    axes = vectors[:, ::-1][:, :count]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1, 1)
    return np.pad(axes, ((0, 0), (0, count - axes.shape[1])))
