"""The window's own fixtures serve here too; what differs is that the engine is the real one."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.demo import write_demo
from tests.conftest import SHARED_DATA
from tests.fewshot_gui.conftest import no_leaked_qt_workers, own_settings, pytest_collection_modifyitems

__all__ = ["no_leaked_qt_workers", "own_settings", "pytest_collection_modifyitems"]

SHOTS = 5


@dataclass(frozen=True)
class Job:
    """What a person starts with: one folder of examples a class, and a folder of pictures to label."""

    class_folders: list[Path]
    to_label: Path
    truth: dict[str, str]
    backbone: str
    expected_accuracy: float


def _real_job(name: str, folder: Path, expected_accuracy: float) -> Job:
    classes: dict[str, list[str]] = {}
    truth = {}
    to_label = folder / "여기 #1 zu beschriften"
    to_label.mkdir()
    with zipfile.ZipFile(SHARED_DATA / f"{name}.zip") as archive:
        for member in archive.namelist():
            class_name, _, file_name = member.partition("/")
            members = classes.setdefault(class_name, [])
            members.append(member)
            if len(members) <= SHOTS:
                target = folder / class_name / file_name
            else:
                target = to_label / f"{class_name}-{file_name}"
                truth[target.name] = class_name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(archive.read(member))
    return Job([folder / name for name in classes], to_label, truth, "efficientnet-lite0", expected_accuracy)


def _generated_job(folder: Path) -> Job:
    demo = write_demo(folder)
    class_folders = [paths[0].parent for paths in demo.examples.values()]
    return Job(class_folders, folder / "pictures", demo.truth, "conv4", 0.9)


@pytest.fixture(params=["rice_disease", "hymenoptera", "our own characters"])
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    """Real photos where they are at hand; always the characters of our own generator."""
    folder = tmp_path / "my pictures"
    folder.mkdir()
    if request.param == "our own characters":
        return _generated_job(folder)
    if not SHARED_DATA.is_dir():
        pytest.skip("the real pictures are not on this machine")
    # Well above chance; five random examples give about 60 % and 88 % here.
    return _real_job(request.param, folder, {"rice_disease": 0.38, "hymenoptera": 0.7}[request.param])
