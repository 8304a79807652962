"""Some of what goes on for long goes on at the same time; there is one bar for all of it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.views.status_bar import StatusBar, Work


@pytest.fixture
def status(qtbot: QtBot) -> StatusBar:
    status = StatusBar()
    qtbot.addWidget(status)
    status.show()
    return status


def shown(status: StatusBar) -> tuple[bool, str]:
    return status.bar.isVisible(), status.hint.text()


def test_what_matters_less_is_seen_again_when_the_other_is_over(status: StatusBar) -> None:
    status.show_progress(Work.OPENING, "Opening…")
    status.show_progress(Work.RUN, "Classifying", 3, 10, rate=5)
    status.show_progress(Work.NAMES, "Names…")
    assert shown(status) == (True, "Classifying 3 / 10")
    status.end_progress(Work.RUN)
    assert shown(status) == (True, "Opening…")
    assert status.rate.text() == ""
    status.end_progress(Work.NAMES)
    assert shown(status) == (True, "Opening…")
    status.end_progress(Work.OPENING)
    assert shown(status) == (False, "")


def test_the_end_of_what_is_not_seen_leaves_what_was_told(status: StatusBar) -> None:
    status.show_progress(Work.RUN, "Classifying")
    status.show_progress(Work.NAMES, "Names…")
    status.show_hint("Labelled.")
    status.end_progress(Work.NAMES)
    assert shown(status) == (True, "Labelled.")
    status.end_progress(Work.RUN)
    assert shown(status) == (False, "Labelled.")


@pytest.mark.parametrize("work", Work)
def test_what_never_began_may_end(status: StatusBar, work: Work) -> None:
    status.show_hint("Ready.")
    status.end_progress(work)
    assert shown(status) == (False, "Ready.")
