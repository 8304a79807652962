"""A fresh project with three classes and six pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.images import content_hash
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures


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
