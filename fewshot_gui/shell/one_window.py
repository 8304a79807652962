"""One window a project: who opens a project that is open already brings its window to the front.

The window listens on a local socket named after the project file. Only programs of the same user on the same
computer can reach it: a file in the program's own folder, or a named pipe on Windows.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

from engine.paths import data_dir

_ANSWER = b"raised"
_CONNECT_MS = 500
_ANSWER_MS = 2000
"""How long a window may take to answer; one that hangs does not."""
_STEP_S = 0.01


def raise_window_of(project: Path) -> bool:
    """Ask the window that shows this project to come to the front; returns whether there is one that did.

    It waits for the answer, for at most 2.5 seconds, on any thread.
    """
    if not (name := _name_of(project)):
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(
        _CONNECT_MS
    ):  # nobody listens, or only the file of one that was killed is left
        return False
    until = time.monotonic() + _ANSWER_MS / 1000
    # In short steps: Qt waits with the lock of the interpreter, so that no other thread would go on.
    while not (answered := socket.waitForReadyRead(0)) and time.monotonic() < until:
        time.sleep(_STEP_S)
    raised = answered and socket.readAll().data() == _ANSWER
    socket.abort()
    return raised


class OneWindow(QObject):
    """Answers `raise_window_of` for one project at a time."""

    asked = Signal()
    """Another start of the program wants this window to come to the front."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def listen(self, project: Path) -> None:
        """Answer for this project, which must be open for changes here: so no other window can have it."""
        self.close()
        if name := _name_of(project):
            with suppress(OSError):
                data_dir().mkdir(parents=True, exist_ok=True)
            QLocalServer.removeServer(name)  # what a killed program left
            self._server.listen(name)  # without it, another start shows the project read-only

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.write(_ANSWER)
            socket.flush()
            self.asked.emit()


def bring_to_front(window: QWidget) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _name_of(project: Path) -> str:
    """The name of the socket: of the file, whatever leads to it; empty if there is no such file."""
    try:
        status = project.stat()
    except (OSError, ValueError):
        return ""
    key = sha256(f"{status.st_dev} {status.st_ino} {data_dir()}".encode()).hexdigest()[:16]
    return f"fewshot-{key}" if sys.platform == "win32" else str(data_dir() / f"{key}.window")
