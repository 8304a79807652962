"""Which classes the pictures of a folder have, by where they lie in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from engine.images.data_set_parts import are_parts

Classes: TypeAlias = dict[str, list[Path]]
"""The pictures of each class, by its name."""


def classes_in(folder: Path, pictures: Sequence[Path]) -> Classes:
    """A class for each subfolder if only subfolders hold pictures, else one for the folder."""
    classes = _by_folder(folder, pictures, 0)
    return classes if classes or not pictures else {folder.name: list(pictures)}


def classes_in_parts(folder: Path, pictures: Sequence[Path]) -> Classes:
    """The classes below the folders train, valid, test …; empty if the folder is not divided so."""
    return _by_folder(folder, pictures, 1) if are_parts(_by_folder(folder, pictures, 0)) else {}


def looks_like_classes(paths: Sequence[Path], pictures: Sequence[Path]) -> Classes:
    """The classes in folders, or below the parts of a data set in them; empty if there are fewer than two,
    or files beside the folders."""
    classes: list[Classes] = []
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a drive does not answer
            return {}
        inside = [picture for picture in pictures if str(picture).startswith(_prefix(path))]
        classes.append(classes_in_parts(path, inside) or classes_in(path, inside))
    found = joined(classes)
    return found if len(found) > 1 else {}


def joined(many: Sequence[Mapping[str, Sequence[Path]]]) -> Classes:
    """The classes of several folders; those of one name are one class."""
    classes: Classes = {}
    for name, pictures in chain.from_iterable(one.items() for one in many):
        classes.setdefault(name, []).extend(pictures)
    return classes


def _by_folder(folder: Path, pictures: Sequence[Path], depth: int) -> Classes:
    """The pictures by the name of the folder that they lie in, `depth` folders below; empty if one lies
    beside these folders."""
    classes: Classes = {}
    above = len(_prefix(folder))
    for picture in pictures:
        # As text: `Path.relative_to` takes ten times as long, and there may be a million.
        *folders, _name = str(picture)[above:].split(os.sep)  # noqa: PTH206
        if len(folders) <= depth:
            return {}
        classes.setdefault(folders[depth], []).append(picture)
    return classes


def _prefix(folder: Path) -> str:
    return str(folder).rstrip(os.sep) + os.sep
