"""Who takes part in a benchmark of learners, and the features that each of them takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.backbones.base import Backbone, backbones, get_backbone
from engine.devices import resolve_device
from engine.embeddings.encoders import Encoder
from engine.embeddings.features import ToFeatures, encoder_for, to_features
from engine.errors import FewshotError
from engine.learners.base import Features, MetaLearner
from engine.learners.registry import create_learner, learners


@dataclass(frozen=True)
class Contest:
    """Learners with their trained weights, by name, on one backbone and device.

    `absent` are sentences about those that cannot run.
    """

    backbone: Backbone
    device: torch.device
    learners: dict[str, MetaLearner]
    absent: tuple[str, ...]

    @property
    def kinds(self) -> list[Features]:
        """What the learners take, each kind once."""
        return sorted({learner.takes(self.backbone) for learner in self.learners.values()})

    def encoder(self, takes: Features) -> Encoder:
        """Pixels → what is kept of a picture for a learner that `takes` this."""
        return encoder_for(takes, self.backbone, self.device)

    def to_features(self, takes: Features) -> ToFeatures:
        """What was kept → the features."""
        return to_features(takes, self.backbone, self.device)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--algorithms", nargs="+", metavar="NAME", help="default: all that can run")
    parser.add_argument("--backbone", choices=list(backbones()), default="conv4", help="default: %(default)s")
    parser.add_argument("--device", default="cpu", metavar="D", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")


def chosen(options: argparse.Namespace, default: Sequence[str] | None = None) -> Contest:
    """The contest that the arguments ask for, with `default` learners or all where they name none."""
    asked_for = contest(options.algorithms or default, options.backbone, options.device)
    if not asked_for.learners:
        raise SystemExit("\n".join(["No algorithm can run.", *asked_for.absent]))
    return asked_for


def contest(names: Sequence[str] | None, backbone: str, device: str) -> Contest:
    """The learners called `names`, or all, as far as they can run."""
    where = resolve_device(device)
    taking_part, absent = {}, []
    for name in names or learners():
        try:
            taking_part[name] = create_learner(name, backbone).to(where)
        except FewshotError as error:
            absent.append(str(error))
    return Contest(get_backbone(backbone), where, taking_part, tuple(absent))
