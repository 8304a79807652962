"""The options of an algorithm: asked for by mouse and keys, shown, remembered, and used by the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.runs.catalogue import OptionEntry
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.features.runs.options_dialog import OptionsDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.saved_settings import remember, remember_options
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar
from tests.fewshot_gui.scripted_engine import OPTIONS, ScriptedEngine, catalogue

_LEFT = Qt.MouseButton.LeftButton
_ALT = Qt.KeyboardModifier.AltModifier
MARK = "•"


@pytest.fixture
def maml(window: MainWindow, tmp_path: Path) -> MainWindow:
    """All that a run needs, with the algorithm that has options."""
    folders = {"ant": [tmp_path / "1.png"], "bee": [tmp_path / "2.png"]}
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures([tmp_path / "3.png"]))
    choose_by_keys(window.choices.algorithm, "maml")
    return window


def opened(window: MainWindow, qtbot: QtBot) -> OptionsDialog:
    """The dialog that has just been asked for, when it has the keyboard."""
    qtbot.waitUntil(lambda: window.findChild(OptionsDialog) is not None)  # a mnemonic presses slowly
    dialog = window.findChild(OptionsDialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def ask(window: MainWindow, qtbot: QtBot) -> OptionsDialog:
    QTest.mouseClick(window.choices.options_button, _LEFT)
    return opened(window, qtbot)


def press(dialog: OptionsDialog, key: Qt.Key) -> None:
    QTest.keyClick(dialog.focusWidget(), key)


def enter(dialog: OptionsDialog, name: str, keys: str) -> None:
    """Type into the field of an option, in place of what was in it."""
    field = dialog.fields[name]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, keys)


def run(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.runs.ended):
        window.actions_.run.trigger()


def button(dialog: OptionsDialog, text: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text)


# -- when there is something to ask


def test_the_button_is_off_where_the_algorithm_has_no_options(window: MainWindow) -> None:
    choices, action = window.choices, window.actions_.options
    assert not choices.options_button.isEnabled()
    assert not action.isEnabled()
    assert choices.options_button.toolTip() == "Prototypical has no options"
    choose_by_keys(choices.algorithm, "maml")
    assert choices.options_button.isEnabled()
    assert action.isEnabled()
    assert "Learning rate, Steps, Whole & entire" in choices.options_button.toolTip()
    choose_by_keys(choices.algorithm, "protonet")
    assert not choices.options_button.isEnabled()
    assert not action.isEnabled()


def test_before_the_engine_is_there_the_button_is_off(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    remember("run/algorithm", "maml")
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    assert not window.choices.options_button.isEnabled()
    assert not window.actions_.options.isEnabled()
    window.close()


# -- asking


WAYS: dict[str, Callable[[MainWindow, QtBot], object]] = {
    "click": lambda window, _: QTest.mouseClick(window.choices.options_button, _LEFT),
    "mnemonic": lambda window, _: QTest.keyClick(window, Qt.Key.Key_O, _ALT),
    "key": lambda window, _: QTest.keySequence(window, "Ctrl+Shift+R"),
    "menu": lambda window, qtbot: choose_from_menu_bar(window, qtbot, "Run", "Algorithm options…"),
    "space": lambda window, _: QTest.keyClick(window.choices.options_button, Qt.Key.Key_Space),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leads_to_the_dialog_and_escape_out_of_it(way: str, maml: MainWindow, qtbot: QtBot) -> None:
    WAYS[way](maml, qtbot)
    dialog = opened(maml, qtbot)
    assert dialog.windowTitle() == "Options of MAML"
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: maml.findChild(OptionsDialog) is None)


def test_each_option_has_a_field_of_its_kind_with_its_explanation(maml: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(maml, qtbot)
    assert list(dialog.fields) == [option.name for option in OPTIONS]
    assert isinstance(dialog.fields["steps"], QSpinBox)
    assert isinstance(dialog.fields["whole"], QCheckBox)
    assert dialog.fields["whole"].text() == "Whole && entire"
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    for option in OPTIONS:
        (note,) = [text for text in texts if text.startswith(option.explanation)]
        assert dialog.fields[option.name].toolTip() == note
    assert "How often it steps.\n1 to 100. Default: 5." in texts
    assert "Whether all of it adapts.\nDefault: off." in texts
    captions = {label.text(): label.buddy() for label in dialog.findChildren(QLabel) if label.buddy()}
    assert captions == {"Learning rate": dialog.fields["rate"], "Steps": dialog.fields["steps"]}
    dialog.close()


def test_a_small_number_is_written_as_people_write_it(maml: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(maml, qtbot)
    rate = dialog.fields["rate"]
    point = dialog.locale().decimalPoint()
    assert rate.text() == f"0{point}01"
    enter(dialog, "rate", f"0{point}00025")
    press(dialog, Qt.Key.Key_Return)
    assert maml.choices.options == {"rate": 0.00025}
    assert f"Learning rate 0{point}00025" in maml.choices.options_button.toolTip()


@pytest.mark.parametrize("default", [0.125, 0.00001, 3.0, 1e-7])
def test_a_default_is_still_the_default_when_it_is_taken_over_as_it_stands(
    default: float, window: MainWindow, qtbot: QtBot
) -> None:
    option = OptionEntry("share", "Share", "How much.", default, 0.0, 10.0)
    algorithm = replace(catalogue().algorithms[0], options=(option,))
    dialog = OptionsDialog(window, algorithm, {})
    dialog.open()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        press(dialog, Qt.Key.Key_Return)
    assert chosen.args == [{}]


def test_nothing_out_of_range_can_be_entered(maml: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(maml, qtbot)
    for keys in ("1000", "-7", "0"):
        enter(dialog, "steps", keys)
        press(dialog, Qt.Key.Key_Tab)
        assert 1 <= dialog.fields["steps"].value() <= 100
    dialog.close()


def test_typing_at_once_replaces_the_first_number(maml: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(maml, qtbot)
    qtbot.waitUntil(dialog.fields["rate"].hasFocus)
    QTest.keyClicks(dialog.focusWidget(), "1")
    press(dialog, Qt.Key.Key_Return)
    assert maml.choices.options == {"rate": 1.0}


# -- what comes of it


def test_return_takes_the_values_over_and_the_run_gets_and_notes_them(
    maml: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    dialog = ask(maml, qtbot)
    enter(dialog, "steps", "12")
    QTest.keyClick(dialog.fields["whole"], Qt.Key.Key_Space)
    press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: maml.findChild(OptionsDialog) is None)
    run(maml, qtbot)
    [request] = engine.requests
    assert (request.algorithm, request.options) == ("maml", {"steps": 12, "whole": True})
    [noted] = maml.hub.queries.runs()
    assert noted.options == {"steps": 12, "whole": True}


def test_escape_leaves_everything_as_it_was(maml: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(maml, qtbot)
    enter(dialog, "steps", "12")
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: maml.findChild(OptionsDialog) is None)
    assert maml.choices.options == {}
    assert ask(maml, qtbot).fields["steps"].value() == 5


def test_a_mark_shows_that_something_is_not_at_its_default_until_it_is_again(
    maml: MainWindow, qtbot: QtBot
) -> None:
    shown = maml.choices.options_button
    assert MARK not in shown.text()
    width = shown.width()
    dialog = ask(maml, qtbot)
    enter(dialog, "steps", "12")
    QTest.mouseClick(button(dialog, "OK"), _LEFT)
    qtbot.waitUntil(lambda: maml.findChild(OptionsDialog) is None)
    assert MARK in shown.text()
    assert shown.toolTip() == shown.accessibleDescription() == "Not at the defaults: Steps 12"
    choose_by_keys(maml.choices.algorithm, "protonet")
    assert MARK not in shown.text()
    choose_by_keys(maml.choices.algorithm, "maml")
    assert MARK in shown.text()
    dialog = ask(maml, qtbot)
    assert dialog.fields["steps"].value() == 12
    QTest.mouseClick(button(dialog, "Reset to defaults"), _LEFT)
    assert [field.value() for field in dialog.fields.values()] == [option.default for option in OPTIONS]
    assert MARK in shown.text()
    press(dialog, Qt.Key.Key_Tab)
    QTest.mouseClick(button(dialog, "OK"), _LEFT)
    assert MARK not in shown.text()
    assert maml.choices.options == {}
    assert shown.width() == width


def test_an_algorithm_without_options_gets_none_of_anothers(
    maml: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    dialog = ask(maml, qtbot)
    enter(dialog, "steps", "12")
    press(dialog, Qt.Key.Key_Return)
    choose_by_keys(maml.choices.algorithm, "protonet")
    run(maml, qtbot)
    assert (engine.requests[0].algorithm, engine.requests[0].options) == ("protonet", {})


# -- from one start to the next


def test_options_are_remembered_for_their_algorithm(
    maml: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    dialog = ask(maml, qtbot)
    enter(dialog, "steps", "12")
    press(dialog, Qt.Key.Key_Return)
    second = start_another(qtbot, tmp_path, engine)
    assert second.choices.algorithm_name == "maml"
    assert second.choices.options == {"steps": 12}
    assert MARK in second.choices.options_button.text()
    second.close()


def test_what_no_longer_fits_is_forgotten(qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine) -> None:
    remember("run/algorithm", "maml")
    remember_options("maml", {"rate": 7.0, "steps": 9, "whole": 1, "gone": 3})
    first = start_another(qtbot, tmp_path, engine)
    assert first.choices.options == {"steps": 9}
    first.close()
    remember("options/maml", "not what it should be")
    (tmp_path / "q.fewshot").unlink()
    second = start_another(qtbot, tmp_path, engine)
    assert second.choices.options == {}
    second.close()


def start_another(qtbot: QtBot, folder: Path, engine: ScriptedEngine) -> MainWindow:
    window = MainWindow(ProjectHub(Workspace.create(folder / "q.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    return window


def test_the_button_is_reached_by_tab_from_the_algorithm(maml: MainWindow) -> None:
    maml.activateWindow()
    maml.choices.algorithm.setFocus()
    QTest.keyClick(maml.choices.algorithm, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is maml.choices.options_button
