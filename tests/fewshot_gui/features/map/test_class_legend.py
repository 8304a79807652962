from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from fewshot_gui.features.map.class_legend import ClassLegend
from fewshot_gui.widgets.symbols import class_symbol


@pytest.fixture
def legend(qtbot: QtBot) -> ClassLegend:
    legend = ClassLegend()
    qtbot.addWidget(legend)
    return legend


def fill(legend: ClassLegend, names: list[str]) -> None:
    legend.set_classes(names, [QColor("red")] * len(names), [class_symbol(i) for i in range(len(names))])


def test_a_legend_of_no_classes_takes_no_room(legend: ClassLegend) -> None:
    assert legend.heightForWidth(300) == 0


def test_names_flow_into_rows_when_there_is_less_room(legend: ClassLegend) -> None:
    fill(legend, ["healthy", "rust", "blight", "mildew"])
    assert legend.heightForWidth(1000) < legend.heightForWidth(150) <= 3 * legend.heightForWidth(1000)


@pytest.mark.parametrize("count", [1, 2, 17, 300])
def test_there_are_never_more_than_three_rows_and_the_tool_tip_has_more_names(
    legend: ClassLegend, count: int
) -> None:
    fill(legend, ["x"])
    row = legend.heightForWidth(1000)
    names = [f"class number {i}" for i in range(count)]
    fill(legend, names)
    told = legend.toolTip().split("\n")
    assert told == (names if count <= 40 else [*names[:40], f"+ {count - 40} more"])
    for width in (60, 150, 300, 1000):
        assert row <= legend.heightForWidth(width) <= 3 * row
        legend.resize(width, legend.heightForWidth(width))
        legend.grab()
