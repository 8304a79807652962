"""Settings hold as soon as they are set, and at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.embeddings.limit import GIGABYTE, choose_limit, chosen_limit, limit
from engine.learners.recipe import Recipe
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.meta_training.training_config import TrainingConfig
from engine.paths import embeddings_dir
from engine.review.questions import EmbedOnly, PictureSet
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.engine_link.kinds import PREPARATION
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.features.settings.settings_dialog import SettingsDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell import languages
from fewshot_gui.shell.saved_settings import remember, remembered
from fewshot_gui.shell.theme import THEMES, apply_theme, luminance
from tests.fewshot_gui.gestures import choose_by_keys
from tests.fewshot_gui.scripted_engine import ScriptedEngine

_LEFT = Qt.MouseButton.LeftButton


def opened(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [found for found in window.findChildren(SettingsDialog) if found.isVisible()]
    return dialog


def combo(dialog: SettingsDialog, title: str) -> QComboBox:
    label = next(found for found in dialog.findChildren(QLabel) if found.text().replace("&", "") == title)
    buddy = label.buddy()
    assert isinstance(buddy, QComboBox)
    return buddy


def switch(dialog: SettingsDialog, title: str) -> QCheckBox:
    return next(b for b in dialog.findChildren(QCheckBox) if b.text().replace("&", "") == title)


def button(dialog: SettingsDialog | QMessageBox, title: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == title)


def next_start(qtbot: QtBot, folder: Path, engine: ScriptedEngine) -> MainWindow:
    window = MainWindow(ProjectHub(Workspace.create(folder / "next.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    return window


def test_a_theme_is_applied_at_once_and_ticked_in_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    choose_by_keys(combo(dialog, "Theme"), "dark")
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert luminance(application.palette().color(QPalette.ColorRole.Window)) < 0.1
    assert remembered("theme") == "dark"
    assert window.actions_.themes.checkedAction().data() == "dark"
    dialog.close()
    apply_theme(application, "light")


def test_a_theme_that_there_is_none_of_is_the_systems(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    remember("theme", "mauve")
    again = next_start(qtbot, tmp_path, engine)
    again.show()
    assert combo(opened(again, qtbot), "Theme").currentData() == THEMES[0]
    again.close()


def test_the_wheel_changes_nothing(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    dialog.activateWindow()
    for menu in dialog.findChildren(QComboBox):
        menu.setFocus()
        qtbot.waitUntil(menu.hasFocus)
        before = menu.currentIndex()
        for turns in (120, -120):
            middle = QPointF(menu.rect().center())
            event = QWheelEvent(
                middle,
                QPointF(menu.mapToGlobal(middle.toPoint())),
                QPoint(),
                QPoint(0, turns),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(menu, event)
            assert menu.currentIndex() == before
    dialog.close()


def test_the_size_of_the_pictures_is_applied_at_once(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    choose_by_keys(combo(dialog, "Size of the pictures"), "256")
    assert window.pictures.grid.cell_size == 256
    dialog.close()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Run again after every change of a label", "run_again"),
        ("Advance to the next picture after labelling", "advance"),
    ],
)
def test_a_switch_is_that_of_the_menu(window: MainWindow, qtbot: QtBot, title: str, name: str) -> None:
    action = getattr(window.actions_, name)
    before = action.isChecked()
    dialog = opened(window, qtbot)
    box = switch(dialog, title)
    assert box.isChecked() == before
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)  # else the key is one of the window behind
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert action.isChecked() != before
    dialog.close()


def test_the_program_starts_with_the_algorithm_and_the_device_that_were_set(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    dialog = opened(window, qtbot)
    assert combo(dialog, "Algorithm at the start").currentText() == "The one used last"
    choose_by_keys(combo(dialog, "Algorithm at the start"), "maml")
    choose_by_keys(combo(dialog, "Device at the start"), "cpu")
    dialog.close()
    assert (window.choices.algorithm_name, window.choices.device_name) == ("protonet", "auto")
    later = next_start(qtbot, tmp_path, engine)
    assert (later.choices.algorithm_name, later.choices.device_name) == ("maml", "cpu")
    later.close()


def test_otherwise_it_starts_with_what_was_used_last(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine
) -> None:
    choose_by_keys(window.choices.algorithm, "maml")
    later = next_start(qtbot, tmp_path, engine)
    assert later.choices.algorithm_name == "maml"
    later.close()


def test_languages_are_those_whose_translations_are_there(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "assets_dir", lambda: tmp_path)
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "fewshot_ko.qm").write_bytes(b"")
    dialog = opened(window, qtbot)
    menu = combo(dialog, "Language")
    assert [menu.itemText(row) for row in range(menu.count())] == ["System", "English", "한국어"]
    choose_by_keys(menu, "ko")
    assert remembered(languages.KEY) == "ko"
    notes = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Takes effect when Fewshot is started again." in notes
    dialog.close()


def test_a_translation_that_cannot_be_read_leaves_the_window_english(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "assets_dir", lambda: tmp_path)
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "fewshot_ko.qm").write_bytes(b"nonsense")
    remember(languages.KEY, "ko")
    languages.install_translations(qapp)
    assert qapp.translate("Actions", "&Quit") == "&Quit"
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel", "half a language is none"


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of 3,000 bytes."""
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))
    embeddings_dir().mkdir(parents=True)
    for name in ("a.index", "a.rows", "earlier.sqlite"):
        (embeddings_dir() / name).write_bytes(b"x" * 1000)
    (embeddings_dir() / "mine.txt").write_text("stays")
    return embeddings_dir()


def ask_to_clear(dialog: SettingsDialog) -> QMessageBox:
    QTest.mouseClick(button(dialog, "Clear the cache…"), _LEFT)
    return dialog.findChild(QMessageBox)


def description(dialog: SettingsDialog, folder: Path) -> str:
    return next(label.text() for label in dialog.findChildren(QLabel) if str(folder) in label.text())


def test_the_cache_is_measured_and_cleared_after_a_question(
    window: MainWindow, qtbot: QtBot, cached: Path
) -> None:
    dialog = opened(window, qtbot)
    assert description(dialog, cached) == f"2.93 KiB in {cached}"
    QTest.mouseClick(button(ask_to_clear(dialog), "Cancel"), _LEFT)
    assert len(list(cached.iterdir())) == 4
    qtbot.waitUntil(lambda: dialog.findChild(QMessageBox) is None)
    QTest.mouseClick(button(ask_to_clear(dialog), "Clear the cache"), _LEFT)
    assert [path.name for path in cached.iterdir()] == ["mine.txt"]
    assert description(dialog, cached) == f"0 bytes in {cached}"
    dialog.close()


def test_the_limit_of_the_cache_is_set_for_the_command_line_too(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    menu = combo(dialog, "Limit of the cache")
    assert menu.currentText() == "A tenth of the free disk, at most 20 GB"
    choose_by_keys(menu, str(5 * GIGABYTE))
    assert limit() == 5 * GIGABYTE
    dialog.close()
    choose_limit(3 * GIGABYTE)  # by hand, in its file
    dialog = opened(window, qtbot)
    menu = combo(dialog, "Limit of the cache")
    assert menu.currentText() == "3 GB"
    choose_by_keys(menu, "")
    assert chosen_limit() is None
    dialog.close()


def test_a_limit_that_cannot_be_written_is_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "fewshot-data").write_text("a file in the place of the folder")
    dialog = opened(window, qtbot)
    choose_by_keys(combo(dialog, "Limit of the cache"), str(GIGABYTE))
    description = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("The limit could not be written to ") for text in description)
    dialog.close()


def test_a_file_that_cannot_be_removed_is_told(
    window: MainWindow, qtbot: QtBot, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    dialog = opened(window, qtbot)
    question = ask_to_clear(dialog)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        QTest.mouseClick(button(question, "Clear the cache"), _LEFT)
    assert "cannot be removed (Permission denied)" in description(dialog, cached)
    dialog.close()


OCCUPIED = "The engine is working: wait until it has finished."


@pytest.fixture
def filled(window: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    folders = {name: sorted(make_pictures(name, 2).iterdir()) for name in ("ant", "bee")}
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("new", 6, "red").iterdir())))
    return window


def test_the_cache_is_not_cleared_under_a_run(
    filled: MainWindow, qtbot: QtBot, cached: Path, engine: ScriptedEngine
) -> None:
    engine.hold_after = 0
    QTest.keySequence(filled, "Ctrl+R")
    assert filled.bridge.busy
    dialog = opened(filled, qtbot)
    assert not button(dialog, "Clear the cache…").isEnabled()
    assert button(dialog, "Clear the cache…").toolTip() == OCCUPIED
    dialog.close()


def test_the_cache_is_not_cleared_while_a_question_runs(
    filled: MainWindow, qtbot: QtBot, cached: Path, engine: ScriptedEngine
) -> None:
    before = sorted(cached.iterdir())
    engine.hold_answer = True
    dialog = opened(filled, qtbot)
    confirm = button(ask_to_clear(dialog), "Clear the cache")
    pictures = PictureSet(np.array([1], np.int64), [b"1.png"], "photo")
    filled.bridge.ask(pictures, EmbedOnly(), QuestionHandle(filled.bridge))
    QTest.mouseClick(confirm, _LEFT)
    assert any(label.text() == OCCUPIED for label in dialog.findChildren(QLabel))
    dialog.close()
    dialog = opened(filled, qtbot)
    assert not button(dialog, "Clear the cache…").isEnabled()
    assert button(dialog, "Clear the cache…").toolTip() == OCCUPIED
    assert sorted(cached.iterdir()) == before
    dialog.close()


def test_what_one_has_trained_can_be_removed_and_leaves_the_menu_at_once(
    window: MainWindow, qtbot: QtBot, engine: ScriptedEngine, tmp_path: Path
) -> None:
    checkpoint = user_checkpoint_path("protonet", "conv4", "birds")
    checkpoint.parent.mkdir(parents=True)
    for file in (checkpoint, checkpoint.with_suffix(".json")):
        file.write_bytes(b"")
    recipe = Recipe(ways=(2, 5), shots=(1, 2), query=2, meta_batch=2, steps=2)
    window.meta_trainer.begin(TrainingConfig("protonet", "conv4", (str(tmp_path),), checkpoint, recipe))
    qtbot.waitUntil(lambda: window.choices.algorithm_name == "protonet:birds")
    dialog = opened(window, qtbot)
    engine.forget_trained()
    QTest.mouseClick(button(dialog, "Remove…"), _LEFT)
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        QTest.mouseClick(button(dialog.findChild(QMessageBox), "Remove"), _LEFT)
    assert list(checkpoint.parent.iterdir()) == []
    assert window.choices.algorithm_name == "protonet"
    assert window.choices.user_algorithms == []
    assert any(label.text() == "Removed." for label in dialog.findChildren(QLabel))
    dialog.close()


def test_what_is_prepared_in_the_background_gives_way_to_clearing_the_cache(
    window: MainWindow, qtbot: QtBot, cached: Path
) -> None:
    cancelled: list[bool] = []
    task = window.tasks.begin(PREPARATION, cancel=lambda: cancelled.append(True))
    dialog = opened(window, qtbot)
    QTest.mouseClick(button(ask_to_clear(dialog), "Clear the cache"), _LEFT)
    assert cancelled == [True]
    assert [path.name for path in cached.iterdir()] == ["mine.txt"]
    task.end()
    dialog.close()
