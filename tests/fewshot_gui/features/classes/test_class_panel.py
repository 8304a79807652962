"""The class panel alone: menu, colour, the zone for new classes, what it says to a screen reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, AddClassFolders, RemoveClass
from fewshot_gui.features.classes.class_model import ClassModel
from fewshot_gui.features.classes.class_panel import ClassPanel
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from tests.fewshot_gui.gestures import drag_over, drop, files, leave, middle_of


@pytest.fixture
def panel(hub: ProjectHub, qtbot: QtBot) -> ClassPanel:
    hub.commands.apply(AddClassFolders({"ant": [Path("/1.png"), Path("/2.png")], "bee": [Path("/3.png")]}))
    panel = ClassPanel(hub)
    qtbot.addWidget(panel)
    panel.resize(240, 500)
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    return panel


def spoken(panel: ClassPanel, row: int) -> str:
    return panel.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_model_keeps_its_promises_whatever_happens(hub: ProjectHub) -> None:
    model = ClassModel(hub)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    hub.commands.apply(AddClass("ant"))
    hub.commands.apply(AddClass("bee"))
    hub.commands.apply(RemoveClass(hub.queries.classes[0].id))
    hub.commands.undo()
    assert [model.index(row).data() for row in range(model.rowCount())] == ["ant", "bee"]
    assert tester.model() is model


def test_a_class_says_its_name_its_examples_and_its_key(panel: ClassPanel) -> None:
    assert spoken(panel, 0) == "ant, 2 examples, key 1"
    assert spoken(panel, 1) == "bee, 1 example, key 2"


def test_a_narrow_panel_with_many_classes_still_shows_their_keys(panel: ClassPanel, hub: ProjectHub) -> None:
    for number in range(30):
        hub.commands.apply(AddClass(f"a class with a long name {number}"))
    panel.resize(panel.minimumSizeHint().width(), 300)
    panel.list.doItemsLayout()
    assert panel.list.verticalScrollBar().isVisible()
    row = panel.list.visualRect(panel.model.index(0))
    assert row.width() <= panel.list.viewport().width()
    assert not panel.list.horizontalScrollBar().isVisible()


def test_the_context_menu_offers_what_the_keys_do(panel: ClassPanel) -> None:
    place = middle_of(panel.list, panel.model.index(0))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.list.viewport().mapToGlobal(place))
    QApplication.sendEvent(panel.list.viewport(), event)
    menu = panel.findChild(QMenu)
    assert "Rename" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_class_gets_another_colour(panel: ClassPanel, hub: ProjectHub) -> None:
    panel.select(hub.queries.classes[1].id)
    panel.recolor_action.trigger()
    dialog = panel.findChild(QColorDialog)
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    assert hub.queries.classes[1].color == "#123456"


def test_the_colour_is_of_the_class_that_it_was_asked_for(panel: ClassPanel, hub: ProjectHub) -> None:
    first, second = hub.queries.classes
    panel.select(second.id)
    panel.recolor_action.trigger()
    panel.select(first.id)
    dialog = panel.findChild(QColorDialog)
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    assert [row.color for row in hub.queries.classes] == [first.color, "#123456"]


def test_the_colour_of_a_class_that_is_gone_changes_nothing(
    panel: ClassPanel, hub: ProjectHub, qtbot: QtBot
) -> None:
    first, second = hub.queries.classes
    panel.select(second.id)
    panel.recolor_action.trigger()
    hub.commands.apply(RemoveClass(second.id))
    with qtbot.assertNotEmitted(hub.refused):
        panel.findChild(QColorDialog).accept()
    assert [row.color for row in hub.queries.classes] == [first.color]


def test_without_a_class_there_is_nothing_to_rename_or_remove(panel: ClassPanel, hub: ProjectHub) -> None:
    panel.select(hub.queries.classes[0].id)
    for action in (panel.rename_action, panel.remove_action):
        assert action.isEnabled()
    for row in hub.queries.classes:
        hub.commands.apply(RemoveClass(row.id))
    assert panel.selected_class == NO_CLASS
    for action in (panel.rename_action, panel.remove_action):
        assert not action.isEnabled()
    assert panel.add_action.isEnabled()


def test_double_clicking_a_name_edits_it_and_escape_leaves_it(panel: ClassPanel, hub: ProjectHub) -> None:
    place = middle_of(panel.list, panel.model.index(0))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    editor = panel.list.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "other 1")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert hub.queries.classes[0].name == "ant"


def test_a_drop_says_which_class_it_is_for(panel: ClassPanel, tmp_path: Path, qtbot: QtBot) -> None:
    mime = files([tmp_path])
    with qtbot.waitSignal(panel.examples_dropped) as told:
        drop(panel.list.viewport(), mime, middle_of(panel.list, panel.model.index(1)))
    assert told.args[0] == panel.model.index(1).data(Qt.ItemDataRole.UserRole + 1)


@pytest.mark.parametrize("on_list", [True, False])
def test_a_drop_beside_the_classes_is_for_new_ones(
    panel: ClassPanel, tmp_path: Path, qtbot: QtBot, on_list: bool
) -> None:
    mime = files([tmp_path])
    target = panel.list.viewport() if on_list else panel.new_zone
    with qtbot.waitSignal(panel.classes_dropped), qtbot.assertNotEmitted(panel.examples_dropped):
        drop(target, mime, QPoint(20, target.height() - 5))


def test_the_zone_for_new_classes_lights_up_under_a_drag_and_calms_down(
    panel: ClassPanel, tmp_path: Path
) -> None:
    calm = panel.new_zone.grab().toImage()
    mime = files([tmp_path])
    drag_over(panel.new_zone, mime, QPoint(5, 5))
    assert panel.new_zone.grab().toImage() != calm
    leave(panel.new_zone)
    assert panel.new_zone.grab().toImage() == calm


def test_the_selection_stays_with_its_class_when_others_come_and_go(
    panel: ClassPanel, hub: ProjectHub
) -> None:
    bee = hub.queries.classes[1].id
    panel.select(bee)
    hub.commands.apply(RemoveClass(hub.queries.classes[0].id))
    assert panel.selected_class == bee
    assert panel.list.currentIndex().row() == 0
