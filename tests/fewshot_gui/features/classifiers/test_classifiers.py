"""A classifier is saved from the window, and applied to a folder."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.workspace.commands import AddClassFolders, AddPictures
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.kinds import ANSWER, CLASSIFIER
from fewshot_gui.features.classifiers.apply_dialog import ApplyDialog
from fewshot_gui.main_window import MainWindow
from tests.fewshot_gui.gestures import answer_with_paths, choose_by_keys, choose_from_menu_bar, paste_into
from tests.fewshot_gui.scripted_engine import ScriptedEngine

MakePictures = Callable[..., Path]


@pytest.fixture
def taught(window: MainWindow) -> MainWindow:
    root = Path("/pictures")
    window.hub.commands.apply(AddClassFolders({"ant": [root / "1.png"], "bee": [root / "2.png"], "cow": []}))
    window.hub.commands.apply(AddPictures([root / "3.png"], UNKNOWN))
    window.hub.commands.apply(AddPictures([root / "4.png"]))
    return window


def open_dialog(window: MainWindow, qtbot: QtBot) -> ApplyDialog:
    choose_from_menu_bar(window, qtbot, "File", "Apply classifier to folder…")
    dialog = window.findChild(ApplyDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_what_the_labels_teach_is_saved(
    taught: MainWindow, engine: ScriptedEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    choose_from_menu_bar(taught, qtbot, "File", "Save classifier…")
    with qtbot.waitSignal(taught.classifier_saver.saved) as saved:
        answer_with_paths(taught, qtbot, tmp_path / "insects 1.2")
    assert (tmp_path / "insects 1.2.classifier").read_text() == "a classifier"
    assert saved.args == [
        "Saved a classifier of 2 classes, which labels any folder of pictures: "
        f"{tmp_path / 'insects 1.2.classifier'}."
    ]
    assert saved.args[0] in taught.messages.text
    [request] = engine.fitted
    assert [(example.path.name, example.class_name) for example in request.examples] == [
        ("1.png", "ant"),
        ("2.png", "bee"),
    ]
    assert request.class_names == ("ant", "bee")
    assert (request.algorithm, request.backbone) == (
        taught.choices.algorithm_name,
        taught.choices.backbone_name,
    )
    assert not taught.tasks.is_running(CLASSIFIER)


def test_esc_cancels_the_saving(
    taught: MainWindow, engine: ScriptedEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    engine.hold_answer = True
    taught.classifier_saver.save(tmp_path / "insects")
    qtbot.waitUntil(lambda: bool(engine.fitted))
    assert not taught.actions_.save_classifier.isEnabled()
    assert not taught.actions_.apply_classifier.isEnabled()
    QTest.keyClick(taught, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not taught.tasks.is_running(CLASSIFIER))
    assert not (tmp_path / "insects").exists()
    assert taught.actions_.save_classifier.isEnabled()


def test_a_failure_to_save_is_a_problem_in_the_bar(
    taught: MainWindow, engine: ScriptedEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    engine.error = FewshotError("The disk is full.")
    with qtbot.waitSignal(taught.classifier_saver.problem):
        taught.classifier_saver.save(tmp_path / "insects")
    assert "The disk is full." in taught.messages.text
    assert not taught.tasks.is_running(CLASSIFIER)


def test_one_class_is_no_classifier(window: MainWindow) -> None:
    assert not window.actions_.save_classifier.isEnabled()
    window.hub.commands.apply(AddClassFolders({"ant": [Path("/pictures/1.png")], "bee": []}))
    assert not window.actions_.save_classifier.isEnabled()
    assert window.classifier_saver.unavailable_reason == "A classifier needs examples of two classes."
    assert window.actions_.apply_classifier.isEnabled()


def test_a_folder_is_labelled_into_a_table(
    window: MainWindow, make_pictures: MakePictures, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_pictures("next week", 3)
    (folder / "broken.png").touch()
    (tmp_path / "insects.classifier").touch()
    dialog = open_dialog(window, qtbot)
    paste_into(dialog.classifier.line, tmp_path / "insects.classifier")
    paste_into(dialog.folder.line, folder)
    assert dialog.target.path == folder.parent / "next week labelled.csv"
    with qtbot.waitSignal(window.classifier_applier.written) as written:
        QTest.keyClick(dialog.target.line, Qt.Key.Key_Return)
    assert written.args == [
        f"Labelled 3 pictures by insects.classifier: {folder.parent / 'next week labelled.csv'}."
        " Unreadable: 1."
    ]
    with (folder.parent / "next week labelled.csv").open() as file:
        rows = {Path(row["image"]).name: (row["label"], row["error"]) for row in csv.DictReader(file)}
    assert rows == {
        "1.png": ("ant", ""),
        "2.png": ("bee", ""),
        "3.png": ("ant", ""),
        "broken.png": ("", "truncated"),
    }
    assert '"applied": 1' in (folder.parent / "next week labelled.csv.run.json").read_text()
    assert window.hub.queries.picture_count == 0
    assert not window.tasks.is_running(CLASSIFIER)


def test_a_folder_is_labelled_into_class_folders(
    window: MainWindow, make_pictures: MakePictures, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_pictures("next week", 3)
    (tmp_path / "insects.classifier").touch()
    dialog = open_dialog(window, qtbot)
    paste_into(dialog.classifier.line, tmp_path / "insects.classifier")
    choose_by_keys(dialog.format, "imagefolder")
    paste_into(dialog.folder.line, folder)
    with qtbot.waitSignal(window.classifier_applier.written):
        QTest.keyClick(dialog.target.line, Qt.Key.Key_Return)
    found = {str(path.relative_to(folder.parent)) for path in folder.parent.glob("* labelled/*/*")}
    assert found == {
        "next week labelled/ant/1.png",
        "next week labelled/bee/2.png",
        "next week labelled/ant/3.png",
    }
    again = open_dialog(window, qtbot)
    assert again.classifier.path == tmp_path / "insects.classifier"
    assert again.format.currentData() == "imagefolder"
    again.reject()


def test_esc_cancels_the_labelling_and_nothing_is_written(
    window: MainWindow,
    engine: ScriptedEngine,
    make_pictures: MakePictures,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    engine.hold_after = 1
    folder = make_pictures("many", 6)
    (tmp_path / "insects.classifier").touch()
    dialog = open_dialog(window, qtbot)
    paste_into(dialog.classifier.line, tmp_path / "insects.classifier")
    paste_into(dialog.folder.line, folder)
    QTest.keyClick(dialog.target.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.requests))
    window.activateWindow()  # without a window manager, a dialog that closes leaves no window active
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.tasks.is_running(CLASSIFIER))
    engine.go_on.set()
    qtbot.waitUntil(lambda: not window.tasks.is_running(ANSWER) and not window.tasks.threads())
    assert [path.name for path in folder.parent.iterdir()] == ["many"]


@pytest.mark.parametrize(
    ("classifier", "folder", "target", "sentence"),
    [
        ("none", "pictures", "out.csv", "Choose the file of a classifier"),
        ("a.classifier", "none", "out.csv", "Choose a folder with the pictures"),
        ("a.classifier", "pictures", "none/out.csv", "there is no folder"),
    ],
)
def test_what_cannot_be_used_is_told_in_the_dialog(
    classifier: str,
    folder: str,
    target: str,
    sentence: str,
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "a.classifier").touch()
    dialog = open_dialog(window, qtbot)
    paste_into(dialog.classifier.line, tmp_path / classifier)
    paste_into(dialog.folder.line, tmp_path / folder)
    paste_into(dialog.target.line, tmp_path / target)
    QTest.keyClick(dialog.target.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert sentence in dialog.problem.text()
    dialog.reject()


def test_a_folder_without_pictures_is_named(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.classifier").touch()
    dialog = open_dialog(window, qtbot)
    paste_into(dialog.classifier.line, tmp_path / "a.classifier")
    paste_into(dialog.folder.line, tmp_path / "empty")
    with qtbot.waitSignal(window.classifier_applier.problem):
        QTest.keyClick(dialog.target.line, Qt.Key.Key_Return)
    assert f"There is no picture in {tmp_path / 'empty'}." in window.messages.text
