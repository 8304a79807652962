"""The bundled demo: complete, always the same, and finished after an interruption."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.demo import SURFACES, Demo, write_demo, write_demo_project
from engine.demo_surfaces import surface_jpeg
from engine.errors import FewshotError
from engine.images import find_classes, find_pictures
from engine.workspace import ChangeSet, Command, Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return write_demo(tmp_path / "demo")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_folders_hold_what_the_demo_says(demo: Demo) -> None:
    assert find_classes(demo.folder / "examples") == demo.examples
    assert list(find_pictures([demo.folder / "pictures"])) == demo.pictures
    assert sorted(len(paths) for paths in demo.examples.values()) == [2, 4, 4, 4, 4, 4]
    assert len(demo.pictures) == 120


def test_the_truth_is_beside_the_pictures_and_names_each_of_them(demo: Demo) -> None:
    with (demo.folder / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["image"]: row["label"] for row in rows} == demo.truth
    assert list(demo.truth) == [path.name for path in demo.pictures]
    assert Counter(demo.truth.values()) == dict.fromkeys(demo.examples, 20)


def test_pictures_are_grey_dark_on_white_and_all_different(demo: Demo) -> None:
    seen = set()
    for path in [*demo.pictures, *(p for paths in demo.examples.values() for p in paths)]:
        with Image.open(path) as picture:
            assert (picture.mode, picture.size) == ("L", (105, 105))
            pixels = np.asarray(picture)
        assert np.median(pixels) == 255
        assert pixels.min() < 100
        seen.add(pixels.tobytes())
    assert len(seen) == 120 + 22


def test_every_machine_gets_the_same_demo(demo: Demo, tmp_path: Path) -> None:
    write_demo(tmp_path / "other")
    assert contents(demo.folder) == contents(tmp_path / "other")


def test_a_half_written_demo_is_finished_and_the_rest_left_alone(demo: Demo) -> None:
    whole = contents(demo.folder)
    kept = demo.pictures[0].stat().st_mtime_ns
    for missing in (demo.pictures[60], demo.examples["fenn"][1], demo.folder / "truth.csv"):
        missing.unlink()
    assert write_demo(demo.folder) == demo
    assert contents(demo.folder) == whole
    assert demo.pictures[0].stat().st_mtime_ns == kept


def test_a_picture_that_cannot_be_finished_is_not_there_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(FewshotError, match="No space left"):
            write_demo(tmp_path / "demo")
    assert contents(tmp_path / "demo") == {}
    assert len(write_demo(tmp_path / "demo").pictures) == 120


@pytest.mark.parametrize("cut_off", [AddClassFolders, AddPictures])
def test_a_project_that_was_cut_off_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_off: type[Command]
) -> None:
    apply = Workspace.apply

    def cut(workspace: Workspace, command: Command) -> ChangeSet | None:
        if isinstance(command, cut_off):
            raise KeyboardInterrupt
        return apply(workspace, command)

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "apply", cut)
        with pytest.raises(KeyboardInterrupt):
            write_demo_project(tmp_path)
    project = write_demo_project(tmp_path)
    with Workspace.open(project) as workspace:
        assert len(workspace.picture_ids()) == 120 + 22
        assert len(workspace.classes()) == 6
    assert list(tmp_path.glob("*.fewshot*")) == [project]


def test_what_was_done_in_the_project_is_kept(tmp_path: Path) -> None:
    with Workspace.open(write_demo_project(tmp_path)) as workspace:
        workspace.apply(AddClass("gora"))
    with Workspace.open(write_demo_project(tmp_path)) as workspace:
        assert len(workspace.classes()) == 7


def test_a_file_in_the_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(FewshotError, match="taken"):
        write_demo(tmp_path / "taken")


@pytest.mark.subprocess
def test_writing_the_demo_does_not_load_torch() -> None:
    code = "import sys, engine.demo; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_surfaces_are_coloured_all_different_and_the_same_every_time() -> None:
    drawn = [surface_jpeg(name, 0, number) for name in SURFACES.examples for number in range(2)]
    assert len(set(drawn)) == len(drawn) == 12
    assert drawn[-1] == surface_jpeg("wood", 0, 1) != surface_jpeg("wood", 1, 1)
    for content in drawn:
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.mode, picture.size, picture.format) == ("RGB", (160, 160), "JPEG")
            assert np.asarray(picture).std() > 10


def test_a_demo_of_other_pictures_is_a_project_of_them(tmp_path: Path) -> None:
    few = replace(SURFACES, examples={"bricks": 1, "wood": 2}, count=3)
    with Workspace.open(write_demo_project(tmp_path / "surfaces", few)) as workspace:
        assert [(row.name, row.count) for row in workspace.classes()] == [("bricks", 1), ("wood", 2)]
        assert len(workspace.picture_ids()) == 6
