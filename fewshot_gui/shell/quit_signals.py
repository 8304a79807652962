"""What asks a process to end, as a shutdown or `kill` does, closes the window as its user would."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Final

from PySide6.QtCore import QObject, Signal

SIGNALS: Final = tuple(
    int(getattr(signal, name)) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
MAX_SECONDS: Final = 10.0
"""How long closing may take. Every gesture is on disk already, so nothing is lost at the end of it."""


class QuitSignals(QObject):
    """Listens on a thread of its own: Qt's event loop does not return to Python to run a signal's handler.

    Where a signal is ignored, as SIGHUP under `nohup`, it stays so.
    """

    received = Signal(int)
    """The number of the signal; told once. The process is ended if it does not end by itself in time."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        """Of the signal that has come; 0 if none has."""
        self._reading, self._writing = socket.socketpair()
        self._writing.setblocking(False)
        self._over = threading.Event()
        self._before = {number: signal.getsignal(number) for number in SIGNALS}
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)

    def install(self) -> None:
        for number, before in self._before.items():
            if before != signal.SIG_IGN:
                signal.signal(number, lambda number, frame: None)
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._thread.start()

    def uninstall(self) -> None:
        signal.set_wakeup_fd(-1)
        for number, before in self._before.items():
            signal.signal(number, before)
        self._over.set()
        self._writing.close()
        self._thread.join()
        self._reading.close()

    def _listen(self) -> None:
        while received := self._reading.recv(1):
            if received[0] in SIGNALS:
                self.number = received[0]
                self.received.emit(self.number)
                if not self._over.wait(MAX_SECONDS):
                    os._exit(128 + self.number)
                return
