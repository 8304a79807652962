"""A fresh project with three classes and six pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures


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
