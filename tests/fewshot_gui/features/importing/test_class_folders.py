"""Folders that look like classes: which they are, and what the window asks about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.features.importing.class_folders import classes_in, classes_in_parts, looks_like_classes
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.gestures import drop, files

MakePictures = Callable[..., Path]


def under(folder: Path, *places: str) -> list[Path]:
    return [folder / place for place in places]


def test_subfolders_are_classes_unless_a_picture_lies_beside_them() -> None:
    set_ = Path("/set")
    pictures = under(set_, "ant/1.png", "ant/deep/2.png", "bee/3.png")
    assert {name: len(paths) for name, paths in classes_in(set_, pictures).items()} == {"ant": 2, "bee": 1}
    assert classes_in(set_, [*pictures, set_ / "4.png"]).keys() == {"set"}
    assert classes_in(set_, []) == {}


@pytest.mark.parametrize(
    ("places", "classes"),
    [
        (["train/ant/1.png", "train/bee/2.png", "test/ant/3.png"], {"ant", "bee"}),
        (["Training/ant/1.png", "Validation/bee/2.png"], {"ant", "bee"}),
        (["train/1.png", "test/ant/2.png"], set()),
        (["train/ant/1.png"], set()),
        (["train/ant/1.png", "bee/old/2.png"], set()),
    ],
)
def test_the_classes_of_a_divided_data_set_are_below_its_parts(places: list[str], classes: set[str]) -> None:
    assert classes_in_parts(Path("/set"), under(Path("/set"), *places)).keys() == classes


def test_several_folders_look_like_classes_but_not_with_files_among_them(make_pictures: MakePictures) -> None:
    ants, bees = make_pictures("ants", 1), make_pictures("bees", 1)
    pictures = [ants / "1.png", bees / "1.png"]
    assert looks_like_classes([ants, bees], pictures) == {"ants": pictures[:1], "bees": pictures[1:]}
    assert looks_like_classes([ants], pictures[:1]) == {}
    assert looks_like_classes([ants, bees / "1.png"], pictures) == {}


def press(window: MainWindow, text: str) -> None:
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    buttons = [one for one in window.messages.findChildren(QPushButton, options=direct) if one.isVisible()]
    QTest.mouseClick(next(one for one in buttons if one.text() == text), Qt.MouseButton.LeftButton)


def drop_and_ask(window: MainWindow, target: QWidget, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.importer.asked):
        drop(target, files([path]), QPoint(9, 9))


def counts(window: MainWindow) -> dict[str, int]:
    return {row.name: row.count for row in window.hub.queries.classes}


@pytest.fixture
def insects(make_pictures: MakePictures) -> Path:
    """A folder with two ants and a bee, in folders of their own."""
    make_pictures("insects/ants", 2)
    return make_pictures("insects/bees", 1).parent


@pytest.mark.parametrize("packed", [False, True])
def test_class_folders_dropped_in_the_middle_become_classes_if_the_person_says_so(
    window: MainWindow, insects: Path, qtbot: QtBot, packed: bool
) -> None:
    path = insects
    if packed:
        path = insects.with_suffix(".zip")
        with ZipFile(path, "w") as archive:
            for picture in sorted(insects.rglob("*.png")):
                archive.write(picture, picture.relative_to(insects.parent))
    drop_and_ask(window, window.pictures.grid.viewport(), path, qtbot)
    assert window.messages.text == "These look like 2 classes: ants, bees. Make them classes?"
    assert (counts(window), window.hub.queries.picture_count) == ({}, 3)
    with qtbot.waitSignal(window.importer.added):
        press(window, "Make classes")
    assert counts(window) == {"ants": 2, "bees": 1}
    assert window.hub.queries.picture_count == 3
    assert window.messages.text == ""


def test_class_folders_may_stay_pictures_without_labels(
    window: MainWindow, insects: Path, qtbot: QtBot
) -> None:
    drop_and_ask(window, window.pictures.grid.viewport(), insects, qtbot)
    press(window, "Leave them without labels")
    assert (counts(window), window.hub.queries.picture_count) == ({}, 3)
    assert window.messages.text == ""


@pytest.mark.parametrize(
    ("answer", "classes"),
    [("The 2 in them: ants, bees", {"ants": 3, "bees": 1}), ("test, train", {"test": 1, "train": 3})],
)
def test_a_divided_data_set_is_asked_about_before_anything_is_added(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot, answer: str, classes: dict[str, int]
) -> None:
    make_pictures("set/train/ants", 2), make_pictures("set/train/bees", 1)
    folder = make_pictures("set/test/ants", 1).parent.parent
    drop_and_ask(window, window.classes.new_zone, folder, qtbot)
    assert "test, train look like the parts of a data set." in window.messages.text
    assert (counts(window), window.hub.queries.picture_count) == ({}, 0)
    with qtbot.waitSignal(window.importer.added):
        press(window, answer)
    assert counts(window) == classes


def test_of_a_divided_data_set_in_the_middle_the_classes_are_those_below(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("set/train/ants", 1), make_pictures("set/train/bees", 1)
    folder = make_pictures("set/test/ants", 1).parent.parent
    drop_and_ask(window, window.pictures.grid.viewport(), folder, qtbot)
    assert "2 classes: ants, bees." in window.messages.text
