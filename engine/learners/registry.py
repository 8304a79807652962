"""The menu of algorithms: every module of the three families that publishes `LEARNER`."""

from __future__ import annotations

import functools
from pathlib import Path

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import read_checkpoint
from engine.errors import FewshotError
from engine.learners.base import MetaLearner
from engine.paths import assets_dir
from engine.registry import discover

FAMILIES = ("metric", "gradient", "black_box")


@functools.cache
def learners() -> dict[str, type[MetaLearner]]:
    """All learners by name, in the order of their families."""
    found = [entry for family in FAMILIES for entry in discover(f"engine.learners.{family}", "LEARNER")]
    return {
        entry.facts.name: entry
        for entry in found
        if isinstance(entry, type) and issubclass(entry, MetaLearner)
    }


def get_learner(name: str) -> type[MetaLearner]:
    """The learner called `name`; `FewshotError` naming the known ones otherwise."""
    try:
        return learners()[name]
    except KeyError:
        known = ", ".join(learners())
        raise FewshotError(f"There is no algorithm called “{name}”; choose one of: {known}.") from None


def checkpoint_path(algorithm: str, backbone: str) -> Path:
    """Where the bundled checkpoint of this pair is, or would be."""
    return assets_dir() / "checkpoints" / f"{algorithm}-{backbone}.safetensors"


def why_not(learner: type[MetaLearner], backbone: Backbone) -> str | None:
    """`None` if the pair can run now, else the sentence that says why not."""
    facts = learner.facts
    if (reason := learner.supports(backbone)) is not None:
        return reason
    if facts.needs_checkpoint and not checkpoint_path(facts.name, backbone.name).is_file():
        return f"{facts.title} has no meta-trained checkpoint for {backbone.title}."
    return None


def create_learner(algorithm: str, backbone: str) -> MetaLearner:
    """The learner with its meta-trained weights, ready to adapt; `FewshotError` if the pair cannot run."""
    learner, built_for = get_learner(algorithm), get_backbone(backbone)
    if (reason := why_not(learner, built_for)) is not None:
        raise FewshotError(reason)
    created = learner(built_for)
    if learner.facts.needs_checkpoint:
        path = checkpoint_path(algorithm, backbone)
        tensors = read_checkpoint(path, algorithm=algorithm, backbone=backbone).tensors
        try:
            created.load_state_dict(tensors)
        except RuntimeError as error:
            raise FewshotError(
                f"The checkpoint {path} does not fit {learner.facts.title}: {error}"
            ) from error
    return created.eval()
