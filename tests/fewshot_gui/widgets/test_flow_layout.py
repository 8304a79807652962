"""Buttons that have no room in a row stand in the next."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.flow_layout import FlowLayout


def buttons_in(qtbot: QtBot, width: int, hidden: int = -1) -> list[tuple[int, int]]:
    """The places of four buttons of a hundred pixels in a widget of this width."""
    widget = QWidget()
    qtbot.addWidget(widget)
    layout = FlowLayout(widget)
    for number in range(4):
        button = QPushButton(str(number), widget)
        button.setFixedSize(100, 20)
        layout.addWidget(button)
        button.setVisible(number != hidden)
    widget.resize(width, 200)
    with qtbot.waitExposed(widget):
        widget.show()
    found = [layout.itemAt(place) for place in range(4)]
    return [(item.geometry().x(), item.geometry().y()) for item in found if item and not item.isEmpty()]


def test_they_stand_side_by_side_where_there_is_room(qtbot: QtBot) -> None:
    assert buttons_in(qtbot, 500) == [(0, 0), (106, 0), (212, 0), (318, 0)]


def test_they_go_on_in_the_next_row(qtbot: QtBot) -> None:
    assert buttons_in(qtbot, 250) == [(0, 0), (106, 0), (0, 26), (106, 26)]


def test_a_hidden_one_takes_no_room(qtbot: QtBot) -> None:
    assert buttons_in(qtbot, 320, hidden=1) == [(0, 0), (106, 0), (212, 0)]


def test_the_least_width_is_that_of_one_button(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    layout = FlowLayout(widget)
    for number in range(3):
        button = QPushButton(str(number), widget)
        button.setFixedSize(100, 20)
        layout.addWidget(button)
        button.show()
    assert layout.minimumSize().width() == 100
    assert layout.heightForWidth(100) == 3 * 20 + 2 * 6
    assert layout.sizeHint().width() == 3 * 100 + 2 * 6
