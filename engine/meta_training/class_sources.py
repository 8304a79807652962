"""Where the classes of episodes come from.

A source chooses classes that may stand beside each other in one episode, and draws pictures of them.
What it answers depends on its arguments and on how many classes and pictures it has, never on what the
pictures are: pixels and embeddings of the same pictures give the same episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import FewshotError
from engine.meta_training.characters import Variation, character, draw_examples
from engine.meta_training.training_config import held_out_count

PictureArray = NDArray[np.generic]
"""Some pictures [n, …] as a learner takes them: pixels, or an embedding each."""


class Source(Protocol):
    """A source of classes."""

    @property
    def class_count(self) -> int:
        """The most classes an episode can have."""

    def pick(self, rng: np.random.Generator) -> Source:
        """The source that an episode takes all its classes from; a mixture has several."""

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        """`way` different classes that may meet in an episode, as indices for `draw`."""

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> PictureArray:
        """`count` different pictures of a class, or all it has if they are fewer, in random order."""


TRAINING_SEED, VALIDATION_SEED, DEMO_SEED = range(3)
"""Seeds of `SyntheticCharacters`: what the demo shows, no checkpoint has met."""


class SyntheticCharacters:
    """Endless classes of invented characters, every picture [size, size] drawn anew.

    Classes of different seeds never meet, so another seed is a fair validation set.
    """

    class_count = 2**31

    def __init__(self, seed: int = 0, size: int = 28, variation: Variation = Variation()) -> None:  # noqa: B008
        self.seed = seed
        self.size = size
        self.variation = variation

    def pick(self, rng: np.random.Generator) -> SyntheticCharacters:
        return self

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        return _distinct(self.class_count, way, rng)

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        return draw_examples(
            character((self.seed << 32) + class_index), count, rng, self.size, self.variation
        )


@dataclass(frozen=True, eq=False)
class PictureClasses:
    """Classes held in memory, an array [n, …] each.

    With `rotations=4` every class is there four times in a row, turned by 0, 90, 180 and 270 degrees, the
    usual way to make more classes of drawn characters. A class and its own turns never meet: many
    characters look the same when turned.
    """

    names: tuple[str, ...]
    pictures: tuple[PictureArray, ...]
    rotations: int = 1

    def __post_init__(self) -> None:
        if len(self.pictures) != self.rotations * len(self.names):
            raise ValueError(
                f"{len(self.names)} classes in {self.rotations} turns, {len(self.pictures)} arrays"
            )

    @property
    def class_count(self) -> int:
        return len(self.names)

    def pick(self, rng: np.random.Generator) -> PictureClasses:
        return self

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        upright = _distinct(self.class_count, way, rng)
        if self.rotations == 1:
            return upright
        rotations = rng.integers(self.rotations, size=way).tolist()
        return [index * self.rotations + turn for index, turn in zip(upright, rotations, strict=True)]

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> PictureArray:
        return _some(self.pictures[class_index], count, rng)

    def take(self, positions: Sequence[int]) -> PictureClasses:
        """The classes at these positions of `names`, with all their turns."""
        return PictureClasses(
            tuple(self.names[i] for i in positions),
            tuple(
                self.pictures[i * self.rotations + turn] for i in positions for turn in range(self.rotations)
            ),
            self.rotations,
        )

    def with_at_least(self, count: int) -> PictureClasses:
        """Those classes that have `count` pictures or more."""
        enough = [len(pictures) >= count for pictures in self.pictures[:: self.rotations]]
        return self.take(np.flatnonzero(enough).tolist())

    def split(self, share: float, seed: int) -> tuple[PictureClasses, PictureClasses]:
        """Two sources without a common class; the second has about `share` of the classes, two at least."""
        order = np.random.default_rng(seed).permutation(self.class_count)
        cut = self.class_count - held_out_count(self.class_count, share)
        return self.take(np.sort(order[:cut]).tolist()), self.take(np.sort(order[cut:]).tolist())


class Mixture:
    """Several sources; each episode takes all its classes from one of them, picked by weight.

    Even weights by default, as in Meta-Dataset (Triantafillou et al. 2020, §3.2): a small
    source is as different from the others as a large one.
    """

    def __init__(self, sources: Sequence[Source], weights: Sequence[float] | None = None) -> None:
        self._sources = tuple(sources)
        shares = np.ones(len(self._sources)) if weights is None else np.asarray(weights, np.float64)
        self._steps = np.cumsum(shares / shares.sum())

    def pick(self, rng: np.random.Generator) -> Source:
        which = int(np.searchsorted(self._steps, rng.random(), side="right"))
        return self._sources[min(which, len(self._sources) - 1)].pick(rng)


def _distinct(available: int, count: int, rng: np.random.Generator) -> list[int]:
    """`count` different integers below `available`, without listing them all."""
    if count > available:
        raise FewshotError(
            "An episode of {n} classes was asked of a source that has {class_n}.", n=count, class_n=available
        )
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        chosen.update(dict.fromkeys(rng.integers(available, size=count - len(chosen)).tolist()))
    return list(chosen)


def _some(pictures: PictureArray, count: int, rng: np.random.Generator) -> PictureArray:
    return pictures[rng.permutation(len(pictures))[:count]]
