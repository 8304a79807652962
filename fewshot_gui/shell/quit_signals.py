"""Closes the window when the system asks the process to end, as at a shutdown or by `kill`."""

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
"""How long closing may take. Every gesture is on the disk already, so nothing is lost then."""


class QuitSignals(QObject):
    """Waits for signals on a thread of its own: Qt's event loop does not return to Python to run a signal
    handler.

    An ignored signal, as SIGHUP under `nohup`, stays ignored.
    """

    received = Signal(int)
    """The number of the signal; emitted once. If closing takes too long, the process is ended."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        """The number of the received signal; 0 if there was none."""
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
