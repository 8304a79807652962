"""Accuracy on characters never seen, beside the papers: `characters.py --data DIR [--episodes N] [--json]`.

DIR holds omniglot_small.zip. Episodes are made of four of its alphabets (Balinese, Early Aramaic,
Sanskrit, Tagalog: 105 characters, drawn by 20 people each), the same for every algorithm, with 5
pictures a class to be judged. By default a picture is judged alone, as in use. Where an algorithm also
has the transductive mode of the MAML family's papers, it has a second row for it. With `--rotations 4` a
character in each of its four turns is a class, as it is in the papers.

Reptile that takes a single step stands beside the learned update of the LSTM meta-learner. And
memory-augmented networks are also judged by their own paper's protocol: 50 pictures of 5 classes one
after the other, each answered before its label is shown.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from alphabets import FILE, TEST_ALPHABETS, unseen_characters
from contestants import Contest, add_arguments, chosen
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

from engine.devices import one_thread
from engine.episodes import LabeledSet
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.comparison import ComparisonConfig, Result, compare
from engine.evaluation.episodic import evaluate
from engine.learners.black_box.mann import MANN
from engine.learners.gradient.reptile import Reptile
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.process import set_up_process

WAYS, SHOTS, QUERY, SEED = (5, 20), (1, 5), 5, 0
TASKS = tuple((way, shot) for way in WAYS for shot in SHOTS)


@dataclass(frozen=True)
class Published:
    """A paper's accuracy in percent at each of `TASKS`, and where the figures were read."""

    percent: tuple[float | None, float | None, float | None, float | None]
    source: str
    transductive: bool = False


PUBLISHED = {
    "siamese": [Published((97.3, 98.4, 88.2, 97.0), "Koch et al. 2015, in Finn et al. 2017, table 1")],
    "matching": [Published((98.1, 98.9, 93.8, 98.5), "Vinyals et al. 2016, in Finn et al. 2017, table 1")],
    "prototypical": [Published((98.8, 99.7, 96.0, 98.9), "Snell et al. 2017")],
    "relation": [Published((99.6, 99.8, 97.6, 99.1), "Sung et al. 2018")],
    "maml": [Published((98.7, 99.9, 95.8, 98.9), "Finn et al. 2017, table 1", transductive=True)],
    "fomaml": [Published((98.3, 99.2, 89.4, 97.9), "in Nichol et al. 2018", transductive=True)],
    "anil": [Published((None, None, 96.2, 98.0), "Raghu et al. 2020", transductive=True)],
    "reptile": [
        Published((95.39, 98.90, 88.14, 96.65), "Nichol et al. 2018"),
        Published((97.68, 99.48, 89.43, 97.12), "Nichol et al. 2018", transductive=True),
    ],
    "meta-sgd": [Published((99.53, 99.93, 95.93, 98.97), "Li et al. 2017", transductive=True)],
    "mann": [Published((82.8, 94.9, None, None), "Santoro et al. 2016, 2nd and 5th presentation")],
    "meta-networks": [Published((98.9, None, 97.0, None), "Munkhdalai & Yu 2017, in Mishra et al. 2018")],
    "snail": [Published((99.07, 99.78, 97.64, 99.36), "Mishra et al. 2018")],
}

DATA_DIFFER = (
    "The data differ: here 105 characters of four alphabets, by learners that have met 137 characters of "
    "Omniglot;\nmost papers test on 423 characters, each in four turns as four classes, and train on the "
    "other 1,200,\nin four turns as well. --turns 4 counts classes as they do."
)

PRESENTATIONS = 10
MANN_PUBLISHED = {1: 36.4, 2: 82.8, 5: 94.9, 10: 98.1}
"""Santoro et al. 2016, table 1: accuracy in percent at the nth presentation of a class."""


@dataclass(frozen=True)
class Row:
    """An algorithm in one mode: its accuracy at each of `TASKS`, and what was published."""

    algorithm: str
    transductive: bool
    accuracies: list[Accuracy]
    published: Published | None


def judged(question: ComparisonConfig) -> Iterator[Row]:
    with tqdm(total=len(question.algorithms) * len(TASKS), disable=None, leave=False) as bar:
        results: list[Result] = []
        for event in compare(question):
            if isinstance(event, Result):
                results.append(event)
                bar.set_description(f"{event.algorithm}, {event.way}-way {event.shot}-shot", refresh=False)
                bar.update()
    for name in question.algorithms:
        mine = {(r.way, r.shot): r.evaluation for r in results if r.algorithm == name}
        judged_at = [mine[task] for task in TASKS]
        yield Row(name, False, [evaluation.accuracy for evaluation in judged_at], None)
        together = [evaluation.transductive for evaluation in judged_at]
        if None not in together:
            yield Row(name, True, [accuracy for accuracy in together if accuracy], None)


def beside_papers(rows: list[Row]) -> list[Row]:
    """A paper stands beside its own protocol, or beside what there is."""
    modes: dict[str, set[bool]] = defaultdict(set)
    for row in rows:
        modes[row.algorithm].add(row.transductive)

    def published(row: Row) -> Published | None:
        for paper in PUBLISHED.get(row.algorithm, []):
            if paper.transductive == row.transductive or paper.transductive not in modes[row.algorithm]:
                return paper
        return None

    return [replace(row, published=published(row)) for row in rows]


def one_step_reptile(
    taking_part: Contest, reptile: Reptile, folder: Path, episodes: int, rotations: int
) -> Row:
    """What a single step of gradient descent reaches from Reptile's weights."""
    takes = reptile.takes(taking_part.backbone)
    source = unseen_characters(folder, taking_part.encoder(takes), rotations=rotations)
    features, steps = taking_part.to_features(takes), reptile.steps
    reptile.steps = 1
    with one_thread():
        accuracies = [
            evaluate(
                reptile,
                EpisodeSampler(source, features, way, shot, QUERY).episodes(episodes, SEED),
            ).accuracy
            for way, shot in TASKS
        ]
    reptile.steps = steps
    return Row("reptile, one step", False, accuracies, None)


def presentations(taking_part: Contest, mann: MANN, folder: Path, streams: int) -> dict[int, Accuracy]:
    """Accuracy at the first, second, … time that a stream shows a class."""
    takes = mann.takes(taking_part.backbone)
    source = unseen_characters(folder, taking_part.encoder(takes))
    sampler = EpisodeSampler(source, taking_part.to_features(takes), WAYS[0], PRESENTATIONS, 0)
    correct = []
    with one_thread(), torch.no_grad():
        for number, episode in enumerate(
            tqdm(sampler.episodes(streams, SEED), "Streams", streams, disable=None)
        ):
            order = np.random.default_rng((SEED, number)).permutation(len(episode.support))
            stream = episode.support.take(torch.from_numpy(order).to(taking_part.device))
            said = mann.presentations(stream).argmax(dim=1)
            correct.append(_by_presentation(stream, said == stream.labels))
    return {n: Accuracy.of([scores[n] for scores in correct]) for n in MANN_PUBLISHED}


def _by_presentation(stream: LabeledSet, correct: torch.Tensor) -> dict[int, float]:
    shown = stream.one_hot().cumsum(dim=0)
    presentation = shown[torch.arange(len(stream)), stream.labels]
    return {n: correct[presentation == n].float().mean().item() for n in MANN_PUBLISHED}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=f"with {FILE}")
    parser.add_argument("--episodes", type=int, default=1000, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--turns",
        type=int,
        choices=(1, 4),
        default=1,
        help="4: each turn of a character is a class",
    )
    add_arguments(parser)
    options = parser.parse_args()
    taking_part = chosen(options)
    question = ComparisonConfig(
        (str(options.data / FILE),),
        tuple(taking_part.learners),
        options.backbone,
        WAYS,
        SHOTS,
        QUERY,
        options.episodes,
        SEED,
        TEST_ALPHABETS,
        rotations=options.rotations,
        device=options.device,
    )
    rows = beside_papers(list(judged(question)))
    reptile = taking_part.learners.get("reptile")
    if isinstance(reptile, Reptile):
        rows.append(one_step_reptile(taking_part, reptile, options.data, options.episodes, options.rotations))
    mann = taking_part.learners.get("mann")
    shown = (
        presentations(taking_part, mann, options.data, options.episodes) if isinstance(mann, MANN) else None
    )

    facts = circumstances() | {"backbone": taking_part.backbone.title, "episodes": f"{options.episodes:,}"}
    facts["turns of a character"] = str(options.rotations)
    if options.json:
        streams = shown and {n: asdict(accuracy) for n, accuracy in shown.items()}
        numbers = {"tasks": TASKS, "rows": [asdict(row) for row in rows], "mann_presentations": streams}
        print(json.dumps({"circumstances": facts, **numbers, "absent": taking_part.absent}, indent=2))
        return
    print_circumstances(facts)
    print()
    print_rows(rows)
    if shown:
        print()
        print_presentations(shown)
    if taking_part.absent:
        print("\n".join(["", *taking_part.absent]))


def print_rows(rows: list[Row]) -> None:
    head = ["accuracy %"]
    for way, shot in TASKS:
        head += [f"{way}-way {shot}-shot", "paper", "diff."]
    lines = []
    for row in rows:
        cells = [f"{row.algorithm}, transductive" if row.transductive else row.algorithm]
        figures = row.published.percent if row.published else (None,) * len(TASKS)
        for accuracy, figure in zip(row.accuracies, figures, strict=True):
            cells.append(f"{100 * accuracy.mean:.2f} ± {100 * accuracy.interval:.2f}")
            if figure is None:
                cells += ["–", "–"]
            else:
                cells += [f"{figure:g}", f"{100 * accuracy.mean - figure:+.2f}"]
        lines.append(cells)
    print_table(
        [*head, "the paper's figures"], [[*line, _source(row)] for line, row in zip(lines, rows, strict=True)]
    )
    print(f"\n{DATA_DIFFER}")


def _source(row: Row) -> str:
    if row.published is None:
        return "–"
    mode = "; transductive" if row.published.transductive else ""
    return row.published.source + mode


def print_presentations(shown: dict[int, Accuracy]) -> None:
    rows = [
        [f"presentation {n}", f"{100 * a.mean:.2f} ± {100 * a.interval:.2f}", f"{MANN_PUBLISHED[n]:g}"]
        for n, a in shown.items()
    ]
    print_table([f"mann, {WAYS[0]} classes in a stream", "accuracy %", "paper"], rows)


if __name__ == "__main__":
    set_up_process()
    main()
