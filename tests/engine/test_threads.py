"""Who leaves the process can tell whether a thread that nobody waits for still runs."""

from __future__ import annotations

import threading

from engine import threads


def test_a_thread_is_known_until_it_has_ended() -> None:
    go_on = threading.Event()
    threads.start(go_on.wait, "test")
    assert not threads.have_ended(0.01)
    go_on.set()
    assert threads.have_ended(5)
