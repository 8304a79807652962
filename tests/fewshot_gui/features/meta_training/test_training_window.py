"""What the window of a meta-training says, from its beginning to its first step, and while it waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.learners.recipe import Recipe
from engine.meta_training.training_config import LabeledPictures, TrainingConfig
from engine.meta_training.training_events import TrainingStep
from fewshot_gui.features.meta_training.training_window import TrainingWindow

_LEFT = Qt.MouseButton.LeftButton
_PROJECT = LabeledPictures("birds", {"owl": ("a.png", "b.png"), "kite": ("c.png",)})


def order(*data: str | LabeledPictures) -> TrainingConfig:
    return TrainingConfig(
        "protonet", "conv4", data, Path("protonet-conv4 birds.safetensors"), Recipe(steps=10)
    )


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def progress(parent: QWidget, qtbot: QtBot) -> TrainingWindow:
    window = TrainingWindow(parent)
    window.begin(order(_PROJECT))
    with qtbot.waitExposed(window):
        window.show()
    return window


def press_pause(progress: TrainingWindow) -> str:
    """Pause it, or go on; returns what it says then."""
    QTest.mouseClick(progress.pause, _LEFT)
    return progress.news.text()


def test_how_many_pictures_of_the_project_are_read_is_told_as_a_part_of_all(progress: TrainingWindow) -> None:
    progress.show_reading("birds", 2)
    assert progress.news.text() == "Reading the pictures of birds: 2 of 3"
    assert (progress.bar.value(), progress.bar.maximum()) == (2, 3)


def test_when_all_pictures_are_read_it_no_longer_says_that_it_reads(progress: TrainingWindow) -> None:
    progress.show_reading("birds", 3)
    assert progress.news.text() == "All pictures are read. The training begins…"
    assert progress.bar.maximum() == 0, "how long that takes nobody knows"


def test_of_a_folder_what_is_said_is_true_also_when_all_of_it_is_read(progress: TrainingWindow) -> None:
    progress.begin(order(_PROJECT, "/more"))
    progress.show_reading("birds", 3)
    assert progress.news.text() == "Reading the pictures of birds: 3 of 3"
    progress.show_reading("more", 64)
    assert progress.news.text() == "64 pictures of more are read"
    assert progress.bar.maximum() == 0


def test_the_episodes_of_the_first_step_are_told_and_of_no_other(progress: TrainingWindow) -> None:
    progress.begin(order(_PROJECT))
    progress.show_episode_progress(1, 4)
    assert progress.news.text() == "The first step: episode 1 of 4"
    progress.show_step(TrainingStep(1, 2.0, None, -1, 1.0, 18.0))
    progress.show_episode_progress(1, 4)
    assert progress.news.text() == "Step 1 of 10 · 18 s left"


def test_paused_is_said_as_long_as_it_is_and_no_longer(progress: TrainingWindow) -> None:
    assert press_pause(progress) == "Preparing… · paused"
    progress.show_reading("birds", 1)  # was under way
    assert progress.news.text() == "Reading the pictures of birds: 1 of 3 · paused"
    assert press_pause(progress) == "Reading the pictures of birds: 1 of 3"
    progress.show_step(TrainingStep(1, 2.0, None, -1, 1.0, 18.0))
    assert press_pause(progress) == "Step 1 of 10 · 18 s left · paused"
    assert press_pause(progress) == "Step 1 of 10 · 18 s left"
    progress.show_evaluation_progress(2, 60)
    assert press_pause(progress).endswith("validation: 2 of 60 · paused")
    assert press_pause(progress).endswith("validation: 2 of 60")


@pytest.mark.parametrize("paused", [False, True])
def test_each_button_has_a_letter_of_its_own(progress: TrainingWindow, paused: bool) -> None:
    if paused:
        press_pause(progress)
    buttons = progress.findChildren(QPushButton)
    letters = {QKeySequence.mnemonic(button.text()).toString() for button in buttons if button.isEnabled()}
    assert len(letters) == len(buttons) == 4


def test_what_is_stopped_while_it_waits_is_not_called_paused_any_more(progress: TrainingWindow) -> None:
    press_pause(progress)
    QTest.mouseClick(progress.cancel, _LEFT)
    assert progress.news.text() == "Stopping after the present episode…"
    progress.end("“birds” was stopped.")
    assert progress.news.text() == "“birds” was stopped."
