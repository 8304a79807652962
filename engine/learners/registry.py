"""The menu of algorithms: every module of the families that publishes `LEARNER`, and plug-ins."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import read_checkpoint, shown
from engine.discovery import LEARNERS, collect
from engine.errors import FewshotError
from engine.learners.base import Family, MetaLearner
from engine.learners.user_checkpoints import normalize_checkpoint_name, split_name, user_checkpoint_path
from engine.messages import Message
from engine.paths import assets_dir
from engine.runs.catalogue import Unavailable

FAMILIES: dict[Family, str] = {
    "automatic": "Automatic",
    "metric": "Metric",
    "closed form": "Closed form",
    "gradient": "Gradient",
    "black box": "Black box",
}
"""The families in the order of the menu, and what it calls them."""


@functools.cache
def learners() -> dict[str, type[MetaLearner]]:
    """All learners by name, those of plug-ins included, in the order of their families."""
    packages = [f"engine.learners.{family.replace(' ', '_')}" for family in FAMILIES]
    found = collect(packages, "LEARNER", _accept, lambda learner: learner.facts.name, LEARNERS)
    order = list(FAMILIES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1].facts.family)))


def _accept(entry: object) -> type[MetaLearner]:
    """The learner, if it declares what the menus show."""
    if not (isinstance(entry, type) and issubclass(entry, MetaLearner)):
        raise TypeError("it is not a subclass of MetaLearner")
    if inspect.isabstract(entry):
        missing = ", ".join(sorted(entry.__abstractmethods__))
        raise TypeError(f"{entry.__name__} does not implement {missing}")
    if entry.facts.family not in FAMILIES:
        raise ValueError(f"there is no family “{entry.facts.family}”; choose one of: {', '.join(FAMILIES)}")
    for option in entry.options:
        getattr(entry, option.name)
    return entry


def get_learner(name: str) -> type[MetaLearner]:
    """The learner called `name`; `FewshotError` naming the known ones otherwise."""
    try:
        return learners()[name]
    except KeyError:
        known = ", ".join(learners())
        raise FewshotError(
            "There is no algorithm called “{name}”; choose one of: {known}.", name=name, known=known
        ) from None


def find_checkpoint(algorithm: str, backbone: str, name: str = "") -> Path | None:
    """The checkpoint of that name; without one the user's own of this pair, else the bundled, or `None`."""
    own = user_checkpoint_path(algorithm, backbone, name)
    bundled = assets_dir() / "checkpoints" / f"{algorithm}-{backbone}.safetensors"
    # Not `Path.is_file`: it raises where the user's folder may not be looked into.
    return next((path for path in ((own,) if name else (own, bundled)) if os.path.isfile(path)), None)  # noqa: PTH113


def unavailable_reason(learner: type[MetaLearner], backbone: Backbone, name: str = "") -> Unavailable | None:
    """`None` if the pair can run now with the checkpoint of that name, else why not."""
    facts = learner.facts
    if (reason := learner.supports(backbone)) is not None:
        return Unavailable(reason)
    if backbone.unavailable is not None:
        return backbone.unavailable
    if facts.meta_training == "required" and find_checkpoint(facts.name, backbone.name, name) is None:
        command = _command(facts.name, backbone.name)
        reason = Message(
            "{algorithm} has no meta-trained checkpoint for {backbone}; make one with: {command}",
            algorithm=Message(facts.title),
            backbone=Message(backbone.title),
            command=command,
        )
        return Unavailable(reason, command)
    return None


def is_untrained(learner: type[MetaLearner], backbone: Backbone) -> bool:
    """Whether the learner would run on `backbone` as it is before meta-training."""
    facts = learner.facts
    return facts.meta_training == "optional" and find_checkpoint(facts.name, backbone.name) is None


def create_learner(
    algorithm: str, backbone: str, options: Mapping[str, float | bool] | None = None
) -> MetaLearner:
    """The learner with these options, ready to adapt; meta-trained, unless it runs without (`is_untrained`).

    `algorithm` may name a checkpoint of the user's own (see `engine.learners.user_checkpoints`).
    Raises `FewshotError` if the pair cannot run, its checkpoint does not belong to it, or an option does not
    exist.
    """
    plain, typed = split_name(algorithm)
    name = normalize_checkpoint_name(typed) if typed else ""
    learner, built_for = get_learner(plain), get_backbone(backbone)
    path = find_checkpoint(plain, backbone, name)
    if name and path is None:
        raise FewshotError(
            "There is no checkpoint “{name}” of {algorithm} for {backbone}; choose another "
            "algorithm, or meta-train it anew.",
            name=name,
            algorithm=Message(learner.facts.title),
            backbone=Message(built_for.title),
        )
    if (unavailable := unavailable_reason(learner, built_for, name)) is not None:
        raise FewshotError(unavailable.reason)
    created = learner(built_for)
    if path is not None:
        _load(created, path, built_for)
    created.configure(options or {})
    return created.eval()


def restore_learner(
    algorithm: str, backbone: str, options: Mapping[str, float | bool], meta_parameters: Mapping[str, Tensor]
) -> MetaLearner:
    """The learner with these options and meta-parameters, whatever checkpoints there are.

    Raises `FewshotError` if the pair cannot run, the meta-parameters do not belong to it, or an option does
    not exist.
    """
    plain, _ = split_name(algorithm)
    learner, built_for = get_learner(plain), get_backbone(backbone)
    if (reason := learner.supports(built_for)) is not None:
        raise FewshotError(reason)
    built_for.require_weights()
    created = learner(built_for)
    if (difference := _difference(created.state_dict(), meta_parameters)) is not None:
        raise FewshotError(
            "The classifier does not fit {algorithm}: {difference}; save it again.",
            algorithm=Message(learner.facts.title),
            difference=difference,
        )
    created.load_state_dict(dict(meta_parameters))
    created.configure(options)
    return created.eval()


def _load(created: MetaLearner, path: Path, backbone: Backbone) -> None:
    facts = created.facts
    checkpoint = read_checkpoint(path, algorithm=facts.name, backbone=backbone.name)
    anew = Message("meta-train it anew: {command}", command=_command(facts.name, backbone.name))
    if checkpoint.card.get("backbone_fingerprint") != backbone.fingerprint:
        raise FewshotError(
            "The checkpoint {path} was made for other weights of {backbone} than these; {reason}",
            path=path,
            backbone=Message(backbone.title),
            reason=anew,
        )
    if (difference := _difference(created.state_dict(), checkpoint.tensors)) is not None:
        raise FewshotError(
            "The checkpoint {path} does not fit {algorithm}: {difference}; {reason}",
            path=path,
            algorithm=Message(facts.title),
            difference=difference,
            reason=anew,
        )
    created.load_state_dict(checkpoint.tensors)


def _difference(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str | None:
    """The first way in which tensors are not those that a learner has, in words."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            return f"it has no {shown(name)}"
        if name not in expected:
            return f"it has {shown(name)} too many"
        if found[name].shape != expected[name].shape:
            return f"{name} is {list(found[name].shape)} instead of {list(expected[name].shape)}"
        if found[name].is_floating_point() != expected[name].is_floating_point():
            return f"{name} has numbers of type {found[name].dtype}"
    return None


def _command(algorithm: str, backbone: str) -> str:
    return f"fewshot meta-train --algorithm {algorithm} --backbone {backbone} --data FOLDER_OR_ZIP"
