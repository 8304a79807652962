"""Synthetic hand-drawn characters: endless classes and examples without any data set.

The idea follows Lake, Salakhutdinov & Tenenbaum, "Human-level concept learning through
probabilistic program induction" (Science 2015): a class is a *program* of strokes, each a chain of
simple parts, and each stroke but the first is placed by a *relation* to an earlier one. An example
is one run of that program by one writer: the hand trembles, joins are missed by a little, the
whole is slanted, stretched and moved, and the pen has a width.

Pictures are grey uint8, dark ink on white paper. Everything is seeded by its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]


class Relation(NamedTuple):
    """Where a stroke is placed: its point at `own` lies at `offset` from the parent's point at `at`.

    `own` and `at` are positions along the strokes, 0 at the start and 1 at the end.
    """

    parent: int
    at: float
    own: float
    offset: tuple[float, float]


@dataclass(frozen=True)
class Character:
    """The program of one character class.

    `strokes` are paths [n, 2] of (x, y), y down, with about `SPACING` between points. The whole
    character is centred on the origin and its longer side is 1. `relations[i]` places stroke
    `i + 1`; in the program itself every stroke already lies where its relation puts it.
    """

    strokes: tuple[NDArray[np.float32], ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True)
class Variation:
    """How much examples of one class differ. Ranges are uniform; lengths are shares of the frame.

    The defaults cover what 20 people drew for each Omniglot character. Characters that would leave
    the frame are moved, and if need be shrunk, until they fit.
    """

    motor: float = 0.042  # standard deviation of the slow tremor along a stroke, of the character's size
    relation: float = 0.03  # standard deviation of a missed join, of the character's size
    elastic: float = 0.035  # amplitude of the smooth warp of the whole, of the character's size
    rotation: Interval = (-12.0, 12.0)  # degrees
    shear: Interval = (-0.3, 0.3)  # horizontal shift per unit of height
    scale: Interval = (0.42, 0.85)  # longer side of the character before rotation and shear
    stretch: Interval = (-0.3, 0.3)  # logarithm of width over height
    shift: Interval = (-0.12, 0.12)  # of the centre, along x and along y
    pen: Interval = (0.022, 0.05)  # width of the line
    ink: Interval = (0.0, 70.0)  # grey value of full ink, 0 is black


SPACING = 0.02


class _Part(NamedTuple):
    """A piece of a stroke: a pen at constant speed whose heading turns.

    `profile` says how the turn is spread over the part, `degrees` how much it is in all, in one
    direction.
    """

    chance: float
    profile: tuple[float, ...]
    degrees: Interval


_PARTS = {
    "line": _Part(0.45, (1, 1), (-12, 12)),
    "arc": _Part(0.23, (1, 1), (40, 190)),
    "wave": _Part(0.08, (1, 1, -1, -1), (60, 160)),
    "hook": _Part(0.08, (0, 0, 0, 1), (100, 210)),
    "cane": _Part(0.05, (1, 0, 0, 0), (100, 210)),
    "ring": _Part(0.06, (1, 1), (300, 370)),
    "loop": _Part(0.03, (0, 1, 1, 0), (280, 400)),
    "spiral": _Part(0.02, (0.4, 0.7, 1, 1.6), (380, 560)),
}
_PART_NAMES = tuple(_PARTS)
_PART_CHANCES = tuple(part.chance for part in _PARTS.values())
_STROKE_CHANCES = (0.15, 0.31, 0.29, 0.17, 0.08)  # of 1, 2, … 5 strokes
_HEADINGS = np.deg2rad((0.0, 90.0, 45.0, 135.0))
_HEADING_CHANCES = (0.38, 0.36, 0.13, 0.13)  # writing is mostly across and down

_RELATION_CHANCES = (0.28, 0.2, 0.12, 0.2, 0.1, 0.1)  # apart, starting on, ending on, crossing, …
_REPEAT_CHANCE = 0.22
# A stroke may repeat an earlier one: parallel to it, or as its mirror image.
_MIRRORS = np.array([(1, 1), (1, 1), (-1, 1), (1, -1)], np.float32)

_TREMOR_MODES = 5  # cosine modes along a stroke: moved, tilted, bent, …


def character(seed: int) -> Character:
    """The character class numbered `seed` >= 0; the same number gives the same class.

    (As long as NumPy keeps its random streams, which it has done for years but does not promise.)
    """
    rng = np.random.default_rng(seed)
    while True:
        candidate = _program(rng)
        if _is_legible(candidate):
            return candidate


def draw(
    character: Character,
    rng: np.random.Generator,
    size: int = 28,
    variation: Variation = Variation(),
) -> NDArray[np.uint8]:
    """One example of the class, [size, size] uint8: 255 paper, about 0 ink."""
    example: NDArray[np.uint8] = draw_examples(character, 1, rng, size, variation)[0]
    return example


def draw_examples(
    character: Character,
    count: int,
    rng: np.random.Generator,
    size: int = 28,
    variation: Variation = Variation(),
) -> NDArray[np.uint8]:
    """`count` independent examples of the class, [count, size, size] uint8; much faster than one by one.

    The outermost ring of pixels is always paper. `size` is at least 8, the pen at most a third of it.
    """
    paths = _perform(character, count, rng, size, variation)
    points = np.concatenate(paths, axis=1)
    radius = rng.uniform(*variation.pen, size=count).astype(np.float32) * (size / 2)
    points = _place(points, radius, rng, size, variation)
    starts = _segment_starts(paths)
    # So many at a time that the working arrays stay in the processor's cache.
    block = max(1, (140 // size) ** 2)
    coverage = np.concatenate(
        [
            _rasterise(points[i : i + block], starts, radius[i : i + block], size)
            for i in range(0, count, block)
        ]
    )
    darkness = 255.0 - rng.uniform(*variation.ink, size=(count, 1, 1)).astype(np.float32)
    examples: NDArray[np.uint8] = (255.5 - coverage * darkness).astype(np.uint8)
    return examples


# --- the program of a class -------------------------------------------------------------------


def _program(rng: np.random.Generator) -> Character:
    count = 1 + int(rng.choice(len(_STROKE_CHANCES), p=_STROKE_CHANCES))

    def parts() -> int:
        """The fewer the strokes, the more each of them has to say."""
        return 1 + int(rng.binomial(3, 0.6 / count))

    strokes = [_stroke(rng, max(parts(), 2) if count == 1 else parts())]
    relations = []
    for index in range(1, count):
        relation = _relation(rng, parent=int(rng.integers(index)))
        if rng.random() < _REPEAT_CHANCE:
            path = strokes[relation.parent] * _MIRRORS[rng.integers(len(_MIRRORS))]
        else:
            path = _stroke(rng, parts())
        strokes.append(_attach(path[None], strokes[relation.parent][None], relation)[0])
        relations.append(relation)
    everything = np.concatenate(strokes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = float((high - low).max())
    return Character(
        strokes=tuple(_resample((path - (low + high) / 2) / size) for path in strokes),
        relations=tuple(r._replace(offset=(r.offset[0] / size, r.offset[1] / size)) for r in relations),
    )


def _stroke(rng: np.random.Generator, parts: int) -> NDArray[np.float32]:
    """A chain of parts joined smoothly or at a corner, starting at the origin; [n, 2]."""
    heading = _HEADINGS[rng.choice(len(_HEADINGS), p=_HEADING_CHANCES)] + np.deg2rad(rng.normal(0, 9))
    corner_side = rng.choice((-1, 1))
    turns, lengths = [], []
    for part in range(parts):
        _, profile, degrees = _PARTS[_PART_NAMES[rng.choice(len(_PART_NAMES), p=_PART_CHANCES)]]
        total = np.deg2rad(rng.uniform(*degrees)) * rng.choice((-1, 1))
        length = rng.uniform(0.35, 1.0) * (1 + abs(total) / 6)
        n = max(8, int(length / SPACING))
        spread = np.interp(np.linspace(0, len(profile), n, endpoint=False), np.arange(len(profile)), profile)
        turn = total * spread / max(abs(spread).sum() / (2 if min(profile) < 0 else 1), 1e-6)
        if part and rng.random() < 0.65:
            corner_side *= -1 if rng.random() < 0.7 else 1
            turn[0] += corner_side * np.deg2rad(np.clip(rng.normal(95, 25), 45, 150))
        turns.append(turn)
        lengths.append(np.full(n, length / n))
    angle = heading + np.cumsum(np.concatenate(turns))
    steps = np.concatenate(lengths)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    size = rng.uniform(0.12, 0.3) if rng.random() < 0.12 else 1.0
    path: NDArray[np.float32] = (np.cumsum(steps, axis=0) * size).astype(np.float32)
    return path


def _relation(rng: np.random.Generator, parent: int) -> Relation:
    def somewhere() -> float:
        return float(rng.uniform(0.15, 0.85))

    angle = np.deg2rad(90 * rng.integers(4) + rng.normal(0, 14))
    distance = rng.uniform(0.22, 0.6)
    apart = (float(distance * np.cos(angle)), float(distance * np.sin(angle)))
    kinds = (
        Relation(parent, at=0.5, own=0.5, offset=apart),
        Relation(parent, at=somewhere(), own=0.0, offset=(0, 0)),
        Relation(parent, at=somewhere(), own=1.0, offset=(0, 0)),
        Relation(parent, at=somewhere(), own=somewhere(), offset=(0, 0)),
        Relation(parent, at=0.0, own=0.0, offset=(0, 0)),
        Relation(parent, at=1.0, own=0.0, offset=(0, 0)),
    )
    return kinds[rng.choice(len(kinds), p=_RELATION_CHANCES)]


def _attach(
    paths: NDArray[np.float32], parents: NDArray[np.float32], relation: Relation
) -> NDArray[np.float32]:
    """Move each of the paths [count, n, 2] to where the relation puts it on its parent [count, m, 2]."""
    own = paths[:, round(relation.own * (paths.shape[1] - 1))]
    at = parents[:, round(relation.at * (parents.shape[1] - 1))]
    target = at + np.asarray(relation.offset, np.float32)
    return paths + (target - own)[:, None]


def _resample(path: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same path with points about SPACING apart, ends kept; a corner may be cut by half of that."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    wanted = np.linspace(0, along[-1], 2 + int(along[-1] / SPACING))
    return np.stack([np.interp(wanted, along, path[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _is_legible(character: Character) -> bool:
    """No mere lines, no scribbles that fill in at 28 pixels, no strokes on top of each other."""
    everything = np.concatenate(character.strokes)
    thickness = float(np.sqrt(np.linalg.eigvalsh(np.cov(everything.T))[0]))
    if thickness < 0.09 or len(everything) * SPACING > 5.0:
        return False
    cells = np.unique((everything / 0.08).round().astype(np.int64), axis=0)
    # A path through fresh paper enters a new cell about every 0.08; one that retraces itself does not.
    return len(cells) * 0.08 > 0.62 * len(everything) * SPACING


# --- one example ------------------------------------------------------------------------------


def _perform(
    character: Character, count: int, rng: np.random.Generator, size: int, variation: Variation
) -> list[NDArray[np.float32]]:
    """The strokes as `count` writers would move the pen, each [count, n, 2], in the character's units."""
    stride = max(1.0, 1.2 / (SPACING * size * variation.scale[1]))
    paths: list[NDArray[np.float32]] = []
    for index, stroke in enumerate(character.strokes):
        n = max(2, 1 + round((len(stroke) - 1) / stride))
        path = stroke[np.linspace(0, len(stroke) - 1, n).round().astype(np.int64)]
        modes = np.arange(_TREMOR_MODES)
        tremor = rng.standard_normal((count, 2, _TREMOR_MODES), np.float32) * (variation.motor / (1 + modes))
        basis = np.cos(np.pi * modes[:, None] * np.linspace(0, 1, n))
        moved = path + (tremor.astype(np.float32) @ basis.astype(np.float32)).transpose(0, 2, 1)
        if index:
            relation = character.relations[index - 1]
            moved = _attach(moved, paths[relation.parent], relation)
            moved += rng.standard_normal((count, 1, 2), np.float32) * np.float32(variation.relation)
        paths.append(moved)
    return paths


def _place(
    points: NDArray[np.float32],
    radius: NDArray[np.float32],
    rng: np.random.Generator,
    size: int,
    variation: Variation,
) -> NDArray[np.float32]:
    """Warp, slant, stretch and move the characters [count, n, 2] into frames of `size` pixels."""
    count = len(points)

    def chosen(limits: Interval, shape: tuple[int, ...] = ()) -> NDArray[np.float32]:
        return rng.uniform(*limits, size=(count, *shape)).astype(np.float32)

    frequency = chosen((-4.0, 4.0), (2, 2))
    points = points + variation.elastic * np.sin(points @ frequency + chosen((0.0, 6.283), (1, 2)))

    angle, shear = np.deg2rad(chosen(variation.rotation)), chosen(variation.shear)
    scale, stretch = chosen(variation.scale) * size, np.exp(chosen(variation.stretch) / 2)
    cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    turn = np.array([[cos, sin], [-sin, cos]])  # of row vectors
    slant = np.array([[scale * stretch, zero], [-shear * scale, scale / stretch]])
    points = points @ np.einsum("ijn,jkn->nik", slant, turn)

    low, high = points.min(axis=1), points.max(axis=1)
    # One pixel of paper around what the pen touches.
    margin = radius[:, None] + 1
    shrink = np.minimum(1, (size - 2 * margin) / np.maximum(high - low, 1e-6)).min(axis=1, keepdims=True)
    half = (high - low) * shrink / 2
    centre = np.clip(size * (0.5 + chosen(variation.shift, (2,))), margin + half, size - margin - half)
    placed: NDArray[np.float32] = (points - (low + high)[:, None] / 2) * shrink[:, None] + centre[:, None]
    return placed


def _segment_starts(paths: list[NDArray[np.float32]]) -> NDArray[np.int64]:
    """Indices of the points that the pen leaves on paper: all but the last of each stroke."""
    ends = np.cumsum([path.shape[1] for path in paths]) - 1
    return np.delete(np.arange(ends[-1] + 1), ends)


def _rasterise(
    points: NDArray[np.float32], starts: NDArray[np.int64], radius: NDArray[np.float32], size: int
) -> NDArray[np.float32]:
    """Coverage 0..1 [count, size, size] of round-capped segments `points[:, starts]` to the next points.

    A pixel's coverage is that of its distance to the nearest segment. Only the pixels near a
    segment are looked at, which makes the cost grow with the ink and not with the paper.
    """
    begin = points[:, starts, None]
    along = points[:, starts + 1, None] - begin
    squared = np.maximum((along**2).sum(axis=-1), 1e-9)
    reach = int(np.ceil(np.sqrt(squared.max()) / 2 + radius.max() + 0.5))
    window = np.arange(-reach, reach + 1, dtype=np.float32)
    window_x, window_y = (axis.ravel() for axis in np.meshgrid(window, window))

    corner = np.floor(begin + along / 2)
    nearest = corner + np.float32(0.5) - begin  # from the segment's start to the pixel under its middle
    to_x, to_y = nearest[..., 0] + window_x, nearest[..., 1] + window_y
    share = (to_x * along[..., 0] + to_y * along[..., 1]) / squared
    np.clip(share, 0, 1, out=share)
    distance = np.hypot(to_x - share * along[..., 0], to_y - share * along[..., 1])
    r = radius[:, None, None]
    # A line thinner than a pixel never covers one fully.
    coverage = np.minimum(r + np.float32(0.5) - distance, np.minimum(2 * r, 1))

    inked = coverage > 0
    pixel = (np.arange(len(points))[:, None, None] * size + corner[..., 1].astype(np.int64)) * size
    pixel += corner[..., 0].astype(np.int64)
    offset = (window_y * size + window_x).astype(np.int64)
    canvas = np.zeros((len(points), size, size), np.float32)
    np.maximum.at(canvas.reshape(-1), (pixel + offset)[inked], coverage[inked])
    return canvas
