"""The configuration of a meta-training, as data. No torch: the window makes it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.learners.recipe import Recipe

HELD_OUT = 0.1
"""The share of the classes of a data set that is held out for validation."""


def held_out_count(classes: int, share: float = HELD_OUT) -> int:
    """How many of `classes` classes are held out for validation: `share` of them, at least two."""
    return max(2, round(classes * share))


def state_beside(out: Path) -> Path:
    """The state file of the unfinished training that will write the checkpoint `out`."""
    return out.with_name(f"{out.stem}.training.safetensors")


@dataclass(frozen=True)
class LabeledPictures:
    """A data set of pictures that a person has labelled, called `name`: paths of files by class."""

    name: str
    classes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class TrainingConfig:
    """What to meta-train, on what, and where to put it.

    `data` are labelled pictures, or names as `data_set` takes them; classes whose name begins with one of
    `exclude` are never seen. `attributions` say whose data it is. `out` is the checkpoint to write, and
    `resume` the state of an unfinished training to go on with.
    """

    algorithm: str
    backbone: str
    data: tuple[str | LabeledPictures, ...]
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
        """The state file of this training, which exists until it is finished."""
        return self.resume or state_beside(self.out)

    def command(self) -> str:
        """The equivalent command, with data and result by their names alone."""
        recipe = self.recipe
        parts = ["fewshot", "meta-train", "--algorithm", self.algorithm, "--backbone", self.backbone]
        parts += ["--data", *(Path(what).name if isinstance(what, str) else what.name for what in self.data)]
        if self.exclude:
            parts += ["--exclude", *self.exclude]
        parts += ["--way", format_range(recipe.ways), "--shot", format_range(recipe.shots)]
        parts += ["--query", str(recipe.query)]
        parts += ["--episodes", str(recipe.steps * recipe.meta_batch), "--meta-batch", str(recipe.meta_batch)]
        parts += ["--learning-rate", f"{recipe.learning_rate:g}", "--seed", str(self.seed)]
        return shlex.join([*parts, "--out", self.out.name])


def format_range(ends: tuple[int, int]) -> str:
    """A range in the syntax of the command line: `2-5`, or `5` where both ends are equal."""
    least, most = ends
    return str(least) if least == most else f"{least}-{most}"
