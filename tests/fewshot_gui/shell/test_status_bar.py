"""Some of what goes on for long goes on at the same time; there is one bar for all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.engine_link.kinds import NAMES, OPEN, RUN
from fewshot_gui.engine_link.tasks import Tasks
from fewshot_gui.shell.status_bar import StatusBar


@pytest.fixture
def status(qtbot: QtBot) -> StatusBar:
    status = StatusBar()
    qtbot.addWidget(status)
    status.show()
    return status


@pytest.fixture
def tasks(status: StatusBar) -> Iterator[Tasks]:
    tasks = Tasks()
    status.follow(tasks)
    yield tasks
    tasks.deleteLater()


def shown(status: StatusBar) -> tuple[bool, str]:
    return status.bar.isVisible(), status.hint.text()


def test_what_matters_less_is_seen_again_when_the_other_is_over(status: StatusBar, tasks: Tasks) -> None:
    opening, run = tasks.begin(OPEN, "Opening…"), tasks.begin(RUN)
    run.report(3, 10, 5, "Classifying")
    names = tasks.begin(NAMES, "Names…")
    assert shown(status) == (True, "Classifying 3 / 10")
    run.end()
    assert shown(status) == (True, "Opening…")
    assert status.rate.text() == ""
    names.end()
    assert shown(status) == (True, "Opening…")
    opening.end()
    assert shown(status) == (False, "")


def test_the_end_of_what_is_not_seen_leaves_what_was_told(status: StatusBar, tasks: Tasks) -> None:
    run, names = tasks.begin(RUN, "Classifying"), tasks.begin(NAMES, "Names…")
    status.show_hint("Labelled.")
    names.end()
    assert shown(status) == (True, "Labelled.")
    run.end()
    assert shown(status) == (False, "Labelled.")


def test_what_has_no_text_is_not_shown(status: StatusBar, tasks: Tasks) -> None:
    status.show_hint("Ready.")
    tasks.begin(RUN).end()
    assert shown(status) == (False, "Ready.")
