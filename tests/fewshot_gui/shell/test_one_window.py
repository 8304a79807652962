"""Opening a project that a window has already brings that window to the front."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.paths import data_dir
from fewshot_gui.shell import one_window
from fewshot_gui.shell.one_window import OneWindow, bring_to_front, raise_window_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(one_window, "_ANSWER_MS", 300)
    project = tmp_path / "birds.fewshot"
    project.touch()
    return project


@pytest.fixture
def listening(project: Path, qtbot: QtBot) -> OneWindow:
    ground = QWidget()
    qtbot.addWidget(ground, before_close_func=lambda _ground: listening.close())
    listening = OneWindow()
    listening.listen(project)
    return listening


def answer(project: Path, qtbot: QtBot) -> bytes:
    """What is answered to another program, which waits; in this one, nothing could answer meanwhile."""
    socket = QLocalSocket()
    socket.connectToServer(one_window._name_of(project))
    with qtbot.waitSignal(socket.readyRead):
        pass
    return socket.readAll().data()


def test_the_window_of_the_project_is_asked_to_come_to_the_front(
    listening: OneWindow, project: Path, qtbot: QtBot
) -> None:
    link = project.with_name("link.fewshot")
    link.symlink_to(project)
    for way in (project, link):
        with qtbot.waitSignal(listening.asked):
            assert answer(way, qtbot) == b"raised"


def test_nobody_answers_for_another_project_or_one_that_is_not_there(
    listening: OneWindow, project: Path
) -> None:
    other = project.with_name("other.fewshot")
    assert not raise_window_of(other)
    other.touch()
    assert not raise_window_of(other)


def test_a_window_that_hangs_is_not_waited_for(listening: OneWindow, project: Path) -> None:
    assert not raise_window_of(project)  # its event loop does not run


def test_a_window_that_shows_another_project_answers_for_that_alone(
    listening: OneWindow, project: Path, qtbot: QtBot
) -> None:
    other = project.with_name("other.fewshot")
    other.touch()
    listening.listen(other)
    assert not raise_window_of(project)
    with qtbot.waitSignal(listening.asked):
        assert answer(other, qtbot) == b"raised"


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe ends with its program")
def test_what_a_killed_program_left_is_replaced(project: Path, qtbot: QtBot) -> None:
    name = one_window._name_of(project)
    data_dir().mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(name)
    assert Path(name).exists()
    assert not raise_window_of(project)
    listening = OneWindow()
    listening.listen(project)
    assert answer(project, qtbot) == b"raised"
    listening.close()
    assert not Path(name).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no file mode")
def test_the_socket_is_the_users_own(listening: OneWindow, project: Path) -> None:
    assert Path(one_window._name_of(project)).stat().st_mode & 0o077 == 0


def test_a_minimized_window_comes_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    bring_to_front(window)
    assert not window.windowState() & Qt.WindowState.WindowMinimized
    assert window.isVisible()


@pytest.mark.subprocess
def test_a_second_start_ends_when_the_first_window_has_answered(
    listening: OneWindow, project: Path, qtbot: QtBot
) -> None:
    second = [
        sys.executable,
        "-c",
        f"import sys; from fewshot_gui.application import main; sys.exit(main([{str(project)!r}]))",
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with (
        subprocess.Popen(second, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as started,
        qtbot.waitSignal(listening.asked, timeout=30_000),
    ):
        pass
    assert started.returncode == 0
