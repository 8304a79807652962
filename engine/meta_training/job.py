"""A whole meta-training, from data sets to a checkpoint with its card, as a stream of events."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import in_half_precision, write_checkpoint
from engine.devices import in_one_thread, is_out_of_memory, title
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.features import encoder_for, to_features
from engine.episodes import Episode
from engine.errors import FewshotError, reason_of
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluation
from engine.evaluation.validation import to_card
from engine.generators import mapped, without_repeats
from engine.learners.base import Features, MetaLearner
from engine.learners.registry import get_learner
from engine.messages import Message
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import TRAINING_SEED, Mixture, PictureClasses
from engine.meta_training.data_sets import data_sets
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.outer_loop import Schedule, meta_train
from engine.meta_training.process_group import ProcessGroup, distributed
from engine.meta_training.training_config import HELD_OUT, TrainingConfig, format_range
from engine.meta_training.training_events import (
    CheckpointSaved,
    EvaluationProgress,
    Event,
    Notice,
    TrainingStep,
)
from engine.paths import embeddings_dir
from engine.seeding import seed_torch


@dataclass(frozen=True)
class ValidationSchedule:
    """A training is validated and saved `times` times on `episodes` of each data set, at its end on
    `final_episodes`.
    """

    times: int
    episodes: int
    final_episodes: int


VALIDATION_SCHEDULES: dict[Features, ValidationSchedule] = {
    "embeddings": ValidationSchedule(times=20, episodes=60, final_episodes=300),
    # A whole network is adapted in each: a second, where a head takes a hundredth of it.
    "images": ValidationSchedule(times=8, episodes=20, final_episodes=100),
}

MIN_STEPS_BETWEEN = 25
"""The least number of steps between two validations."""

VALIDATION_TASK = (20, 1)
"""Way and shot of validation, clipped to the ranges of the training."""

VALIDATION_SEED, FINAL_SEED = 1, 2


def run(config: TrainingConfig) -> Generator[Event, None, None]:
    """Meta-train; of several processes only the first yields events.

    Raises `FewshotError` for whatever is wrong with the configuration or its data.
    """
    learner_class, backbone = get_learner(config.algorithm), get_backbone(config.backbone)
    if (reason := learner_class.supports(backbone)) is not None:
        raise FewshotError(reason)
    backbone.require_weights()
    facts = learner_class.facts
    if facts.meta_training == "none":
        raise FewshotError(
            "{algorithm} learns nothing from meta-training, and needs none.", algorithm=Message(facts.title)
        )
    check_files(config)
    with distributed(config.device) as (processes, device):
        seed_torch(config.seed)
        learner = learner_class(backbone).to(device)
        try:
            with closing(_Job(config, learner, backbone, processes, device).events()) as events:
                for event in events:
                    if processes.is_first:
                        yield event
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise FewshotError(
                "{device} ran out of memory; choose fewer classes (--way) or pictures (--query) an episode.",
                device=str(device),
            ) from error


def check_output_path(out: Path) -> None:
    """Raise `FewshotError` if no checkpoint can be written to `out`; make the folder that it is in."""
    if out.suffix != ".safetensors":
        raise FewshotError("A checkpoint is called NAME.safetensors, not {name}.", name=out.name)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FewshotError(
            "The folder {path} cannot be made: {reason}.", path=out.parent, reason=reason_of(error)
        ) from error


def check_files(config: TrainingConfig) -> None:
    """Raise `FewshotError` if the state to resume from does not exist, if the training would overwrite an
    unfinished one, or if the checkpoint cannot be written."""
    if config.resume is not None and not config.resume.is_file():
        raise FewshotError("There is no unfinished training at {path}.", path=config.resume)
    if config.resume is None and config.state_file.exists():
        raise FewshotError(
            "There is an unfinished training at {path}; go on with it by adding --resume {argument}, "
            "or delete it.",
            path=config.state_file,
            argument=shlex.quote(str(config.state_file)),
        )
    check_output_path(config.out)


@dataclass(frozen=True)
class DatasetSplit:
    """A data set, and its classes on either side of the split."""

    name: str
    training: PictureClasses
    held_out: PictureClasses

    def facts(self) -> dict[str, Any]:
        """For the card."""
        return {
            "name": self.name,
            "classes": self.training.class_count,
            "pictures": sum(map(len, self.training.pictures)),
            "turns": self.training.rotations,
            "validation_classes": self.held_out.class_count,
        }


def split(name: str, classes: PictureClasses, least: int, seed: int) -> Generator[Event, None, DatasetSplit]:
    """Drop classes with fewer than `least` pictures, then hold some out for validation.

    Raises `FewshotError` where too few remain for both.
    """
    usable = classes.with_at_least(least)
    if left_out := classes.class_count - usable.class_count:
        yield Notice(
            Message(
                "{n} of {class_n} classes in {name} have fewer than {least} pictures and were left out.",
                n=left_out,
                class_n=classes.class_count,
                name=name,
                least=least,
            )
        )
    if usable.class_count < 4:
        raise FewshotError(
            "{name} has too few classes with at least {least} pictures ({n}); meta-training takes "
            "two to learn from and two to validate on.",
            name=name,
            least=least,
            n=usable.class_count,
        )
    return DatasetSplit(name, *usable.split(HELD_OUT, seed))


@dataclass(frozen=True)
class _Job:
    config: TrainingConfig
    learner: MetaLearner
    backbone: Backbone
    processes: ProcessGroup
    device: torch.device

    def events(self) -> Generator[Event, None, None]:
        if not self.processes.is_first:  # the first reads, and the others find it all in the cache
            self.processes.wait()
        datasets = yield from without_repeats(self._read(), Notice)
        if self.processes.is_first:
            self.processes.wait()
        is_small = self.device.type == "cpu" and self.takes == "embeddings"
        events = self._train(datasets)
        yield from in_one_thread(events) if is_small else events

    @property
    def takes(self) -> Features:
        return self.learner.takes(self.backbone)

    def _read(self) -> Generator[Event, None, list[DatasetSplit]]:
        encoder = encoder_for(self.takes, self.backbone, self.device)
        datasets = []
        with EmbeddingCache(embeddings_dir(), encoder) as cache:
            for data in data_sets(self.config.data, TRAINING_SEED):
                is_characters = data.rotations_make_classes and self.backbone.preprocessing.channels == 1
                rotations = 4 if is_characters else 1
                classes = yield from read_classes(data, encoder, cache, rotations, self._is_wanted)
                datasets.append((yield from self._split(data.name, classes)))
        return datasets

    def _is_wanted(self, class_name: str) -> bool:
        return not class_name.startswith(self.config.exclude)

    def _split(self, name: str, classes: PictureClasses) -> Generator[Event, None, DatasetSplit]:
        recipe = self.config.recipe
        dataset = yield from split(name, classes, recipe.min_pictures, self.config.seed)
        if dataset.training.class_count < recipe.ways[0]:
            raise FewshotError(
                "{name} has {n} classes to learn from, too few for episodes of {ways}; choose fewer "
                "classes an episode (--way).",
                name=name,
                n=dataset.training.class_count,
                ways=recipe.ways[0],
            )
        return dataset

    def _train(self, datasets: Sequence[DatasetSplit]) -> Generator[Event, None, None]:
        config, recipe, validations = self.config, self.config.recipe, VALIDATION_SCHEDULES[self.takes]
        features = to_features(self.takes, self.backbone, self.device)
        source = Mixture([dataset.training for dataset in datasets])
        sampler = EpisodeSampler(source, features, recipe.ways, recipe.shots, recipe.query)
        schedule = Schedule(
            recipe.steps,
            recipe.meta_batch,
            recipe.learning_rate,
            max(MIN_STEPS_BETWEEN, recipe.steps // validations.times),
            config.seed,
        )
        settings = {
            "way": recipe.ways,
            "shot": recipe.shots,
            "query": recipe.query,
            "backbone_fingerprint": self.backbone.fingerprint,
            "exclusion": config.exclude,
            "data": [dataset.facts() for dataset in datasets],
        }

        def held_out(dataset: DatasetSplit, episodes: int, seed: int) -> Iterator[Episode]:
            way, shot = self._validation_task(dataset)
            return EpisodeSampler(dataset.held_out, features, way, shot, recipe.query).episodes(
                episodes, seed
            )

        validation = [
            episode
            for dataset in datasets
            for episode in held_out(dataset, validations.episodes, VALIDATION_SEED)
        ]
        last = None
        steps = meta_train(self.learner, sampler.sample, validation, schedule, config.state_file, settings)
        with closing(steps):  # at once: it writes down how far it came, which may not be possible
            for event in steps:
                yield event
                last = event if isinstance(event, TrainingStep) else last
        if not self.processes.is_first:
            return
        assert last is not None
        weights = in_half_precision(self.learner.state_dict())
        self.learner.load_state_dict(weights)  # so that the validated weights are the written ones
        accuracies = {}
        for dataset in datasets:
            episodes = held_out(dataset, validations.final_episodes, FINAL_SEED)
            to_event = partial(EvaluationProgress, total=validations.final_episodes)
            evaluated = yield from mapped(evaluation(self.learner, episodes), to_event)
            accuracies[dataset.name] = evaluated.accuracy
        write_checkpoint(config.out, weights, self._card(datasets, last, accuracies))
        for path in (config.state_file, config.state_file.with_suffix(".json")):
            path.unlink(missing_ok=True)
        yield CheckpointSaved(config.out, accuracies)

    def _validation_task(self, dataset: DatasetSplit) -> tuple[int, int]:
        (least_way, most_way), (least_shot, most_shot) = self.config.recipe.ways, self.config.recipe.shots
        way, shot = VALIDATION_TASK
        way = max(least_way, min(way, most_way))
        return min(way, dataset.held_out.class_count), max(least_shot, min(shot, most_shot))

    def _card(
        self, datasets: Sequence[DatasetSplit], last: TrainingStep, accuracies: dict[str, Accuracy]
    ) -> dict[str, Any]:
        config, recipe, backbone = self.config, self.config.recipe, self.backbone
        card: dict[str, Any] = {
            "algorithm": config.algorithm,
            "backbone": backbone.name,
            "backbone_fingerprint": backbone.fingerprint,
        }
        if self.takes == "images":
            card["warm_started_from"] = f"{backbone.name}, {backbone.source}"
        return card | {
            "sources": list(config.attributions) or [dataset.name for dataset in datasets],
            "data": [dataset.facts() for dataset in datasets],
            "excluded": list(config.exclude),
            "way": format_range(recipe.ways),
            "shot": format_range(recipe.shots),
            "query": recipe.query,
            "episodes": recipe.steps * recipe.meta_batch,
            "meta_batch": recipe.meta_batch,
            "learning_rate": recipe.learning_rate,
            "seed": config.seed,
            "validation": {
                dataset.name: to_card(*self._validation_task(dataset), accuracies[dataset.name])
                for dataset in datasets
            },
            "seconds": round(last.seconds, 3),
            "processes": self.processes.size,
            "machine": machine(self.device),
            "torch": torch.__version__,
            "command": config.command(),
        }


def machine(device: torch.device) -> str:
    """The name of the processor or the graphics card."""
    if device.type != "cpu":
        return str(title(str(device)))
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(errors="replace").splitlines() if facts.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor() or platform.machine()}, {title('cpu')}"
