"""Filters by folder, origin, day and run: chosen in a menu, seen as buttons, ended by a click."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from fewshot_gui.features.pictures.filter_bar import FolderDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Order, Show
from fewshot_gui.project.picture_filter import FilterKind, FolderRow, PictureFilter, folder_rows, within

MakePictures = Callable[..., Path]


@pytest.fixture
def filled(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    """Ten pictures in three folders; a class has two of the first, one of them an accepted prediction."""
    window.hub.commands.apply(AddClass("ant"))
    for name, count in (("week 10", 3), ("week 2", 3), ("more", 4)):
        window.hub.commands.apply(AddPictures(sorted(make_pictures(name, count).iterdir())))
    [ant] = window.hub.queries.classes
    first, second = window.hub.queries.picture_ids[:2].tolist()
    run = window.hub.run_store.begin("auto", "conv4", "cpu", 0, [ant.id])
    assert run is not None
    window.hub.run_store.save_predictions(run, np.array([second]), np.ones((1, 1), np.float32))
    window.hub.run_store.finish(run, "finished")
    window.hub.commands.apply(LabelPictures([first], ant.id))
    window.hub.commands.apply(LabelPictures([second], ant.id, run_id=run))
    return window


def entries(window: MainWindow, menu: str = "") -> dict[str, object]:
    """The entries of the button's menu, or of a menu in it, by text."""
    button = window.pictures.filter_bar.button
    button.menu().aboutToShow.emit()
    actions = {action.text(): action for action in button.menu().actions()}
    return {one.text(): one for one in actions[menu].menu().actions()} if menu else actions


def chips(window: MainWindow) -> list[QPushButton]:
    return [one for one in window.pictures.filter_bar.findChildren(QPushButton) if one.isVisible()]


def shown(window: MainWindow) -> list[int]:
    return sorted(window.pictures.grid.shown_ids().tolist())


def test_a_folder_is_chosen_in_the_tree_and_ended_by_a_click(filled: MainWindow, qtbot: QtBot) -> None:
    filled.show()
    every = shown(filled)
    entries(filled)["Folder…"].trigger()  # type: ignore[attr-defined]
    dialog = filled.findChild(FolderDialog)
    tree = dialog.tree
    root = tree.topLevelItem(0)
    assert [root.child(place).text(0) for place in range(3)] == ["more", "week 10", "week 2"]
    assert [root.child(place).text(1) for place in range(3)] == ["4", "3", "3"]
    QTest.mouseClick(
        tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(root.child(2)).center()
    )
    dialog.reject()
    assert len(shown(filled)) == 3
    names = {filled.hub.queries.path(picture).parent.name for picture in shown(filled)}
    assert names == {"week 2"}
    [chip] = chips(filled)
    assert chip.text() == "Folder: week 2 ✕"
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert shown(filled) == every
    assert not chips(filled)


@pytest.mark.parametrize(
    ("menu", "entry", "count"),
    [
        ("Label", "given by hand (1)", 1),
        ("Label", "accepted prediction (1)", 1),
        ("Accepted from run", "1 (1)", 1),
    ],
)
def test_labels_are_filtered_by_origin_and_run(filled: MainWindow, menu: str, entry: str, count: int) -> None:
    entries(filled, menu)[entry].trigger()  # type: ignore[attr-defined]
    assert len(shown(filled)) == count
    entries(filled, menu)[entry].trigger()  # type: ignore[attr-defined]
    assert len(shown(filled)) == 10


def test_labels_are_filtered_by_day(filled: MainWindow) -> None:
    [entry] = entries(filled, "Labelled on").values()
    entry.trigger()  # type: ignore[attr-defined]
    assert len(shown(filled)) == 2


def test_filters_narrow_each_other_the_tab_and_the_search(filled: MainWindow) -> None:
    folder = os.fsencode(filled.hub.queries.path(int(filled.hub.queries.picture_ids[0])).parent)
    bar = filled.pictures.filter_bar
    bar.choose(PictureFilter(FilterKind.FOLDER, folder))
    filled.pictures.tabs.choose(Show.UNLABELED)
    assert len(shown(filled)) == 1
    bar.choose(PictureFilter(FilterKind.ORIGIN, "HAND"))
    assert shown(filled) == []
    filled.pictures.tabs.choose(Show.ALL)
    assert len(shown(filled)) == 1
    entries(filled)["Clear all filters"].trigger()  # type: ignore[attr-defined]
    assert len(shown(filled)) == 10


def test_a_picture_that_the_filters_hide_is_shown_when_it_is_asked_for(filled: MainWindow) -> None:
    filled.pictures.filter_bar.choose(PictureFilter(FilterKind.ORIGIN, "HAND"))
    last = int(filled.hub.queries.picture_ids[-1])
    filled.pictures.reveal(last)
    assert filled.pictures.grid.selected_ids().tolist() == [last]
    assert not filled.pictures.filter_bar.filters


def test_by_folder_counts_as_people_do(filled: MainWindow) -> None:
    filled.pictures.order_menu.setCurrentIndex(list(Order).index(Order.FOLDER))
    found = [
        filled.hub.queries.path(picture).parent.name for picture in filled.pictures.grid.shown_ids().tolist()
    ]
    assert found == ["more"] * 4 + ["week 2"] * 3 + ["week 10"] * 3


def test_the_tree_begins_where_pictures_part() -> None:
    paths = [b"/home/me/a/x/1.png", b"/home/me/a/2.png", b"/home/me/b/3.png", b"/home/me/b/c/d/4.png"]
    assert folder_rows(paths) == [
        FolderRow(b"/home/me", 4),
        FolderRow(b"/home/me/a", 2),
        FolderRow(b"/home/me/a/x", 1),
        FolderRow(b"/home/me/b", 2),
        FolderRow(b"/home/me/b/c/d", 1),
    ]


def test_a_folder_is_no_other_whose_name_begins_alike() -> None:
    assert within(b"/a/b", [b"/a/b/1", b"/a/bc/1", b"/a/b/c/1"]).tolist() == [True, False, True]
