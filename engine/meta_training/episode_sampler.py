"""Drawing episodes from a source of classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch

from engine.embeddings.features import ToFeatures
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.meta_training.class_sources import Mixture, Source

Range: TypeAlias = int | tuple[int, int]
"""A number, or the least and the greatest of an even choice."""


@dataclass(frozen=True)
class EpisodeSampler:
    """Episodes of `way` classes with `shot` examples and `query` further pictures of each.

    A range of `way` ends where the source has no more classes. A class with too few pictures for the shot
    that was drawn has fewer examples, if that is still in the range. What is drawn depends on the
    generator or seed that is given, and on the numbers of classes and pictures, alone.
    """

    source: Source | Mixture
    to_features: ToFeatures
    way: Range
    shot: Range
    query: int

    def sample(self, rng: np.random.Generator) -> Episode:
        """One episode; its rows are grouped by class, and no picture is in both halves.

        Raises `FewshotError` where the source has too few classes or pictures.
        """
        source = self.source.pick(rng)
        (least_way, most_way), (least_shot, most_shot) = _ends(self.way), _ends(self.shot)
        way = _draw(least_way, max(least_way, min(most_way, source.class_count)), rng)
        count = _draw(least_shot, most_shot, rng) + self.query
        drawn = [source.draw(index, count, rng) for index in source.choose(way, rng)]
        shots = [len(pictures) - self.query for pictures in drawn]
        if min(shots) < least_shot:
            raise FewshotError(
                "An episode needs {n} pictures a class, but one of the classes has {class_n}.",
                n=least_shot + self.query,
                class_n=min(shots) + self.query,
            )
        queries = [pictures[: self.query] for pictures in drawn]
        examples = [pictures[self.query :] for pictures in drawn]
        features = self.to_features(np.concatenate(queries + examples))
        labels = torch.arange(way, device=features.device)
        names = tuple(map(str, range(way)))
        cut = way * self.query
        return Episode(
            LabeledSet(
                features[cut:], labels.repeat_interleave(torch.tensor(shots, device=labels.device)), names
            ),
            LabeledSet(features[:cut], labels.repeat_interleave(self.query), names),
        )

    def episodes(self, count: int, seed: int) -> Iterator[Episode]:
        """`count` episodes that follow from `seed`; the first n are the same for every `count` ≥ n."""
        for index in range(count):
            yield self.sample(np.random.default_rng((seed, index)))


def _ends(choice: Range) -> tuple[int, int]:
    return (choice, choice) if isinstance(choice, int) else choice


def _draw(least: int, most: int, rng: np.random.Generator) -> int:
    return least if least == most else int(rng.integers(least, most, endpoint=True))
