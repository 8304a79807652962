"""Graceful interrupt: Ctrl-C asks a command to stop after the current step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOP_MESSAGE = (
    b"\nStopping after this episode; Ctrl-C again stops at once and keeps only what was written before.\n"
)


@contextmanager
def graceful_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether Ctrl-C was pressed. A second Ctrl-C interrupts at once.

    Where SIGINT has another handler, as in the background of a shell, that handler stays.
    """
    requested = False

    def _on_sigint(number: int, frame: FrameType | None) -> None:
        nonlocal requested
        requested = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(OSError):
            os.write(2, STOP_MESSAGE)  # not `write_notice`: the program may be in the middle of writing

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    signal.signal(signal.SIGINT, _on_sigint)
    try:
        yield lambda: requested
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
