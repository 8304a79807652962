"""Keys act by their letter, by their place where they have none, and once a press."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from engine.workspace.commands import AddClassFolders, AddPictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell import key_places
from fewshot_gui.shell.key_places import key_at_place

_NONE = Qt.KeyboardModifier.NoModifier
CYRILLIC_GHE, CYRILLIC_YA = 0x0413, 0x042F


def press(key: int, code: int, text: str, held: Qt.KeyboardModifier = _NONE) -> QKeyEvent:
    """As X11 tells it."""
    return QKeyEvent(QEvent.Type.KeyPress, key, held, code, 0, 0, text)


@pytest.fixture
def few(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Two classes of one example each and five pictures, of which the first is current."""
    monkeypatch.setattr(key_places, "key_at_place", lambda event: key_at_place(event, "linux"))
    window.hub.commands.apply(AddClassFolders({"ant": [tmp_path / "a.png"], "bee": [tmp_path / "b.png"]}))
    window.hub.commands.apply(AddPictures([tmp_path / f"{number}.png" for number in range(5)]))
    window.pictures.grid.setFocus()
    window.pictures.reveal(3)
    return window


@pytest.mark.parametrize(
    ("platform", "scan", "virtual", "key"),
    [
        ("linux", 10, 0, "1"),
        ("linux", 30, 0, "U"),
        ("linux", 58, 0, "M"),
        ("win32", 0x0B, 0, "0"),
        ("win32", 0x1F, 0, "S"),
        ("darwin", 0, 18, "1"),
        ("darwin", 0, 32, "U"),
        ("darwin", 0, 46, "M"),
        ("linux", 36, 0, ""),
    ],
)
def test_a_key_without_a_latin_letter_is_known_by_its_place(
    platform: str, scan: int, virtual: int, key: str
) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Ampersand, _NONE, scan, virtual, 0, "&")
    assert key_at_place(event, platform) == key


def test_a_latin_letter_is_what_it_says() -> None:
    assert key_at_place(press(Qt.Key.Key_A, 24, "a"), "linux") == "", "a French A, where the Q is elsewhere"


def test_the_unshifted_digits_of_a_french_keyboard_label(few: MainWindow) -> None:
    QApplication.sendEvent(few.pictures.grid, press(Qt.Key.Key_Ampersand, 10, "&"))
    assert few.hub.queries.class_of(3) == few.hub.queries.classes[0].id
    QApplication.sendEvent(few.pictures.grid, press(Qt.Key.Key_Eacute, 11, "é"))
    assert few.hub.queries.class_of(4) == few.hub.queries.classes[1].id


def test_letters_act_on_a_russian_keyboard(few: MainWindow) -> None:
    QApplication.sendEvent(few.pictures.grid, press(CYRILLIC_GHE, 30, "г"))
    assert few.hub.queries.class_of(3) == UNKNOWN
    ctrl = Qt.KeyboardModifier.ControlModifier
    QApplication.sendEvent(few.pictures.grid, press(CYRILLIC_YA, 52, "", ctrl))
    assert few.hub.queries.class_of(3) is None, "Ctrl+Z"


def test_keys_by_place_leave_the_search_and_other_widgets_alone(few: MainWindow) -> None:
    few.pictures.search.setFocus()
    QApplication.sendEvent(few.pictures.search, press(Qt.Key.Key_Ampersand, 10, "&"))
    assert few.pictures.search.text() == "&"
    few.pictures.search.clear()
    few.pictures.reveal(3)
    few.classes.list.setFocus()
    QApplication.sendEvent(few.classes.list, press(0x042B, 39, "ы"))
    assert few.pictures.grid.selected_ids().tolist() == [3], "S skips in the pictures only"
    assert few.hub.queries.labeled_count == 2


def test_a_key_held_down_labels_one_picture(few: MainWindow) -> None:
    once = [
        few.actions_.unknown,
        few.actions_.accept,
        few.actions_.remove_label,
        few.actions_.remove_pictures,
    ]
    assert not any(action.autoRepeat() for action in [*once, *few.class_menu.of_classes])
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Ampersand, _NONE, 10, 0, 0, "&", True)
    QApplication.sendEvent(few.pictures.grid, press(Qt.Key.Key_Ampersand, 10, "&"))
    for _ in range(3):
        QApplication.sendEvent(few.pictures.grid, held)
    assert few.hub.queries.labeled_count == 3


def test_the_key_of_a_class_is_chosen_by_its_place_too(
    few: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "fewshot_gui.features.classes.key_dialog.key_at_place", lambda event: key_at_place(event, "linux")
    )
    few.class_keys.ask(few.hub.queries.classes[0].id)
    [dialog] = few.findChildren(KeyDialog)
    QApplication.sendEvent(dialog, press(Qt.Key.Key_ParenLeft, 14, "("))
    assert few.hub.queries.classes[0].key == "5"
