"""A row of tabs that is too narrow for them lists the last ones at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.folding_tabs import FoldingTabs

TITLES = [f"A rather long title {number}" for number in range(6)]


class LastStays(FoldingTabs):
    def stays(self, place: int) -> bool:
        return place == len(TITLES) - 1


@pytest.fixture
def tabs(qtbot: QtBot) -> Iterator[FoldingTabs]:
    ground = QWidget()
    tabs = LastStays(ground)
    for title in TITLES:
        tabs.addTab(title)
    tabs.resize(3000, 30)
    qtbot.addWidget(ground)
    ground.resize(3000, 60)
    with qtbot.waitExposed(ground):
        ground.show()
    yield tabs
    ground.close()  # until then it is alive


def shown(tabs: FoldingTabs) -> list[int]:
    return [place for place in range(tabs.count()) if tabs.isTabVisible(place)]


def listed(tabs: FoldingTabs) -> list[str]:
    menu = tabs.more.menu()
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


def test_all_tabs_are_shown_where_there_is_room(tabs: FoldingTabs) -> None:
    assert (shown(tabs), tabs.more.isVisible()) == ([0, 1, 2, 3, 4, 5], False)


def test_tabs_without_room_are_listed_but_for_the_chosen_one_and_the_last(tabs: FoldingTabs) -> None:
    tabs.resize(tabs.tabSizeHint(0).width() * 4, 30)
    assert shown(tabs) == [0, 1, 5]
    assert tabs.more.isVisible()
    assert listed(tabs) == TITLES[2:5]
    assert tabs.tabRect(5).right() < tabs.more.geometry().left()


def test_a_tab_chosen_in_the_list_is_shown(tabs: FoldingTabs) -> None:
    tabs.resize(tabs.tabSizeHint(0).width() * 4, 30)
    listed(tabs)
    tabs.more.menu().actions()[-1].trigger()
    assert (tabs.currentIndex(), shown(tabs)) == (4, [0, 4, 5])


def test_a_longer_text_folds_another_tab(tabs: FoldingTabs) -> None:
    tabs.resize(sum(tabs.tabSizeHint(place).width() for place in range(6)), 30)
    assert len(shown(tabs)) == 6
    tabs.setTabText(0, "A title that has become very much longer than it was")
    assert 4 not in shown(tabs)


def test_the_row_makes_no_window_wide(tabs: FoldingTabs) -> None:
    assert tabs.minimumSizeHint().width() < 400


def test_the_chosen_tab_is_underlined(tabs: FoldingTabs) -> None:
    accent = tabs.palette().color(QPalette.ColorRole.Accent)

    def underlined() -> list[bool]:
        picture = tabs.grab().toImage()
        rects = [tabs.tabRect(place) for place in range(tabs.count())]
        return [picture.pixelColor(rect.center().x(), rect.bottom() - 1) == accent for rect in rects]

    assert underlined() == [True, False, False, False, False, False]
    tabs.setCurrentIndex(3)
    assert underlined() == [False, False, False, True, False, False]
