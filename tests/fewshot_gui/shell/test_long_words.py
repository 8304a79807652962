"""A word that no line can be broken in does not make a window as wide as it is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.long_words import with_short_words

LONG = "x" * 300


def test_only_a_word_that_is_too_long_is_cut_and_its_ends_stay() -> None:
    text = f"The picture /home/{'a' * 60}/begin{LONG}end.png cannot be read."
    short = with_short_words(text)
    assert short.startswith(f"The picture /home/{'a' * 60}/beginxxx")
    assert short.endswith("xend.png cannot be read.")
    assert max(map(len, short.replace("/", " ").split())) <= 60


def test_a_message_about_a_long_name_leaves_the_window_as_wide_as_it_was(window: MainWindow) -> None:
    width, least = window.width(), window.minimumSizeHint().width()
    text = f"/home/someone/{LONG}.png could not be read: it is damaged."
    window.messages.report_problem(text)
    assert window.messages._text.toolTip() == text
    assert window.messages.accessibleName() == text
    assert window.minimumSizeHint().width() == least
    assert window.width() == width
    window.messages.report_problem("The disk is full.")
    assert window.messages._text.toolTip() == ""


def test_a_class_of_a_long_name_is_asked_for_its_key_in_a_narrow_dialog(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.hub.commands.apply(AddClass(LONG))
    window.hub.commands.apply(AddClass("ant"))
    window.class_keys.ask(window.hub.queries.classes[1].id)
    dialog = window.findChild(KeyDialog)
    qtbot.keyClick(dialog, "1")
    assert "is the key of" in dialog.problem.text()
    assert dialog.width() < 700
    dialog.close()
    window.class_keys.ask(window.hub.queries.classes[0].id)
    [dialog] = [one for one in window.findChildren(KeyDialog) if one.isVisible()]
    assert dialog.width() < 700
    dialog.close()
