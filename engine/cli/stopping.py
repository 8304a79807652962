"""Ctrl-C as a request to stop at the next good moment."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

HEARD = b"\nStopping after this episode; Ctrl-C again stops at once and keeps only what was written before.\n"


@contextmanager
def stopping_on_request() -> Iterator[Callable[[], bool]]:
    """Gives what tells whether Ctrl-C was pressed. Pressed again it does what it does elsewhere.

    Where it does something else than to interrupt, as in a shell's background, that is left alone.
    """
    asked = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(OSError):
            os.write(2, HEARD)  # not `write_notice`: the program may be in the middle of writing

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
