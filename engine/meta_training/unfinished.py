"""Meta-trainings that were begun and not finished: what was asked of them, to go on with.

The order lies beside the state of the training until that is finished or given up. No torch.
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
from engine.meta_training.order import LabelledPictures, Order
from engine.paths import data_dir

_SUFFIX = ".order.json"


def keep(order: Order) -> None:
    """Write the order down, so that the training can be continued after the program has ended."""
    path = _place(order)
    data = [what if isinstance(what, str) else _listed(what) for what in order.data]
    content = {**asdict(order), "data": data, "out": str(order.out), "resume": None}
    try:
        write_atomically(path, json.dumps(content).encode())
    except OSError as error:
        raise FewshotError(
            "The training was not begun, because {path} cannot be written: {reason}.",
            path=path,
            reason=reason_of(error),
        ) from error


def forget(order: Order) -> None:
    """Remove what there is of an unfinished training; raises `FewshotError` if that is not possible."""
    state = order.state_file
    try:
        for path in (_place(order), state, state.with_suffix(".json")):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise FewshotError(
            "{path} cannot be removed: {reason}.", path=error.filename, reason=reason_of(error)
        ) from error


def unfinished() -> list[Order]:
    """The orders that can be gone on with, by name of file. What cannot be read as one is left out."""
    paths = sorted((data_dir() / "checkpoints").glob(f"*{_SUFFIX}"))
    return [order for path in paths if (order := _read(path)) is not None]


def _place(order: Order) -> Path:
    return order.state_file.with_suffix(_SUFFIX)


def _listed(what: LabelledPictures) -> dict[str, Any]:
    return {"name": what.name, "classes": {name: list(row) for name, row in what.classes.items()}}


def _read(path: Path) -> Order | None:
    try:
        content = json.loads(path.read_bytes())
        order = Order(**content | _typed(content))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return replace(order, resume=order.state_file) if order.state_file.is_file() else order


def _typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON has as text and lists, as an order has it."""
    recipe = content["recipe"]
    ranges = {"ways": tuple(recipe["ways"]), "shots": tuple(recipe["shots"])}
    return {
        "data": tuple(what if isinstance(what, str) else _pictures(what) for what in content["data"]),
        "out": Path(content["out"]),
        "recipe": Recipe(**recipe | ranges),
        "exclude": tuple(content["exclude"]),
        "attributions": tuple(content["attributions"]),
    }


def _pictures(what: Mapping[str, Any]) -> LabelledPictures:
    classes = {name: tuple(paths) for name, paths in what["classes"].items()}
    return LabelledPictures(what["name"], classes)
