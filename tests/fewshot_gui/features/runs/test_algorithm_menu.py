"""The menu of algorithms: grouped, explained, and honest about what cannot run and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.runs.catalogue import AlgorithmEntry, BackboneEntry, Catalogue, Unavailable
from engine.workspace import Workspace
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.choice_menu import ChoiceMenu
from tests.fewshot_gui.gestures import choose_by_keys, choose_from_menu_bar, middle_of
from tests.fewshot_gui.scripted_engine import COMMAND, ScriptedEngine, catalogue

ADD = "fewshot add-backbone huge"
_LEFT = Qt.MouseButton.LeftButton
FAMILIES = {"Metric": 5, "Closed form": 2, "Gradient": 8, "Black box": 3}


def row_of(menu: ChoiceMenu, title: str) -> int:
    return next(row for row in range(menu.count()) if menu.itemText(row) == title)


def popped_up(menu: ChoiceMenu, qtbot: QtBot) -> QAbstractItemView:
    menu.showPopup()
    view = menu.view()
    qtbot.waitUntil(view.isVisible)
    return view


def hover(view: QAbstractItemView, row: int) -> None:
    place = QPointF(middle_of(view, view.model().index(row, 0)))
    glide = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        view.viewport().mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), glide)


def click_on(menu: ChoiceMenu, title: str, qtbot: QtBot, past: str | None = None) -> None:
    """Open the menu and click an entry, on the way to which the mouse comes `past` another."""
    view = popped_up(menu, qtbot)
    if past is not None:
        hover(view, row_of(menu, past))
    place = middle_of(view, view.model().index(row_of(menu, title), 0))
    QTest.mouseClick(view.viewport(), _LEFT, pos=place)


def tool_tip(menu: ChoiceMenu, title: str) -> str:
    return str(menu.itemData(row_of(menu, title), Qt.ItemDataRole.ToolTipRole))


def copy_button(window: MainWindow) -> QPushButton:
    return window.messages.findChild(QPushButton)


# -- what there is


def many() -> Catalogue:
    """As many algorithms as there will be, all of which can run."""
    plain = catalogue().algorithms[0]
    algorithms = [
        replace(
            plain, name=f"{family}-{number}", title=Message(f"{family} algorithm {number}"), family=family
        )
        for family, count in FAMILIES.items()
        for number in range(count)
    ]
    return replace(catalogue(), algorithms=tuple(algorithms))


def test_many_algorithms_stand_under_their_families_and_each_can_be_chosen(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "read_catalogue", many)
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    menu = window.choices.algorithm
    for entry in many().algorithms:
        choose_by_keys(menu, entry.name)
        assert window.choices.algorithm_name == entry.name
    view = popped_up(menu, qtbot)
    rows = [view.model().index(row, 0) for row in range(menu.count())]
    headings = [row.data() for row in rows if not row.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert headings == list(FAMILIES)
    assert len(rows) == 18 + 4
    assert all(view.viewport().rect().contains(view.visualRect(row)) for row in rows)
    menu.hidePopup()
    window.close()


def test_a_click_on_a_heading_does_nothing(window: MainWindow, qtbot: QtBot) -> None:
    menu = window.choices.algorithm
    click_on(menu, "Gradient", qtbot, past="MAML")
    assert menu.view().isVisible()
    assert window.choices.algorithm_name == "protonet"
    assert window.messages.text == ""
    menu.hidePopup()


def test_a_click_on_an_algorithm_chooses_it(window: MainWindow, qtbot: QtBot) -> None:
    click_on(window.choices.algorithm, "MAML", qtbot, past="Prototypical")
    assert window.choices.algorithm_name == "maml"


def test_an_algorithm_tells_what_it_is_its_limits_and_its_paper(window: MainWindow) -> None:
    text = tool_tip(window.choices.algorithm, "Prototypical")
    assert text == "Nearest mean.\n\nLimits: Blind to <shape>.\n\nSnell 2017"
    spoken = window.choices.algorithm.itemData(1, Qt.ItemDataRole.AccessibleDescriptionRole)
    assert spoken == "Nearest mean. Limits: Blind to <shape>. Snell 2017"


# -- what cannot run


def test_an_algorithm_that_cannot_run_tells_why_and_the_command_that_would_change_it(
    window: MainWindow,
) -> None:
    text = tool_tip(window.choices.algorithm, "Some day")
    assert "Some day is not made for photos." in text
    assert f"Some day has no checkpoint for Characters; make one with:\n{COMMAND}\n" in text
    assert "Click to get the command." in text


def test_a_click_on_an_unavailable_algorithm_only_offers_the_command(
    window: MainWindow, qtbot: QtBot
) -> None:
    menu = window.choices.algorithm
    click_on(menu, "Some day", qtbot, past="MAML")
    assert not menu.view().isVisible()
    assert window.choices.algorithm_name == "protonet"
    assert window.messages.text == (
        f"Some day has no checkpoint for Characters; make one with:\n{COMMAND}\n"
        "Once that is done, open Fewshot again to find it in the menu."
    )
    assert copy_button(window).text() == "Copy the command"
    QTest.mouseClick(copy_button(window), _LEFT)
    assert QGuiApplication.clipboard().text() == COMMAND
    assert window.status.hint.text() == f"Copied: {COMMAND}"


def test_a_click_on_a_backbone_that_the_algorithm_cannot_use_tells_why(
    window: MainWindow, qtbot: QtBot
) -> None:
    choose_by_keys(window.choices.algorithm, "maml")
    click_on(window.choices.backbone, "Photos", qtbot)
    assert window.choices.backbone_name == "conv4"
    assert window.messages.text == "No checkpoint has been meta-trained for photos yet."
    assert not copy_button(window).isVisible()


def test_a_press_that_is_let_go_elsewhere_is_no_click(window: MainWindow, qtbot: QtBot) -> None:
    menu = window.choices.algorithm
    view = popped_up(menu, qtbot)
    places = [middle_of(view, view.model().index(row_of(menu, t), 0)) for t in ("Gradient", "Some day")]
    QTest.mousePress(view.viewport(), _LEFT, pos=places[0])
    QTest.mouseRelease(view.viewport(), _LEFT, pos=places[1])
    assert view.isVisible()
    assert window.messages.text == ""
    assert window.choices.algorithm_name == "protonet"
    menu.hidePopup()


@pytest.mark.parametrize(
    ("title", "expected", "has_command"),
    [
        ("Some day with Photos", "Some day is not made for photos.", False),
        ("Some day with Characters", "Some day has no checkpoint for Characters; make one with:", True),
        ("MAML with Photos", "No checkpoint has been meta-trained for photos yet.", False),
    ],
)
def test_every_pair_that_cannot_run_is_explained_from_the_menu_bar_too(
    window: MainWindow, qtbot: QtBot, title: str, expected: str, has_command: bool
) -> None:
    choose_from_menu_bar(window, qtbot, "Run", "Unavailable algorithms and backbones", title)
    assert window.messages.text.startswith(expected)
    assert copy_button(window).isVisible() is has_command
    assert window.choices.algorithm_name == "protonet"


@pytest.fixture
def lacking(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window where a backbone's weights are not on the computer, and one is there untrained."""
    missing = Unavailable(Message("Huge is not here; get it with: {command}", command=ADD), ADD)
    huge = BackboneEntry("huge", "Huge", "For all.", 224, 384, "CC0", "far away", missing)

    def with_huge(entry: AlgorithmEntry) -> AlgorithmEntry:
        untrained = ("photo",) if entry.name == "protonet" else ()
        return replace(entry, unavailable={**entry.unavailable, "huge": missing}, untrained=untrained)

    offered = catalogue()
    offered = replace(
        offered,
        algorithms=tuple(map(with_huge, offered.algorithms)),
        backbones=(*offered.backbones, huge),
    )
    monkeypatch.setattr(engine, "read_catalogue", lambda: offered)
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    yield window
    window.close()


@pytest.mark.parametrize("by_menu_bar", [False, True], ids=["in the list", "in the menu bar"])
def test_a_backbone_without_its_weights_is_shown_once_with_how_to_get_them(
    lacking: MainWindow, qtbot: QtBot, by_menu_bar: bool
) -> None:
    titles = [action.text() for action in lacking.unavailable_menu.actions()]
    assert [title for title in titles if "Huge" in title] == ["Huge"]
    if by_menu_bar:
        choose_from_menu_bar(lacking, qtbot, "Run", "Unavailable algorithms and backbones", "Huge")
    else:
        click_on(lacking.choices.backbone, "Huge", qtbot)
    assert lacking.choices.backbone_name == "photo"
    assert lacking.messages.text.startswith(f"Huge is not here; get it with:\n{ADD}\n")
    QTest.mouseClick(copy_button(lacking), _LEFT)
    assert QGuiApplication.clipboard().text() == ADD


def test_a_backbone_says_that_the_algorithm_was_not_meta_trained_for_it(lacking: MainWindow) -> None:
    menu = lacking.choices.backbone
    tips = {
        menu.itemText(row): menu.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(menu.count())
    }
    assert tips["Photos"] == "For photos.\n\nPrototypical has not been meta-trained for it."
    assert tips["Characters"] == "For symbols."


def test_where_everything_can_run_there_is_no_such_menu(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "read_catalogue", many)
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    assert not window.unavailable_menu.menuAction().isEnabled()
    window.close()


def test_a_long_reason_does_not_make_the_window_wider(
    qtbot: QtBot, tmp_path: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    wordy_reason = Unavailable(Message("Because it is so. " * 20))

    def wordy(entry: AlgorithmEntry) -> AlgorithmEntry:
        return replace(entry, unavailable=dict.fromkeys(entry.unavailable, wordy_reason))

    algorithms = tuple(map(wordy, catalogue().algorithms))
    monkeypatch.setattr(engine, "read_catalogue", lambda: replace(catalogue(), algorithms=algorithms))
    window = MainWindow(ProjectHub(Workspace.create(tmp_path / "p.fewshot")), lambda: engine)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.bridge.catalogue_ready):
        window.complete()
    choose_by_keys(window.choices.algorithm, "maml")
    assert "Because it is so. Because" in window.status.hint.text()
    assert window.status.hint.toolTip() == window.status.hint.text()
    QApplication.processEvents()
    assert window.minimumSizeHint().width() < 1200
    assert window.width() == 1200
    window.close()


def test_home_goes_to_the_first_algorithm_and_not_to_the_heading_above_it(window: MainWindow) -> None:
    menu = window.choices.algorithm
    menu.choose("maml")
    menu.showPopup()
    QTest.keyClick(menu.view(), Qt.Key.Key_Home)
    assert menu.view().currentIndex().data() == "Prototypical"
    menu.hidePopup()
