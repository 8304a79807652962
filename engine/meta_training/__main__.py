"""Meta-train a bundled character checkpoint: `python -m engine.meta_training --help`.

Trains on invented characters, font glyphs and the training alphabets of Omniglot; validates on
classes of each that are never trained on; and finally tests on four alphabets that are not seen
before, writing weights and card. Killed at any moment, the same command goes on where it was.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from engine.backbones.base import Backbone, get_backbone
from engine.backbones.conv4 import Conv4
from engine.checkpoints import write_checkpoint
from engine.errors import FewshotError
from engine.learners.base import MetaLearner
from engine.learners.gradient.maml import MAML
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.meta_training.outer_loop import Schedule, meta_train, validate
from engine.meta_training.sources import (
    TRAINING_SEED,
    VALIDATION_SEED,
    Mixture,
    PictureClasses,
    Remembered,
    Source,
    SyntheticCharacters,
    read_class_folders,
    read_glyphs,
)

TEST_ALPHABETS = ("Balinese", "Early_Aramaic", "Sanskrit", "Tagalog")
TEST_TASKS = ((5, 1), (5, 5), (20, 1), (20, 5))


@dataclass(frozen=True)
class Recipe:
    """How an algorithm is meta-trained. `ways` and `shots` are inclusive ranges drawn per episode."""

    build: Callable[[Backbone], MetaLearner]
    ways: tuple[int, int]
    shots: tuple[int, int]
    query_per_class: int
    meta_batch: int
    learning_rate: float


RECIPES = {
    "maml": Recipe(MAML, ways=(3, 10), shots=(1, 3), query_per_class=3, meta_batch=4, learning_rate=1e-3),
    "prototypical": Recipe(
        lambda backbone: PrototypicalNetwork(backbone, Conv4()),
        ways=(20, 40),
        shots=(1, 5),
        query_per_class=5,
        meta_batch=1,
        learning_rate=1e-3,
    ),
}


def omniglot(data: Path, turns: int) -> tuple[PictureClasses, PictureClasses]:
    """Training and test characters; the test alphabets are never trained on."""
    path = data / "omniglot_small.zip"

    def is_test(name: str) -> bool:
        return name.startswith(TEST_ALPHABETS)

    train = read_class_folders(path, include=lambda name: not is_test(name), turns=turns)
    return train, read_class_folders(path, include=is_test)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, test, write; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.meta_training", description=__doc__)
    parser.add_argument("--algorithm", choices=sorted(RECIPES), required=True)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with font_glyphs/ and omniglot_small.zip"
    )
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write, NAME.safetensors")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        _train(options)
    except FewshotError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _train(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    backbone, recipe = get_backbone("conv4"), RECIPES[options.algorithm]
    glyphs, held_glyphs = read_glyphs(sorted((options.data / "font_glyphs").glob("*.npz"))).split(0.1, seed=0)
    drawn, test = omniglot(options.data, turns=4)
    drawn, held_drawn = drawn.split(0.1, seed=0)
    train = Mixture([Remembered(SyntheticCharacters(TRAINING_SEED)), glyphs, drawn], [0.4, 0.3, 0.3])
    held_out: list[Source] = [
        Remembered(SyntheticCharacters(VALIDATION_SEED), classes=500),
        held_glyphs,
        held_drawn,
    ]

    sampler = EpisodeSampler(train, backbone, recipe.ways, recipe.shots, recipe.query_per_class)
    validation = [
        episode
        for source in held_out
        for episode in EpisodeSampler(source, backbone, way=5, shot=1, query=5).episodes(60, seed=7)
    ]
    learner = recipe.build(backbone)
    schedule = Schedule(options.steps, recipe.meta_batch, recipe.learning_rate, 250, options.seed)
    resume_file = options.out.with_name(f"{options.out.stem}.training.safetensors")
    last = None
    with tqdm(total=schedule.steps, unit="step", mininterval=5.0) as bar:
        for last in meta_train(learner, sampler.sample, validation, schedule, resume_file):
            bar.update(last.step - bar.n)
            if last.validation is not None:
                bar.write(f"step {last.step}: loss {last.loss:.3f}, validation {last.validation}")
    assert last is not None
    judged = {}
    for way, shot in TEST_TASKS:
        tasks = EpisodeSampler(test, backbone, way, shot, query=5).episodes(1000, seed=11)
        judged[f"{way}-way {shot}-shot"] = str(validate(learner, tasks))
    card = {
        "algorithm": options.algorithm,
        "backbone": backbone.name,
        "sources": [
            "invented characters (engine/meta_training/characters.py)",
            "glyphs of 82 free typefaces, each under its own free licence",
            "Omniglot minimal sets without the test alphabets (Lake et al. 2015, MIT), in four turns",
        ],
        "inner_loop": {
            name: getattr(learner, name)
            for name in ("training_steps", "steps", "learning_rate")
            if hasattr(learner, name)
        },
        "recipe": {key: value for key, value in asdict(recipe).items() if key != "build"},
        "schedule": asdict(schedule),
        "validation": f"{100 * last.best:.2f} % 5-way 1-shot on held-out classes of the three sources",
        "test": {"alphabets": list(TEST_ALPHABETS), "episodes": 1000, "inductive": True, **judged},
        "training_minutes": round(last.seconds / 60, 1),
        "machine": f"{platform.machine()} CPU, {options.threads} thread(s), torch {torch.__version__}",
        "command": f"python -m engine.meta_training --algorithm {options.algorithm} --data DATA "
        f"--out {options.out.name} --steps {options.steps} --seed {options.seed}",
    }
    body = learner.embedding if isinstance(learner, PrototypicalNetwork) else learner
    write_checkpoint(options.out, body.state_dict(), card)
    resume_file.unlink(missing_ok=True)
    resume_file.with_suffix(".json").unlink(missing_ok=True)
    print("\n".join(f"{task}: {score}" for task, score in judged.items()))


if __name__ == "__main__":
    sys.exit(main())
