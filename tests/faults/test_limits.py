"""A campaign would be worth nothing if it overlooked a fault: each kind is found when it happens."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from engine.errors import FewshotError
from tests.faults.__main__ import main
from tests.faults.base import Outcome, Result, Unavailable
from tests.faults.campaigns import Campaign
from tests.faults.limits import command, judged


def _refuse() -> str:
    raise FewshotError("There is no such thing.")


def _ramble() -> str:
    raise FewshotError("There is no such thing.\nAnd more of it.")


def _crash() -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return ""


def _spin() -> str:
    while True:
        pass


def _wait() -> str:
    time.sleep(60)
    return ""


def _eat() -> str:
    return f"{len(bytearray(2**28))} bytes"


def _lose() -> str:
    raise AssertionError("a gesture was lost")


DEEDS: dict[str, tuple[Callable[[], str], Outcome]] = {
    "an answer": (lambda: "seen", "answered"),
    "a sentence": (_refuse, "refused"),
    "two sentences": (_ramble, "foreign"),
    "a crash": (_crash, "crashed"),
    "a loop": (_spin, "hung"),
    "a wait": (_wait, "hung"),
    "much memory": (_eat, "memory"),
    "a broken promise": (_lose, "foreign"),
}


def do(deed: str) -> str:
    return DEEDS[deed][0]()


def test_every_kind_of_fault_is_found_and_the_next_case_is_tried_all_the_same() -> None:
    results = judged(do, [(deed, deed) for deed in [*DEEDS, "an answer"]], seconds=0.3, memory=2**27)
    found = [(result.case, result.outcome) for result in results]
    assert found == [*((deed, outcome) for deed, (_, outcome) in DEEDS.items()), ("an answer", "answered")]


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("pass", "answered"),
        ("import sys; print('fewshot: There is none.', file=sys.stderr); sys.exit(2)", "refused"),
        ("import sys; print('usage', file=sys.stderr); sys.exit(2)", "foreign"),
        ("1 / 0", "foreign"),
        ("import os; os.abort()", "crashed"),
        ("while True: pass", "hung"),
    ],
)
def test_the_end_of_a_command_is_judged_as_the_readme_says(script: str, outcome: Outcome) -> None:
    ended = command([sys.executable, "-S", "-c", script], os.environ, seconds=0.3, memory=2**30)
    assert ended.result("a command").outcome == outcome


@pytest.mark.parametrize(("outcome", "status"), [("answered", 0), ("refused", 0), ("hung", 1)])
def test_a_fault_shows_in_the_table_and_in_the_exit_status(
    outcome: Outcome, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(count: int, seed: int) -> Iterator[Result]:
        yield from [Result(f"case {number} of seed {seed}", outcome, "seen") for number in range(count)]

    def lacking(count: int, seed: int) -> Iterator[Result]:
        raise Unavailable("no such system")

    known = {
        name: Campaign(name, name, 2, 1, SimpleNamespace(run=does))  # type: ignore[arg-type]
        for name, does in (("storm", run), ("flood", lacking))
    }
    monkeypatch.setattr("tests.faults.__main__.campaigns", lambda: known)
    assert main(["storm", "flood", "--seed", "3"]) == status
    table = capsys.readouterr().out
    assert "| storm | 2 |" in table
    assert "flood was skipped: no such system." in table
    assert ("case 1 of seed 3: hung: seen" in table) == bool(status)
