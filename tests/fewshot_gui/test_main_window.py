"""The window, used as a person uses it: by mouse, keys and drops, with a scripted engine behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine import versions
from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.events import (
    Cancelled,
    DeviceChanged,
    Event,
    Finished,
    Predictions,
    RunIsSlow,
    RunRequest,
    Started,
    Warned,
)
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures, RenameClass
from fewshot_gui.engine_link.kinds import IMPORT
from fewshot_gui.features.classes.merge_dialog import MergeDialog
from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.features.importing import importer as importing
from fewshot_gui.features.importing.importer import Found
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Show
from fewshot_gui.shell.help import ShortcutsDialog
from tests.broken_pictures import FINE, write_corpus
from tests.fewshot_gui.gestures import (
    choose_by_keys,
    choose_from_menu_bar,
    choose_from_open_menu,
    click,
    click_tab,
    drag_over,
    drop,
    files,
    middle_of,
    right_click,
)
from tests.fewshot_gui.scripted_engine import DEVICE, STEPS, ScriptedEngine, catalogue, embedding_map

MakePictures = Callable[..., Path]
_CONTROL = Qt.KeyboardModifier.ControlModifier
PRESS_RUN = "Press Run: every picture without a label gets one."
_LEFT = Qt.MouseButton.LeftButton


def counts(window: MainWindow) -> dict[str, int]:
    return {row.name: row.count for row in window.hub.queries.classes}


def drop_and_wait(
    window: MainWindow, qtbot: QtBot, target: QWidget, paths: list[Path], place: QPoint
) -> None:
    mime = files(paths)
    with qtbot.waitSignal(window.importer.added):
        drop(target, mime, place)


def name_editor(window: MainWindow) -> QLineEdit:
    """The line in which the name of a class is being typed."""
    editor = window.classes.list.findChild(QLineEdit)
    assert editor is not None
    return editor


def press_message(window: MainWindow, title: str) -> None:
    """Press the button of the message that is shown."""
    buttons = [one for one in window.messages.findChildren(QPushButton) if one.text() == title]
    QTest.mouseClick(buttons[0], _LEFT)


def click_run(window: MainWindow) -> None:
    toolbar = window.findChild(QToolBar)
    QTest.mouseClick(toolbar.widgetForAction(window.actions_.run), _LEFT)


def ready_to_run(window: MainWindow, qtbot: QtBot, make_pictures: MakePictures, to_label: int = 10) -> None:
    """Two classes of three examples, and pictures to label, all brought in by drops."""
    zone, grid = window.classes.new_zone, window.pictures.grid.viewport()
    folders = [make_pictures("ants", 3), make_pictures("bees", 3)]
    drop_and_wait(window, qtbot, zone, folders, QPoint(10, 10))
    drop_and_wait(window, qtbot, grid, [make_pictures("new", to_label)], grid.rect().center())


@pytest.fixture
def ready(window: MainWindow, qtbot: QtBot, make_pictures: MakePictures) -> MainWindow:
    ready_to_run(window, qtbot, make_pictures)
    return window


# -- classes


def test_a_class_is_added_and_named_in_its_row(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_N, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    editor = name_editor(window)
    QTest.keyClicks(editor, "Ameise 1")
    with qtbot.waitSignal(window.hub.changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert counts(window) == {"Ameise 1": 0}
    assert window.hub.queries.classes[0].key == "1"


def test_a_class_is_renamed_by_f2_and_a_taken_name_is_refused(ready: MainWindow, qtbot: QtBot) -> None:
    classes = ready.classes.list
    click(classes, 0)
    for name, expected in (("wasps", ["wasps", "bees"]), ("bees", ["wasps", "bees"])):
        QTest.keyClick(classes, Qt.Key.Key_F2)
        editor = name_editor(ready)
        editor.selectAll()
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: classes.findChild(QLineEdit) is None)
        assert list(counts(ready)) == expected
    assert "bees" in ready.messages.text


def test_a_name_that_is_taken_offers_to_merge_the_two_classes(ready: MainWindow, qtbot: QtBot) -> None:
    classes = ready.classes.list
    click(classes, 1)
    QTest.keyClick(classes, Qt.Key.Key_F2)
    editor = name_editor(ready)
    editor.selectAll()
    QTest.keyClicks(editor, " ants")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: classes.findChild(QLineEdit) is None)
    assert counts(ready) == {"ants": 3, "bees": 3}
    press_message(ready, "Merge")
    assert counts(ready) == {"ants": 6}
    assert ready.messages.text.startswith("3 pictures moved from “bees” to “ants”")
    press_message(ready, "Undo")
    assert counts(ready) == {"ants": 3, "bees": 3}
    assert not ready.messages.text


def test_a_class_is_merged_into_one_that_is_chosen_by_its_name(ready: MainWindow, qtbot: QtBot) -> None:
    ready.hub.commands.apply(AddClass("wasps"))
    click(ready.classes.list, 0)
    choose_from_menu_bar(ready, qtbot, "Edit", "Merge into…")
    dialog = ready.findChild(MergeDialog)
    assert [dialog.list.model().index(row, 0).data() for row in range(2)] == ["bees", "wasps"]
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.list.currentIndex().data() == "wasps"
    QTest.keyClick(dialog.search, Qt.Key.Key_Up)
    QTest.keyClicks(dialog.search, "WAS")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert counts(ready) == {"bees": 3, "wasps": 3}
    assert ready.classes.selected_class == ready.hub.queries.class_named("wasps").id
    ready.classes.add_action.trigger()
    assert not ready.messages.text, "Undo would undo another gesture"


def test_a_class_is_removed_by_delete_and_comes_back_by_undo(ready: MainWindow) -> None:
    classes = ready.classes.list
    click(classes, 1)
    QTest.keyClick(classes, Qt.Key.Key_Delete)
    assert counts(ready) == {"ants": 3}
    assert ready.hub.queries.picture_count == 16
    assert ready.messages.text == "“bees” was removed, and 3 pictures have no label any more."
    press_message(ready, "Undo")
    assert counts(ready) == {"ants": 3, "bees": 3}
    assert not ready.messages.text
    assert ready.status.hint.text() == f"Undone: Remove class · {PRESS_RUN}"
    QTest.keyClick(ready, Qt.Key.Key_Z, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert counts(ready) == {"ants": 3}
    assert ready.status.hint.text().startswith("Redone: Remove class · A second class")


def test_a_click_on_a_class_shows_its_pictures_and_return_goes_to_them(ready: MainWindow) -> None:
    classes, pictures = ready.classes.list, ready.pictures
    click(classes, 1)
    assert pictures.tabs.chosen is Show.CLASS
    bees = ready.hub.queries.examples_of(ready.classes.selected_class)
    assert pictures.grid.shown_ids().tolist() == bees.tolist()
    assert classes.hasFocus()
    QTest.keyClick(classes, Qt.Key.Key_Up)
    assert pictures.grid.shown_ids().tolist() == [1, 2, 3]
    QTest.keyClick(classes, Qt.Key.Key_Return)
    assert pictures.grid.hasFocus()


def test_the_menu_of_a_class_asks_for_examples_and_for_an_export_of_it(ready: MainWindow) -> None:
    click(ready.classes.list, 1)
    ready.classes.export_action.trigger()
    dialog = ready.findChild(ExportDialog)
    assert dialog.windowTitle() == "Export the pictures of bees"
    assert "project bees" in dialog.path.text()
    dialog.reject()
    ready.classes.examples_action.trigger()
    assert any(dialog.isVisible() for dialog in ready.findChildren(QFileDialog))


def test_a_class_that_is_added_leaves_the_pictures_in_view(ready: MainWindow) -> None:
    ready.classes.add_action.trigger()
    assert ready.pictures.tabs.chosen is Show.ALL


def test_a_class_moves_by_alt_and_arrow(ready: MainWindow) -> None:
    classes = ready.classes.list
    click(classes, 1)
    QTest.keyClick(classes, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert list(counts(ready)) == ["bees", "ants"]
    assert ready.hub.queries.class_name(ready.classes.selected_class) == "bees"


# -- drops and paste


def test_pictures_dropped_on_a_class_are_copied_to_it_as_examples(
    ready: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    more = make_pictures("more bees", 2)
    classes = ready.classes.list
    place = middle_of(classes, ready.classes.model.index(1))
    mime = files([more / "1.png", more / "2.png"])
    with qtbot.waitSignal(ready.importer.added):
        event = drop(classes.viewport(), mime, place, Qt.DropAction.MoveAction)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction
    assert counts(ready) == {"ants": 3, "bees": 5}
    assert (more / "1.png").exists()


@pytest.mark.parametrize("on_class", [True, False])
def test_a_text_file_that_is_dropped_on_the_classes_is_no_example(
    ready: MainWindow, tmp_path: Path, qtbot: QtBot, on_class: bool
) -> None:
    text = tmp_path / "readme.txt"
    text.write_text("Only words.")
    classes, zone = ready.classes.list, ready.classes.new_zone
    target, place = (
        (classes.viewport(), middle_of(classes, ready.classes.model.index(0)))
        if on_class
        else (zone, zone.rect().center())
    )
    with qtbot.waitSignal(ready.importer.skipped):
        drop(target, files([text]), place)
    qtbot.waitUntil(lambda: not ready.tasks.is_running(IMPORT))
    assert ready.messages.text == f"{text} was left out: not a picture."
    assert counts(ready) == {"ants": 3, "bees": 3}


def test_class_folders_with_names_alike_are_joined_with_a_word_and_a_button_to_undo_that(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    for name, count in (("disc", 2), ("Disc ", 3), ("square", 1)):
        folder = make_pictures(f"all/{name}", count)
    zone = window.classes.new_zone
    drop_and_wait(window, qtbot, zone, [folder.parent], zone.rect().center())
    assert counts(window) == {"Disc": 5, "square": 1}
    press_message(window, "Undo")
    assert counts(window) == {"disc": 2, "Disc": 3, "square": 1}


def test_the_class_under_a_drag_is_shown(ready: MainWindow, make_pictures: MakePictures) -> None:
    classes = ready.classes.list
    mime = files([make_pictures("more", 1)])
    assert drag_over(classes.viewport(), mime, middle_of(classes, ready.classes.model.index(1)))
    assert classes.drop_row == 1
    assert drag_over(classes.viewport(), mime, QPoint(20, classes.viewport().height() - 5))
    assert classes.drop_row == -1


def test_a_folder_of_class_folders_dropped_beside_the_classes_becomes_classes(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    make_pictures("ants", 2)
    folder = make_pictures("bees", 1).parent
    viewport = window.classes.list.viewport()
    drop_and_wait(window, qtbot, viewport, [folder], viewport.rect().center())
    assert counts(window) == {"ants": 2, "bees": 1}
    assert window.actions_.undo.text() == "&Undo Add 3 pictures of 2 classes"


def test_loose_files_beside_the_classes_become_one_that_asks_for_its_name(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    drop_and_wait(window, qtbot, window.classes.new_zone, [make_pictures("x", 1) / "1.png"], QPoint(5, 5))
    editor = name_editor(window)
    assert editor.text() == "Class 1"


def test_files_on_the_clipboard_are_pasted_to_be_labelled(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setMimeData(files([make_pictures("new", 3)]))
    with qtbot.waitSignal(window.importer.added):
        QTest.keyClick(window, Qt.Key.Key_V, _CONTROL)
    assert window.hub.queries.picture_count == 3
    assert window.hub.queries.labeled_count == 0


def test_an_image_on_the_clipboard_is_kept_beside_the_project(window: MainWindow, qtbot: QtBot) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(window.importer.added):
        QTest.keyClick(window, Qt.Key.Key_V, _CONTROL)
    assert len(list(window.hub.kept_dir.glob("*.png"))) == 1


def test_pasting_into_a_class_that_has_the_keyboard_adds_examples(
    ready: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    classes = ready.classes.list
    click(classes, 0)
    QGuiApplication.clipboard().setMimeData(files([make_pictures("more ants", 2)]))
    qtbot.waitUntil(classes.hasFocus)
    with qtbot.waitSignal(ready.importer.added):
        QTest.keyClick(classes, Qt.Key.Key_V, _CONTROL)
    assert counts(ready) == {"ants": 5, "bees": 3}


def test_pasting_a_text_says_that_there_is_nothing_in_it(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("hello")
    QTest.keyClick(window, Qt.Key.Key_V, _CONTROL)
    assert "no pictures" in window.status.hint.text()


# -- labelling by hand


def test_keys_label_the_selected_pictures(ready: MainWindow) -> None:
    grid = ready.pictures.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, _CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_2)
    assert counts(ready) == {"ants": 0, "bees": 16}
    QTest.keyClick(grid, Qt.Key.Key_0)
    assert counts(ready) == {"ants": 0, "bees": 0}
    QTest.keyClick(ready, Qt.Key.Key_Z, _CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_Backspace)
    assert counts(ready) == {"ants": 3, "bees": 3}


def test_a_key_follows_its_class_when_another_is_removed(ready: MainWindow) -> None:
    classes, grid = ready.classes.list, ready.pictures.grid
    click(classes, 0)
    QTest.keyClick(classes, Qt.Key.Key_Delete)
    QTest.keyClick(ready, Qt.Key.Key_N, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(name_editor(ready), Qt.Key.Key_Escape)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, _CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert counts(ready) == {"bees": 0, "Class 1": 16}


def test_delete_removes_pictures_from_the_project_but_not_from_the_disk(
    ready: MainWindow, tmp_path: Path
) -> None:
    folders = [tmp_path / "pictures" / name for name in ("ants", "bees", "new")]
    grid = ready.pictures.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, _CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert ready.hub.queries.picture_count == 0
    assert [len(list(folder.iterdir())) for folder in folders] == [3, 3, 10]


def test_the_grid_can_show_one_class_only(ready: MainWindow) -> None:
    tabs, classes = ready.pictures.tabs, ready.classes.list
    click(classes, 0)
    click_tab(tabs, Show.CLASS)
    click(classes, 1)
    assert ready.pictures.model.rowCount() == 3
    assert tabs.tabText(tabs.currentIndex()) == "bees (3)"


# -- runs


def test_run_is_off_with_the_reason_until_it_makes_sense(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    grid, zone = window.pictures.grid.viewport(), window.classes.new_zone
    reasons = []
    for target, name in ((grid, "new"), (zone, "ants"), (zone, "bees")):
        assert not window.actions_.run.isEnabled()
        reasons.append(window.actions_.run.toolTip())
        drop_and_wait(window, qtbot, target, [make_pictures(name, 2)], target.rect().center())
    assert window.actions_.run.isEnabled()
    assert reasons[0] == reasons[1] != reasons[2]


def test_a_run_fills_plots_grid_and_status(ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    [request] = engine.requests
    assert request.class_names == ("ants", "bees")
    assert [example.class_name for example in request.examples] == ["ants"] * 3 + ["bees"] * 3
    assert [query.path.name for query in request.queries] == [f"{number}.png" for number in range(1, 11)]
    assert ready.plots.loss.points_shown == STEPS
    assert ready.plots.scatter.points_shown == 16
    assert ready.hub.queries.predicted_count == 10
    assert ready.status.device.text() == DEVICE
    assert "10 pictures classified" in ready.status.hint.text()
    spoken = ready.pictures.model.index(7).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "predicted bees, 90 %" in spoken
    assert ready.actions_.run.isVisible()
    assert not ready.actions_.cancel.isVisible()


def test_a_run_gets_the_choices_of_the_toolbar(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    choose_by_keys(ready.choices.algorithm, "maml")
    choose_by_keys(ready.choices.device, "cpu")
    with qtbot.waitSignal(ready.runs.ended):
        QTest.keyClick(ready, Qt.Key.Key_F5)
    [request] = engine.requests
    assert (request.algorithm, request.backbone, request.device) == ("maml", "conv4", "cpu")


def test_an_algorithm_that_cannot_use_the_backbone_switches_it_and_says_so(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert window.choices.backbone_name == "photo"
    choose_by_keys(window.choices.algorithm, "maml")
    assert window.choices.backbone_name == "conv4"
    assert window.status.hint.text() == (
        "Backbone switched to Characters. No checkpoint has been meta-trained for photos yet."
    )
    model = window.choices.backbone.model()
    assert not model.index(0, 0).flags() & Qt.ItemFlag.ItemIsEnabled
    assert "meta-trained" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_algorithms_stand_under_their_family_and_those_without_a_backbone_are_off(
    window: MainWindow,
) -> None:
    model = window.choices.algorithm.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    assert [row.data().strip() for row in rows] == ["Metric", "Prototypical", "Some day", "Gradient", "MAML"]
    on = [bool(row.flags() & Qt.ItemFlag.ItemIsEnabled) for row in rows]
    assert on == [False, True, False, False, True]


def test_a_cancelled_run_keeps_what_arrived(ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.hold_after = 1
    click_run(ready)
    qtbot.waitUntil(lambda: ready.hub.queries.predicted_count == 4)
    assert not ready.actions_.run.isVisible()
    with qtbot.waitSignal(ready.runs.ended):
        QTest.keyClick(ready, Qt.Key.Key_Escape)
    assert ready.hub.queries.predicted_count == 4
    assert ready.status.hint.text().startswith("Cancelled")
    engine.hold_after = None
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert ready.hub.queries.predicted_count == 10


def test_labelling_goes_on_during_a_run_and_the_label_stands(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.hold_after = 1
    click_run(ready)
    qtbot.waitUntil(lambda: ready.hub.queries.predicted_count == 4)
    grid = ready.pictures.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, _CONTROL)
    QTest.keyClick(grid, Qt.Key.Key_1)
    with qtbot.waitSignal(ready.runs.ended):
        engine.go_on.set()
    assert counts(ready) == {"ants": 16, "bees": 0}
    assert ready.hub.queries.predicted_count == 0


def test_pictures_that_cannot_be_read_are_listed_with_the_reason(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    folder = make_pictures("new", 3)
    (folder / "1.png").rename(folder / "broken.png")
    ready_to_run(window, qtbot, make_pictures, to_label=0)
    with qtbot.waitSignal(window.runs.ended):
        click_run(window)
    click_tab(window.pictures.tabs, Show.UNREADABLE)
    assert window.pictures.model.rowCount() == 1
    assert "truncated" in window.pictures.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_bug_in_the_engine_is_shown_with_a_report_to_copy(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.error = ZeroDivisionError("one over nothing")
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert "one over nothing" in ready.messages.text
    QTest.mouseClick(ready.messages.findChild(QPushButton), _LEFT)
    report = ready.report.text.toPlainText()
    assert "Traceback" in report
    assert report.startswith(f"{versions.in_words()}\n{ready.status.device.text()}\n")
    QTest.mouseClick(ready.report.copy_button, _LEFT)
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    ready.report.close()
    engine.error = None
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert ready.messages.isHidden()


def test_what_the_world_did_wrong_is_one_sentence_in_the_message_bar(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.error = FewshotError("The graphics card went away.")
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert ready.messages.text == "The graphics card went away."
    assert ready.messages.isVisible()


def test_a_change_of_device_during_a_run_is_shown_and_explained(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    def script(asked: RunRequest) -> Iterator[Event]:
        yield Started(
            asked.run_id, Message("Quick card"), asked.class_names, {"device": "Quick card", "decoder": 3}
        )
        yield DeviceChanged(asked.run_id, Message("Processor"), Message("The card ran out of memory."))
        yield Predictions(
            asked.run_id, np.array([asked.queries[0].picture_id]), np.eye(2, dtype=np.float32)[:1]
        )
        yield Finished(asked.run_id, 0, 0, 0, 0, 0, 1)

    engine.script = script
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert ready.status.device.text() == "Processor"
    assert ready.messages.text == "The card ran out of memory."
    [record] = ready.hub.queries.records()
    assert (record["device"], record["decoder"], record["status"]) == ("Processor", 3, "finished")


def test_how_long_a_run_takes_is_shown_until_it_ends(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    shown: list[str] = []

    def script(asked: RunRequest) -> Iterator[Event]:
        yield Started(asked.run_id, Message("Processor"), asked.class_names)
        yield RunIsSlow(asked.run_id, Message("That takes up to 20 minutes."))
        yield RunIsSlow(asked.run_id, Message("That takes up to 50 minutes."))
        yield Finished(asked.run_id, 0, 0, 0, 0, 0, 1)

    engine.script = script
    ready.bridge.run_event.connect(lambda _event: shown.append(ready.messages.text))
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert shown[1:3] == ["That takes up to 20 minutes.", "That takes up to 50 minutes."]
    assert not ready.messages.isVisible()


def test_what_is_said_of_a_project_goes_with_it(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    def script(asked: RunRequest) -> Iterator[Event]:
        yield Started(asked.run_id, Message("Processor"), asked.class_names)
        yield Warned(asked.run_id, Message("The cache cannot be written."))
        yield Finished(asked.run_id, 0, 0, 0, 0, 0, 1)

    engine.script = script
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    with qtbot.waitSignal(ready.importer.problem):
        ready.importer.add_to_label([tmp_path / "gone.png"])
    ready.exporter.written.emit("Exported 3 pictures.", tmp_path / "out.csv")
    ready.hub.refused.emit("The disk is full.")
    assert ready.messages.isVisible()
    ready.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert not ready.messages.isVisible()


def test_that_nothing_was_found_is_told_until_something_is(
    window: MainWindow, make_pictures: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(window.importer.nothing_found):
        window.importer.add_to_label([tmp_path / "empty"])
    assert window.messages.text == "There are no pictures in what was added."
    with qtbot.waitSignal(window.importer.added):
        window.importer.add_to_label([make_pictures("ants", 2)])
    assert window.messages.text == ""
    assert window.status.hint.text().startswith("Added 2 pictures.")


def test_a_disk_that_fills_up_during_a_run_ends_it_with_a_sentence(
    ready: MainWindow,
    engine: ScriptedEngine,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise FewshotError("The disk is full.")

    monkeypatch.setattr(Workspace, "save_predictions", full)
    engine.hold_after = 1
    with qtbot.waitSignal(ready.bridge.on(Cancelled)):
        click_run(ready)
    assert ready.messages.text == "The disk is full."


def test_of_refusals_the_last_is_shown_and_only_until_a_gesture_is_taken(ready: MainWindow) -> None:
    bee = ready.hub.queries.classes[1].id
    ready.messages.warn("Of something else.")
    for taken in (ready.hub.queries.classes[0].name, ""):
        ready.hub.commands.apply(RenameClass(bee, taken))
    assert ready.messages.text == "A class needs a name: type at least one letter."
    others = [label for label in ready.messages.findChildren(QLabel) if label.text() == "+ 1 more"]
    assert [label.toolTip() for label in others] == ["Of something else."]
    ready.hub.commands.apply(RenameClass(bee, "wasp"))
    assert ready.messages.text == "Of something else."


def test_removing_the_shown_class_shows_all_and_undo_selects_it_again(
    ready: MainWindow,
) -> None:
    bee = ready.hub.queries.classes[1].id
    ready.classes.select(bee)
    ready.pictures.tabs.choose(Show.CLASS)
    ready.classes.remove_selected()
    assert ready.pictures.tabs.chosen is Show.ALL
    assert ready.pictures.model.rowCount() == ready.hub.queries.picture_count
    ready.hub.commands.undo()
    assert ready.classes.selected_class == bee
    assert ready.pictures.tabs.tabText(ready.pictures.tabs.place_of(Show.CLASS)).startswith("bees (3)")


def test_a_run_that_cannot_be_noted_leaves_the_window_as_it_was(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise FewshotError("The disk is full.")

    monkeypatch.setattr(Workspace, "begin_run", full)
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    assert ready.messages.text == "The disk is full."
    assert ready.actions_.run.isVisible()
    assert not ready.actions_.cancel.isVisible()
    assert ready.actions_.open_project.isEnabled()
    assert not ready.status.bar.isVisible()
    assert not engine.requests


def test_closing_during_a_run_ends_it_and_keeps_what_arrived(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.hold_after = 1
    click_run(ready)
    qtbot.waitUntil(lambda: ready.hub.queries.predicted_count == 4)
    ready.close()
    assert "engine" not in [thread.name for thread in threading.enumerate()]
    with Workspace.open(ready.hub.file) as workspace:
        [run] = workspace.runs_with_predictions()
        assert run.status == "cancelled"
        assert len(workspace.predictions(run.id).picture_ids) == 4


def test_a_click_on_a_point_of_the_map_selects_its_picture_and_the_other_way_round(
    ready: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    shown = embedding_map(engine.requests[0])
    # The point farthest from its neighbours cannot be taken for one of them.
    distances = np.linalg.norm(shown.xy[:, None] - shown.xy, axis=2)
    np.fill_diagonal(distances, np.inf)
    loneliest = int(distances.min(axis=1).argmax())
    plot = ready.plots.scatter.plot
    in_scene = plot.getPlotItem().vb.mapViewToScene(QPointF(*shown.xy[loneliest].tolist()))
    QTest.mouseClick(plot.viewport(), _LEFT, pos=plot.mapFromScene(in_scene))
    picked = int(shown.picture_ids[loneliest])
    assert ready.pictures.grid.selected_ids().tolist() == [picked]
    assert ready.plots.scatter._highlighted.tolist() == [picked]
    last = ready.pictures.model.rowCount() - 1
    click(ready.pictures.grid, last)
    assert ready.plots.scatter._highlighted.tolist() == [ready.pictures.model.id_at(last)] != [picked]


# -- the window itself


def test_a_window_that_opens_on_a_project_shows_it(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    workspace = Workspace.create(tmp_path / "mine.fewshot")
    workspace.apply(AddClassFolders({"ant": [tmp_path / "1.png"]}))
    workspace.apply(AddPictures([tmp_path / "2.png"]))
    window = MainWindow(ProjectHub(workspace), lambda: engine)
    qtbot.addWidget(window)
    assert window.pictures.model.rowCount() == 2
    assert window.windowTitle() == "mine – Fewshot"
    assert window.actions_.undo.text() == "&Undo Add 1 picture"
    window.close()


def test_another_project_is_opened_and_the_first_one_let_go(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(ready.runs.ended):
        click_run(ready)
    first = ready.hub.file
    other = tmp_path / "other.fewshot"
    Workspace.create(other).close()
    with qtbot.waitSignal(ready.hub.opened):
        ready.files.open(other)
    assert ready.pictures.model.rowCount() == 0
    assert ready.plots.scatter.points_shown == 0
    assert ready.windowTitle() == "other – Fewshot"
    with qtbot.waitSignal(ready.hub.opened):
        ready.files.open(first)
    assert ready.pictures.model.rowCount() == 10, "the review, as it was left"
    assert ready.hub.queries.predicted_count == 10


def test_a_project_that_cannot_be_opened_leaves_the_present_one(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    other = tmp_path / "other.fewshot"
    other.write_bytes(b"not a project, whatever its name")
    first = window.hub.file
    with qtbot.waitSignal(window.files.problem):
        window.files.open(other)
    assert "not a Fewshot project" in window.messages.text
    assert window.hub.file == first


def test_choices_are_remembered_from_one_start_to_the_next(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    for first in (True, False):
        window = MainWindow(ProjectHub(Workspace.open_or_create(tmp_path / "p.fewshot")), lambda: engine)
        qtbot.addWidget(window)
        menus = (window.choices.algorithm, window.choices.backbone, window.choices.device)
        titles = ["Loading…"] * 3 if first else ["MAML", "Characters", "Processor"]
        assert [menu.currentText() for menu in menus] == titles
        assert not any(menu.isEnabled() for menu in menus)
        with qtbot.waitSignal(window.bridge.catalogue_ready):
            window.complete()
        if first:
            choose_by_keys(window.choices.algorithm, "maml")
            choose_by_keys(window.choices.device, "cpu")
        else:
            assert window.choices.algorithm_name == "maml"
            assert window.choices.backbone_name == "conv4"
            assert window.choices.device_name == "cpu"
        window.close()


def test_an_engine_that_cannot_be_loaded_leaves_a_window_to_label_in(qtbot: QtBot, tmp_path: Path) -> None:
    def load() -> ScriptedEngine:
        raise ImportError("no torch here")

    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), load)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.engine_broken):
        window.complete()
    assert "no torch here" in window.messages.text
    assert not window.actions_.run.isEnabled()
    window.close()


def test_every_control_can_be_reached_by_tab(ready: MainWindow) -> None:
    ready.activateWindow()
    wanted: set[QWidget] = {
        ready.choices.algorithm,
        ready.choices.backbone,
        ready.choices.device,
        ready.classes.list,
        ready.pictures.grid,
        ready.pictures.tabs,
        ready.pictures.order_menu,
    }
    seen: set[QWidget] = set()
    ready.classes.list.setFocus()
    for _ in range(60):
        focus = QApplication.focusWidget()
        if focus is not None:
            seen.add(focus)
        QTest.keyClick(focus or ready, Qt.Key.Key_Tab)
    assert wanted <= seen


def test_the_help_lists_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(ShortcutsDialog)
    text = dialog.text.toPlainText()
    assert "Run" in text
    assert "Ctrl+R / F5" in text
    dialog.close()


def test_a_search_for_pictures_is_cancelled_by_escape(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def stuck(paths: object, class_id: object) -> Generator[int, None, Found]:
        yield 1
        go_on.wait()
        return Found(AddPictures([tmp_path / "late.png"]))

    monkeypatch.setattr(importing, "search_pictures", stuck)
    grid = window.pictures.grid.viewport()
    mime = files([tmp_path])
    drop(grid, mime, grid.rect().center())
    assert window.actions_.cancel.isVisible()
    assert window.status.bar.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.actions_.cancel.isVisible()
    assert not window.status.bar.isVisible()
    go_on.set()
    window.close()
    with Workspace.open(window.hub.file) as workspace:
        assert len(workspace.picture_ids()) == 0


def test_classes_beyond_the_ninth_are_given_through_the_menu(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    for number in range(1, 12):
        window.hub.commands.apply(AddClass(f"A&B {number}"))
    grid = window.pictures.grid
    drop_and_wait(window, qtbot, grid.viewport(), [make_pictures("new", 2)], grid.rect().center())
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, _CONTROL)
    right_click(grid, 0)
    choose_from_open_menu("Label as", "A&B 11")
    assert counts(window)["A&B 11"] == 2


def test_every_broken_picture_says_in_its_cell_why_it_cannot_be_shown(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    specimens = write_corpus(tmp_path / "corpus").values()
    grid, model = window.pictures.grid, window.pictures.model
    drop_and_wait(window, qtbot, grid.viewport(), [tmp_path / "corpus"], grid.viewport().rect().center())
    loader = window.pictures.thumbnails
    for row in range(0, model.rowCount(), 3):
        grid.scrollTo(model.index(row))
        grid.viewport().repaint()
        qtbot.waitUntil(lambda: not loader._running and not loader._pending, timeout=20_000)
    grid.grab()
    ids = {window.hub.queries.path(picture_id): picture_id for picture_id in model.ids.tolist()}
    assert {path: loader.error(picture_id) or FINE for path, picture_id in ids.items()} == {
        specimen.path: specimen.outcome for specimen in specimens
    }
    for specimen in specimens:
        thumbnail = loader.image(ids[specimen.path], specimen.path)
        assert (thumbnail is not None) == (specimen.outcome == FINE)


def test_a_plugin_that_was_left_out_is_told_once(window: MainWindow) -> None:
    problem = Message(
        "The plug-in {plugin} was left out: {reason}.", plugin="coco (a:b)", reason="ImportError"
    )
    with_problem = replace(catalogue(), problems=(problem,))
    for _ in range(2):
        window.bridge.catalogue_ready.emit(with_problem)
    assert window.messages.text == "The plug-in coco (a:b) was left out: ImportError."
    window.messages.dismiss()
    assert window.messages.text == ""


# -- the screen


@pytest.mark.parametrize("room", [QSize(1024, 700), QSize(1366, 728), QSize(2560, 1440)])
def test_the_window_opens_inside_the_screen(
    window: MainWindow, room: QSize, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    screen = window.screen()
    monkeypatch.setattr(type(screen), "availableGeometry", lambda _screen: QRect(QPoint(), room))
    other = MainWindow(ProjectHub(Workspace.create(tmp_path / "other.fewshot")), ScriptedEngine)
    qtbot.addWidget(other)
    other.plots.scatter.show()
    other.inspector.pane.details.show()
    title = other.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    for size in (other.size(), other.minimumSizeHint()):
        assert size.width() <= room.width()
        assert size.height() + title <= room.height()
    assert other.pictures.tabs.minimumSizeHint().width() < 400
    other.close()
