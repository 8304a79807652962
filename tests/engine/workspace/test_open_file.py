"""The file of an open project is nobody else's to read: closing it there would end SQLite's lock (POSIX)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.images.archive import open_archive
from engine.images.content import file_hash, read_picture
from engine.images.errors import UnreadablePictureError
from engine.workspace import Workspace


def open_as_archive(path: Path) -> None:
    with open_archive(path):
        pass


@pytest.mark.parametrize(
    ("read", "refusal", "reason"),
    [
        (read_picture, UnreadablePictureError, "not a picture"),
        (file_hash, FileNotFoundError, "is not a file"),
        (open_as_archive, FewshotError, "is the project that is open"),
    ],
)
@pytest.mark.parametrize("link", [False, True])
def test_it_is_refused_by_whatever_name_until_it_is_closed(
    workspace: Workspace,
    project: Path,
    tmp_path: Path,
    read: Callable[[Path], object],
    refusal: type[Exception],
    reason: str,
    link: bool,
) -> None:
    path = project
    if link:
        path = tmp_path / "another name.png"
        path.hardlink_to(project)
    with pytest.raises(refusal, match=reason):
        read(path)
    workspace.close()
    assert read_picture(path)
