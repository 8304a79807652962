"""The class panel alone: menu, colour, the zone for new classes, what it says to a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures, LabelPictures, RemoveClass
from fewshot_gui.features.classes.class_model import ClassModel, ClassRole
from fewshot_gui.features.classes.class_panel import ClassPanel
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.widgets.thumbnails import ThumbnailLoader
from tests.fewshot_gui.gestures import drag_over, drop, files, leave, middle_of

RED = (255, 0, 0)


@pytest.fixture
def thumbnails(qapp: QApplication) -> Iterator[ThumbnailLoader]:
    """Of every picture one that is red all over."""
    loader = ThumbnailLoader(decode=lambda _path, _side: np.full((8, 12, 3), RED, np.uint8))
    yield loader
    loader.close()


@pytest.fixture
def panel(hub: ProjectHub, thumbnails: ThumbnailLoader, qtbot: QtBot) -> ClassPanel:
    hub.commands.apply(AddClassFolders({"ant": [Path("/1.png"), Path("/2.png")], "bee": [Path("/3.png")]}))
    panel = ClassPanel(hub, thumbnails)
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


def predict(hub: ProjectHub, class_ids: list[int], *confidences: tuple[float, float]) -> None:
    """A run of these two classes predicts the last pictures, in order of adding."""
    run = hub.run_store.begin("any", "any", "cpu", 0, class_ids, {})
    assert run is not None
    hub.run_store.save_predictions(
        run, hub.queries.picture_ids[-len(confidences) :], np.array(confidences, np.float32)
    )


def test_a_class_counts_its_predictions_while_a_run_goes_on_and_with_each_label(
    panel: ClassPanel, hub: ProjectHub
) -> None:
    ant, bee = (row.id for row in hub.queries.classes)
    hub.commands.apply(AddPictures([Path(f"/new {number}.png") for number in range(4)]))
    predict(hub, [ant, bee], (0.9, 0.1), (0.8, 0.2), (0.4, 0.6))
    assert [panel.model.index(row).data(ClassRole.PREDICTED) for row in (0, 1)] == [2, 1]
    assert spoken(panel, 0) == "ant, 2 examples, 2 predicted, key 1"
    hub.set_threshold(0.85)
    assert [panel.model.index(row).data(ClassRole.PREDICTED) for row in (0, 1)] == [1, 0]
    hub.set_threshold(0)
    hub.commands.apply(LabelPictures(hub.queries.picture_ids[-1:].tolist(), ant))
    assert [panel.model.index(row).data(ClassRole.PREDICTED) for row in (0, 1)] == [2, 0]
    hub.commands.undo()
    assert [panel.model.index(row).data(ClassRole.PREDICTED) for row in (0, 1)] == [2, 1]


def test_a_row_shows_three_examples_that_can_be_read(
    panel: ClassPanel, hub: ProjectHub, qtbot: QtBot
) -> None:
    def red() -> int:
        """How many pictures are painted in the first row."""
        row = panel.list.visualRect(panel.model.index(0))
        image = panel.list.viewport().grab(row).toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF
        count = np.count_nonzero(pixels == QColor(*RED).rgb() & 0xFFFFFF)
        return round(float(count) / (30 * panel.devicePixelRatioF()) ** 2)

    qtbot.waitUntil(lambda: red() == 2)
    hub.commands.apply(AddPictures([Path(f"/more {number}.png") for number in range(3)], 1))
    qtbot.waitUntil(lambda: red() == 3)
    hub.run_store.save_unreadable([1], [Message("truncated")])
    assert panel.model.index(0).data(ClassRole.EXAMPLES) == [2, 4, 5]


def test_return_shows_the_pictures_of_the_class_but_not_while_its_name_is_typed(
    panel: ClassPanel, qtbot: QtBot
) -> None:
    panel.select(2)
    with qtbot.waitSignal(panel.show_requested) as asked:
        QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert asked.args == [True]
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.findChild(QLineEdit)
    QTest.keyClicks(editor, "wasp")
    with qtbot.assertNotEmitted(panel.show_requested):
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: panel.model.index(1).data() == "wasp")


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
