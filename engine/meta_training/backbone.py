"""Training the character backbone from pixels, as prototypical networks train theirs."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.checkpoints import write_checkpoint
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import PixelEncoder
from engine.embeddings.features import to_features
from engine.episodes import Episode, LabeledSet
from engine.errors import FewshotError
from engine.evaluation.episodic import evaluation
from engine.evaluation.validation import to_card
from engine.generators import mapped, without_repeats
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.messages import Message
from engine.meta_training.augmentation import crop_again, rewrite
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import TRAINING_SEED, Mixture, PictureClasses
from engine.meta_training.data_sets import data_sets
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.job import check_output_path, machine, split
from engine.meta_training.outer_loop import Schedule, meta_train
from engine.meta_training.training_config import state_beside
from engine.meta_training.training_events import (
    CheckpointSaved,
    EvaluationProgress,
    Event,
    Notice,
    TrainingStep,
)
from engine.paths import embeddings_dir
from engine.seeding import seed_torch

WRITTEN_SIZE = 56
"""Pixels a side of the pictures that are rewritten: more than the backbone takes, to keep lines sharp."""

PICTURES, EXAMPLES = 250, (2, 3, 5)
"""Of an episode, and of each of its classes."""

LEARNING_RATE = 2e-3
VALIDATE_EVERY = 500
POPULATION_EPISODES = 200


class LeaveOneOutPrototypical(PrototypicalNetwork):
    """Prototypical networks, trained with every picture of an episode as a query.

    Each picture is classified by prototypes that leave it out, so a batch of n pictures gives n queries
    where the split into support and query gives a part of them: the use of a batch that Laenen & Bertinetto
    2021 (arXiv:2012.09831) found to be better for the same networks. The distances are scaled by a learnt
    temperature, which is not needed once the network is trained.
    """

    def __init__(self, backbone: Backbone, embedding: nn.Module) -> None:
        super().__init__(backbone, embedding)
        self.log_temperature = nn.Parameter(torch.tensor(0.0))
        self.unit = backbone.dimension / 10.0

    def meta_loss(self, episode: Episode) -> Tensor:
        """Cross-entropy of all pictures. Every class needs two of them, support and query together."""
        features = torch.cat([episode.support.features, episode.query.features])
        labels = torch.cat([episode.support.labels, episode.query.labels])
        embedded = self.embed_for_training(features)
        one_hot = F.one_hot(labels, episode.n_way).to(embedded.dtype)
        sums, counts = one_hot.T @ embedded, one_hot.sum(dim=0)
        logits = -torch.cdist(embedded, sums / counts[:, None]).square()
        without_itself = (sums[labels] - embedded) / (counts[labels] - 1.0)[:, None]
        own = -(embedded - without_itself).square().sum(dim=1, keepdim=True)
        logits = logits.scatter(1, labels[:, None], own)
        return F.cross_entropy(logits / self.unit * self.log_temperature.exp(), labels)


@dataclass(frozen=True)
class RewrittenEpisodes:
    """Episodes of many classes with a few pictures each, every one rewritten by another hand.

    The classes of an episode are turned by multiples of 90 degrees and mirrored at random, each as a whole:
    that makes other characters of them.
    """

    source: Mixture
    backbone: Backbone

    def sample(self, rng: np.random.Generator) -> Episode:
        """One episode of at most `PICTURES` pictures, one of each class in the support."""
        source, examples = self.source.pick(rng), int(rng.choice(EXAMPLES))
        way = min(PICTURES // examples, source.class_count)
        drawn = [_as_another_class(source.draw(i, examples, rng), rng) for i in source.choose(way, rng)]
        pixels = rewrite(np.concatenate(drawn), self.backbone.preprocessing.size, rng)
        features = self.backbone.normalize(torch.from_numpy(pixels))
        labels = torch.arange(way).repeat_interleave(examples)
        is_support = torch.arange(len(labels)) % examples == 0
        every = LabeledSet(features, labels, tuple(map(str, range(way))))
        return Episode(every.take(is_support), every.take(~is_support))


def _as_another_class(pictures: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    turned = np.rot90(pictures, int(rng.integers(4)), axes=(1, 2))
    return turned[:, :, ::-1] if rng.random() < 0.5 else turned


def train_backbone(
    backbone: Backbone,
    data: Sequence[str],
    exclude: tuple[str, ...],
    out: Path,
    steps: int,
    seed: int,
    attributions: Sequence[str],
) -> Generator[Event, None, None]:
    """Train `backbone` for `steps` episodes and write its weights and card to `out`.

    Classes whose name begins with one of `exclude` are never seen, a tenth of the others only validates.
    If there is an unfinished training beside `out`, it goes on. Raises `FewshotError` for a backbone that
    is not ours to train, and whatever is wrong with the data or with `out`.
    """
    if backbone.untrained is None:
        raise FewshotError(
            "{backbone} comes trained; only the character backbone is trained here.",
            backbone=Message(backbone.title),
        )
    check_output_path(out)
    seed_torch(seed)
    embedding = backbone.untrained().to(memory_format=torch.channels_last)
    learner = LeaveOneOutPrototypical(backbone, embedding)
    datasets = []
    for name, classes in (yield from without_repeats(_read(backbone, data, exclude), Notice)):
        datasets.append((yield from split(name, classes, max(EXAMPLES) + 1, seed)))
    episodes = RewrittenEpisodes(Mixture([dataset.training for dataset in datasets]), backbone)
    validation = [
        episode for dataset in datasets for episode in _as_it_will_be_used(dataset.held_out, backbone)
    ]
    state_file = state_beside(out)
    schedule = Schedule(steps, 1, LEARNING_RATE, VALIDATE_EVERY, seed)
    settings = {"exclusion": exclude, "data": [dataset.facts() for dataset in datasets]}
    last = None
    with closing(meta_train(learner, episodes.sample, validation, schedule, state_file, settings)) as events:
        for event in events:
            yield event
            last = event if isinstance(event, TrainingStep) else last
    assert last is not None
    _settle_batch_norm(embedding, episodes, seed)
    progress = mapped(evaluation(learner, validation), partial(EvaluationProgress, total=len(validation)))
    accuracies = {"classes held out": (yield from progress).accuracy}
    card = {
        "algorithm": "prototypical",
        "backbone": backbone.name,
        "sources": list(attributions) or list(data),
        "excluded": list(exclude),
        "pictures": PICTURES,
        "examples": list(EXAMPLES),
        "steps": steps,
        "seed": seed,
        "validation": {name: to_card(20, 1, accuracy) for name, accuracy in accuracies.items()},
        "seconds": round(last.seconds, 3),
        "machine": machine(torch.device("cpu")),
        "torch": torch.__version__,
        "command": " ".join(
            ["fewshot train-backbone", "--backbone", backbone.name, "--data"]
            + [Path(what).name for what in data]
            + (["--exclude", *exclude] if exclude else [])
            + ["--steps", str(steps), "--seed", str(seed), "--out", out.name]
        ),
    }
    write_checkpoint(out, embedding.state_dict(), card)
    for path in (state_file, state_file.with_suffix(".json")):
        path.unlink(missing_ok=True)
    yield CheckpointSaved(out, accuracies)


def _read(
    backbone: Backbone, data: Sequence[str], exclude: tuple[str, ...]
) -> Generator[Event, None, list[tuple[str, PictureClasses]]]:
    """The name and the classes of each data set, drawn large enough to be rewritten."""
    large = replace(backbone, preprocessing=replace(backbone.preprocessing, size=WRITTEN_SIZE))
    encoder = PixelEncoder(large, torch.device("cpu"))
    found = []

    def is_wanted(class_name: str) -> bool:
        return not class_name.startswith(exclude)

    with EmbeddingCache(embeddings_dir(), encoder) as cache:
        for one in data_sets(data, TRAINING_SEED):
            classes = yield from read_classes(one, encoder, cache, include=is_wanted)
            found.append((one.name, classes))
    return found


def _as_it_will_be_used(source: PictureClasses, backbone: Backbone) -> Iterator[Episode]:
    """Validation: 20-way 1-shot, pictures cropped as in use and not rewritten."""
    images = to_features("images", backbone, torch.device("cpu"))
    size = backbone.preprocessing.size

    def plain(pictures: NDArray[Any]) -> Tensor:
        return images(crop_again(pictures, size))

    way = min(20, source.class_count)
    return EpisodeSampler(source, plain, way, 1, 5).episodes(40, seed=7)


def _settle_batch_norm(embedding: nn.Module, episodes: RewrittenEpisodes, seed: int) -> None:
    """Give batch norm the moments of many episodes, where training leaves those of the last few."""
    for module in embedding.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    embedding.train()
    with torch.no_grad():
        for number in range(POPULATION_EPISODES):
            episode = episodes.sample(np.random.default_rng((seed, 0, number)))
            embedding(torch.cat([episode.support.features, episode.query.features]))
    embedding.eval()
