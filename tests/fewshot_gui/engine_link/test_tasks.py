"""One registry answers what runs, what is in the way, what Esc cancels, and when all threads have ended."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import FewshotError
from engine.messages import Message
from fewshot_gui.engine_link.kinds import (
    EXPORT,
    GESTURE,
    IMPORT,
    KINDS,
    OPEN,
    QUESTION,
    RERUN,
    RUN,
    TRAINING,
    Kind,
)
from fewshot_gui.engine_link.stages import OnThread
from fewshot_gui.engine_link.tasks import Task, Tasks, expected_message


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    tasks = Tasks()
    yield tasks
    assert tasks.close(5)
    tasks.deleteLater()


def counting(to: int, result: object = "result") -> Generator[int, None, object]:
    yield from range(1, to + 1)
    return result


def failing(error: Exception) -> Generator[int, None, None]:
    yield 1
    raise error


@pytest.fixture(params=["on_thread", "in_slices"])
def way(request: pytest.FixtureRequest) -> str:
    """Both ways to iterate a generator."""
    return str(request.param)


class Outcome:
    """What a stage came to."""

    def __init__(self, task: Task, work: Generator[int, None, object], way: str) -> None:
        self.results: list[object] = []
        self.errors: list[Exception] = []
        getattr(task, way)(work, self.results.append, self.errors.append)


def test_a_stage_comes_to_its_result_and_the_task_runs_until_its_end(
    tasks: Tasks, way: str, qtbot: QtBot
) -> None:
    task = tasks.begin(IMPORT)
    outcome = Outcome(task, counting(3), way)
    qtbot.waitUntil(lambda: outcome.results == ["result"])
    assert tasks.is_running(IMPORT)
    task.end()
    assert not tasks.is_running(IMPORT)


def test_an_error_ends_the_task_before_it_is_told(tasks: Tasks, way: str, qtbot: QtBot) -> None:
    running: list[bool] = []
    task = tasks.begin(IMPORT)
    getattr(task, way)(
        failing(FewshotError("Gone.")), pytest.fail, lambda error: running.append(tasks.is_running(IMPORT))
    )
    qtbot.waitUntil(lambda: running == [False])


def test_a_cancelled_task_ends_at_once_and_its_result_is_dropped(
    tasks: Tasks, way: str, qtbot: QtBot
) -> None:
    task = tasks.begin(IMPORT)
    outcome = Outcome(task, counting(1), way)
    assert all(thread.wait(5) for thread in tasks.threads())  # the result is on its way
    task.cancel()
    assert not tasks.is_running(IMPORT)
    qtbot.wait(20)
    assert outcome.results == outcome.errors == []


def test_what_runs_in_turns_is_closed_when_its_task_ends(tasks: Tasks) -> None:
    closed: list[bool] = []

    def work() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    task = tasks.begin(GESTURE)
    generator = work()
    next(generator)
    Outcome(task, generator, "in_slices")
    task.end()
    assert closed == [True]


def test_what_ends_its_own_task_in_turns_is_closed_after_that(tasks: Tasks, qtbot: QtBot) -> None:
    closed: list[bool] = []
    task = tasks.begin(GESTURE)

    def work() -> Generator[int, None, None]:
        try:
            task.end()
            yield 1
        finally:
            closed.append(True)

    generator = work()  # held, so that it is not closed for want of references
    outcome = Outcome(task, generator, "in_slices")
    qtbot.waitUntil(lambda: closed == [True])
    assert outcome.results == outcome.errors == []


def test_a_bug_is_raised_where_only_a_sentence_is_expected() -> None:
    assert expected_message(FewshotError("The disk is full.")) == Message("The disk is full.")
    with pytest.raises(KeyError):
        expected_message(KeyError("a bug"))


@pytest.mark.parametrize("way_out", ["end", "cancel"])
def test_each_task_begins_and_ends_once(tasks: Tasks, way_out: str) -> None:
    changes: list[Kind] = []
    tasks.changed.connect(changes.append)
    task = tasks.begin(RUN)
    getattr(task, way_out)()
    task.end()
    task.cancel()
    assert changes == [RUN, RUN]


@pytest.mark.parametrize(
    ("running", "wanted"),
    [
        (RUN, RUN),
        (RUN, OPEN),
        (EXPORT, OPEN),
        (IMPORT, OPEN),
        (OPEN, RERUN),
        (EXPORT, EXPORT),
    ],
)
def test_what_excludes_another_is_in_its_way_as_long_as_it_runs(
    tasks: Tasks, running: Kind, wanted: Kind
) -> None:
    task = tasks.begin(running)
    assert tasks.blocker_of(wanted) is task
    task.end()
    assert tasks.blocker_of(wanted) is None


def test_every_kind_has_a_name_of_its_own_and_is_excluded_by_kinds_that_there_are() -> None:
    names = [kind.name for kind in KINDS]
    assert RUN in KINDS
    assert len(set(names)) == len(names)
    assert {name for kind in KINDS for name in kind.excluded_by} <= set(names)


def test_each_esc_cancels_what_goes_together_in_its_order_and_leaves_the_rest(tasks: Tasks) -> None:
    cancelled: list[Kind] = []
    for kind in (EXPORT, QUESTION, RUN, TRAINING, IMPORT):
        tasks.begin(kind, f"{kind.name}…", cancel=lambda kind=kind: cancelled.append(kind))
    for expected in ([IMPORT], [RUN, QUESTION], [EXPORT]):  # though none has ended yet
        cancelled.clear()
        tasks.cancel_by_esc()
        assert cancelled == expected


def test_what_waits_unseen_goes_with_the_first_task_that_is_seen(tasks: Tasks) -> None:
    tasks.begin(OPEN)
    tasks.begin(EXPORT, "Exporting…")
    tasks.cancel_by_esc()
    assert not tasks.is_running(OPEN, EXPORT)


def test_esc_is_offered_for_what_is_seen(tasks: Tasks) -> None:
    task = tasks.begin(OPEN)
    tasks.begin(TRAINING, "Training…")
    assert not tasks.can_cancel_by_esc
    task.report(text="Opening…")
    assert tasks.can_cancel_by_esc


def test_a_task_that_is_only_asked_to_end_runs_on_until_it_has(tasks: Tasks) -> None:
    task = tasks.begin(RUN, "Classifying", cancel=lambda: task.report(text="Cancelling…"))
    tasks.cancel_by_esc()
    assert tasks.is_running(RUN)
    assert task.text == "Cancelling…"


def test_closing_has_one_deadline_for_all(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def wait(_thread: OnThread, seconds: float) -> bool:
        given.append(seconds)
        return False

    for kind in (IMPORT, EXPORT):
        Outcome(tasks.begin(kind), counting(1), "on_thread")
    tasks.on_close(lambda seconds: not given.append(seconds))
    with monkeypatch.context() as patched:
        patched.setattr(OnThread, "wait", wait)
        assert not tasks.close(0.5)
    assert len(given) == 3
    assert 0.5 >= given[0] >= given[1] >= given[2] >= 0
    assert not tasks.is_running(*KINDS)


def test_a_thread_is_let_go_of_when_it_has_ended(tasks: Tasks, qtbot: QtBot) -> None:
    task = tasks.begin(IMPORT)
    Outcome(task, counting(1), "on_thread")
    task.end()
    [thread] = tasks.threads()
    assert thread.wait(5)
    outcome = Outcome(tasks.begin(IMPORT), counting(1), "on_thread")
    assert thread not in tasks.threads()
    qtbot.waitUntil(lambda: bool(outcome.results))
    qtbot.waitUntil(lambda: not tasks.threads())
