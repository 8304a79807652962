"""Lake's one-shot classification of characters: `one_shot_runs.py --runs ZIP_OR_FOLDER [--json]`.

Each run shows 20 characters of one alphabet, drawn once each, and asks which of them 20 drawings of
another person are (Lake, Salakhutdinov & Tenenbaum 2015). The runs are `run01` … `run20` of Omniglot's
repository, as a zip or unpacked: folders with `class_labels.txt` and the pictures that it names. Their
alphabets are of Omniglot's evaluation set, of which no checkpoint has seen any.

The modified Hausdorff distance is computed here too: over the 20 runs it is known to err in 38.8 %, so
it says whether the protocol is right, and how hard these runs are where there are fewer.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from contestants import Contest, add_arguments, chosen
from numpy.typing import NDArray
from PIL import Image
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

from engine.devices import one_thread
from engine.episodes import Episode, LabeledSet
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluate
from engine.images import decode
from engine.learners.base import Features
from engine.process import set_up_process

LABELS = "class_labels.txt"

PUBLISHED = {
    "modified Hausdorff distance": (38.8, "the demo in Omniglot's repository"),
    "a simple convolutional network": (13.5, "Lake et al. 2015"),
    "Siamese network": (8.0, "Koch et al. 2015"),
    "people": (4.5, "Lake et al. 2015"),
    "Bayesian program learning": (3.3, "Lake et al. 2015"),
}
"""Errors in percent over all 20 runs, and where the figure is from."""


@dataclass(frozen=True)
class Run:
    """A picture of each class, and pictures to be classified with the positions of their classes."""

    classes: tuple[Image.Image, ...]
    items: tuple[Image.Image, ...]
    answers: tuple[int, ...]


def read_runs(path: Path) -> list[Run]:
    files = _files(path)
    lists = sorted(name for name in files if PurePosixPath(name).name == LABELS and "__MACOSX" not in name)
    if not lists:
        raise SystemExit(f"{path} has no run: no {LABELS} in it.")
    return [_read_run(files, name) for name in lists]


def _files(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        found = (file for file in path.rglob("*") if file.is_file())
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _read_run(files: dict[str, bytes], name: str) -> Run:
    # The list names the pictures from the folder above the run's own.
    above = PurePosixPath(name).parent.parent
    pairs = [line.split() for line in files[name].decode().splitlines() if line.strip()]
    shown = sorted({example for _, example in pairs})

    def picture(which: str) -> Image.Image:
        where = str(above / which)
        return decode(files[where], Path(where))

    return Run(
        tuple(picture(example) for example in shown),
        tuple(picture(item) for item, _ in pairs),
        tuple(shown.index(example) for _, example in pairs),
    )


def episodes(runs: Sequence[Run], contest: Contest, takes: Features) -> list[Episode]:
    encoder, to_features = contest.encoder(takes), contest.to_features(takes)

    def labelled(pictures: Sequence[Image.Image], labels: Sequence[int], way: int) -> LabeledSet:
        pixels = np.stack([encoder.preprocessing.apply(picture) for picture in pictures])
        features = to_features(encoder.encode(pixels))
        names = tuple(map(str, range(way)))
        return LabeledSet(features, torch.tensor(labels, device=features.device), names)

    return [
        Episode(
            labelled(run.classes, range(len(run.classes)), len(run.classes)),
            labelled(run.items, run.answers, len(run.classes)),
        )
        for run in runs
    ]


def ink(picture: Image.Image) -> NDArray[np.float64]:
    """Where the ink is, relative to its middle: rows and columns [n, 2]."""
    where = np.argwhere(np.asarray(picture.convert("L")) < 128).astype(np.float64)
    return where - where.mean(axis=0)


def modified_hausdorff(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The larger of the mean distances from either set to the other (Dubuisson & Jain 1994)."""
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    to_b, to_a = (np.sqrt(np.maximum(squared.min(axis=axis), 0)).mean() for axis in (1, 0))
    return float(max(to_b, to_a))


def hausdorff_accuracy(run: Run) -> float:
    shown = [ink(picture) for picture in run.classes]
    nearest = [
        int(np.argmin([modified_hausdorff(item, example) for example in shown]))
        for item in (ink(picture) for picture in run.items)
    ]
    return float(np.mean(np.equal(nearest, run.answers)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, required=True, metavar="ZIP_OR_FOLDER")
    add_arguments(parser)
    options = parser.parse_args()
    taking_part = chosen(options)
    runs = read_runs(options.runs)
    tasks = {takes: episodes(runs, taking_part, takes) for takes in taking_part.kinds}
    results = {}
    with one_thread():
        for name, learner in tqdm(taking_part.learners.items(), "Runs", disable=None, leave=False):
            results[name] = evaluate(learner, tasks[learner.takes(taking_part.backbone)]).accuracy
    hausdorff = Accuracy.of([hausdorff_accuracy(run) for run in runs])

    facts = circumstances() | {"backbone": taking_part.backbone.title, "runs": str(len(runs))}
    if options.json:
        errors = {name: _error(accuracy) for name, accuracy in results.items()}
        print(
            json.dumps(
                {
                    "circumstances": facts,
                    "error_percent": errors,
                    "modified_hausdorff_here": _error(hausdorff),
                    "published": {name: figure for name, (figure, _) in PUBLISHED.items()},
                    "absent": taking_part.absent,
                },
                indent=2,
            )
        )
        return
    print_circumstances(facts)
    print()
    ranked = sorted(results.items(), key=lambda entry: -entry[1].mean)
    rows = [[name, *_cells(accuracy), "here"] for name, accuracy in ranked]
    rows.append(["modified Hausdorff distance", *_cells(hausdorff), "here"])
    rows += [[name, f"{figure:.1f}", "–", where] for name, (figure, where) in PUBLISHED.items()]
    print_table(
        ["20-way 1-shot within an alphabet", "error %", "±", "on these runs, or published for all 20"], rows
    )
    print("\n".join(["", *taking_part.absent]) if taking_part.absent else "")


def _error(accuracy: Accuracy) -> tuple[float, float]:
    return 100 * (1 - accuracy.mean), 100 * accuracy.interval


def _cells(accuracy: Accuracy) -> list[str]:
    error, interval = _error(accuracy)
    return [f"{error:.1f}", f"{interval:.1f}"]


if __name__ == "__main__":
    set_up_process()
    main()
