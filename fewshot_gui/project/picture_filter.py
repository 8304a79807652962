"""Filters: which pictures are wanted, beside those of the tab and the search."""

from __future__ import annotations

import enum
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.shell.languages import QT_TRANSLATE_NOOP


class FilterKind(enum.Enum):
    """By what pictures are filtered; the value is its title."""

    FOLDER = QT_TRANSLATE_NOOP("PictureFilter", "Folder")
    ORIGIN = QT_TRANSLATE_NOOP("PictureFilter", "Label")
    DAY = QT_TRANSLATE_NOOP("PictureFilter", "Labelled on")
    RUN = QT_TRANSLATE_NOOP("PictureFilter", "Accepted from run")


class Origin(enum.Enum):
    """Where a label comes from; the value is its title, the name what the workspace calls it."""

    HAND = QT_TRANSLATE_NOOP("PictureFilter", "given by hand")
    ACCEPTED = QT_TRANSLATE_NOOP("PictureFilter", "accepted prediction")
    IMPORTED = QT_TRANSLATE_NOOP("PictureFilter", "from a class folder")


@dataclass(frozen=True)
class PictureFilter:
    """`value` is a folder as the file system knows it (what lies below it is in it, too), the name of an
    `Origin`, a day as ISO 8601 has it, or the number of a run."""

    kind: FilterKind
    value: bytes | str | int


@dataclass(frozen=True)
class FolderRow:
    """A folder with pictures in it or below it, and the number of those."""

    path: bytes
    count: int


def within(folder: bytes, paths: Sequence[bytes]) -> NDArray[np.bool_]:
    """Which of the paths are in the folder or below it, bool [n]."""
    start = folder if folder.endswith(os.fsencode(os.sep)) else folder + os.fsencode(os.sep)
    return np.fromiter((path.startswith(start) for path in paths), np.bool_, len(paths))


def folder_rows(paths: Sequence[bytes]) -> list[FolderRow]:
    """The folders of the pictures and those that have several of them in them, each before what it contains.

    A chain of folders with nothing else in them is left out down to its end, so that the tree begins where
    pictures part.
    """
    own = Counter(os.path.dirname(path) for path in paths)  # noqa: PTH120
    total: Counter[bytes] = Counter()
    children: dict[bytes, set[bytes]] = {}
    for folder, count in own.items():
        total[folder] += count
        child = folder
        while (parent := os.path.dirname(child)) != child:  # noqa: PTH120
            total[parent] += count
            children.setdefault(parent, set()).add(child)
            child = parent
    wanted = [folder for folder in total if folder in own or len(children[folder]) > 1]
    return [FolderRow(folder, total[folder]) for folder in sorted(wanted, key=_parts)]


def _parts(folder: bytes) -> tuple[str, ...]:
    return Path(os.fsdecode(folder)).parts
