"""Threads that cannot be interrupted: who leaves the process asks whether one of them still runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_started: list[threading.Thread] = []


def start(work: Callable[[], object], name: str) -> None:
    """Do `work` on a thread that nobody waits for."""
    _started[:] = [thread for thread in _started if thread.is_alive()]
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    _started.append(thread)


def have_ended(timeout_s: float = 0.0) -> bool:
    """Whether all of them end within `timeout_s` seconds."""
    until = time.monotonic() + timeout_s
    for thread in list(_started):
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in _started)
