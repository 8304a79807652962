"""Classes whose long names begin alike can be told apart wherever there is not room for all of a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.workspace.commands import AddClass, RenameClass
from fewshot_gui.features.classes.class_panel import ClassPanel
from fewshot_gui.features.inspector.class_bars import ClassBar, ClassBars
from fewshot_gui.features.map.class_legend import ClassLegend
from fewshot_gui.features.pictures.filter_tabs import FilterTabs
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_grid import PictureGrid
from fewshot_gui.project.picture_model import PictureModel
from fewshot_gui.widgets.symbols import class_symbol
from fewshot_gui.widgets.thumbnails import ThumbnailLoader
from tests.fewshot_gui.picture_source import FakeSource

_NAMES = ("Balinese__character_number_01", "Balinese__character_number_02")
_RED = QColor("red")


@dataclass
class _Source(FakeSource):
    """Of one class, which is called `name`."""

    name: str = ""

    def class_name(self, class_id: int) -> str:
        return self.name


@pytest.fixture
def loader(qtbot: QtBot) -> Iterator[ThumbnailLoader]:
    loader = ThumbnailLoader()
    yield loader
    loader.close()


def looks(show: Callable[[str], QWidget], qtbot: QtBot) -> list[QImage]:
    """Of what `show` shows of a class of either name, and of the first once more."""
    images = []
    for name in (*_NAMES, _NAMES[0]):
        widget = show(name)
        qtbot.addWidget(widget.window())
        images.append(widget.grab().toImage())
    return images


def test_under_a_picture(qtbot: QtBot, loader: ThumbnailLoader) -> None:
    def show(name: str) -> QWidget:
        model = PictureModel(_Source(predictions={0: (0, 0.9)}, errors={0: "truncated"}, name=name))
        model.set_ids([0])
        grid = PictureGrid(model, loader)
        grid.resize(300, 300)
        return grid

    first, second, again = looks(show, qtbot)
    assert first == again != second


def test_in_the_list_of_classes(qtbot: QtBot, hub: ProjectHub, loader: ThumbnailLoader) -> None:
    panel = ClassPanel(hub, loader)
    panel.resize(200, 300)
    hub.commands.apply(AddClass("other"))

    def show(name: str) -> QWidget:
        hub.commands.apply(RenameClass(1, name))
        return panel.list

    first, second, again = looks(show, qtbot)
    assert first == again != second


def test_on_the_tab_of_the_selected_class(qtbot: QtBot) -> None:
    def show(name: str) -> QWidget:
        tabs = FilterTabs()
        tabs.name_class(name)
        return tabs

    first, second, again = looks(show, qtbot)
    assert first == again != second


def test_beside_the_bars_of_a_picture(qtbot: QtBot) -> None:
    def show(name: str) -> QWidget:
        bars = ClassBars()
        bars.set_bars([ClassBar(name, _RED, class_symbol(0), "1", 0.9, chosen=False)])
        bars.resize(240, 40)
        return bars

    first, second, again = looks(show, qtbot)
    assert first == again != second


def test_in_the_legend_of_the_map(qtbot: QtBot) -> None:
    def show(name: str) -> QWidget:
        legend = ClassLegend()
        legend.set_classes([name], [_RED], [class_symbol(0)])
        legend.resize(100, 40)
        return legend

    first, second, again = looks(show, qtbot)
    assert first == again != second
