"""Names of classes: how they are stored, and which of them are the same name but for how it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from engine.messages import Message
from engine.workspace.texts import one_line


def normalized(name: str) -> str:
    """A name as it is stored and shown: NFC, single spaces, nothing that is not Unicode or is not seen."""
    readable = name.encode("utf-8", "replace").decode("utf-8")
    return " ".join(one_line(unicodedata.normalize("NFC", readable)).split())


def folded(name: str) -> str:
    """What names have in common that differ only in case, spaces or Unicode form.

    A single letter is a name of its own: folders of handwriting have `a` and `A`.
    """
    stored = normalized(name)
    return stored if len(stored) == 1 else unicodedata.normalize("NFC", stored.casefold())


def alike(names: Iterable[str]) -> list[list[int]]:
    """The groups of names that differ only in case, spaces or Unicode form, as positions in ascending order;
    only groups of two or more."""
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        groups.setdefault(folded(name), []).append(position)
    return [group for group in groups.values() if len(group) > 1]


def join_alike(
    classes: Mapping[str, Sequence[Path]],
) -> tuple[dict[str, list[Path]], list[tuple[str, str]]]:
    """The same pictures with one class for names that are alike, and which name was joined to which.

    The class with the most pictures gives its name, or else the first.
    """
    names = list(classes)
    into: dict[str, str] = {}
    for group in alike(names):
        kept = max(group, key=lambda position: len(classes[names[position]]))
        into |= {names[position]: names[kept] for position in group if position != kept}
    joined: dict[str, list[Path]] = {name: [] for name in names if name not in into}
    for name, pictures in classes.items():
        joined[into.get(name, name)].extend(pictures)
    return joined, list(into.items())


def about_joined(pairs: Sequence[tuple[str, str]]) -> Message:
    """A sentence that says which classes were joined to which; `pairs` has one at least."""
    name, into = pairs[0]
    if len(pairs) == 1:
        return Message(
            "The class “{name}” was joined to “{into}”: the names differ only in case or spaces.",
            name=name,
            into=into,
        )
    return Message(
        "{n} classes were joined to others whose names differ only in case or spaces, among them “{name}” to"
        " “{into}”.",
        n=len(pairs),
        name=name,
        into=into,
    )
