"""Two runs side by side: how far they agree, and the pictures behind every number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.workspace import Workspace
from engine.workspace.commands import (
    AcceptPredictions,
    AddClassFolders,
    AddPictures,
    LabelPictures,
    RemoveClass,
)
from engine.workspace.run_retention import RUNS_WITH_PREDICTIONS
from fewshot_gui.features.comparing.compare_dialog import CompareDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Order, Show
from fewshot_gui.project.queries import Queries
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar, click_tab
from tests.fewshot_gui.scripted_engine import ScriptedEngine

_LEFT = Qt.MouseButton.LeftButton
ANT, BEE = 1, 2
FIRST = [0.9, 0.8, 0.7, 0.6, 0.2, 0.1]
"""How sure the first run is that pictures 3 to 8 are ants; below half they are bees."""
SECOND = [0.9, 0.7, 0.1, 0.4, 0.2, 0.9]


@pytest.fixture
def window_of_two(window: MainWindow, tmp_path: Path) -> MainWindow:
    """Pictures 1 and 2 are examples; two runs agree on 3, 4 and 7 of those that follow."""
    hub = window.hub
    hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(6)]))
    finish_run(window, "protonet", FIRST)
    finish_run(window, "maml", SECOND)
    return window


def finish_run(window: MainWindow, algorithm: str, ants: list[float]) -> int:
    hub = window.hub
    run = hub.run_store.begin(
        algorithm, "conv4", "cpu", 0, [ANT, BEE], {"steps": 7} if algorithm == "maml" else {}
    )
    assert run is not None
    ant = np.array(ants, np.float32)
    hub.run_store.save_predictions(run, np.arange(3, 3 + len(ants)), np.stack([ant, 1 - ant], axis=1))
    hub.run_store.finish(run, "finished")
    return run


def compared(window: MainWindow, qtbot: QtBot) -> CompareDialog:
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    dialog = window.comparer.dialog
    qtbot.waitUntil(lambda: dialog.headline.text().startswith("They"))
    return dialog


def click_cell(dialog: CompareDialog, row: int, column: int) -> None:
    place = dialog.table.visualRect(dialog.model.index(row, column)).center()
    QTest.mouseClick(dialog.table.viewport(), _LEFT, pos=place)


def shown(window: MainWindow) -> list[int]:
    return window.pictures.model.ids.tolist()


def test_of_class_names_without_room_both_ends_are_shown(window_of_two: MainWindow, qtbot: QtBot) -> None:
    table = compared(window_of_two, qtbot).table
    for header in (table.horizontalHeader(), table.verticalHeader()):
        assert header.textElideMode() is Qt.TextElideMode.ElideMiddle


def test_the_last_two_runs_stand_side_by_side(window_of_two: MainWindow, qtbot: QtBot) -> None:
    dialog = compared(window_of_two, qtbot)
    assert dialog.first.currentText().startswith("Prototypical · Characters · ")
    assert dialog.second.currentText().startswith("MAML (Steps 7) · Characters · ")
    assert dialog.headline.text() == "They agree on 50.0 % of 6 pictures and differ on 3"
    cells = [[dialog.model.index(row, column).data() for column in range(3)] for row in range(3)]
    assert cells == [["2", "2", "4"], ["1", "1", "2"], ["3", "3", "6"]]
    assert dialog.details.text() == "Their probabilities differ by 28.3 % on average (total variation)."


def test_a_second_run_is_compared_where_one_alone_was_waiting(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    hub = window.hub
    hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(6)]))
    finish_run(window, "protonet", FIRST)
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    dialog = window.comparer.dialog
    assert dialog.first.currentData() == dialog.second.currentData()
    finish_run(window, "maml", SECOND)
    window.comparer.dialog.set_runs(hub.queries.runs())
    qtbot.waitUntil(lambda: dialog.headline.text().startswith("They"))
    assert dialog.first.currentData() != dialog.second.currentData()


def test_a_click_on_a_number_shows_its_pictures(window_of_two: MainWindow, qtbot: QtBot) -> None:
    dialog, tabs = compared(window_of_two, qtbot), window_of_two.pictures.tabs
    click_cell(dialog, 0, 1)
    assert shown(window_of_two) == [5, 6]
    assert (tabs.chosen, tabs.tabText(tabs.currentIndex())) == (Show.COMPARED, "ant / bee (2)")
    click_cell(dialog, 2, 0)
    assert shown(window_of_two) == [3, 4, 8]
    assert tabs.tabText(tabs.currentIndex()) == "All / ant (3)"
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Up)
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    assert shown(window_of_two) == [8]


def test_the_pictures_they_disagree_on_have_a_tab_and_an_order(
    window_of_two: MainWindow, qtbot: QtBot
) -> None:
    pictures = window_of_two.pictures
    assert not pictures.tabs.isTabVisible(pictures.tabs.place_of(Show.COMPARED))
    dialog = compared(window_of_two, qtbot)
    QTest.mouseClick(dialog.show_button, _LEFT)
    assert pictures.tabs.isTabVisible(pictures.tabs.place_of(Show.COMPARED))
    assert shown(window_of_two) == [5, 6, 8]
    choose_by_keys(pictures.order_menu, Order.VARIATION)
    assert shown(window_of_two) == [8, 5, 6]
    click_tab(pictures.tabs, Show.ALL)
    assert shown(window_of_two) == [8, 5, 6, 4, 3, 7, 1, 2]


def test_runs_that_agree_on_all_pictures_leave_no_tab(window_of_two: MainWindow, qtbot: QtBot) -> None:
    finish_run(window_of_two, "protonet", SECOND)
    compared(window_of_two, qtbot)
    tabs = window_of_two.pictures.tabs
    assert not tabs.isTabVisible(tabs.place_of(Show.COMPARED))


def test_a_picture_tells_what_both_said_of_it(window_of_two: MainWindow, qtbot: QtBot) -> None:
    dialog = compared(window_of_two, qtbot)
    QTest.mouseClick(dialog.show_button, _LEFT)
    told = window_of_two.pictures.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "compared: first run ant, second run bee" in told
    window_of_two.hub.commands.apply(RemoveClass(BEE))
    told = window_of_two.pictures.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "compared" not in told


def test_labels_that_came_later_judge_both(window_of_two: MainWindow, qtbot: QtBot) -> None:
    hub = window_of_two.hub
    hub.commands.apply(LabelPictures([5, 8], BEE))
    hub.commands.apply(AcceptPredictions({ANT: [6]}, {6: 1}))
    words = "Of 3 labelled since, the first had 2 right (66.7 %), the second 1 (33.3 %)."
    accepted = " 1 of these labels were accepted from a prediction."
    assert compared(window_of_two, qtbot).details.text().splitlines()[1] == words + accepted


def test_other_runs_can_be_chosen(window_of_two: MainWindow, qtbot: QtBot) -> None:
    third = finish_run(window_of_two, "protonet", FIRST[:4])
    dialog = compared(window_of_two, qtbot)
    assert dialog.second.currentData() == third
    choose_by_keys(dialog.first, 1)
    qtbot.waitUntil(lambda: "100.0 % of 4 pictures" in dialog.headline.text())
    assert dialog.details.text().splitlines()[-1] == "Pictures only in the first: 2."
    choose_by_keys(dialog.first, third)
    assert dialog.headline.text() == "Choose two different runs"
    assert not dialog.table.isVisible()


def test_a_run_that_has_given_way_to_later_ones_is_no_longer_offered(
    window_of_two: MainWindow, qtbot: QtBot
) -> None:
    dialog = compared(window_of_two, qtbot)
    choose_by_keys(dialog.first, 2)
    later = [finish_run(window_of_two, "protonet", FIRST) for _ in range(RUNS_WITH_PREDICTIONS)]
    QTest.keyClick(dialog.first, Qt.Key.Key_Down)  # the first run, as it stands there
    qtbot.waitUntil(lambda: dialog.headline.text().startswith("They"))
    offered = [dialog.first.itemData(row) for row in range(dialog.first.count())]
    assert offered == [*reversed(later), 2]
    assert (dialog.first.currentData(), dialog.second.currentData()) == (2, later[-1])
    assert window_of_two.messages.text == ""


def test_a_second_algorithm_can_be_started_from_there(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(6)]))
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    dialog = window.comparer.dialog
    assert dialog.headline.text() == "Nothing to compare yet"
    for algorithm in ("protonet", "maml"):
        choose_by_keys(dialog.algorithm, algorithm)
        with qtbot.waitSignal(window.runs.ended):
            QTest.mouseClick(dialog.run_button, _LEFT)
    qtbot.waitUntil(lambda: dialog.headline.text().startswith("They agree on 100.0 % of 6 pictures"))
    assert dialog.first.currentText().startswith("Prototypical")
    assert dialog.second.currentText().startswith("MAML")
    # What follows each label is what the person had chosen, not what was only to be compared with.
    assert window.choices.algorithm_name == "protonet"
    assert window.choices.backbone_name == "photo"


def test_what_is_chosen_while_the_other_runs_stays_chosen(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(6)]))
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    engine.hold_after = 0
    choose_by_keys(window.comparer.dialog.algorithm, "maml")
    QTest.mouseClick(window.comparer.dialog.run_button, _LEFT)
    window.choices.choose("protonet", "conv4")
    with qtbot.waitSignal(window.runs.ended):
        engine.go_on.set()
    assert window.choices.backbone_name == "conv4"


def test_what_two_runs_were_compared_to_outlives_them(window_of_two: MainWindow, qtbot: QtBot) -> None:
    dialog = compared(window_of_two, qtbot)
    click_cell(dialog, 0, 1)
    for _ in range(RUNS_WITH_PREDICTIONS + 1):
        finish_run(window_of_two, "protonet", SECOND)
        window_of_two.runs.ended.emit()
    assert dialog.headline.text() == "They agree on 50.0 % of 6 pictures and differ on 3"
    assert dialog.first.currentIndex() == -1
    click_cell(dialog, 0, 1)
    assert shown(window_of_two) == [5, 6]


def test_a_comparison_that_fails_says_so(
    window_of_two: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise FewshotError("The drive is gone.")

    monkeypatch.setattr(Queries, "batches", lost)
    choose_from_menu_bar(window_of_two, qtbot, "Run", "Compare two runs…")
    dialog = window_of_two.comparer.dialog
    qtbot.waitUntil(lambda: dialog.headline.text() == "They could not be compared")
    assert "The drive is gone." in window_of_two.messages.text


def test_the_button_follows_what_is_possible(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    assert not window.comparer.dialog.run_button.isEnabled()
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / "new.png"]))
    assert window.comparer.dialog.run_button.isEnabled()


def test_where_no_run_is_possible_the_button_says_why(window: MainWindow, qtbot: QtBot) -> None:
    choose_from_menu_bar(window, qtbot, "Run", "Compare two runs…")
    dialog = window.comparer.dialog
    assert not dialog.run_button.isEnabled()
    assert "example pictures" in dialog.run_button.toolTip()


def test_another_project_ends_the_comparison(window_of_two: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = compared(window_of_two, qtbot)
    QTest.mouseClick(dialog.show_button, _LEFT)
    window_of_two.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    tabs = window_of_two.pictures.tabs
    assert not dialog.isVisible()
    assert (dialog.first.count(), dialog.headline.text()) == (0, "Nothing to compare yet")
    assert tabs.chosen is Show.ALL
    assert not tabs.isTabVisible(tabs.place_of(Show.COMPARED))


def test_a_comparison_outlives_removed_pictures_and_classes(window_of_two: MainWindow, qtbot: QtBot) -> None:
    dialog = compared(window_of_two, qtbot)
    QTest.mouseClick(dialog.show_button, _LEFT)
    window_of_two.pictures.grid.reveal(5)
    window_of_two.actions_.remove_pictures.trigger()
    assert shown(window_of_two) == [6, 8]
    window_of_two.hub.commands.apply(RemoveClass(BEE))
    assert dialog.model.name_of(1) == "(removed)"
    window_of_two.hub.commands.undo()
    window_of_two.hub.commands.undo()
    assert dialog.model.name_of(1) == "bee"
    assert shown(window_of_two) == [5, 6, 8]


def run_once_more(window: MainWindow, qtbot: QtBot, labelled: int) -> None:
    """A run by itself follows a label."""
    with qtbot.waitSignal(window.runs.ended):
        window.hub.commands.apply(LabelPictures([labelled], BEE))


def test_runs_by_themselves_leave_the_runs_and_the_pictures_that_are_looked_at(
    window_of_two: MainWindow, qtbot: QtBot
) -> None:
    dialog = compared(window_of_two, qtbot)
    chosen = dialog.first.currentData(), dialog.second.currentData()
    runs = dialog.first.count()
    click_cell(dialog, 0, 1)
    run_once_more(window_of_two, qtbot, 3)
    assert dialog.first.count() == runs + 1
    assert (dialog.first.currentData(), dialog.second.currentData()) == chosen
    assert shown(window_of_two) == [5, 6]
    dialog.close()
    window_of_two.hub.show_compared(np.array([7]), "Others")
    run_once_more(window_of_two, qtbot, 4)
    assert shown(window_of_two) == [7]
    window_of_two.comparer.ask()
    assert dialog.second.currentData() == window_of_two.hub.queries.run_id
