"""Small tasks for tests: seeded embeddings, and characters drawn by our own generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from engine.backbones.base import Backbone, backbones
from engine.episodes import Episode, LabeledSet
from engine.evaluation.episodic import evaluate
from engine.generators import run_to_end
from engine.learners.base import AdaptedClassifier, MetaLearner
from engine.learners.registry import unavailable_reason
from engine.meta_training.characters import character, draw_examples


def a_backbone_for(learner: type[MetaLearner]) -> Backbone:
    """The smallest backbone that the learner can run on."""
    return next(b for b in reversed(backbones().values()) if unavailable_reason(learner, b) is None)


def adapted(learner: MetaLearner, support: LabeledSet) -> AdaptedClassifier:
    return run_to_end(learner.adapt(support))


def embeddings(shots: Sequence[int], dimension: int, seed: int = 0, examples_seed: int = 0) -> LabeledSet:
    """Classes are points, examples lie around them; `seed` picks the classes."""
    centres = torch.randn(len(shots), dimension, generator=torch.Generator().manual_seed(seed))
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    around = torch.Generator().manual_seed(1000 + examples_seed)
    features = centres[labels] + 0.3 * torch.randn(len(labels), dimension, generator=around)
    return LabeledSet(features, labels, names(len(shots)))


def lopsided(dimension: int, seed: int) -> Episode:
    """Five classes that differ in a quarter of the dimensions, while the rest is loud noise."""
    loudness = torch.ones(dimension)
    loudness[dimension // 4 :] = 4.0

    def half(count: int, examples_seed: int) -> LabeledSet:
        drawn = embeddings([count] * 5, dimension, seed)
        centres = drawn.features[::count] * (loudness == 1)
        around = torch.Generator().manual_seed(1000 * seed + examples_seed)
        noise = 0.4 * loudness * torch.randn(5 * count, dimension, generator=around)
        return LabeledSet(centres[drawn.labels] + noise, drawn.labels, drawn.class_names)

    return Episode(half(2, 1), half(5, 2))


def accuracy_before_and_after_learning_what_to_look_at(
    learner: MetaLearner, dimension: int
) -> tuple[float, float]:
    """On thirty unseen `lopsided` tasks; between, `learner` is meta-trained in place for fifty steps."""

    def on_unseen_tasks() -> float:
        episodes = [lopsided(dimension, seed) for seed in range(10_000, 10_030)]
        return evaluate(learner, episodes).accuracy.mean

    learner.init_statistics(torch.cat([lopsided(dimension, seed).support.features for seed in range(20)]))
    before = on_unseen_tasks()
    optimizer = torch.optim.Adam(learner.parameters(), lr=5e-3)
    for step in range(50):
        learner.meta_step([lopsided(dimension, 2 * step), lopsided(dimension, 2 * step + 1)], optimizer)
    return before, on_unseen_tasks()


def images(shots: Sequence[int], backbone: Backbone, seed: int = 0, examples_seed: int = 0) -> LabeledSet:
    """Classes are invented characters, normalised as the backbone wants them."""
    size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
    drawn = [
        draw_examples(character(100 * seed + label), count, rng(seed, label, examples_seed), size)
        for label, count in enumerate(shots)
    ]
    pixels = torch.from_numpy(np.concatenate(drawn))[..., None].expand(-1, -1, -1, channels)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    return LabeledSet(backbone.normalize(pixels), labels, names(len(shots)))


def task(
    learner: type[MetaLearner], shots: Sequence[int], seed: int = 0, examples_seed: int = 0
) -> LabeledSet:
    """Examples of the kind the learner takes; the same `seed` with another `examples_seed` gives queries."""
    backbone = a_backbone_for(learner)
    if learner.takes(backbone) == "images":
        return images(shots, backbone, seed, examples_seed)
    return embeddings(shots, backbone.dimension, seed, examples_seed)


def write_characters(folder: Path, counts: Mapping[str, int], stream: int = 0) -> dict[str, list[Path]]:
    """A folder of PNGs a class. A name is a character, whatever the folder; a `stream` its own examples."""
    written: dict[str, list[Path]] = {}
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        seed = sum(map(ord, name))
        written[name] = [folder / name / f"{number}.png" for number in range(count)]
        for path, pixels in zip(
            written[name], draw_examples(character(seed), count, rng(seed, stream), 64), strict=True
        ):
            Image.fromarray(pixels).save(path)
    return written


def names(way: int) -> tuple[str, ...]:
    return tuple(f"class {label}" for label in range(way))


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)
