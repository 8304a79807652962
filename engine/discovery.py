"""Find what a package and the plug-ins of others offer: one file an entry, nothing to edit elsewhere.

A package of algorithms, backbones, formats or commands is read by importing each of its modules and taking
the object that the module publishes under an agreed name. Another distribution adds entries by entry points
(https://packaging.python.org/specifications/entry-points/), for example in its pyproject.toml:

    [project.entry-points."fewshot.exports"]
    coco = "my_package.coco:FORMAT"

A plug-in that cannot be used is left out and kept in `plugin_problems`. It never stops the program.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from types import ModuleType
from typing import TypeVar

from engine.messages import Message

T = TypeVar("T")

_problems: dict[tuple[str, str], Message] = {}


def discover(package: str, attribute: str) -> Iterator[object]:
    """Yield `attribute` of every module of `package` that has one, in order of module name."""
    return (getattr(module, attribute) for module in _modules(package, attribute))


def collect(
    packages: Iterable[str],
    attribute: str,
    accept: Callable[[object], T],
    name_of: Callable[[T], str],
    group: str = "",
) -> dict[str, T]:
    """All entries by name: those of our own `packages`, in order, then those of the plug-ins of `group`.

    `accept` returns the entry itself, or raises what is wrong with it.

    Raises:
        ValueError: two of our own modules publish the same name; both are named.
    """
    entries: dict[str, T] = {}
    places: dict[str, str] = {}
    for package in packages:
        for module in _modules(package, attribute):
            entry = accept(getattr(module, attribute))
            name = name_of(entry)
            if name in entries:
                raise ValueError(f"{places[name]} and {module.__name__} both publish “{name}”")
            entries[name], places[name] = entry, module.__name__
    for point in _entry_points(group) if group else ():
        try:
            entry = accept(point.load())
            name = name_of(entry)
            if name in entries:
                raise ValueError(f"{places[name]} already publishes “{name}”")
        except (Exception, SystemExit) as error:  # whatever somebody else's code raises
            _problems[group, point.value] = Message(
                "The plug-in {plugin} was left out: {reason}.",
                plugin=_described(point),
                reason=_one_line(error),
            )
        else:
            entries[name], places[name] = entry, _described(point)
            _problems.pop((group, point.value), None)
    return entries


def of_type(kind: type[T]) -> Callable[[object], T]:
    """For `collect`: accept the instances of `kind` and nothing else."""

    def accept(entry: object) -> T:
        if not isinstance(entry, kind):
            raise TypeError(f"it is not of type {kind.__name__}, but {type(entry).__name__}")
        return entry

    return accept


def plugin_problems(group: str = "") -> tuple[Message, ...]:
    """Why plug-ins were left out, one sentence each, as far as `collect` has looked for them."""
    return tuple(message for (of_group, _), message in _problems.items() if group in ("", of_group))


def plugins() -> tuple[str, ...]:
    """The installed plug-ins of all kinds, usable or not, each as `coco (my_package.coco:FORMAT)`."""
    return tuple(_described(point) for group in GROUPS for point in _entry_points(group))


LEARNERS, BACKBONES, EXPORTS = GROUPS = ("fewshot.learners", "fewshot.backbones", "fewshot.exports")
"""The groups of entry points."""


def _modules(package: str, attribute: str) -> Iterator[ModuleType]:
    folder = importlib.import_module(package).__path__
    for name in sorted(module.name for module in pkgutil.iter_modules(folder)):
        module = importlib.import_module(f"{package}.{name}")
        if hasattr(module, attribute):
            yield module


@functools.cache
def _entry_points(group: str) -> tuple[metadata.EntryPoint, ...]:
    """Reads what every installed distribution declares, which takes tens of milliseconds: once a group."""
    found = metadata.entry_points(group=group)
    # A distribution may be found twice, installed and on the path of a development tree.
    return tuple(sorted({(point.name, point.value): point for point in found}.values()))


def _described(point: metadata.EntryPoint) -> str:
    return f"{point.name} ({point.value})"


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
