"""What is asked of a meta-training, as data. No torch: a window gives the order."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.learners.recipe import Recipe

HELD_OUT = 0.1
"""The share of each data set's classes that only validate."""


def held_out_count(classes: int, share: float = HELD_OUT) -> int:
    """How many of so many classes only validate: that share of them, two at least."""
    return max(2, round(classes * share))


def state_beside(out: Path) -> Path:
    """Where the state of an unfinished training is kept whose checkpoint is to be `out`."""
    return out.with_name(f"{out.stem}.training.safetensors")


@dataclass(frozen=True)
class LabelledPictures:
    """A data set of pictures that a person has labelled, called `name`: paths of files by class."""

    name: str
    classes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Order:
    """What to meta-train, on what, and where to put it.

    `data` are labelled pictures, or names as `data_set` takes them; classes whose name begins with one of
    `exclude` are never seen. `attributions` say whose data it is. `out` is the checkpoint to write, and
    `resume` the state of an unfinished training to go on with.
    """

    algorithm: str
    backbone: str
    data: tuple[str | LabelledPictures, ...]
    out: Path
    recipe: Recipe
    seed: int = 0
    device: str = "auto"
    exclude: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    resume: Path | None = None

    @property
    def name(self) -> str:
        """What the checkpoint is called (see `engine.learners.user_checkpoints`)."""
        return self.out.stem.removeprefix(f"{self.algorithm}-{self.backbone}").strip()

    @property
    def state_file(self) -> Path:
        """Where the state of this training is kept until it is finished."""
        return self.resume or state_beside(self.out)

    def command(self) -> str:
        """The command that gives this order, with data and result by their names alone."""
        recipe = self.recipe
        parts = ["fewshot", "meta-train", "--algorithm", self.algorithm, "--backbone", self.backbone]
        parts += ["--data", *(Path(what).name if isinstance(what, str) else what.name for what in self.data)]
        if self.exclude:
            parts += ["--exclude", *self.exclude]
        parts += ["--way", spelled(recipe.ways), "--shot", spelled(recipe.shots)]
        parts += ["--query", str(recipe.query)]
        parts += ["--episodes", str(recipe.steps * recipe.meta_batch), "--meta-batch", str(recipe.meta_batch)]
        parts += ["--learning-rate", f"{recipe.learning_rate:g}", "--seed", str(self.seed)]
        return shlex.join([*parts, "--out", self.out.name])


def spelled(ends: tuple[int, int]) -> str:
    """A range as the command line takes it: `2-5`, or `5` where both ends are the same."""
    least, most = ends
    return str(least) if least == most else f"{least}-{most}"
