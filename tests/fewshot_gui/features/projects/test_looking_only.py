"""A project that another window holds is shown, says so, and can be opened once it is free."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from fewshot_gui.features.projects.project_files import open_at_start
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.one_window import OneWindow

HOLD = """
import sys
from engine.workspace import Workspace
with Workspace.open(sys.argv[1]):
    print("open", flush=True)
    input()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A project of one class that another process has open, and that process."""
    project = tmp_path / "held.fewshot"
    with Workspace.create(project) as workspace:
        workspace.apply(AddClass("ant"))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project)],
        cwd=Path(__file__).resolve().parents[4],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield project, process
        process.kill()


def test_a_held_project_is_shown_until_it_is_free(
    window: MainWindow, held: tuple[Path, subprocess.Popen[str]], qtbot: QtBot
) -> None:
    project, process = held
    with qtbot.waitSignal(window.hub.opened):
        window.files.open(project)
    assert window.windowTitle() == "held (read-only) – Fewshot"
    assert [row.name for row in window.hub.queries.classes] == ["ant"]
    assert window.read_only_bar.isVisible()
    assert "is open in another window" in window.read_only_bar.text
    window.hub.commands.apply(AddClass("bee"))
    assert [row.name for row in window.hub.queries.classes] == ["ant"]
    assert window.read_only_bar._action.text() == "Try again"
    its_window = OneWindow()  # has opened since
    its_window.listen(project)
    with qtbot.waitSignal(window.hub.opened):
        qtbot.mouseClick(window.read_only_bar._action, Qt.MouseButton.LeftButton)
    assert window.windowTitle() == "held (read-only) – Fewshot"
    its_window.close()
    process.kill()
    process.wait()
    with qtbot.waitSignal(window.hub.opened):
        qtbot.mouseClick(window.read_only_bar._action, Qt.MouseButton.LeftButton)
    assert window.windowTitle() == "held – Fewshot"
    assert not window.read_only_bar.isVisible()
    window.hub.commands.apply(AddClass("bee"))
    assert [row.name for row in window.hub.queries.classes] == ["ant", "bee"]


def test_a_project_that_cannot_be_changed_offers_no_run(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    project = tmp_path / "seen.fewshot"
    with Workspace.create(project) as workspace:
        workspace.apply(AddClassFolders({name: [tmp_path / f"{name}.png"] for name in ("ant", "bee")}))
        workspace.apply(AddPictures([tmp_path / "new.png"]))
    window.hub.switch_to(Workspace.view(project, Message("It lies on a read-only medium.")))
    do = window.actions_
    assert not do.run.isEnabled()
    assert do.run.toolTip() == "It lies on a read-only medium."
    window.runs.run()
    assert do.run.isVisible()
    assert do.open_project.isEnabled()


def test_other_messages_do_not_hide_why_a_project_is_read_only(window: MainWindow, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "seen.fewshot").close()
    reason = Message("It lies on a read-only medium.")
    window.hub.switch_to(Workspace.view(tmp_path / "seen.fewshot", reason))
    window.messages.inform("Exported 3 pictures.")
    assert window.read_only_bar.isVisible()
    assert window.read_only_bar.text == "Read-only: It lies on a read-only medium."
    assert window.messages.text == "Exported 3 pictures."


def test_what_would_change_a_read_only_project_opens_no_dialog_and_says_why(
    window: MainWindow, tmp_path: Path
) -> None:
    project = tmp_path / "seen.fewshot"
    with Workspace.create(project) as workspace:
        workspace.apply(AddClassFolders({name: [tmp_path / f"{name}.png"] for name in ("ant", "bee")}))
        workspace.apply(AddPictures([tmp_path / "new.png"]))
        run = workspace.begin_run("prototypical", "conv4", "cpu", 0, [1, 2])
        workspace.save_predictions(run, np.array([3]), np.array([[0.9, 0.1]], np.float32))
    window.hub.switch_to(Workspace.view(project, Message("It lies on a read-only medium.")))
    window.classes.select(1)
    do, of_class = window.actions_, window.classes
    adding = [do.add_pictures, do.add_folder, do.add_classes, do.add_archive, do.add_archive_of_classes]
    for action in (
        *adding,
        do.add_examples,
        do.accept_all,
        of_class.rename_action,
        of_class.recolor_action,
        of_class.key_action,
    ):
        assert action.isEnabled()
        window.read_only_bar.dismiss()
        action.trigger()
        assert window.read_only_bar.text == "Read-only: It lies on a read-only medium.", action.text()
        assert not [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()], action.text()
        assert of_class.list.state() is not QAbstractItemView.State.EditingState


def test_a_held_project_is_shown_at_the_start(held: tuple[Path, subprocess.Popen[str]]) -> None:
    project, problem = open_at_start(held[0])
    workspace = project.workspace
    assert (workspace.path, problem) == (held[0], "")
    assert "is open in another window" in str(workspace.read_only_reason)
    workspace.close()
