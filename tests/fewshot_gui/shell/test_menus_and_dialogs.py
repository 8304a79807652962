"""Every way through menus and dialogs, taken as a person takes it: a key, a path, Return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPalette, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine import versions
from engine.paths import cache_dir, config_dir, data_dir
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.saved_settings import remembered
from fewshot_gui.shell.theme import palette
from tests.fewshot_gui.gestures import (
    answer_with_paths,
    choose_from_menu_bar,
    choose_from_open_menu,
    click,
    right_click,
)

MakePictures = Callable[..., Path]


@pytest.fixture(autouse=True)
def dialogs_of_qt(qapp: QApplication) -> Iterator[None]:
    """A desktop's own dialogs could not be answered from here."""
    asking = Qt.ApplicationAttribute.AA_DontUseNativeDialogs
    before = qapp.testAttribute(asking)
    qapp.setAttribute(asking, True)
    yield
    qapp.setAttribute(asking, before)


@pytest.fixture
def pictures(make_pictures: MakePictures) -> Path:
    """A folder of two class folders, with a project of one class beside them."""
    make_pictures("ants", 2)
    folder = make_pictures("bees", 3).parent
    with Workspace.create(folder / "other.fewshot") as other:
        other.apply(AddClass("cat"))
    return folder


def content(window: MainWindow) -> tuple[str, dict[str, int], int]:
    """The project in the title, its classes with their examples, the number of its pictures."""
    classes = {row.name: row.count for row in window.hub.queries.classes}
    return window.windowTitle(), classes, window.hub.queries.picture_count


@pytest.mark.parametrize(
    ("keys", "entered", "expected"),
    [
        pytest.param(
            "Ctrl+P",
            ["ants/1.png", "bees/1.png"],
            ("project – Fewshot", {"wasps": 0}, 2),
            id="add pictures",
        ),
        pytest.param("Ctrl+Shift+P", ["bees"], ("project – Fewshot", {"wasps": 0}, 3), id="add folder"),
        pytest.param(
            "Ctrl+Shift+O",
            ["."],
            ("project – Fewshot", {"wasps": 0, "ants": 2, "bees": 3}, 5),
            id="add folder of classes",
        ),
        pytest.param(
            "Ctrl+Shift+E",
            ["ants/1.png", "bees/1.png"],
            ("project – Fewshot", {"wasps": 2}, 2),
            id="add examples to the selected class",
        ),
        pytest.param("Ctrl+N", ["mine"], ("mine – Fewshot", {}, 0), id="new project"),
        pytest.param("Ctrl+O", ["other.fewshot"], ("other – Fewshot", {"cat": 0}, 0), id="open project"),
    ],
)
def test_a_key_asks_for_paths_and_what_is_entered_comes_into_the_window(
    window: MainWindow,
    pictures: Path,
    qtbot: QtBot,
    keys: str,
    entered: list[str],
    expected: tuple[str, dict[str, int], int],
) -> None:
    window.hub.commands.apply(AddClass("wasps"))
    click(window.classes.list, 0)
    QTest.keySequence(window, keys)
    answer_with_paths(window, qtbot, *(pictures / path for path in entered))
    qtbot.waitUntil(lambda: content(window) == expected)


def test_a_new_project_gets_the_suffix_and_is_kept_where_it_was_put(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    QTest.keySequence(window, "Ctrl+N")
    with qtbot.waitSignal(window.hub.opened):
        answer_with_paths(window, qtbot, tmp_path / "mine")
    window.hub.commands.apply(AddClass("cat"))
    window.close()
    with Workspace.open(tmp_path / "mine.fewshot") as workspace:
        assert [row.name for row in workspace.classes()] == ["cat"]


def test_a_new_project_never_takes_the_place_of_a_file_that_is_there(
    window: MainWindow, pictures: Path, qtbot: QtBot
) -> None:
    QTest.keySequence(window, "Ctrl+N")
    answer_with_paths(window, qtbot, pictures / "other.fewshot")
    qtbot.waitUntil(lambda: "other.fewshot" in window.messages.text)
    assert content(window) == ("project – Fewshot", {}, 0)
    with Workspace.open(pictures / "other.fewshot") as workspace:
        assert [row.name for row in workspace.classes()] == ["cat"]


def test_an_earlier_project_is_opened_again_from_the_menu(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.hub.commands.apply(AddClass("cat"))
    QTest.keySequence(window, "Ctrl+N")
    with qtbot.waitSignal(window.hub.opened):
        answer_with_paths(window, qtbot, tmp_path / "R&D.fewshot")
    for name, classes in (("project", {"cat": 0}), ("R&D", {})):
        with qtbot.waitSignal(window.hub.opened):
            choose_from_menu_bar(window, qtbot, "File", "Open recent", name)
        assert content(window) == (f"{name} – Fewshot", classes, 0)


def test_a_dialog_that_is_left_by_escape_changes_nothing(window: MainWindow, pictures: Path) -> None:
    before = content(window)
    for keys in ("Ctrl+P", "Ctrl+Shift+P", "Ctrl+Shift+O", "Ctrl+N", "Ctrl+O"):
        QTest.keySequence(window, keys)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None, keys
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    assert content(window) == before


def test_the_menu_of_a_picture_labels_it_and_takes_the_label_away(
    window: MainWindow, make_pictures: MakePictures, qtbot: QtBot
) -> None:
    window.hub.commands.apply(AddClassFolders({"ants": sorted(make_pictures("ants", 3).iterdir())}))
    window.hub.commands.apply(AddClass("bees"))
    grid, picture = window.pictures.grid, window.pictures.model.id_at(1)
    right_click(grid, 1)
    choose_from_open_menu("Label as", "bees")
    assert content(window)[1] == {"ants": 2, "bees": 1}
    assert window.hub.queries.class_name(window.hub.queries.class_of(picture)) == "bees"
    click(grid, 1)
    choose_from_menu_bar(window, qtbot, "Pictures", "Remove the label")
    assert content(window)[1] == {"ants": 2, "bees": 0}


def test_the_menu_of_a_class_is_for_the_class_under_the_mouse(window: MainWindow) -> None:
    for name in ("ants", "bees"):
        window.hub.commands.apply(AddClass(name))
    click(window.classes.list, 0)
    right_click(window.classes.list, 1)
    choose_from_open_menu("Remove class")
    assert content(window)[1] == {"ants": 0}


def test_dark_and_light_are_chosen_from_the_menu_and_remembered(
    window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    for title in ("Dark", "Light"):
        choose_from_menu_bar(window, qtbot, "View", "Theme", title)
        assert remembered("theme") == title.lower()
        ground = qapp.palette().color(QPalette.ColorRole.Base)
        assert ground == palette(remembered("theme")).color(QPalette.ColorRole.Base)
        qtbot.waitUntil(lambda ground=ground: window.plots.loss.plot.backgroundBrush().color() == ground)


def test_the_plots_are_hidden_and_shown_from_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    for visible in (False, True):
        choose_from_menu_bar(window, qtbot, "View", "Adaptation")
        assert window.plots.loss.isVisible() is visible


def test_every_letter_to_be_pressed_with_alt_stands_for_one_thing(window: MainWindow) -> None:
    captions = [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button.text() for button in window.findChildren(QPushButton)]
    titles = [action.text() for action in window.menuBar().actions()]
    keys = [QKeySequence.mnemonic(text).toString() for text in (*titles, *captions, *buttons)]
    taken = [key for key in keys if key]
    assert len(taken) > len(titles)
    assert sorted(taken) == sorted(set(taken))


def test_no_two_commands_of_a_menu_share_a_letter(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.hub.commands.apply(AddClass("R&D"))
    with Workspace.create(tmp_path / "earlier.fewshot"):
        pass
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(tmp_path / "earlier.fewshot")
    window.hub.commands.apply(AddClass("&cat"))
    for menu in [window.menuBar(), *window.findChildren(QMenu)]:
        keys = [QKeySequence.mnemonic(action.text()).toString() for action in menu.actions()]
        taken = [key for key in keys if key]
        assert sorted(taken) == sorted(set(taken)), [action.text() for action in menu.actions()]


def test_keys_of_the_pictures_are_keys_of_a_menu_while_it_is_open(
    window: MainWindow, pictures: Path, qtbot: QtBot
) -> None:
    window.hub.commands.apply(AddPictures(sorted((pictures / "bees").iterdir())))
    qtbot.waitUntil(lambda: window.bridge.ready)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.pictures.grid.setFocus()
    window.pictures.grid.select_ids(window.pictures.grid.shown_ids()[:1])
    chosen: list[str] = []
    window.actions_.meta_train.triggered.connect(lambda: chosen.append("meta-train"))
    window.actions_.similar.triggered.connect(lambda: chosen.append("similar"))
    window.actions_.skip.triggered.connect(lambda: chosen.append("skip"))
    QTest.keySequence(window, "Alt+R")
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_S)
    assert chosen == []
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_M)
    assert chosen == ["meta-train"]


def test_about_says_what_this_is_and_goes_away_by_escape(window: MainWindow, qtbot: QtBot) -> None:
    choose_from_menu_bar(window, qtbot, "Help", "About Fewshot")
    box = window.findChild(QMessageBox)
    assert box.isVisible()
    assert "Fewshot" in box.text()
    shown = QTextDocument()
    shown.setHtml(box.informativeText())
    *_, of_programs, device, _space, own, settings, cache = shown.toPlainText().splitlines()
    assert (of_programs, device) == (versions.in_words(), window.status.device.text())
    for line, folder in ((own, data_dir()), (settings, config_dir()), (cache, cache_dir())):
        assert line.endswith(f": {folder}")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)


def test_control_q_closes_the_window(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        QTest.keySequence(window, "Ctrl+Q")
    assert not window.isVisible()
