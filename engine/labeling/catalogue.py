"""What can be chosen for a run: the facts behind the menus, the command line's lists and the docs.

The declarations stand beside each algorithm and backbone; `engine.labeling.run.read_catalogue`
collects them (which loads torch). The dataclasses themselves import neither torch nor Qt, so a
window can hold and show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.learners.recipe import Recipe
from engine.messages import Message


@dataclass(frozen=True)
class OptionEntry:
    """A choice about an algorithm: on or off where `default` is a bool, a whole number where it is an
    int, else any number. Numbers lie in `minimum` … `maximum`.
    """

    name: str
    title: str
    explanation: str
    default: float | bool
    minimum: float
    maximum: float

    def taken(self, value: object) -> float | bool | None:
        """`value` as the option takes it; `None` if it is of another kind or out of range."""
        is_switch = isinstance(self.default, bool)
        if not isinstance(value, int | float) or isinstance(value, bool) != is_switch:
            return None
        if not self.minimum <= value <= self.maximum:
            return None
        taken = type(self.default)(value)
        return taken if taken == value else None


@dataclass(frozen=True)
class AlgorithmEntry:
    """An algorithm as a menu shows it. `limits` is one sentence on what it is bad at.

    `backbones` names those it can run on now; `unavailable` maps each other backbone to the
    sentence that says why not (for example that no checkpoint has been meta-trained for it).
    `trains_on` says how it is best meta-trained on each backbone on which it can be.

    A checkpoint that the user has meta-trained and named is an entry of its own, after its algorithm's.
    """

    name: str
    title: str
    family: str
    paper: str
    summary: str
    limits: str
    options: tuple[OptionEntry, ...]
    backbones: tuple[str, ...]
    unavailable: dict[str, str]
    trains_on: Mapping[str, Recipe] = field(default_factory=dict)


@dataclass(frozen=True)
class BackboneEntry:
    """A backbone as a menu shows it. `size` is its input in pixels, `dimension` that of its embeddings."""

    name: str
    title: str
    summary: str
    size: int
    dimension: int
    licence: str
    source: str


@dataclass(frozen=True)
class DeviceEntry:
    """A device that a tiny kernel has just run on. `name` is what `device=` takes."""

    name: str
    title: str


@dataclass(frozen=True)
class Catalogue:
    """Everything the menus need, in menu order. `devices[0]` is what `auto` means here.

    `problems` says which plug-ins were left out, and why.
    """

    algorithms: tuple[AlgorithmEntry, ...]
    backbones: tuple[BackboneEntry, ...]
    devices: tuple[DeviceEntry, ...]
    problems: tuple[Message, ...] = ()


def command_in(reason: str) -> str:
    """The command of `fewshot` that a sentence ends with, after a colon; empty if it does not."""
    command = reason.rpartition(": ")[2]
    return command if command.startswith("fewshot ") else ""
