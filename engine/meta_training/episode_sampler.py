"""Drawing episodes from a source of classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backbones.base import Backbone
from engine.episodes import Episode, LabeledSet
from engine.meta_training.sources import Source, sample_episode_arrays

Range: TypeAlias = int | tuple[int, int]
"""A number, or the least and the greatest of an even choice."""


@dataclass(frozen=True)
class EpisodeSampler:
    """Episodes of `way` classes with `shot` examples and `query` pictures of each.

    The pictures are normalised as `backbone` wants them: float32 [n, channels, size, size]. What is
    drawn depends on the generator or seed that is given alone.
    """

    source: Source
    backbone: Backbone
    way: Range
    shot: Range
    query: Range

    def sample(self, rng: np.random.Generator) -> Episode:
        """One episode."""
        way, shot, query = (_choose(choice, rng) for choice in (self.way, self.shot, self.query))
        support, support_labels, queries, query_labels = sample_episode_arrays(
            self.source, way, shot, query, rng
        )
        names = tuple(str(index) for index in range(way))

        def labeled(pictures: NDArray[np.uint8], labels: NDArray[np.int64]) -> LabeledSet:
            pixels = torch.from_numpy(pictures)[..., None]
            return LabeledSet(self.backbone.normalize(pixels), torch.from_numpy(labels), names)

        return Episode(labeled(support, support_labels), labeled(queries, query_labels))

    def episodes(self, count: int, seed: int) -> Iterator[Episode]:
        """`count` episodes that follow from `seed`; the first n are the same for every `count` ≥ n."""
        for index in range(count):
            yield self.sample(np.random.default_rng((seed, index)))


def _choose(choice: Range, rng: np.random.Generator) -> int:
    if isinstance(choice, int):
        return choice
    return int(rng.integers(*choice, endpoint=True))
