"""The whole way with the real engine: label, train, close in the middle, continue, and run with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.embeddings import features
from engine.embeddings.encoders import TorchEncoder
from engine.meta_training import job, unfinished
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures
from fewshot_gui.features.meta_training.meta_training_dialog import MetaTrainingDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.saved_settings import remember
from tests.engine.cli import tiny_fewshot
from tests.engine.picture_sets import characters

_LEFT = Qt.MouseButton.LeftButton
_PATIENCE_MS = 60_000


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_fewshot.install(tmp_path, monkeypatch)
    monkeypatch.setattr(job, "MIN_STEPS_BETWEEN", 100)
    monkeypatch.setattr(features, "backbone_encoder", TorchEncoder)
    remember("run/algorithm", "prototypical")
    remember("run/backbone", "conv4")
    remember("run/device", "cpu")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Six labelled classes of characters, and a picture of each to be labelled."""
    path = tmp_path / "letters.fewshot"
    folders: dict[str, list[Path]] = {}
    for letter in "abcdef":
        files = [tmp_path / f"{letter}{number}.png" for number in range(5)]
        for file, content in zip(files, characters(letter, 5), strict=True):
            file.write_bytes(content)
        folders[letter] = files
    with Workspace.create(path) as workspace:
        workspace.apply(AddClassFolders({letter: files[:4] for letter, files in folders.items()}))
        workspace.apply(AddPictures([files[4] for files in folders.values()]))
    return path


def opened(project: Path, qtbot: QtBot) -> MainWindow:
    window = MainWindow(ProjectHub(Workspace.open(project)))
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    with qtbot.waitSignal(window.bridge.catalogue_ready, timeout=_PATIENCE_MS):
        window.complete()
    return window


@pytest.mark.slow
def test_a_training_outlives_the_program_and_its_result_labels_pictures(project: Path, qtbot: QtBot) -> None:
    window = opened(project, qtbot)
    window.actions_.meta_train.trigger()
    dialog = window.findChild(MetaTrainingDialog)
    dialog.query.setValue(2)
    dialog.ways.high.setValue(3)
    dialog.episodes.setValue(800)
    dialog.name.setText("mine")
    QTest.mouseClick(dialog.start, _LEFT)
    progress = window.meta_trainer.progress
    qtbot.waitUntil(lambda: progress.plot.points_shown > 3, timeout=_PATIENCE_MS)
    window.close()
    assert window.all_ended
    (waiting,) = unfinished.unfinished()
    assert waiting.resume is not None

    later = opened(project, qtbot)
    assert later.messages.text == "The training of “mine” is not finished."
    button = next(b for b in later.messages.findChildren(QPushButton) if b.isVisible())
    QTest.mouseClick(button, _LEFT)
    with qtbot.waitSignal(
        later.bridge.training_event,
        timeout=_PATIENCE_MS,
        check_params_cb=lambda event: type(event).__name__ == "CheckpointSaved",
    ):
        pass
    assert later.choices.algorithm_name == "prototypical:mine"
    assert unfinished.unfinished() == []
    with qtbot.waitSignal(later.runs.ended, timeout=_PATIENCE_MS):
        later.actions_.run.trigger()
    assert later.hub.queries.predicted_count == 6
    later.close()
