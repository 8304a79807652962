"""Pictures in a temporary folder will be gone: they are copied beside the project, under their own names."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.images import SkippedFile
from fewshot_gui.features.importing.sources import resolve_sources
from fewshot_gui.features.importing.temporary import is_temporary
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.gestures import drop, files

MakePictures = Callable[..., Path]


@pytest.fixture
def temporary(make_pictures: MakePictures, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of the system, with two ants and a bee in folders of their own."""
    make_pictures("tmp/7zE1/ants", 2)
    folder = make_pictures("tmp/7zE1/bees", 1).parent
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent))
    return folder


def resolved(source: Path, kept: Path) -> tuple[list[Path], list[SkippedFile]]:
    steps = resolve_sources([source], kept)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return list(stop.value.paths), list(stop.value.skipped)


def test_what_is_temporary_depends_on_where_the_project_is(temporary: Path, tmp_path: Path) -> None:
    assert is_temporary(temporary / "ants", tmp_path / "kept")
    assert not is_temporary(temporary / "ants", temporary.parent / "kept")
    assert not is_temporary(tmp_path / "pictures", tmp_path / "kept")


def test_a_file_is_kept_under_its_name_and_only_once(temporary: Path, tmp_path: Path) -> None:
    [kept], _ = resolved(temporary / "ants" / "1.png", tmp_path / "kept")
    assert kept.parent == tmp_path / "kept"
    assert kept.name.startswith("1 ")
    assert kept.read_bytes() == (temporary / "ants" / "1.png").read_bytes()
    assert resolved(temporary / "ants" / "1.png", tmp_path / "kept") == ([kept], [])
    assert len(list(kept.parent.iterdir())) == 1


def test_what_is_no_picture_is_not_kept(temporary: Path, tmp_path: Path) -> None:
    text = temporary / "readme.txt"
    text.write_text("Only words.")
    paths, [left_out] = resolved(text, tmp_path / "kept")
    assert (paths, left_out.name) == ([], str(text))
    assert not (tmp_path / "kept").exists()


def test_class_folders_dragged_out_of_an_archive_outlive_it(
    window: MainWindow, temporary: Path, qtbot: QtBot
) -> None:
    hub, zone = window.hub, window.classes.new_zone
    with qtbot.waitSignal(window.importer.noted), qtbot.waitSignal(window.importer.added):
        drop(zone, files([temporary]), zone.rect().center())
    shutil.rmtree(temporary)
    assert {row.name: row.count for row in hub.queries.classes} == {"ants": 2, "bees": 1}
    assert all(hub.queries.path(one).is_file() for one in hub.queries.picture_ids.tolist())
    assert all(hub.queries.path(one).is_relative_to(hub.kept_dir) for one in hub.queries.picture_ids.tolist())
