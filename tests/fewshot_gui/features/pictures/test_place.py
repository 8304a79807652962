"""A project is shown as it was left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddPictures
from fewshot_gui.features.pictures.place import Place, remember_place, remembered_place
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Order, Show
from fewshot_gui.shell.saved_settings import remember
from tests.fewshot_gui.scripted_engine import ScriptedEngine

MakePictures = Callable[..., Path]


def order_menu(window: MainWindow, order: Order) -> None:
    window.pictures.order_menu.setCurrentIndex(list(Order).index(order))


@pytest.fixture
def filled(window: MainWindow, make_pictures: MakePictures) -> MainWindow:
    for name in ("ant", "bee"):
        window.hub.commands.apply(AddClass(name))
    for row in window.hub.queries.classes:
        window.hub.commands.apply(AddPictures(sorted(make_pictures(row.name, 2).iterdir()), row.id))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 5).iterdir())))
    return window


def test_another_project_and_back_is_the_same_place(filled: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    bee = filled.hub.queries.class_named("bee")
    assert bee is not None
    filled.classes.select(bee.id)
    filled.pictures.tabs.choose(Show.CLASS)
    order_menu(filled, Order.NEWEST)
    picture = int(filled.pictures.grid.shown_ids()[1])
    filled.pictures.grid.reveal(picture)
    first = filled.hub.file
    Workspace.create(tmp_path / "other.fewshot").close()
    for project in (tmp_path / "other.fewshot", first):
        with qtbot.waitSignal(filled.hub.opened):
            filled.files.open(project)
        if project != first:
            assert filled.pictures.place == Place()
    assert filled.pictures.place == Place("CLASS", "NEWEST", bee.id, picture)
    assert filled.classes.selected_class == bee.id
    assert filled.pictures.grid.selected_ids().tolist() == [picture]


def test_the_next_start_shows_the_same_page(
    filled: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.pictures.tabs.setCurrentIndex(len(Show))
    order_menu(filled, Order.MOST_SURE)
    filled.close()
    again = MainWindow(ProjectHub(Workspace.open(filled.hub.file)), ScriptedEngine)
    qtbot.addWidget(again)
    assert again.pictures.place == Place("", "MOST_SURE")
    assert again.pictures.tabs.chosen is None
    again.close()


def test_an_order_that_must_be_computed_is_not_taken_up_again(tmp_path: Path) -> None:
    remember_place(tmp_path, Place("ALL", "SIMILAR", 3, 4))
    assert remembered_place(tmp_path) == Place("ALL", "ADDED", 3, 4)


@pytest.mark.parametrize(
    "kept", ["", "[]", "nonsense", '{"/p": 3}', '{"/p": {"x": 1}}', '{"/p": {"show": "X", "class_id": "y"}}']
)
def test_a_setting_that_is_not_understood_is_the_beginning(kept: str) -> None:
    remember("projects/places", kept)
    assert remembered_place(Path("/p")) in (Place(), Place(class_id=0))


def test_what_is_gone_is_passed_over(filled: MainWindow) -> None:
    filled.pictures.go_to(Place("UNKNOWN", "NEWEST", NO_CLASS, 999))
    assert filled.pictures.place == Place("ALL", "NEWEST")


def test_the_places_of_the_last_projects_are_kept() -> None:
    for number in range(60):
        remember_place(Path(f"/{number}"), Place(picture=number))
    assert [remembered_place(Path(f"/{number}")).picture for number in (0, 9, 10, 59)] == [0, 0, 10, 59]
