"""Label a picture, and the next one is at hand: where one works is where one goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures, RemovePictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.features.pictures.picture_pane import PicturePane
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Order, Show
from fewshot_gui.project.picture_grid import CELL_SIZES, DEFAULT_CELL_SIZE
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar, click_tab, middle_of
from tests.fewshot_gui.scripted_engine import ScriptedEngine

COUNT = 3000


@pytest.fixture
def full(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Two classes of one example each, and thousands of pictures to label."""
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(COUNT)]))
    return window


@pytest.fixture
def few(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Two classes of one example each, and the pictures 3 to 7."""
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(5)]))
    window.actions_.run_again.setChecked(False)
    return window


def show(window: MainWindow, what: Show, order: Order = Order.ADDED) -> None:
    pane = window.pictures
    click_tab(pane.tabs, what)
    pane.order_menu.setCurrentIndex(pane.order_menu.findData(order))


def go_to(window: MainWindow, qtbot: QtBot, row: int) -> int:
    """Click on the picture in this row; returns its id."""
    grid, index = window.pictures.grid, window.pictures.model.index(row)
    last = window.pictures.model.index(window.pictures.model.rowCount() - 1)
    qtbot.waitUntil(lambda: grid.visualRect(last).isValid())
    grid.scrollTo(index)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(grid, index))
    return window.pictures.model.id_at(row)


def current(window: MainWindow) -> tuple[int, list[int]]:
    """The row of the current picture, and the selected ids."""
    grid = window.pictures.grid
    return grid.currentIndex().row(), grid.selected_ids().tolist()


def predict_less_sure_the_later(window: MainWindow) -> None:
    ids = window.hub.queries.arrange(window.pictures._arrangement())
    unlabelled = ids[[window.hub.queries.class_of(picture) is None for picture in ids.tolist()]]
    run = window.hub.run_store.begin(
        "protonet", "photo", "cpu", 0, [row.id for row in window.hub.queries.classes]
    )
    assert run is not None
    second = np.linspace(0.01, 0.49, len(unlabelled), dtype=np.float32)
    window.hub.run_store.save_predictions(run, unlabelled, np.stack([1 - second, second], axis=1))


def shown(window: MainWindow) -> list[str]:
    """The names in the grid, from the first."""
    model = window.pictures.model
    return [model.index(row).data() for row in range(model.rowCount())]


def tab_titles(window: MainWindow) -> list[str]:
    tabs = window.pictures.tabs
    shown = [place for place in map(tabs.place_of, Show) if tabs.isTabVisible(place)]
    return [tabs.tabText(place) for place in shown]


def test_the_tabs_count_what_they_show_as_it_changes(full: MainWindow, qtbot: QtBot) -> None:
    full.classes.select(full.hub.queries.classes[0].id)
    rest = ["ant (1)"]
    assert tab_titles(full) == ["All (3,002)", "To review (0)", "Unlabelled (3,000)", *rest]
    predict_less_sure_the_later(full)
    rest[0] = "ant (3,001)"
    assert tab_titles(full) == ["All (3,002)", "To review (3,000)", *rest], "the same is shown once"
    go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_2)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_U)
    rest = ["ant (2,999)", "Unknown (1)"]
    assert tab_titles(full) == ["All (3,002)", "To review (2,998)", *rest]
    for tab, count in ((Show.CLASS, 2999), (Show.UNKNOWN, 1), (Show.TO_REVIEW, 2998)):
        show(full, tab)
        assert full.pictures.model.rowCount() == count


def test_there_is_a_tab_of_a_class_while_one_is_selected(full: MainWindow) -> None:
    always = ["All (3,002)", "To review (0)", "Unlabelled (3,000)"]
    assert tab_titles(full) == always
    full.classes.select(full.hub.queries.classes[0].id)
    assert tab_titles(full) == [*always, "ant (1)"]
    show(full, Show.CLASS)
    full.pictures.show_class(NO_CLASS)
    assert full.pictures.tabs.chosen is Show.ALL  # of no class there is nothing to look at
    assert full.pictures.model.rowCount() == 3002
    assert tab_titles(full) == always


def test_unreadable_pictures_have_a_tab_while_there_are_any(full: MainWindow) -> None:
    full.hub.run_store.save_unreadable([7], [Message("truncated")])
    assert tab_titles(full)[-1] == "Unreadable (1)"
    show(full, Show.UNREADABLE)
    full.hub.commands.apply(RemovePictures([7]))
    assert full.pictures.tabs.chosen is Show.UNREADABLE
    show(full, Show.ALL)
    full.pictures.rearrange()
    assert "Unreadable (0)" not in tab_titles(full)


def test_a_name_is_found_while_it_is_typed(full: MainWindow) -> None:
    QTest.keyClick(full, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = full.pictures.search
    assert search.hasFocus()
    QTest.keyClicks(search, "299")
    assert len(shown(full)) == 13
    QTest.keyClicks(search, "9.PN")
    assert shown(full) == ["2999.png"]
    assert full.hub.queries.labeled_count == 2  # digits are no labels here
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert full.pictures.grid.hasFocus()
    assert current(full) == (0, [full.pictures.model.id_at(0)])
    search.clear()
    assert full.pictures.model.rowCount() == COUNT + 2


def test_a_folder_and_a_class_are_found_too(few: MainWindow, tmp_path: Path) -> None:
    few.hub.commands.apply(AddPictures([tmp_path / "Leaves" / "8.png", tmp_path / "Leaves" / "9.png"]))
    QTest.keySequence(few, "Ctrl+F")
    QTest.keyClicks(few.pictures.search, "leaves")
    assert shown(few) == ["8.png", "9.png"]
    end_a_run(few, {3: 0.55, 4: 0.3})
    few.pictures.search.setText("ANT")
    assert few.pictures.model.ids.tolist() == [1, 3], "labelled and predicted ones"
    few.pictures.search.setText(tmp_path.parent.name)
    assert shown(few) == [], "only the folder of the file itself counts"


def test_a_search_without_a_hit_says_so(full: MainWindow) -> None:
    full.pictures.focus_search()
    QTest.keyClicks(full.pictures.search, "zebra")
    assert shown(full) == []
    assert "zebra" in full.pictures.grid.accessibleDescription()


def test_names_are_sorted_as_people_count_and_found_after_more_are_added(
    full: MainWindow, tmp_path: Path
) -> None:
    show(full, Show.UNLABELED, Order.NAME)
    assert shown(full)[8:12] == ["8.png", "9.png", "10.png", "11.png"]
    full.hub.commands.apply(AddPictures([tmp_path / "9b.png"]))
    assert shown(full)[8:12] == ["8.png", "9.png", "9b.png", "10.png"]
    show(full, Show.UNLABELED, Order.NEWEST)
    assert shown(full)[:2] == ["9b.png", f"{COUNT - 1}.png"]


def test_a_close_call_comes_before_one_of_low_but_clear_confidence(full: MainWindow, tmp_path: Path) -> None:
    full.hub.commands.apply(AddClassFolders({"cat": [tmp_path / "c.png"]}))
    run = full.hub.run_store.begin(
        "protonet", "photo", "cpu", 0, [row.id for row in full.hub.queries.classes]
    )
    assert run is not None
    rows = np.array([[0.4, 0.3, 0.3], [0.5, 0.45, 0.05]], np.float32)
    full.hub.run_store.save_predictions(run, np.array([3, 4]), rows)
    show(full, Show.TO_REVIEW, Order.LEAST_SURE)
    assert full.pictures.model.ids.tolist() == [3, 4]
    show(full, Show.TO_REVIEW, Order.CLOSEST)
    assert full.pictures.model.ids.tolist() == [4, 3]


def test_a_labelled_picture_makes_room_for_the_next_in_the_same_place(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.UNLABELED)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 1500)
    place, following = grid.visualRect(grid.currentIndex()), model.ids[1501:1504].tolist()
    for picture in following:
        QTest.keyClick(grid, Qt.Key.Key_1)
        assert current(full) == (1500, [picture])
        qtbot.waitUntil(lambda: grid.visualRect(grid.currentIndex()) == place)
    assert full.hub.queries.classes[0].count == 1 + len(following)


def test_keys_pressed_faster_than_the_cells_are_laid_out_do_not_lose_the_place(
    full: MainWindow, qtbot: QtBot
) -> None:
    show(full, Show.UNLABELED)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 2500)
    place, sixth = grid.visualRect(grid.currentIndex()), model.id_at(2505)
    for _ in range(5):
        QTest.keyClick(grid, Qt.Key.Key_2)
    assert current(full) == (2500, [sixth])
    qtbot.waitUntil(lambda: grid.visualRect(grid.currentIndex()) == place)


def test_after_several_at_once_the_one_behind_them_is_next(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.UNLABELED)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 20)
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    behind = model.id_at(24)
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert full.hub.queries.classes[0].count == 5
    assert current(full) == (20, [behind])


def test_after_the_last_picture_the_one_before_it_is_next(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.UNLABELED)
    go_to(full, qtbot, COUNT - 1)
    before = full.pictures.model.id_at(COUNT - 2)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    assert current(full) == (COUNT - 2, [before])


def test_a_labelled_picture_is_not_followed_to_the_end_of_least_sure_first(
    full: MainWindow, qtbot: QtBot
) -> None:
    predict_less_sure_the_later(full)
    show(full, Show.ALL, Order.LEAST_SURE)
    grid, model = full.pictures.grid, full.pictures.model
    for row in (0, 1500):
        labelled = go_to(full, qtbot, row)
        following = model.id_at(row + 1)
        QTest.keyClick(grid, Qt.Key.Key_1)
        assert current(full) == (row, [following])
        assert model.row_of(labelled) >= COUNT - 2


def test_where_a_labelled_picture_keeps_its_place_the_next_is_current_too(
    full: MainWindow, qtbot: QtBot
) -> None:
    go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    assert current(full) == (101, [full.pictures.model.id_at(101)])


def test_whoever_does_not_want_to_go_on_stays_also_after_a_restart(
    full: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    choose_from_menu_bar(full, qtbot, "Pictures", "Advance to the next picture after labelling")
    picture = go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    assert current(full) == (100, [picture])
    again = MainWindow(ProjectHub(Workspace.create(tmp_path / "again.fewshot")), lambda: engine)
    qtbot.addWidget(again)
    assert not again.actions_.advance.isChecked()
    again.close()


def test_u_says_unknown_and_goes_on(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.UNLABELED)
    grid = full.pictures.grid
    picture = go_to(full, qtbot, 100)
    behind = full.pictures.model.id_at(101)
    QTest.keyClick(grid, Qt.Key.Key_U)
    assert full.hub.queries.class_of(picture) == UNKNOWN
    assert current(full) == (100, [behind])
    assert full.hub.commands.undo_title == "Label 1 picture as unknown"
    assert [row.name for row in full.hub.queries.classes] == ["ant", "bee"]
    QTest.keyClick(grid, Qt.Key.Key_Backspace)
    assert full.hub.queries.class_of(picture) is None


def test_return_accepts_what_was_predicted_and_leaves_labels_alone(full: MainWindow, qtbot: QtBot) -> None:
    predict_less_sure_the_later(full)
    ant, bee = (row.id for row in full.hub.queries.classes)
    grid, model = full.pictures.grid, full.pictures.model
    go_to(full, qtbot, 10)
    QTest.keyClick(grid, Qt.Key.Key_2)
    go_to(full, qtbot, 10)
    for _ in range(2):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [full.hub.queries.class_of(model.id_at(row)) for row in (10, 11, 12, 13)] == [bee, ant, ant, None]
    assert full.hub.commands.undo_title == "Accept 2 predictions"
    assert current(full) == (13, [model.id_at(13)])
    QTest.keyClick(grid, Qt.Key.Key_Backspace)
    assert [full.hub.queries.class_of(model.id_at(row)) for row in (10, 11, 12)] == [bee, None, None]


def test_return_says_when_there_is_nothing_to_accept(full: MainWindow, qtbot: QtBot) -> None:
    picture = go_to(full, qtbot, 10)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_Return)
    assert "Nothing to accept" in full.status.hint.text()
    assert current(full) == (10, [picture])


def test_s_skips_without_a_trace_and_stops_at_the_end(full: MainWindow, qtbot: QtBot) -> None:
    title = full.hub.commands.undo_title
    go_to(full, qtbot, COUNT)
    for row in (COUNT + 1, COUNT + 1):
        QTest.keyClick(full.pictures.grid, Qt.Key.Key_S)
        assert current(full) == (row, [full.pictures.model.id_at(row)])
    assert full.hub.commands.undo_title == title


def test_return_ends_the_name_of_a_class_and_accepts_nothing(full: MainWindow, qtbot: QtBot) -> None:
    predict_less_sure_the_later(full)
    go_to(full, qtbot, 10)
    full.classes.edit_name(full.hub.queries.classes[0].id)
    editor = full.classes.list.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "us")
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(full.hub.changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert full.hub.queries.classes[0].name == "u"
    assert full.hub.queries.labeled_count == 2


def test_undo_brings_the_picture_back_and_leaves_one_where_one_was(full: MainWindow, qtbot: QtBot) -> None:
    show(full, Show.UNLABELED)
    labelled = go_to(full, qtbot, 100)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_1)
    _, following = current(full)
    full.actions_.undo.trigger()
    assert full.pictures.model.row_of(labelled) == 100
    assert current(full) == (101, following)


def test_when_every_picture_is_labelled_none_is_current(full: MainWindow) -> None:
    show(full, Show.UNLABELED)
    grid = full.pictures.grid
    grid.setFocus()
    grid.setCurrentIndex(full.pictures.model.index(3))
    grid.selectAll()
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert current(full) == (-1, [])


@pytest.mark.parametrize("row", [5, COUNT - 5])
def test_a_point_of_the_map_finds_its_picture_also_if_the_filter_hides_it(
    full: MainWindow, qtbot: QtBot, row: int
) -> None:
    picture = full.pictures.model.id_at(row)
    show(full, Show.UNKNOWN)
    full.plots.scatter.picked.emit(picture)
    assert full.pictures.tabs.chosen is Show.ALL
    assert current(full) == (row, [picture])
    grid = full.pictures.grid
    qtbot.waitUntil(lambda: grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex())))


def test_the_size_of_the_cells_is_remembered(full: MainWindow, qtbot: QtBot) -> None:
    grid = full.pictures.grid
    for _ in CELL_SIZES:
        QTest.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert full.pictures.size_slider.value() == len(CELL_SIZES) - 1
    pane = PicturePane(full.hub)
    qtbot.addWidget(pane)
    assert pane.grid.cell_size == CELL_SIZES[-1]
    pane.close_threads()


def test_the_slider_sets_the_size_of_the_cells_and_leaves_the_keyboard(full: MainWindow) -> None:
    pane = full.pictures
    pane.grid.setFocus()
    QTest.mouseClick(
        pane.size_slider, Qt.MouseButton.LeftButton, pos=QPoint(2, pane.size_slider.height() // 2)
    )
    assert pane.grid.cell_size < DEFAULT_CELL_SIZE
    assert pane.grid.hasFocus()


def test_another_project_begins_with_nothing_selected(full: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    other = tmp_path / "other.fewshot"
    with Workspace.create(other) as workspace:  # its classes and pictures have the same ids
        workspace.apply(AddClassFolders({"cat": [tmp_path / "c.png"], "dog": [tmp_path / "d.png"]}))
        workspace.apply(AddPictures([tmp_path / f"{number}.png" for number in range(COUNT)]))
    full.classes.select(full.hub.queries.classes[1].id)
    go_to(full, qtbot, 1500)
    with qtbot.waitSignal(full.hub.opened):
        full.files.open(other)
    assert current(full) == (-1, [])
    assert not full.classes.list.currentIndex().isValid()
    assert not full.actions_.add_examples.isEnabled()
    assert not full.actions_.remove_pictures.isEnabled()
    tabs = full.pictures.tabs
    assert not tabs.isTabVisible(tabs.place_of(Show.CLASS))


def test_a_key_labels_what_a_loop_on_the_map_surrounds_also_if_the_filter_hides_it(
    full: MainWindow, qtbot: QtBot
) -> None:
    show(full, Show.UNKNOWN)
    surrounded = np.array([2500, 7, 1200])
    full.plots.scatter.surrounded.emit(surrounded, False)
    assert full.pictures.tabs.chosen is Show.ALL
    assert full.pictures.grid.selected_ids().tolist() == [7, 1200, 2500]
    full.plots.scatter.surrounded.emit(np.array([8]), True)
    QTest.keyClick(full.pictures.grid, Qt.Key.Key_2)
    assert [full.hub.queries.class_of(picture) for picture in (7, 8, 9, 1200, 2500)] == [2, 2, None, 2, 2]
    assert full.hub.commands.undo_title == "Label 4 pictures"


def end_a_run(window: MainWindow, probabilities: dict[int, float]) -> None:
    """One that says of each picture how probable the first class is."""
    run = window.hub.run_store.begin(
        "protonet", "photo", "cpu", 0, [row.id for row in window.hub.queries.classes]
    )
    assert run is not None
    first = np.array(list(probabilities.values()), np.float32)
    window.hub.run_store.save_predictions(
        run, np.array(list(probabilities)), np.stack([first, 1 - first], axis=1)
    )
    window.runs.ended.emit()


def test_new_predictions_move_nothing_and_the_person_takes_the_new_order(
    few: MainWindow, qtbot: QtBot
) -> None:
    pane = few.pictures
    end_a_run(few, {3: 0.55, 4: 0.6, 5: 0.7, 6: 0.8, 7: 0.9})
    show(few, Show.TO_REVIEW, Order.LEAST_SURE)
    assert go_to(few, qtbot, 1) == 4
    end_a_run(few, {3: 0.85, 4: 0.9, 5: 0.6, 6: 0.52, 7: 0.8})
    assert pane.model.ids.tolist() == [3, 4, 5, 6, 7]
    assert current(few) == (1, [4])
    assert pane.new_order.isVisible()
    QTest.keyClick(pane.grid, Qt.Key.Key_1)
    assert (pane.model.ids.tolist(), current(few)) == ([3, 5, 6, 7], (1, [5]))
    few.actions_.undo.trigger()
    assert pane.model.ids.tolist() == [3, 4, 5, 6, 7], "it is back where it was"
    QTest.keyClick(few, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert (pane.model.ids.tolist(), current(few)) == ([6, 5, 7, 3, 4], (0, [6]))
    assert not pane.new_order.isVisible()


def test_the_button_takes_the_new_order_too_and_the_keyboard_is_in_the_pictures(
    few: MainWindow, qtbot: QtBot
) -> None:
    end_a_run(few, {3: 0.55, 4: 0.6, 5: 0.7, 6: 0.8, 7: 0.9})
    show(few, Show.TO_REVIEW, Order.LEAST_SURE)
    go_to(few, qtbot, 1)
    end_a_run(few, {3: 0.85, 4: 0.9, 5: 0.6, 6: 0.52, 7: 0.8})
    few.pictures.search.setFocus()
    QTest.mouseClick(few.pictures.new_order, Qt.MouseButton.LeftButton)
    assert few.pictures.model.ids.tolist() == [6, 5, 7, 3, 4]
    assert few.pictures.grid.hasFocus()


def test_an_order_that_is_the_same_or_not_by_predictions_is_not_new(few: MainWindow, qtbot: QtBot) -> None:
    end_a_run(few, {3: 0.55, 4: 0.6, 5: 0.7, 6: 0.8, 7: 0.9})
    show(few, Show.TO_REVIEW, Order.LEAST_SURE)
    go_to(few, qtbot, 1)
    end_a_run(few, {3: 0.56, 4: 0.61, 5: 0.71, 6: 0.81, 7: 0.91})
    assert not few.pictures.new_order.isVisible()
    show(few, Show.TO_REVIEW, Order.NEWEST)
    end_a_run(few, {3: 0.85, 4: 0.9, 5: 0.6, 6: 0.52, 7: 0.8})
    assert not few.pictures.new_order.isVisible()


def test_where_nobody_is_looking_the_list_takes_the_new_order_by_itself(few: MainWindow) -> None:
    show(few, Show.TO_REVIEW, Order.LEAST_SURE)
    end_a_run(few, {3: 0.55, 4: 0.6, 5: 0.7, 6: 0.8, 7: 0.9})
    end_a_run(few, {3: 0.85, 4: 0.9, 5: 0.6, 6: 0.52, 7: 0.8})
    assert few.pictures.model.ids.tolist() == [6, 5, 7, 3, 4]
    assert not few.pictures.new_order.isVisible()


def test_a_new_order_begins_at_its_top(full: MainWindow, qtbot: QtBot) -> None:
    predict_less_sure_the_later(full)
    show(full, Show.TO_REVIEW)
    go_to(full, qtbot, 1500)
    choose_by_keys(full.pictures.order_menu, Order.LEAST_SURE)
    assert current(full) == (0, [COUNT + 2])
    assert full.pictures.grid.verticalScrollBar().value() == 0


def run_by_hand(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()


def test_the_first_run_ends_in_the_review_with_the_keyboard_on_the_least_sure(
    few: MainWindow, qtbot: QtBot
) -> None:
    pane = few.pictures
    few.confidence.slider.setFocus()
    run_by_hand(few, qtbot)
    assert (pane.tabs.chosen, pane.order) == (Show.TO_REVIEW, Order.LEAST_SURE)
    assert pane.grid.hasFocus()
    first = pane.model.id_at(0)
    assert current(few) == (0, [first])
    QTest.keyClick(pane.grid, Qt.Key.Key_Return)
    assert few.hub.queries.class_of(first) is not None
    assert current(few) == (0, [pane.model.id_at(0)])


def test_a_later_run_pulls_nobody_away(few: MainWindow, qtbot: QtBot) -> None:
    pane = few.pictures
    run_by_hand(few, qtbot)
    show(few, Show.TO_REVIEW, Order.NAME)
    run_by_hand(few, qtbot)
    assert (pane.tabs.chosen, pane.order) == (Show.TO_REVIEW, Order.NAME)
    show(few, Show.ALL)
    with qtbot.waitSignal(few.runs.ended):
        few.runs.run_again()  # by itself, as after a label
    assert pane.tabs.chosen is Show.ALL
    run_by_hand(few, qtbot)
    assert pane.tabs.chosen is Show.TO_REVIEW, "a run by hand where nothing else was chosen"


def test_when_all_is_labelled_the_page_says_so_and_exports(few: MainWindow, qtbot: QtBot) -> None:
    show(few, Show.UNLABELED)
    few.hub.commands.apply(LabelPictures([3], 1))
    assert not few.all_labeled.isVisible(), "there is more to label"
    run_by_hand(few, qtbot)
    for _ in range(4):
        QTest.keyClick(few.pictures.grid, Qt.Key.Key_Return)
    page = few.all_labeled
    assert page.isVisible()
    assert page.title.text() == "All 7 labelled"
    assert page.size() == few.pictures.grid.viewport().size()
    page.button.setFocus()
    QTest.keyClick(page.button, Qt.Key.Key_Space)
    [dialog] = few.findChildren(ExportDialog)
    dialog.close()
    few.actions_.undo.trigger()
    assert not page.isVisible()


def test_examples_alone_are_not_all_there_is_to_label(few: MainWindow) -> None:
    few.hub.commands.apply(RemovePictures([3, 4, 5, 6, 7]))
    show(few, Show.TO_REVIEW)
    assert few.pictures.model.rowCount() == 0
    assert not few.all_labeled.isVisible()


def test_another_project_begins_with_all_its_pictures(few: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    run_by_hand(few, qtbot)
    few.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert (few.pictures.tabs.chosen, few.pictures.order) == (Show.ALL, Order.ADDED)


def test_who_has_gone_elsewhere_during_the_first_run_stays_there(
    few: MainWindow, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    pane = few.pictures
    engine.hold_after = 0
    few.actions_.run.trigger()
    pane.search.setFocus()
    with qtbot.waitSignal(few.runs.ended):
        engine.go_on.set()
    assert pane.tabs.chosen is Show.ALL
    assert pane.search.hasFocus(), "a person is typing there"


def test_after_a_run_one_goes_on_by_name_where_one_was(few: MainWindow, qtbot: QtBot) -> None:
    show(few, Show.TO_REVIEW, Order.NAME)
    end_a_run(few, {3: 0.55, 4: 0.6, 5: 0.7, 6: 0.8, 7: 0.9})
    assert go_to(few, qtbot, 2) == 5
    end_a_run(few, {3: 0.85, 4: 0.9, 5: 0.6, 6: 0.52, 7: 0.8})
    QTest.keyClick(few.pictures.grid, Qt.Key.Key_1)
    assert current(few) == (2, [6])
