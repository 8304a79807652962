"""The project file is renamed or deleted while the window has it open: that is said before work is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from engine.workspace.commands import AddClass
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.saved_settings import recent_projects

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs cp")

COPY = "import shutil, sys; shutil.copy(*sys.argv[1:])"


@pytest.fixture
def renamed(window: MainWindow) -> Path:
    """Where the project file is now, of which the window knows nothing."""
    window.hub.commands.apply(AddClass("ant"))
    return window.hub.file.rename(window.hub.file.with_name("renamed.fewshot"))


def test_a_gesture_is_refused_until_the_file_has_its_name_back(window: MainWindow, renamed: Path) -> None:
    assert window.hub.commands.apply(AddClass("bee")) is None
    assert "was renamed, moved or deleted while it was open: put it back" in window.messages.text
    renamed.rename(window.hub.file)
    assert window.hub.commands.apply(AddClass("bee")) is not None


def activate(window: MainWindow) -> None:
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))


def test_who_comes_back_to_the_window_is_told_and_a_crash_then_loses_nothing(
    window: MainWindow, renamed: Path, tmp_path: Path
) -> None:
    activate(window)
    assert "was renamed, moved or deleted." in window.messages.text
    # A copy by another process is what a crash would leave.
    subprocess.run([sys.executable, "-c", COPY, renamed, tmp_path / "crashed"], check=True)
    with Workspace.open(tmp_path / "crashed") as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]
    renamed.rename(window.hub.file)
    assert window.hub.commands.apply(AddClass("bee")) is not None


def test_who_comes_back_is_told_no_more_after_a_warning_at_the_close(
    window: MainWindow, renamed: Path
) -> None:
    window.close()
    activate(window)
    window.close()
    assert not window.isVisible()


def test_closing_warns_once_of_a_missing_file_and_keeps_the_work_in_the_renamed_one(
    window: MainWindow, renamed: Path
) -> None:
    window.close()
    assert window.isVisible()
    assert "If it was deleted, that is lost unless you put it back." in window.messages.text
    window.close()
    assert not window.isVisible()
    with Workspace.open(renamed) as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]


def test_a_file_that_is_back_is_closed_without_a_word(window: MainWindow, renamed: Path) -> None:
    window.close()
    renamed.rename(window.hub.file)
    window.close()
    assert not window.isVisible()


def test_leaving_a_project_that_is_gone_for_another_says_so(window: MainWindow, renamed: Path) -> None:
    file = window.hub.file
    window.hub.switch_to(Workspace.create(renamed.with_name("other.fewshot")))
    assert f"{file} was renamed, moved or deleted." in window.messages.text


def test_a_renamed_project_can_be_opened_under_its_new_name(window: MainWindow, renamed: Path) -> None:
    window.files.open(renamed)
    assert window.hub.file == renamed == recent_projects()[0]
    assert not window.hub.read_only_reason
    assert window.hub.commands.apply(AddClass("bee")) is not None
    assert [row.name for row in window.hub.queries.classes] == ["ant", "bee"]
    assert window.messages.text == ""


@pytest.fixture
def overwritten(window: MainWindow, tmp_path: Path) -> Path:
    """The project file, which holds another class since."""
    window.hub.commands.apply(AddClass("ant"))
    with Workspace.create(tmp_path / "backup") as backup:
        backup.apply(AddClass("bee"))
    # Not by this process: that would end the lock.
    subprocess.run(["cp", tmp_path / "backup", window.hub.file], check=True)
    return window.hub.file


@posix_only
def test_a_project_that_is_overwritten_can_be_opened_again(window: MainWindow, overwritten: Path) -> None:
    assert window.hub.commands.apply(AddClass("cat")) is None
    assert "open it again to go on with that" in window.messages.text
    window.files.open(overwritten)
    assert [row.name for row in window.hub.queries.classes] == ["bee"]
    assert window.hub.commands.apply(AddClass("cat")) is not None


@posix_only
def test_closing_says_once_that_the_file_was_overwritten(window: MainWindow, overwritten: Path) -> None:
    window.close()
    assert "What was done here last is not in it." in window.messages.text
    window.close()
    assert not window.isVisible()
    with Workspace.open(overwritten) as workspace:
        assert [row.name for row in workspace.classes()] == ["bee"]


@posix_only
def test_what_cannot_be_opened_again_gives_way_to_a_project_of_the_program(
    window: MainWindow, overwritten: Path
) -> None:
    subprocess.run(["cp", __file__, overwritten], check=True)
    window.files.open(overwritten)
    assert "is not a Fewshot project" in window.messages.text
    assert window.hub.file != overwritten
    assert window.hub.commands.apply(AddClass("cat")) is not None


def test_a_copy_that_is_put_in_its_place_can_be_opened(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    file = window.hub.file
    window.hub.commands.apply(AddClass("ant"))
    with Workspace.create(tmp_path / "backup") as backup:
        backup.apply(AddClass("bee"))
        backup.apply(AddClass("cat"))
    renamed = file.rename(file.with_name("renamed.fewshot"))
    shutil.copy(tmp_path / "backup", file)
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(file)
    assert [row.name for row in window.hub.queries.classes] == ["bee", "cat"]
    assert window.hub.commands.apply(AddClass("dog")) is not None
    with Workspace.open(renamed) as workspace:
        assert [row.name for row in workspace.classes()] == ["ant"]
    window.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    with Workspace.open(file) as workspace:
        assert [row.name for row in workspace.classes()] == ["bee", "cat", "dog"]
