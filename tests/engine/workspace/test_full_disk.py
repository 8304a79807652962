"""A disk that is really full, at whichever write: one sentence, the last good state, and work goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from tests.engine.workspace.conftest import note
from tests.engine.workspace.killing import state

PAGE = 4096
DISK = 512 * PAGE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB; only the administrator of a Linux machine can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "fewshot", str(disk)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path, leave: int) -> None:
    """Leave this many pages free on the disk."""
    space = os.statvfs(disk)
    free = space.f_bavail * space.f_frsize
    (disk / "ballast").write_bytes(b"x" * max(0, free - leave * PAGE))


def empty(disk: Path) -> None:
    (disk / "ballast").unlink(missing_ok=True)


@pytest.fixture
def crowded(small_disk: Path) -> Iterator[Workspace]:
    with Workspace.create(small_disk / "project.fewshot") as workspace:
        for name in ("ant", "bee"):
            workspace.apply(AddClass(name))
        workspace.apply(AddPictures([Path(f"/pictures/{number}.jpg") for number in range(200)]))
        yield workspace
        empty(small_disk)


def writes(workspace: Workspace) -> dict[str, Callable[[], object]]:
    ids = workspace.picture_ids()
    return {
        "import": lambda: workspace.apply(AddPictures([Path(f"/more/{n}.jpg") for n in range(400)])),
        "label": lambda: workspace.apply(LabelPictures(ids.tolist(), 1)),
        "undo": lambda: workspace.redo() or workspace.undo(),
        "run": lambda: workspace.begin_run("prototypical", "conv4", "cpu", 0, [1, 2]),
        "predictions": lambda: workspace.save_predictions(1, ids, np.full((len(ids), 2), 0.5, np.float32)),
        "unreadable": lambda: workspace.save_unreadable(ids.tolist(), [Message("truncated")] * len(ids)),
        "contents": lambda: note(workspace, ids.tolist(), *[os.urandom(8) for _ in ids]),
    }


@pytest.mark.parametrize("kind", ["import", "label", "undo", "run", "predictions", "unreadable", "contents"])
def test_each_write_is_whole_or_refused_wherever_the_disk_becomes_full(
    crowded: Workspace, small_disk: Path, kind: str
) -> None:
    crowded.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
    write = writes(crowded)[kind]
    sentences = []
    for pages in [*range(12), 16, 24, 32, 48]:
        before = state(crowded)
        fill(small_disk, leave=pages)
        try:
            write()
        except FewshotError as error:
            sentences.append(str(error))
            assert state(crowded) == before
        empty(small_disk)
    assert sentences, "the disk was full at some write"
    assert all("free some space" in sentence or "free space" in sentence for sentence in sentences)
    write()
    assert crowded.apply(AddClass("cat"))
    assert crowded._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_project_closed_while_the_disk_is_full_has_everything(small_disk: Path) -> None:
    project = small_disk / "project.fewshot"
    workspace = Workspace.create(project)
    workspace.apply(AddClass("ant"))
    workspace.apply(AddPictures([Path(f"/pictures/{number}.jpg") for number in range(500)]))
    before = state(workspace)
    fill(small_disk, leave=0)
    with suppress(FewshotError):
        workspace.close()
    with Workspace.open_or_view(project) as reopened:
        assert state(reopened) == before
    empty(small_disk)
    with Workspace.open(project) as reopened:
        assert state(reopened) == before
        reopened.apply(AddClass("bee"))
