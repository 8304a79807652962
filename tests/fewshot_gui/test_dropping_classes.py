"""Folders and loose files dropped beside the classes, several at a time, known only by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass
from fewshot_gui import drops
from fewshot_gui.drops import can_take, paths_of
from fewshot_gui.importing import Importer, search_classes
from fewshot_gui.project import ProjectHub
from tests.fewshot_gui.gestures import files

MakePictures = Callable[..., Path]


@pytest.fixture
def importer(hub: ProjectHub) -> Iterator[Importer]:
    importer = Importer(hub)
    yield importer
    importer.close()


def counts(hub: ProjectHub) -> dict[str, int]:
    return {row.name: row.count for row in hub.classes}


def test_two_drops_of_loose_files_become_two_classes(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("ants", 3)
    unnamed: list[int] = []
    importer.class_unnamed.connect(unnamed.append)
    with qtbot.waitSignal(importer.busy_changed, check_params_cb=lambda busy: not busy):
        importer.add_classes([folder / "1.png"])
        importer.add_classes([folder / "2.png", folder / "3.png"])
    assert counts(hub) == {"Class 1": 1, "Class 2": 2}
    assert unnamed == [row.id for row in hub.classes]


def test_loose_files_keep_apart_from_classes_and_folders_of_such_a_name(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    hub.apply(AddClass("Class 1"))
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("Class 2", 2), make_pictures("ants", 1) / "1.png"])
    assert counts(hub) == {"Class 1": 0, "Class 2": 2, "Class 3": 1}


def test_a_loose_file_that_is_gone_is_told_and_makes_no_class(
    importer: Importer, hub: ProjectHub, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(importer.problem) as told:
        importer.add_classes([tmp_path / "gone.png"])
    assert "gone.png" in told.args[0]
    assert hub.classes == []


def test_every_picture_found_is_told_as_it_is_found(make_pictures: MakePictures) -> None:
    folders = [make_pictures("insects/ants", 3), make_pictures("insects/bees/wild", 2).parent]
    loose = make_pictures("loose", 1) / "1.png"
    assert list(search_classes([folders[0].parent, loose])) == [1, 2, 3, 4, 5, 6]


def test_classes_come_in_natural_order_with_all_that_is_below_them(
    importer: Importer, hub: ProjectHub, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    for name in ("insects/10", "insects/9/deep/down", "insects/.hidden"):
        make_pictures(name, 2)
    with qtbot.waitSignal(importer.added):
        importer.add_classes([make_pictures("insects/9", 1).parent])
    assert list(counts(hub).items()) == [("9", 3), ("10", 2)]


def test_ten_thousand_files_are_dropped_without_asking_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(drops, "_exists", asked.append)
    monkeypatch.setattr(Path, "stat", asked.append)
    mime = files([tmp_path / f"{number}.png" for number in range(10_000)])
    assert can_take(mime)
    assert len(paths_of(mime, tmp_path)) == 10_000
    assert asked == []


def test_a_text_is_asked_for_no_further_than_its_first_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(drops, "_exists", lambda path: asked.append(path) or True)
    mime = QMimeData()
    mime.setText("\n".join(f"/{number}.png" for number in range(100)))
    assert can_take(mime)
    assert asked == [Path("/0.png")]
