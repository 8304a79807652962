"""Unequal numbers of examples: `unequal_shots.py --data PATH --shots 3,60,3,3,3 …`.

PATH is a zip or folder with a folder of pictures for each class. `3,60,3,3,3` are episodes of five classes,
of which one has sixty examples and the others three. A cell is the accuracy in percent on 15 further
pictures of each class, with its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
from contestants import Contest, add_arguments, chosen
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

from engine.devices import one_thread
from engine.embeddings.cache import EmbeddingCache
from engine.episodes import Episode
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluate
from engine.generators import run_to_end
from engine.learners.base import Features
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import PictureClasses
from engine.meta_training.data_sets import data_set
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.process import set_up_process

QUERY, SEED = 15, 0

Shots = tuple[int, ...]


def read(path: str, takes: Features, taking_part: Contest) -> PictureClasses:
    encoder = taking_part.encoder(takes)
    with tempfile.TemporaryDirectory() as own, EmbeddingCache(Path(own), encoder) as cache:
        return run_to_end(read_classes(data_set(path, SEED), encoder, cache))


def thinned(episodes: Iterator[Episode], shots: Shots) -> Iterator[Episode]:
    """Of each class only so many examples."""
    for episode in episodes:
        support = episode.support
        members = [(support.labels == label).nonzero().flatten()[:count] for label, count in enumerate(shots)]
        yield Episode(support.take(torch.cat(members)), episode.query)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, metavar="PATH")
    parser.add_argument("--shots", nargs="+", required=True, metavar="K,K,…")
    parser.add_argument("--episodes", type=int, default=20, metavar="N", help="default: %(default)s")
    add_arguments(parser)
    options = parser.parse_args()
    taking_part = chosen(options)
    tasks: list[Shots] = [tuple(map(int, shots.split(","))) for shots in options.shots]
    found: dict[str, list[Accuracy]] = {}
    for takes in taking_part.kinds:
        classes, features = read(options.data, takes, taking_part), taking_part.to_features(takes)
        for name, learner in taking_part.learners.items():
            if learner.takes(taking_part.backbone) != takes:
                continue
            for shots in tqdm(tasks, name, disable=None, leave=False):
                usable = classes.with_at_least(max(shots) + QUERY)
                sampler = EpisodeSampler(usable, features, len(shots), max(shots), QUERY)
                with one_thread():
                    episodes = thinned(sampler.episodes(options.episodes, SEED), shots)
                    found.setdefault(name, []).append(evaluate(learner, episodes).accuracy)
    facts = circumstances() | {"backbone": taking_part.backbone.title, "episodes": str(options.episodes)}
    if options.json:
        numbers = {name: [[one.mean, one.interval] for one in row] for name, row in found.items()}
        print(json.dumps({"circumstances": facts, "shots": tasks, "rows": numbers}, indent=2))
        return
    print_circumstances(facts)
    print()
    head = [f"{Path(options.data).name}: right, %", *options.shots]
    print_table(head, [[name, *(str(one).removesuffix(" %") for one in row)] for name, row in found.items()])
    if taking_part.absent:
        print("\n".join(["", *taking_part.absent]))


if __name__ == "__main__":
    set_up_process()
    main()
