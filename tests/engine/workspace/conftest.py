"""A fresh project with three classes and six pictures."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from engine.images import content_hash
from engine.workspace import PictureRow, Workspace, locating
from engine.workspace.commands import AddClass, AddPictures

Result = TypeVar("Result")


def result_of(search: Generator[int, None, Result]) -> Result:
    while True:
        try:
            next(search)
        except StopIteration as stop:
            found: Result = stop.value
            return found


def missing(workspace: Workspace) -> list[PictureRow]:
    return result_of(locating.find_missing(workspace.pictures(workspace.picture_ids())))


def predict(workspace: Workspace, run_id: int) -> None:
    """The run says of picture 1 that it is of the first of its two classes."""
    workspace.save_predictions(run_id, np.array([1]), np.array([[1, 0]], np.float32))


def note(workspace: Workspace, picture_ids: Sequence[int], *contents: bytes, mtime_ns: int = 1) -> list[int]:
    """Note that these are the contents of the pictures' files; returns those that were replaced."""
    replaced = workspace.save_files(
        np.array(picture_ids, np.int64),
        np.array([len(content) for content in contents], np.int64),
        np.full(len(contents), mtime_ns, np.int64),
        np.array([list(content_hash(content)) for content in contents], np.uint8),
    )
    return sorted(replaced.tolist())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project.fewshot"


@pytest.fixture
def workspace(project: Path) -> Iterator[Workspace]:
    with Workspace.create(project) as workspace:
        yield workspace


@pytest.fixture
def furnished(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Classes 1 ant, 2 bee and 3 cat; pictures 1 to 6, none labelled. Their files do not exist."""
    for name in ("ant", "bee", "cat"):
        workspace.apply(AddClass(name))
    workspace.apply(AddPictures([tmp_path / f"{letter}.jpg" for letter in "abcdef"]))
    return workspace
