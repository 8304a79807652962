"""Compares algorithms on data sets, with the same episodes for all, as a stream of events."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from engine.backbones.base import Backbone, get_backbone
from engine.devices import one_thread, resolve_device
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder
from engine.embeddings.features import encoder_for, to_features
from engine.errors import FewshotError, reason_of
from engine.evaluation.episodic import Evaluation, evaluation
from engine.generators import mapped, without_repeats
from engine.learners.base import Features, MetaLearner
from engine.learners.registry import create_learner, get_learner, learners
from engine.messages import Message
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import VALIDATION_SEED, PictureClasses
from engine.meta_training.data_sets import DataSet, data_sets
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.training_events import EvaluationProgress, Notice, ReadingData
from engine.paths import embeddings_dir
from engine.seeding import seed_torch

ALL = "all"
"""As the name of an algorithm: every one that can run on the backbone."""


@dataclass(frozen=True)
class ComparisonConfig:
    """Which algorithms are compared, on what data, and how.

    `algorithms` are names as `create_learner` takes them, or `ALL`, and `data` as `data_set` does; with
    `include`, only classes whose name begins with one of it are used. Each way with each shot is a task; it
    is judged by `episodes` episodes with `query` pictures of each class, which follow from `seed`. With
    four `rotations`, a class turned by 90, 180 and 270 degrees is three classes more, as papers on Omniglot
    count; a class and its own turns do not meet in an episode. With `untrained` the algorithms are judged as
    they are before meta-training, those that begin with random weights with such as follow from `seed`.
    `options` are choices about the algorithms; each takes those that it has.
    """

    data: tuple[str, ...]
    algorithms: tuple[str, ...]
    backbone: str
    ways: tuple[int, ...] = (5,)
    shots: tuple[int, ...] = (1, 5)
    query: int = 5
    episodes: int = 600
    seed: int = 0
    include: tuple[str, ...] = ()
    rotations: int = 1
    device: str = "auto"
    untrained: bool = False
    options: Mapping[str, float | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The evaluation of an algorithm on a task; `algorithm` is the name that it was asked for by."""

    data: str
    algorithm: str
    way: int
    shot: int
    evaluation: Evaluation


Event: TypeAlias = ReadingData | Notice | EvaluationProgress | Result


def compare(config: ComparisonConfig) -> Generator[Event, None, None]:
    """Evaluate every algorithm on every data set at every task.

    A task leaves out classes that have too few pictures for it, and is left out, with a notice, where too
    few classes remain. Raises `FewshotError` for what is wrong with the configuration or its data, and
    where nothing could be evaluated.
    """
    # Data may be read twice, for algorithms that take embeddings and for those that take pixels.
    yield from without_repeats(_compare(config), Notice)


def _compare(config: ComparisonConfig) -> Generator[Event, None, None]:
    backbone, device = get_backbone(config.backbone), resolve_device(config.device)
    evaluated_learners = {}
    for name in _names(config.algorithms):
        try:
            created = (
                _untrained(name, backbone, config.seed)
                if config.untrained
                else create_learner(name, backbone.name)
            )
            created.configure(_options_of(created, config.options))
            evaluated_learners[name] = created.to(device)
        except FewshotError as error:
            if name in config.algorithms:
                raise
            yield Notice(Message("Left out: {reason}", reason=reason_of(error)))
    known = {option.name for learner in evaluated_learners.values() for option in learner.options}
    if unknown := config.options.keys() - known:
        raise FewshotError(
            "None of the algorithms has the option “{name}”; {hint}.",
            name=sorted(unknown)[0],
            hint=Message("their options are {names}", names=", ".join(sorted(known)))
            if known
            else Message("they have none"),
        )
    if any(learner.transductive for learner in evaluated_learners.values()):
        raise FewshotError("Here each picture is judged alone; leave the option “transductive” out.")
    if not evaluated_learners:
        raise FewshotError(
            "No algorithm can run on {backbone}; meta-train one, or choose another.",
            backbone=Message(backbone.title),
        )
    nothing_was_evaluated = True
    for data in data_sets(config.data, VALIDATION_SEED):
        classes: dict[Features, PictureClasses] = {}
        for takes in sorted({learner.takes(backbone) for learner in evaluated_learners.values()}):
            classes[takes] = yield from _read(data, config, encoder_for(takes, backbone, device))
        for way, shot in itertools.product(config.ways, config.shots):
            least = shot + config.query
            usable = {takes: held.with_at_least(least) for takes, held in classes.items()}
            available = min(held.class_count for held in usable.values())
            if available < way:
                yield Notice(
                    Message(
                        "{name} is left out at {way}-way {shot}-shot: it has {n} classes with at least "
                        "{least} pictures.",
                        name=data.name,
                        way=way,
                        shot=shot,
                        n=available,
                        least=least,
                    )
                )
                continue
            for name, learner in evaluated_learners.items():
                takes = learner.takes(backbone)
                features = to_features(takes, backbone, device)
                sampler = EpisodeSampler(usable[takes], features, way, shot, config.query)
                episodes = sampler.episodes(config.episodes, config.seed)
                with one_thread():
                    progress = partial(EvaluationProgress, total=config.episodes)
                    evaluated = yield from mapped(evaluation(learner, episodes), progress)
                yield Result(data.name, name, way, shot, evaluated)
                nothing_was_evaluated = False
    if nothing_was_evaluated:
        raise FewshotError(
            "No data set has enough classes for any of the tasks; choose a smaller --way, --shot or --query."
        )


def _untrained(name: str, backbone: Backbone, seed: int) -> MetaLearner:
    learner = get_learner(name)
    if (reason := learner.supports(backbone)) is not None:
        raise FewshotError(reason)
    seed_torch(seed)
    return learner(backbone).eval()


def _options_of(learner: MetaLearner, options: Mapping[str, float | bool]) -> dict[str, float | bool]:
    has = {option.name for option in learner.options}
    return {name: value for name, value in options.items() if name in has}


def _names(asked_for: Sequence[str]) -> list[str]:
    """The algorithms by name, once each; with all of them, those that only their own name asks for."""
    everyone = learners() if ALL in asked_for else ()
    return list(dict.fromkeys([*everyone, *(name for name in asked_for if name != ALL)]))


def _read(
    data: DataSet, config: ComparisonConfig, encoder: Encoder
) -> Generator[Event, None, PictureClasses]:
    def is_wanted(class_name: str) -> bool:
        return not config.include or class_name.startswith(config.include)

    with EmbeddingCache(embeddings_dir(), encoder) as cache:
        return (yield from read_classes(data, encoder, cache, config.rotations, is_wanted))
