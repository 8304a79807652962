"""A file is written completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.files import replacing, write_atomically


def test_the_file_and_its_folder_are_made(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "file"
    write_atomically(target, b"content")
    assert target.read_bytes() == b"content"
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_until_the_end_the_old_file_is_there(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with replacing(target) as unfinished:
        unfinished.write_bytes(b"new")
        assert target.read_bytes() == b"old"
        assert unfinished.name.startswith(".")
    assert target.read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def fail_halfway() -> None:
        with replacing(target) as unfinished:
            unfinished.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
