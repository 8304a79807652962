"""A whole meta-training, from data sets to a checkpoint with its card, as a stream of events."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import in_half_precision, write_checkpoint
from engine.devices import is_out_of_memory, one_thread, title
from engine.embeddings.cache import EmbeddingCache
from engine.episodes import Episode
from engine.errors import FewshotError, reason_of
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodes import evaluation
from engine.generators import mapped, without_repeats
from engine.learners.base import Features, MetaLearner
from engine.learners.registry import get_learner
from engine.messages import Message
from engine.meta_training.data_sets import data_sets
from engine.meta_training.episode_sampler import EpisodeSampler, to_features
from engine.meta_training.events import Event, Judging, Notice, TrainingStep, Written
from engine.meta_training.order import HELD_OUT, Order, spelled
from engine.meta_training.outer_loop import Schedule, meta_train
from engine.meta_training.reading import encoder_for, read_classes
from engine.meta_training.sources import TRAINING_SEED, Mixture, PictureClasses
from engine.meta_training.team import Team, joined
from engine.paths import embeddings_dir
from engine.seeding import seed_torch


@dataclass(frozen=True)
class Exam:
    """A training is judged, and written down, some `times` on `episodes` of each data set, at its end on
    `final_episodes`.
    """

    times: int
    episodes: int
    final_episodes: int


EXAMS: dict[Features, Exam] = {
    "embeddings": Exam(times=20, episodes=60, final_episodes=300),
    # A whole network is adapted in each: a second, where a head takes a hundredth of it.
    "images": Exam(times=8, episodes=20, final_episodes=100),
}

LEAST_STEPS_BETWEEN = 25
"""Between two times."""

VALIDATION_TASK = (20, 1)
"""Way and shot of validation, as far as the training has them in its ranges."""

VALIDATION_SEED, FINAL_SEED = 1, 2


def run(order: Order) -> Generator[Event, None, None]:
    """Do it; of several processes that train together only the first has something to tell.

    Raises `FewshotError` for whatever is wrong with the order or its data.
    """
    learner_class, backbone = get_learner(order.algorithm), get_backbone(order.backbone)
    if (reason := learner_class.supports(backbone)) is not None:
        raise FewshotError(reason)
    facts = learner_class.facts
    if not facts.needs_checkpoint:
        raise FewshotError(
            "{algorithm} learns nothing from meta-training, and needs none.", algorithm=Message(facts.title)
        )
    check_files(order)
    with joined(order.device) as (team, device):
        seed_torch(order.seed)
        learner = learner_class(backbone).to(device)
        try:
            with closing(_Job(order, learner, backbone, team, device).events()) as events:
                for event in events:
                    if team.is_first:
                        yield event
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise FewshotError(
                "{device} ran out of memory; choose fewer classes (--way) or pictures (--query) an episode.",
                device=str(device),
            ) from error


def check_place(out: Path) -> None:
    """Raise `FewshotError` if no checkpoint can be written to `out`; make the folder that it is in."""
    if out.suffix != ".safetensors":
        raise FewshotError("A checkpoint is called NAME.safetensors, not {name}.", name=out.name)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FewshotError(
            "The folder {path} cannot be made: {reason}.", path=out.parent, reason=reason_of(error)
        ) from error


def check_files(order: Order) -> None:
    """Raise `FewshotError` if what the order goes on with is not there, if it would take the place of an
    unfinished training, or if no checkpoint can be written where it says."""
    if order.resume is not None and not order.resume.is_file():
        raise FewshotError("There is no unfinished training at {path}.", path=order.resume)
    if order.resume is None and order.state_file.exists():
        raise FewshotError(
            "There is an unfinished training at {path}; go on with it by adding --resume {argument}, "
            "or delete it.",
            path=order.state_file,
            argument=shlex.quote(str(order.state_file)),
        )
    check_place(order.out)


@dataclass(frozen=True)
class Stock:
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
            "turns": self.training.turns,
            "validation_classes": self.held_out.class_count,
        }


def split(name: str, classes: PictureClasses, least: int, seed: int) -> Generator[Event, None, Stock]:
    """Leave out classes with fewer than `least` pictures, then set some aside for validation.

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
    return Stock(name, *usable.split(HELD_OUT, seed))


@dataclass(frozen=True)
class _Job:
    order: Order
    learner: MetaLearner
    backbone: Backbone
    team: Team
    device: torch.device

    def events(self) -> Generator[Event, None, None]:
        if not self.team.is_first:  # the first reads, and the others find it all in the cache
            self.team.wait()
        stocks = yield from without_repeats(self._read(), Notice)
        if self.team.is_first:
            self.team.wait()
        is_small = self.device.type == "cpu" and self.takes == "embeddings"
        with one_thread() if is_small else nullcontext():
            yield from self._train(stocks)

    @property
    def takes(self) -> Features:
        return self.learner.takes(self.backbone)

    def _read(self) -> Generator[Event, None, list[Stock]]:
        encoder = encoder_for(self.takes, self.backbone, self.device)
        stocks = []
        with EmbeddingCache(embeddings_dir(), encoder) as cache:
            for data in data_sets(self.order.data, TRAINING_SEED):
                is_characters = data.turns_make_classes and self.backbone.preprocessing.channels == 1
                turns = 4 if is_characters else 1
                classes = yield from read_classes(data, encoder, cache, turns, self._is_wanted)
                stocks.append((yield from self._split(data.name, classes)))
        return stocks

    def _is_wanted(self, class_name: str) -> bool:
        return not class_name.startswith(self.order.exclude)

    def _split(self, name: str, classes: PictureClasses) -> Generator[Event, None, Stock]:
        recipe = self.order.recipe
        stock = yield from split(name, classes, recipe.min_pictures, self.order.seed)
        if stock.training.class_count < recipe.ways[0]:
            raise FewshotError(
                "{name} has {n} classes to learn from, too few for episodes of {ways}; choose fewer "
                "classes an episode (--way).",
                name=name,
                n=stock.training.class_count,
                ways=recipe.ways[0],
            )
        return stock

    def _train(self, stocks: Sequence[Stock]) -> Generator[Event, None, None]:
        order, recipe, exam = self.order, self.order.recipe, EXAMS[self.takes]
        features = to_features(self.takes, self.backbone, self.device)
        source = Mixture([stock.training for stock in stocks])
        sampler = EpisodeSampler(source, features, recipe.ways, recipe.shots, recipe.query)
        schedule = Schedule(
            recipe.steps,
            recipe.meta_batch,
            recipe.learning_rate,
            max(LEAST_STEPS_BETWEEN, recipe.steps // exam.times),
            order.seed,
        )
        settings = {
            "way": recipe.ways,
            "shot": recipe.shots,
            "query": recipe.query,
            "backbone_fingerprint": self.backbone.fingerprint,
            "exclusion": order.exclude,
            "data": [stock.facts() for stock in stocks],
        }

        def held_out(stock: Stock, episodes: int, seed: int) -> Iterator[Episode]:
            way, shot = self._validation_task(stock)
            return EpisodeSampler(stock.held_out, features, way, shot, recipe.query).episodes(episodes, seed)

        validation = [
            episode for stock in stocks for episode in held_out(stock, exam.episodes, VALIDATION_SEED)
        ]
        last = None
        steps = meta_train(self.learner, sampler.sample, validation, schedule, order.state_file, settings)
        with closing(steps):  # at once: it writes down how far it came, which may not be possible
            for event in steps:
                yield event
                last = event if isinstance(event, TrainingStep) else last
        if not self.team.is_first:
            return
        assert last is not None
        weights = in_half_precision(self.learner.state_dict())
        self.learner.load_state_dict(weights)  # so that what is judged is what is written
        judged = {}
        for stock in stocks:
            episodes = held_out(stock, exam.final_episodes, FINAL_SEED)
            told = partial(Judging, total=exam.final_episodes)
            evaluated = yield from mapped(evaluation(self.learner, episodes), told)
            judged[stock.name] = evaluated.accuracy
        write_checkpoint(order.out, weights, self._card(stocks, last, judged))
        for path in (order.state_file, order.state_file.with_suffix(".json")):
            path.unlink(missing_ok=True)
        yield Written(order.out, judged)

    def _validation_task(self, stock: Stock) -> tuple[int, int]:
        (least_way, most_way), (least_shot, most_shot) = self.order.recipe.ways, self.order.recipe.shots
        way, shot = VALIDATION_TASK
        way = max(least_way, min(way, most_way))
        return min(way, stock.held_out.class_count), max(least_shot, min(shot, most_shot))

    def _card(
        self, stocks: Sequence[Stock], last: TrainingStep, judged: dict[str, Accuracy]
    ) -> dict[str, Any]:
        order, recipe, backbone = self.order, self.order.recipe, self.backbone
        card: dict[str, Any] = {
            "algorithm": order.algorithm,
            "backbone": backbone.name,
            "backbone_fingerprint": backbone.fingerprint,
        }
        if self.takes == "images":
            card["warm_started_from"] = f"{backbone.name}, {backbone.source}"
        return card | {
            "sources": list(order.attributions) or [stock.name for stock in stocks],
            "data": [stock.facts() for stock in stocks],
            "excluded": list(order.exclude),
            "way": spelled(recipe.ways),
            "shot": spelled(recipe.shots),
            "query": recipe.query,
            "episodes": recipe.steps * recipe.meta_batch,
            "meta_batch": recipe.meta_batch,
            "learning_rate": recipe.learning_rate,
            "seed": order.seed,
            "validation": {
                stock.name: "{}-way {}-shot on classes held out: ".format(*self._validation_task(stock))
                + f"{judged[stock.name]} over {judged[stock.name].episodes} episodes"
                for stock in stocks
            },
            "seconds": round(last.seconds, 3),
            "processes": self.team.size,
            "machine": machine(self.device),
            "torch": torch.__version__,
            "command": order.command(),
        }


def machine(device: torch.device) -> str:
    """What it runs on, by the name of the processor or the graphics card."""
    if device.type != "cpu":
        return str(title(str(device)))
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(errors="replace").splitlines() if facts.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor() or platform.machine()}, {title('cpu')}"
