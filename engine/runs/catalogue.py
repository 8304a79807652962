"""What can be chosen for a run: the facts behind the menus, the command line's lists and the docs.

The declarations stand beside each algorithm and backbone; `engine.runs.run.read_catalogue`
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
class Unavailable:
    """Why an algorithm cannot run on a backbone, or nothing can, and the command that brings what is missing,
    if one does."""

    reason: Message
    command: str = ""


@dataclass(frozen=True)
class AlgorithmEntry:
    """An algorithm as a menu shows it. `limits` is one sentence on what it is bad at.

    `backbones` names those it can run on now; `unavailable` maps each other backbone to why not.
    `trains_on` says how it is best meta-trained on each backbone on which it can be, and `untrained` names
    those on which it runs without having been.

    A checkpoint that the user has meta-trained and named is an entry of its own, after its algorithm's.
    """

    name: str
    title: Message
    family: str
    paper: str
    summary: Message
    limits: str
    options: tuple[OptionEntry, ...]
    backbones: tuple[str, ...]
    unavailable: dict[str, Unavailable]
    trains_on: Mapping[str, Recipe] = field(default_factory=dict)
    untrained: tuple[str, ...] = ()


@dataclass(frozen=True)
class BackboneEntry:
    """A backbone as a menu shows it. `size` is its input in pixels, `dimension` that of its embeddings.

    `unavailable` says how to get its weights where they are not on this computer; without, nothing runs.
    """

    name: str
    title: str
    summary: str
    size: int
    dimension: int
    licence: str
    source: str
    unavailable: Unavailable | None = None


@dataclass(frozen=True)
class DeviceEntry:
    """A device that a tiny kernel has just run on. `name` is what `device=` takes."""

    name: str
    title: Message


@dataclass(frozen=True)
class Catalogue:
    """Everything the menus need, in menu order. `devices[0]` is what `auto` means here.

    `problems` says which plug-ins were left out, and why.
    """

    algorithms: tuple[AlgorithmEntry, ...]
    backbones: tuple[BackboneEntry, ...]
    devices: tuple[DeviceEntry, ...]
    problems: tuple[Message, ...] = ()
