"""Every dialog, in English and in Korean: it can be used without a mouse and without seeing it, and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.learners.recipe import Recipe
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.meta_training import unfinished
from engine.meta_training.training_config import TrainingConfig
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.features.importing.fetch_dialog import FetchDialog
from fewshot_gui.features.labeling.accept_dialog import AcceptDialog
from fewshot_gui.features.runs.options_dialog import OptionsDialog
from fewshot_gui.features.settings.settings_dialog import SettingsDialog
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.accessible import controls, described, missed_by_tab, nameless, reached_by_tab
from tests.fewshot_gui.scripted_engine import ScriptedEngine, catalogue

MakePictures = Callable[..., Path]


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    if request.param == "ko":
        request.getfixturevalue("korean")
    return str(request.param)


@pytest.fixture
def filled(
    language: str, window: MainWindow, make_pictures: MakePictures, engine: ScriptedEngine, tmp_path: Path
) -> Iterator[MainWindow]:
    """With classes, pictures, two runs to compare, and an unfinished training; a further one goes on."""
    hub = window.hub
    folders = {name: sorted(make_pictures(name, 4).iterdir()) for name in ("ant", "bee", "cat", "dog")}
    hub.commands.apply(AddClassFolders(folders))
    hub.commands.apply(AddPictures(sorted(make_pictures("new", 6, "red").iterdir())))
    classes = [row.id for row in hub.queries.classes]
    for algorithm in ("protonet", "maml"):
        run = hub.run_store.begin(algorithm, "conv4", "cpu", 0, classes)
        assert run is not None
        hub.run_store.save_predictions(run, hub.queries.picture_ids[16:], np.full((6, 4), 0.25, np.float32))
        hub.run_store.finish(run, "finished")
    unfinished.keep(order("owls", tmp_path))
    engine.steps_allowed = 3
    yield window
    window.bridge.stop_training()


def order(name: str, folder: Path) -> TrainingConfig:
    recipe = Recipe(ways=(2, 5), shots=(1, 2), query=2, meta_batch=2, steps=10)
    return TrainingConfig(
        "protonet", "conv4", (str(folder),), user_checkpoint_path("protonet", "conv4", name), recipe
    )


def shown(window: MainWindow, kind: type[QDialog] = QDialog) -> QDialog:
    return next(dialog for dialog in window.findChildren(kind) if dialog.isVisible())


def options(window: MainWindow) -> QDialog:
    maml = next(entry for entry in catalogue().algorithms if entry.options)
    return opened(OptionsDialog(window, maml, {}))


def settings(window: MainWindow) -> QDialog:
    window.actions_.settings.trigger()
    return shown(window)


def question_of_settings(window: MainWindow) -> QDialog:
    dialog = settings(window)
    assert isinstance(dialog, SettingsDialog)
    button = next(b for b in dialog.findChildren(QAbstractButton) if b.text().endswith("…"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return shown(window, QMessageBox)


def report(window: MainWindow) -> QDialog:
    window.show_report("Traceback (most recent call last):\n  …\nZeroDivisionError: by accident")
    return window.report


def comparison(window: MainWindow) -> QDialog:
    window.comparer.ask()
    return window.comparer.dialog


def meta_training(window: MainWindow) -> QDialog:
    window.actions_.meta_train.trigger()
    return shown(window)


def training(window: MainWindow) -> QDialog:
    window.meta_trainer.begin(order("birds", window.hub.file.parent))
    return window.meta_trainer.progress


def export(window: MainWindow) -> QDialog:
    window.actions_.export.trigger()
    return shown(window)


def shortcuts(window: MainWindow) -> QDialog:
    window.actions_.shortcuts.trigger()
    return shown(window)


def about(window: MainWindow) -> QDialog:
    window.actions_.about.trigger()
    return shown(window)


def opened(dialog: QDialog) -> QDialog:
    dialog.open()
    return dialog


MAKERS: dict[str, tuple[Callable[[MainWindow], QDialog], str]] = {
    "options": (options, "_Decimal"),
    "accept": (lambda window: opened(AcceptDialog(window, {"ant": 3, "bee": 2}, 1, 0.8)), "QPushButton"),
    "report": (report, "QPlainTextEdit"),
    "settings": (settings, "SteadyCombo"),
    "question of the settings": (question_of_settings, "QPushButton"),
    "comparison": (comparison, "QComboBox"),
    "meta-training": (meta_training, "QLineEdit"),
    "training": (training, "QPushButton"),
    "key": (lambda window: opened(KeyDialog(window, "ant", "1", lambda key: "")), "QPushButton"),
    "fetch": (lambda window: opened(FetchDialog(window, 2, ["example.org"])), "QPushButton"),
    "export": (export, "QLineEdit"),
    "shortcuts": (shortcuts, "QTextBrowser"),
    "about": (about, "QPushButton"),
}
"""How each is opened, and what kind of thing has the keyboard then."""


@pytest.fixture(params=MAKERS)
def dialog(request: pytest.FixtureRequest, filled: MainWindow, qtbot: QtBot) -> Iterator[QDialog]:
    made = MAKERS[request.param][0](filled)
    qtbot.waitUntil(made.isVisible)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if shiboken6.isValid(made):  # some are gone once they are closed
        made.close()


def test_it_can_be_used_without_a_mouse_and_without_seeing_it(
    dialog: QDialog, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    kind = MAKERS[request.node.callspec.params["dialog"]][1]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is dialog or dialog.isAncestorOf(focused)
    assert type(focused).__name__ == kind
    assert dialog.windowTitle()
    assert nameless(dialog) == []
    if not isinstance(dialog, QFileDialog):  # that is Qt's
        assert missed_by_tab(dialog, reached_by_tab()) == []
        assert sharing_a_letter(dialog) == []
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_it_can_be_read_as_small_as_it_can_be_made(dialog: QDialog) -> None:
    if isinstance(dialog, QFileDialog):
        pytest.skip("it is Qt's")
    dialog.resize(dialog.minimumSizeHint())
    QApplication.processEvents()
    cut_off = [described(widget) for widget in dialog.findChildren(QWidget) if is_cut_off(widget)]
    assert cut_off == []


def sharing_a_letter(dialog: QDialog) -> list[str]:
    """The texts of what is pressed, or jumped to, with Alt and a letter that another has, too."""
    labels = [label for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    buttons = [button for button in controls(dialog) if isinstance(button, QAbstractButton)]
    texts = [widget.text() for widget in (*labels, *buttons)]
    keys = [QKeySequence.mnemonic(text).toString() for text in texts]
    return [text for text, key in zip(texts, keys, strict=True) if key and keys.count(key) > 1]


def is_cut_off(widget: QWidget) -> bool:
    """Whether a text is larger than its place; what can be scrolled into view is not."""
    if not widget.isVisible() or not isinstance(widget, QLabel | QAbstractButton) or not widget.text():
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() < widget.heightForWidth(widget.width())
    return widget.width() < widget.sizeHint().width() or widget.height() < widget.fontMetrics().height()
