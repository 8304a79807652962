"""The list of classes while other things happen: a name being typed, a class being moved or edited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    MoveClass,
    RecolorClass,
    RemoveClass,
    RenameClass,
)
from fewshot_gui.features.classes.class_model import ClassModel, ClassRole
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.gestures import drop, files

MakePictures = Callable[..., Path]
_NAMES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole]
_SPOKEN = [Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole]


@pytest.fixture
def typing(window: MainWindow) -> QLineEdit:
    """A new class, in whose row a name is just being typed."""
    window.classes.add_action.trigger()
    editor = window.classes.list.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "wood an")
    return editor


@pytest.mark.parametrize("what", ["examples of it", "a class after it"])
def test_what_is_imported_meanwhile_leaves_the_name_being_typed(
    window: MainWindow, typing: QLineEdit, tmp_path: Path, qtbot: QtBot, what: str
) -> None:
    picture = tmp_path / "1.png"
    window.hub.commands.apply(
        AddPictures([picture], window.hub.queries.classes[0].id)
        if what == "examples of it"
        else AddClassFolders({"bee": [picture]})
    )
    assert window.classes.list.findChild(QLineEdit) is typing
    assert typing.text() == "wood an"
    QTest.keyClicks(typing, "t")
    QTest.keyClick(typing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.hub.queries.classes[0].name == "wood ant")


def test_a_drop_on_a_name_being_typed_is_for_its_class(
    window: MainWindow, typing: QLineEdit, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    assert not typing.acceptDrops()
    place = typing.mapTo(window.classes.list.viewport(), QPoint(5, 5))
    with qtbot.waitSignal(window.importer.added):
        drop(window.classes.list.viewport(), files([make_pictures("ants", 2)]), place)
    assert window.hub.queries.classes[0].count == 2
    assert typing.text() == "wood an"


def test_only_what_changed_of_a_class_is_told(hub: ProjectHub, tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("ant", "bee"):
        hub.commands.apply(AddClass(name))
    model, bee = ClassModel(hub), hub.queries.classes[1].id
    for command, roles in (
        (RenameClass(bee, "wasp"), [*_NAMES, *_SPOKEN]),
        (RecolorClass(bee, "#123456"), [ClassRole.COLOR]),
        (AddPictures([tmp_path / "1.png"], bee), [*_SPOKEN, ClassRole.COUNT]),
    ):
        with qtbot.waitSignal(model.dataChanged) as told:
            hub.commands.apply(command)
        assert (told.args[0].row(), told.args[1].row()) == (1, 1)
        assert sorted(told.args[2]) == sorted(roles)


def test_a_class_keeps_its_shape_when_classes_are_moved_or_removed(hub: ProjectHub) -> None:
    for name in ("ant", "bee", "cicada"):
        hub.commands.apply(AddClass(name))
    ids = [row.id for row in hub.queries.classes]
    shapes = [hub.queries.class_symbol(class_id) for class_id in ids]
    assert len(set(shapes)) == 3
    hub.commands.apply(MoveClass(ids[2], 0))
    hub.commands.apply(RemoveClass(ids[0]))
    assert [hub.queries.class_symbol(class_id) for class_id in ids] == shapes


def test_map_and_legend_follow_what_becomes_of_the_classes_of_a_run(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "1.png"], "bee": [tmp_path / "2.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / "3.png"]))
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()
    legend = window.plots.scatter._legend
    shown = window.plots.scatter.points_shown
    ant, bee = (row.id for row in window.hub.queries.classes)
    window.hub.commands.apply(RenameClass(ant, "wood ant"))
    window.hub.commands.apply(RecolorClass(bee, "#123456"))
    window.hub.commands.apply(MoveClass(bee, 0))
    window.hub.commands.apply(AddClass("cicada"))
    assert legend.accessibleName() == "wood ant, bee"
    assert window.plots.scatter._colors[1] == QColor("#123456")
    window.hub.commands.apply(RemoveClass(bee))
    assert legend.accessibleName() == "wood ant, bee"
    assert window.plots.scatter.points_shown == shown > 0
