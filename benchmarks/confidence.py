"""Whether confidences mean what they say, at one example a class and more: `confidence.py --data PATH …`.

A PATH is a zip or folder with a folder of pictures for each class, of which the first 12 are used. In
episodes of 2, 5, 20, … classes the adapted task judges 4 further pictures a class, as in use. A cell
says the accuracy, the mean confidence in the label given, and the expected calibration error: how far
the two are apart in ten bins of confidence (Guo et al. 2017), all in percent.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from contestants import Contest, add_arguments, chosen
from numpy.typing import NDArray
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

from engine.confidence.calibration import calibrate
from engine.devices import one_thread
from engine.embeddings.cache import EmbeddingCache
from engine.episodes import Episode
from engine.generators import run_to_end
from engine.learners.base import Features, MetaLearner
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import PictureClasses
from engine.meta_training.data_sets import DataSet, DataSetItems, data_set
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.process import set_up_process
from engine.runs.session import CalibratedClassifier

PICTURES, QUERY, BINS, SEED = 12, 4, 10, 0


@dataclass(frozen=True)
class Row:
    """All 0..1; `error` is the expected calibration error."""

    data: str
    algorithm: str
    way: int
    shot: int
    accuracy: float
    confidence: float
    error: float


def few(data: DataSet) -> DataSet:
    """The first `PICTURES` of each class."""

    def members(at_least: int) -> DataSetItems:
        seen: Counter[str] = Counter()
        for member in data.members(at_least):
            seen[member.class_name] += 1
            if seen[member.class_name] <= PICTURES:
                yield member

    return replace(data, members=members)


def read(
    path: str, include: tuple[str, ...], taking_part: Contest
) -> Iterator[tuple[Features, PictureClasses]]:
    """What the learners take, and the classes as such."""
    for takes in taking_part.kinds:
        encoder = taking_part.encoder(takes)
        with tempfile.TemporaryDirectory() as own, EmbeddingCache(Path(own), encoder) as cache:
            wanted = read_classes(
                few(data_set(path, SEED)), encoder, cache, 1, lambda name: name.startswith(include or "")
            )
            yield takes, run_to_end(wanted)


def judged(learner: MetaLearner, episode: Episode) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """How sure it is of each query picture, and whether it is right."""
    torch.manual_seed(SEED)
    classifier = run_to_end(learner.adapt(episode.support))
    task = CalibratedClassifier(classifier, run_to_end(calibrate(learner, episode.support, classifier)))
    chances = task.probabilities(episode.query.features)
    return chances.max(axis=1), chances.argmax(axis=1) == episode.query.labels.cpu().numpy()


def calibration_error(sure: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    parts = [
        (bins == b).mean() * abs(sure[bins == b].mean() - right[bins == b].mean()) for b in np.unique(bins)
    ]
    return float(sum(parts))


def rows(options: argparse.Namespace, taking_part: Contest) -> Iterator[Row]:
    for path in options.data:
        for takes, classes in read(path, tuple(options.include), taking_part):
            features = taking_part.to_features(takes)
            usable = classes.with_at_least(options.shot + QUERY)
            for name, learner in taking_part.learners.items():
                if learner.takes(taking_part.backbone) != takes:
                    continue
                for way in options.way:
                    if way > usable.class_count:
                        continue
                    sampler = EpisodeSampler(usable, features, way, options.shot, QUERY)
                    told = f"{name} {way}-way"
                    episodes = tqdm(sampler.episodes(options.episodes, SEED), told, disable=None, leave=False)
                    with one_thread():
                        parts = [judged(learner, episode) for episode in episodes]
                    sure, right = (np.concatenate(part) for part in zip(*parts, strict=True))
                    means = (float(right.mean()), float(sure.mean()), calibration_error(sure, right))
                    yield Row(Path(path).name, name, way, options.shot, *means)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True, metavar="PATH")
    parser.add_argument("--include", nargs="+", default=[], metavar="PREFIX", help="only classes named so")
    parser.add_argument("--way", nargs="+", type=int, default=[2, 5, 20], metavar="N")
    parser.add_argument("--shot", type=int, default=1, metavar="K", help="default: %(default)s")
    parser.add_argument("--episodes", type=int, default=10, metavar="N", help="default: %(default)s")
    add_arguments(parser)
    options = parser.parse_args()
    taking_part = chosen(options)
    found = list(rows(options, taking_part))
    facts = circumstances() | {"backbone": taking_part.backbone.title, "episodes": str(options.episodes)}
    if options.json:
        numbers = {"circumstances": facts, "rows": [asdict(row) for row in found]}
        print(json.dumps(numbers | {"absent": taking_part.absent}, indent=2))
        return
    print_circumstances(facts)
    for data in dict.fromkeys(row.data for row in found):
        mine = [row for row in found if row.data == data]
        ways = list(dict.fromkeys(row.way for row in mine))
        lines = []
        for name in dict.fromkeys(row.algorithm for row in mine):
            cells = {row.way: row for row in mine if row.algorithm == name}
            lines.append([name, *(_cell(cells[way]) for way in ways)])
        print()
        head = "right / confidence / error, %"
        print_table([f"{data}: {head}", *(f"{way}-way {options.shot}-shot" for way in ways)], lines)
    if taking_part.absent:
        print("\n".join(["", *taking_part.absent]))


def _cell(row: Row) -> str:
    return f"{100 * row.accuracy:.0f} / {100 * row.confidence:.0f} / {100 * row.error:.0f}"


if __name__ == "__main__":
    set_up_process()
    main()
