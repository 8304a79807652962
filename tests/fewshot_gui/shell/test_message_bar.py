"""Messages are known by what `show_message` returns, not by their sentences."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.messages import Message
from fewshot_gui.shell.message_bar import MessageBar, MessageGroup, Notification, Severity


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_a_withdrawn_message_uncovers_the_one_before(bar: MessageBar) -> None:
    first, second = bar.warn("first"), bar.inform("second")
    assert (bar.newest, bar.text) == (second, "second")
    assert bar.withdraw(second)
    assert (bar.newest, bar.text) == (first, "first")
    assert not bar.withdraw(second), "it is gone"
    assert bar.withdraw(first)
    assert (bar.newest, bar.text, bar.isHidden()) == (None, "", True)
    assert not bar.withdraw(None)


def test_an_equal_message_takes_the_place_of_the_one_before(bar: MessageBar) -> None:
    message = Message("{path} is full.", path="/a")
    first = bar.report_problem(message)
    bar.warn("between")
    again = bar.report_problem(Message("{path} is full.", path="/a"))
    assert bar.newest == again
    assert not bar.withdraw(first)
    bar.dismiss()
    assert bar.text == "between"


def test_messages_of_one_sentence_but_other_data_are_two(bar: MessageBar) -> None:
    bar.report_problem(Message("{path} is full.", path="/a"))
    second = bar.report_problem("/a is full.")
    bar.withdraw(second)
    assert bar.text == "/a is full."


def test_a_group_withdraws_what_it_has_shown_and_nothing_else(bar: MessageBar) -> None:
    group, other = MessageGroup(bar), MessageGroup(bar)
    group.warn("Of the run.")
    group.show_message(Notification(Severity.ERROR, "The disk is full."))
    other.report_problem("The disk is full.")
    assert group.withdraw()
    assert bar.text == "The disk is full."
    assert not group.withdraw()
    assert other.withdraw()
    assert bar.newest is None


def test_clearing_leaves_what_lasts(bar: MessageBar) -> None:
    lasting = bar.show_message(Notification(Severity.WARNING, "3 files were replaced.", lasting=True))
    bar.warn("Of the run.")
    bar.clear()
    assert bar.newest == lasting
