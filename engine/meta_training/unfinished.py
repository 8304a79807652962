"""Meta-trainings that were started and not finished: their configurations, to resume them.

The configuration is a file beside the state of the training until that is finished or deleted. No torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.learners.recipe import Recipe
from engine.meta_training.training_config import LabeledPictures, TrainingConfig
from engine.paths import data_dir

_SUFFIX = ".order.json"


def keep(config: TrainingConfig) -> None:
    """Write the configuration, so that the training can be resumed after the program has ended."""
    path = _place(config)
    data = [what if isinstance(what, str) else _listed(what) for what in config.data]
    content = {**asdict(config), "data": data, "out": str(config.out), "resume": None}
    try:
        write_atomically(path, json.dumps(content).encode())
    except OSError as error:
        raise FewshotError(
            "The training was not begun, because {path} cannot be written: {reason}.",
            path=path,
            reason=reason_of(error),
        ) from error


def forget(config: TrainingConfig) -> None:
    """Delete the files of an unfinished training; raises `FewshotError` if that is not possible."""
    state = config.state_file
    try:
        for path in (_place(config), state, state.with_suffix(".json")):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise FewshotError(
            "{path} cannot be removed: {reason}.", path=error.filename, reason=reason_of(error)
        ) from error


def unfinished() -> list[TrainingConfig]:
    """The configurations that can be resumed, by name of file; files that cannot be read are skipped."""
    paths = sorted((data_dir() / "checkpoints").glob(f"*{_SUFFIX}"))
    return [config for path in paths if (config := _read(path)) is not None]


def _place(config: TrainingConfig) -> Path:
    return config.state_file.with_suffix(_SUFFIX)


def _listed(what: LabeledPictures) -> dict[str, Any]:
    return {"name": what.name, "classes": {name: list(row) for name, row in what.classes.items()}}


def _read(path: Path) -> TrainingConfig | None:
    try:
        content = json.loads(path.read_bytes())
        config = TrainingConfig(**content | _typed(content))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return replace(config, resume=config.state_file) if config.state_file.is_file() else config


def _typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that JSON has as text and lists, in the types of `TrainingConfig`."""
    recipe = content["recipe"]
    ranges = {"ways": tuple(recipe["ways"]), "shots": tuple(recipe["shots"])}
    return {
        "data": tuple(what if isinstance(what, str) else _pictures(what) for what in content["data"]),
        "out": Path(content["out"]),
        "recipe": Recipe(**recipe | ranges),
        "exclude": tuple(content["exclude"]),
        "attributions": tuple(content["attributions"]),
    }


def _pictures(what: Mapping[str, Any]) -> LabeledPictures:
    classes = {name: tuple(paths) for name, paths in what["classes"].items()}
    return LabeledPictures(what["name"], classes)
