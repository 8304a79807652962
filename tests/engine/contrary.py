"""An algorithm with options, and one without its checkpoint, offered beside the real ones.

No test depends on which of those have any, nor, as these look at coarse pixels, on a backbone's weights.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.episodes import LabeledSet
from engine.learners import registry
from engine.learners.base import Features, Option
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.runs import run


class Contrary(PrototypicalNetwork):
    """Prototypical networks that, if asked to, prefer the least likely class."""

    facts = replace(
        PrototypicalNetwork.facts,
        name="contrary",
        title="Contrary",
        limits="Mostly wrong.",
        meta_training="none",
    )
    options = (
        Option("contrary", "Contrariness", "Whether to prefer the least likely class."),
        Option("sharpness", "Sharpness", "How much a distance counts.", 0.5, 8.0),
        Option("places", "Places", "How many places there are.", 1, 20),
    )

    contrary = False
    sharpness = 2.0
    places = 3

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, nn.Sequential(nn.AdaptiveAvgPool2d(8), nn.Flatten()))

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        return "images"

    def compare(self, support: LabeledSet, query: Tensor) -> Tensor:
        return super().compare(support, query) * self.sharpness * (-1 if self.contrary else 1)


class Untrained(Contrary):
    """Has no checkpoint for any backbone, and needs one."""

    facts = replace(Contrary.facts, name="untrained", title="Untrained", meta_training="required")


def offer_contrary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put both at the end of the menu."""
    offered = {**registry.learners(), "contrary": Contrary, "untrained": Untrained}
    for module in (registry, run):
        monkeypatch.setattr(module, "learners", lambda: offered)
