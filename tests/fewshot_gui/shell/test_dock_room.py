"""The inspector is tabbed with the map, and has the room that it needs while it is in front."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from engine.workspace import Workspace
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from tests.fewshot_gui.scripted_engine import ScriptedEngine

MAP, CONFIDENCE, ADAPTATION, INSPECTOR = range(4)


def click_tab(window: MainWindow, title: str) -> None:
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        for tab in range(bar.count()):
            if bar.tabText(tab) == title:
                QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(tab).center())
    QApplication.processEvents()


def heights(window: MainWindow, *docks: int) -> list[int]:
    return [window._docks[dock].height() for dock in docks]


def drag_edge_above(window: MainWindow, dock: int, by: int) -> None:
    """Drag the edge between a dock and what is above it."""
    place = window._docks[dock].geometry()
    edge = QPoint(place.center().x(), place.top() - 3)
    QTest.mouseMove(window, edge)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(window, edge + QPoint(0, by))
    QApplication.processEvents()  # it follows the mouse by a timer
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=edge + QPoint(0, by))
    QApplication.processEvents()


def test_the_inspector_in_front_has_the_height_of_the_curve_and_the_map_gives_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    at_first = heights(window, MAP, CONFIDENCE, ADAPTATION)
    of_map, confidence, _ = at_first
    click_tab(window, "Inspector")
    qtbot.waitUntil(lambda: heights(window, INSPECTOR)[0] > of_map + 80)
    inspecting = heights(window, INSPECTOR, CONFIDENCE, ADAPTATION)
    assert sum(inspecting) == sum(at_first)
    assert inspecting[1] <= confidence
    drag_edge_above(window, ADAPTATION, -40)
    dragged = heights(window, INSPECTOR, CONFIDENCE, ADAPTATION)
    assert dragged != inspecting
    click_tab(window, "Map of the pictures")
    qtbot.waitUntil(lambda: heights(window, MAP, CONFIDENCE, ADAPTATION) == at_first)
    click_tab(window, "Inspector")
    qtbot.waitUntil(lambda: heights(window, INSPECTOR, CONFIDENCE, ADAPTATION) == dragged)


def test_a_window_that_was_closed_with_the_inspector_in_front_still_knows_the_room_of_the_map(
    window: MainWindow, qtbot: QtBot
) -> None:
    at_first = heights(window, MAP, CONFIDENCE, ADAPTATION)
    click_tab(window, "Inspector")
    qtbot.waitUntil(lambda: heights(window, INSPECTOR)[0] > at_first[0] + 80)
    inspecting = heights(window, INSPECTOR, CONFIDENCE, ADAPTATION)
    window.close()
    again = MainWindow(ProjectHub(Workspace.open(window.hub.file)), ScriptedEngine)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    # A pixel or two may be missing: the tabs get their height when they are painted.
    nearly = pytest.approx(inspecting, abs=2)
    qtbot.waitUntil(lambda: heights(again, INSPECTOR, CONFIDENCE, ADAPTATION) == nearly)
    click_tab(again, "Map of the pictures")
    qtbot.waitUntil(lambda: heights(again, MAP, CONFIDENCE, ADAPTATION) == at_first)
    again.close()


def test_an_inspector_that_is_taken_out_of_the_tabs_leaves_the_others_as_they_were(
    window: MainWindow, qtbot: QtBot
) -> None:
    at_first = heights(window, CONFIDENCE, ADAPTATION)
    click_tab(window, "Inspector")
    qtbot.waitUntil(lambda: heights(window, ADAPTATION)[0] < at_first[1])
    dock = window._docks[INSPECTOR]
    dock.setFloating(True)
    qtbot.waitUntil(lambda: heights(window, CONFIDENCE, ADAPTATION) == pytest.approx(at_first, abs=20))
