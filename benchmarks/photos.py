"""How right the labels of photos are: `photos.py --data DIR [--algorithms …] [--backbone …] [--peers]`.

DIR holds the zips of `SETS`, nine sets of photos unlike those that anything here was trained on, a folder a
class. Five classes of a set, or all it has, have 1, 2, 5 and 10 examples each; up to 15 further pictures of
each are to be labelled. `--uneven` gives one class 30 and the others 5. Every contestant gets the same
episodes, and each picture is judged alone, but for those that say *transductive*. The last columns are the
mean of all cells, and its difference to `--against` with the 95 % interval over the episodes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from photo_peers import Peer, easyfsl_peers, sklearn_peers
from reporting import circumstances, print_circumstances, print_table
from torch import Tensor
from tqdm import tqdm

from engine.backbones.base import Backbone, get_backbone
from engine.devices import one_thread
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.features import encoder_for, to_features
from engine.episodes import Episode, LabeledSet
from engine.generators import run_to_end
from engine.learners.base import WHOLE_FOLDER, Features, MetaLearner
from engine.learners.registry import create_learner
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import VALIDATION_SEED, PictureClasses
from engine.meta_training.data_sets import data_sets
from engine.paths import embeddings_dir
from engine.process import set_up_process
from engine.seeding import seed_torch

SETS = (
    "magnetic_tile",
    "elpv",
    "deeppcb_crops",
    "wbc_ds1",
    "euro_coins",
    "sign_digits",
    "gtsrb",
    "flowers5",
    "leaf99",
)
SHOTS = (1, 2, 5, 10)
WAY, QUERY, LEAST_QUERY, MOST = 5, 15, 5, 60
MANY, FEW = 30, 5
ALGORITHMS = ("auto", "linear-probe", "prototypical", "nearest", "ridge", "cosine", "fine-tuning")


@dataclass(frozen=True)
class Task:
    """The pictures of an episode, as (class, place) in a set: rows int64 [n, 2], and their labels [n]."""

    support: NDArray[np.int64]
    query: NDArray[np.int64]
    support_labels: Tensor
    query_labels: Tensor
    way: int


def tasks(sizes: Sequence[int], shot: int, count: int, uneven: bool) -> Iterator[Task]:
    """`count` episodes of classes that have so many pictures each; none if fewer than two have enough."""
    usable = [index for index, size in enumerate(sizes) if size >= shot + LEAST_QUERY]
    way = min(WAY, len(usable))
    for number in range(count if way > 1 else 0):
        rng = np.random.default_rng((0, number))
        support, query = [], []
        chosen = rng.choice(usable, way, replace=False)
        largest = rng.integers(way)
        for label, index in enumerate(chosen):
            places = rng.permutation(sizes[index])[:MOST]
            most = (MANY if label == largest else FEW) if uneven else QUERY
            support += [(label, index, place) for place in places[:shot]]
            query += [(label, index, place) for place in places[shot : shot + most]]
        examples, pictures = np.array(support), np.array(query)
        yield Task(
            examples[:, 1:],
            pictures[:, 1:],
            torch.from_numpy(examples[:, 0]),
            torch.from_numpy(pictures[:, 0]),
            way,
        )


def episode(task: Task, classes: PictureClasses, takes: Features, backbone: Backbone) -> Episode:
    """The features of a task."""
    features, names = to_features(takes, backbone, torch.device("cpu")), tuple(map(str, range(task.way)))

    def half(rows: NDArray[np.int64], labels: Tensor) -> LabeledSet:
        found = np.stack([classes.pictures[index][place] for index, place in rows.tolist()])
        return LabeledSet(features(found), labels, names)

    return Episode(half(task.support, task.support_labels), half(task.query, task.query_labels))


def labelled_by(learner: MetaLearner, transductive: bool, given: Episode) -> Tensor:
    """The labels [n] that the learner gives the pictures of an episode."""
    seed_torch(0)
    if transductive:
        learner = learner.with_folder(given.query.features)
    with torch.no_grad():
        return run_to_end(learner.adapt(given.support)).joint_logits(given.query.features).argmax(dim=1)


@dataclass(frozen=True)
class Contestant:
    """A row of the table: it labels the pictures of an episode of what it takes on a backbone."""

    backbone: Backbone
    takes: Features
    label: Peer


def contestants(options: argparse.Namespace) -> dict[str, Contestant]:
    """All rows by name, the one that the others are compared with first."""
    rows: dict[str, Contestant] = {}
    for backbone in map(get_backbone, options.backbones):
        on = "" if backbone.name == options.backbones[0] else f" on {backbone.name}"
        for name in options.algorithms:
            learner = create_learner(name, backbone.name)
            takes = learner.takes(backbone)
            rows[f"{name}{on}"] = Contestant(backbone, takes, partial(labelled_by, learner, False))
            if options.transductive and WHOLE_FOLDER in learner.options:
                label = partial(labelled_by, learner, True)
                rows[f"{name}{on}, transductive"] = Contestant(backbone, takes, label)
    if options.peers:
        backbone = get_backbone(options.backbones[0])
        for name, peer in {**sklearn_peers(), **easyfsl_peers()}.items():
            rows[name] = Contestant(backbone, "embeddings", peer)
    return rows


def read(path: Path, backbone: Backbone) -> PictureClasses:
    """All classes of a zip, through the cache."""
    encoder = encoder_for("layers", backbone, torch.device("cpu"))
    (data,) = data_sets([str(path)], VALIDATION_SEED)
    with EmbeddingCache(embeddings_dir(), encoder) as cache:
        return run_to_end(read_classes(data, encoder, cache))


def scores(options: argparse.Namespace, rows: dict[str, Contestant]) -> dict[str, dict[str, list[float]]]:
    """The accuracy of every row in every episode of every cell (a set with a number of examples)."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in rows}
    progress = tqdm(total=len(options.sets) * len(SHOTS) * options.episodes * len(rows), unit="episode")
    for data in options.sets:
        by_backbone = {
            backbone.name: read(options.data / f"{data}.zip", backbone)
            for backbone in dict.fromkeys(row.backbone for row in rows.values())
        }
        sizes = [len(pictures) for pictures in next(iter(by_backbone.values())).pictures]
        for shot in SHOTS:
            for task in tasks(sizes, shot, options.episodes, options.uneven):
                made: dict[tuple[str, Features], Episode] = {}
                for name, row in rows.items():
                    key = row.backbone.name, row.takes
                    if key not in made:
                        made[key] = episode(task, by_backbone[row.backbone.name], row.takes, row.backbone)
                    if (given := row.label(made[key])) is not None:
                        share = (given == task.query_labels).float().mean()
                        found[name].setdefault(f"{data} {shot}", []).append(float(share))
                    progress.update()
    progress.close()
    return found


def summary(cells: dict[str, list[float]], base: dict[str, list[float]]) -> list[str]:
    """Mean accuracy at each number of examples, of all cells, and the difference to another row's."""
    means = {cell: float(np.mean(values)) for cell, values in cells.items()}
    each = [[mean for cell, mean in means.items() if cell.endswith(f" {shot}")] for shot in SHOTS]
    differences = [np.array(values) - np.array(base[cell]) for cell, values in cells.items()]
    mean = float(np.mean([one.mean() for one in differences]))
    error = math.sqrt(sum(one.var(ddof=1) / len(one) for one in differences)) / len(differences)
    numbers = [f"{100 * np.mean(values):.1f}" if values else "–" for values in (*each, [*means.values()])]
    return [*numbers, f"{100 * mean:+.2f} ± {100 * 1.96 * error:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sets", nargs="+", default=SETS, metavar="NAME", help="default: all nine")
    parser.add_argument("--algorithms", nargs="+", default=ALGORITHMS, metavar="NAME")
    parser.add_argument("--backbones", nargs="+", default=["efficientnet-lite0"], metavar="NAME")
    parser.add_argument("--against", default="prototypical", metavar="ROW", help="default: %(default)s")
    parser.add_argument("--episodes", type=int, default=200, metavar="N", help="default: %(default)s")
    parser.add_argument("--uneven", action="store_true", help="one class has six times as many pictures")
    parser.add_argument("--transductive", action="store_true", help="also with the whole folder")
    parser.add_argument("--peers", action="store_true", help="beside scikit-learn and easyfsl")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    set_up_process()
    facts = circumstances()
    with one_thread():
        found = scores(options, contestants(options))
    if options.json:
        print(json.dumps({"circumstances": facts, "accuracy": found}))
        return
    print_circumstances(facts)
    head = ["", *(f"{shot}" for shot in SHOTS), "all", f"over {options.against}"]
    base = found[options.against]
    order = sorted(found, key=lambda name: -np.mean([np.mean(values) for values in found[name].values()]))
    print_table(head, [[name, *summary(found[name], base)] for name in order])


if __name__ == "__main__":
    main()
