"""An afternoon with the program: fifty gestures, from the empty window to a project reopened.

With `FEWSHOT_SCREENSHOTS=FOLDER` the window is kept there as it is at each stop; so the pictures of the
documentation are made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from engine.demo import Demo, write_demo
from engine.workspace import Workspace
from engine.workspace.rows import UNKNOWN
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Order, Show
from fewshot_gui.shell.theme import apply_theme
from tests.end_to_end.conftest import LONG
from tests.end_to_end.steps import (
    add_class_by_keys,
    choose_run,
    click_button,
    drop_folder,
    export_by_keys,
    is_at_rest,
    run_by_key,
)
from tests.fewshot_gui.gestures import (
    answer_with_paths,
    choose_by_keys,
    choose_from_menu_bar,
    click,
    click_tab,
    draw_loop,
    files,
    middle_of,
)

_LEFT = Qt.MouseButton.LeftButton
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Person:
    """Somebody at the window. Notes each gesture in words, and keeps pictures of the stops."""

    def __init__(self, window: MainWindow, qtbot: QtBot, folder: Path) -> None:
        self.window, self.qtbot = window, qtbot
        self.gestures: list[str] = []
        self._folder = Path(os.environ.get("FEWSHOT_SCREENSHOTS", folder))
        self._stops = 0

    @property
    def grid_ids(self) -> list[int]:
        return self.window.pictures.model.ids.tolist()

    @property
    def current(self) -> int:
        grid = self.window.pictures.grid
        return self.window.pictures.model.id_at(grid.currentIndex().row())

    def does(self, gesture: str) -> None:
        self.gestures.append(gesture)

    def stops(self, name: str) -> None:
        """Wait until the pictures in sight are there, and keep what the window looks like."""
        self.qtbot.waitUntil(self._everything_in_sight_is_there, timeout=LONG)
        QApplication.processEvents()  # what was told last may still want more room
        self._stops += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        picture = self.window.grab()
        assert picture.save(str(self._folder / f"{self._stops:02}-{name}.png"))
        shades = {picture.toImage().pixel(x, y) for x in range(0, 1000, 40) for y in range(0, 600, 40)}
        assert len(shades) > 3

    def _everything_in_sight_is_there(self) -> bool:
        grid, hub = self.window.pictures.grid, self.window.hub
        indexes = [grid.model().index(row, 0) for row in range(min(200, grid.model().rowCount()))]
        seen = grid.viewport().rect()
        in_sight = [self.grid_ids[i.row()] for i in indexes if seen.intersects(grid.visualRect(i))]
        thumbnails = self.window.pictures.thumbnails
        return all(thumbnails.image(picture, hub.queries.path(picture)) is not None for picture in in_sight)

    def presses(self, keys: str, gesture: str) -> None:
        """In the grid."""
        self.does(gesture)
        self.window.pictures.grid.setFocus()
        QTest.keySequence(self.window.pictures.grid, keys)

    def clicks_picture(self, row: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int:
        self.does(f"click picture {row}")
        grid = self.window.pictures.grid
        index = grid.model().index(row, 0)
        grid.scrollTo(index)
        QTest.mouseClick(grid.viewport(), _LEFT, held, middle_of(grid, index))
        return self.window.pictures.model.id_at(row)

    def shows(self, show: Show) -> None:
        self.does(f"look at {show.value}")
        click_tab(self.window.pictures.tabs, show)

    def orders(self, order: Order) -> None:
        self.does(f"sort: {order.value}")
        choose_by_keys(self.window.pictures.order_menu, order)

    def runs(self, gesture: str) -> int:
        self.does(gesture)
        with self.qtbot.waitSignal(self.window.runs.ended, timeout=LONG):
            finished = run_by_key(self.window, self.qtbot)
        return finished.classified

    def drags_threshold(self, percent: int) -> None:
        self.does(f"drag the line to {percent} %")
        slider = self.window.confidence.slider
        QTest.mousePress(slider, _LEFT, pos=QPoint(slider.place_of(slider.value()), 20))
        QTest.mouseMove(slider, QPoint(slider.place_of(percent), 20))
        QTest.mouseRelease(slider, _LEFT, pos=QPoint(slider.place_of(percent), 20))

    def loops_around_everything_on_the_map(self) -> None:
        self.does("draw a loop on the map with Shift")
        viewport = self.window.plots.scatter.plot.viewport()
        area = viewport.rect().adjusted(2, 2, -2, -2)
        draw_loop(viewport, [area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft()])

    def answers(self) -> None:
        """The question that is open, with Return."""
        self.does("say yes")
        box = next(box for box in self.window.findChildren(QMessageBox) if box.isVisible())
        self.qtbot.waitUntil(box.isActiveWindow)
        QTest.keyClick(box, Qt.Key.Key_Return)
        self.returns()

    def returns(self) -> None:
        """To the window: with nobody to manage windows, a menu or dialog that closes leaves the keyboard to
        none, and where they are not even real ones, keeps it."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def chooses(self, menu: str, *titles: str) -> None:
        self.does(f"{menu} ▸ {' ▸ '.join(titles)}")
        choose_from_menu_bar(self.window, self.qtbot, menu, *titles)


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return write_demo(tmp_path / "letters")


@pytest.fixture
def person(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    # pyqtgraph passes over moves that come faster than a hand makes them.
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)
    window.resize(1400, 880)
    person = Person(window, qtbot, tmp_path / "stops")
    yield person
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, "system")


def test_fifty_gestures_from_the_empty_window_to_a_project_reopened(
    person: Person, demo: Demo, qtbot: QtBot, tmp_path: Path
) -> None:
    window = person.window
    hub = window.hub
    bring_everything_in(person, demo)
    run_and_review(person, demo)
    move_the_line_and_accept(person)
    work_from_the_map(person)
    change_the_classes(person, demo)
    take_some_away_and_bring_them_back(person, demo)
    say_what_another_algorithm_says(person)
    compare_the_two(person)
    look_closely(person)
    deal_with_the_issues(person)

    person.does("export")
    rows = export_by_keys(window, qtbot, tmp_path / "labels.csv")
    assert len(rows) == hub.queries.picture_count
    labels = labels_of(person)
    classes, undo_title = hub.queries.classes, hub.commands.undo_title
    person.does("open another project, and this one again")
    Workspace.create(tmp_path / "other.fewshot").close()
    for name in ("other.fewshot", hub.file.name):
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window.actions_.open_project.isEnabled())
        QTest.keySequence(window, "Ctrl+O")
        with qtbot.waitSignal(hub.opened):
            answer_with_paths(window, qtbot, tmp_path / name)
    assert labels_of(person) == labels
    assert (hub.queries.classes, hub.commands.undo_title) == (classes, undo_title)
    assert hub.queries.predicted_count > 0
    person.returns()
    person.presses("Ctrl+Z", "undo after reopening")
    assert labels_of(person) != labels
    assert len(person.gestures) >= 50, person.gestures


def labels_of(person: Person) -> dict[Path, int | None]:
    return {
        row.path: row.class_id
        for row in person.window.hub.queries.pictures(person.window.hub.queries.picture_ids)
    }


def bring_everything_in(person: Person, demo: Demo) -> None:
    window, qtbot = person.window, person.qtbot
    person.chooses("View", "Theme", "Light")
    person.returns()
    person.stops("empty")
    zone = window.classes.new_zone
    for paths in demo.examples.values():
        person.does(f"drop the folder {paths[0].parent.name} on the classes")
        drop_folder(window, qtbot, zone, paths[0].parent, zone.rect().center())
    viewport = window.pictures.grid.viewport()
    person.does("drop the pictures on the grid")
    drop_folder(window, qtbot, viewport, demo.pictures[0].parent, viewport.rect().center())
    for widget in (zone, window.status):  # to Qt the mouse is still where the last drag was
        QTest.mouseMove(widget)
    qtbot.waitUntil(lambda: not zone.underMouse())
    assert [row.name for row in window.hub.queries.classes] == list(demo.examples)
    assert window.hub.queries.counts()[Show.UNLABELED] == len(demo.pictures)
    person.stops("everything-in")


def run_and_review(person: Person, demo: Demo) -> None:
    window, hub = person.window, person.window.hub
    person.does("choose prototypical networks on characters")
    choose_run(window, "prototypical", "conv4")
    assert person.runs("run") == len(demo.pictures)
    person.stops("first-run")
    person.shows(Show.TO_REVIEW)
    person.orders(Order.LEAST_SURE)
    first = person.clicks_picture(0)
    predicted = hub.queries.prediction(first)
    assert predicted is not None
    person.presses("Return", "accept the prediction")
    assert hub.queries.class_of(first) == predicted[0]
    second = person.current
    assert second != first
    assert second == person.grid_ids[0]
    person.presses("2", "label by key")
    assert hub.queries.class_of(second) == hub.queries.classes[1].id
    person.presses("Ctrl+Z", "undo")
    assert hub.queries.class_of(second) is None
    person.presses("Ctrl+Shift+Z", "redo")
    assert hub.queries.class_of(second) == hub.queries.classes[1].id
    person.presses("Backspace", "undo by Backspace")
    assert hub.queries.class_of(second) is None
    third = person.clicks_picture(1)
    person.presses("U", "call it unknown")
    assert hub.queries.class_of(third) == UNKNOWN
    person.clicks_picture(3)
    skipped = person.current
    person.presses("S", "skip")
    assert person.current == person.grid_ids[4]
    assert hub.queries.class_of(skipped) is None
    person.clicks_picture(5)
    person.clicks_picture(8, _SHIFT)
    four = window.pictures.grid.selected_ids().tolist()
    assert len(four) == 4
    person.presses("1", "label four at once")
    assert {hub.queries.class_of(picture) for picture in four} == {hub.queries.classes[0].id}
    person.stops("review")


def move_the_line_and_accept(person: Person) -> None:
    hub = person.window.hub
    middle = round(100 * float(np.median(hub.queries.confidences())))
    person.drags_threshold(middle)
    sure = int((hub.queries.confidences() >= np.float32(middle / 100)).sum())
    assert 0 < sure < len(hub.queries.confidences())
    person.shows(Show.UNKNOWN)
    assert len(person.grid_ids) == 1 + len(hub.queries.confidences()) - sure
    person.stops("below-the-line")
    person.shows(Show.TO_REVIEW)
    labelled = hub.queries.labeled_count
    person.presses("Ctrl+Return", "accept all that are sure")
    person.answers()
    assert hub.queries.labeled_count == labelled + sure
    person.presses("Ctrl+Z", "take all of that back")
    assert hub.queries.labeled_count == labelled
    person.drags_threshold(0)


def work_from_the_map(person: Person) -> None:
    window = person.window
    person.shows(Show.ALL)
    on_the_map = window.plots.scatter.points_shown
    with person.qtbot.waitSignal(window.plots.scatter.surrounded):
        person.loops_around_everything_on_the_map()
    assert len(window.pictures.grid.selected_ids()) == on_the_map
    person.stops("on-the-map")
    person.does("larger pictures, and smaller ones")
    size = window.pictures.grid.cell_size
    QTest.keySequence(window.pictures.grid, "Ctrl++")
    assert window.pictures.grid.cell_size > size
    QTest.keySequence(window.pictures.grid, "Ctrl+-")
    assert window.pictures.grid.cell_size == size


def change_the_classes(person: Person, demo: Demo) -> None:
    window, qtbot, hub = person.window, person.qtbot, person.window.hub
    classes = window.classes.list
    person.does("rename a class")
    click(classes, 0)
    QTest.keyClick(classes, Qt.Key.Key_F2)
    editor = classes.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "first")
    with qtbot.waitSignal(hub.changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hub.queries.classes[0].name == "first"
    qtbot.waitUntil(lambda: classes.findChild(QLineEdit) is None)
    person.does("add a class")
    add_class_by_keys(window, qtbot, "none of these")
    assert len(hub.queries.classes) == len(demo.examples) + 1
    person.does("remove it")
    click(classes, len(demo.examples))
    QTest.keyClick(classes, Qt.Key.Key_Delete)
    assert len(hub.queries.classes) == len(demo.examples)
    person.does("give a class a picture by pasting")
    before = hub.queries.classes[1].count
    click(classes, 1)
    QGuiApplication.clipboard().setMimeData(files([demo.pictures[0]]))
    with qtbot.waitSignal(window.importer.added):
        QTest.keySequence(classes, "Ctrl+V")
    assert hub.queries.classes[1].count == before + 1


def take_some_away_and_bring_them_back(person: Person, demo: Demo) -> None:
    window, hub = person.window, person.window.hub
    person.shows(Show.ALL)  # a click on a class has shown its pictures only
    person.does("find a picture by its name")
    QTest.keySequence(window, "Ctrl+F")
    QTest.keyClicks(window.pictures.search, demo.pictures[7].name)
    assert len(person.grid_ids) == 1
    person.does("go to it")
    QTest.keyClick(window.pictures.search, Qt.Key.Key_Return)
    [found] = window.pictures.grid.selected_ids().tolist()
    assert hub.queries.path(found).name == demo.pictures[7].name
    person.presses("3", "label it")
    assert hub.queries.class_of(found) == hub.queries.classes[2].id
    person.presses("0", "take the label back")
    assert hub.queries.class_of(found) is None
    person.presses("Del", "remove it from the project")
    assert hub.queries.picture_count == hub.queries.counts()[Show.ALL]
    assert demo.pictures[7].exists()
    person.presses("Ctrl+Z", "undo the removal")
    assert hub.queries.path(found).name == demo.pictures[7].name
    person.does("clear the search")
    window.pictures.search.setFocus()
    QTest.keySequence(window.pictures.search, "Ctrl+A")
    QTest.keyClick(window.pictures.search, Qt.Key.Key_Delete)
    assert len(person.grid_ids) == hub.queries.picture_count


def say_what_another_algorithm_says(person: Person) -> None:
    window, qtbot = person.window, person.qtbot
    # What was done last is followed by a run, as chosen before: it is not to be taken for this one.
    qtbot.waitUntil(lambda: is_at_rest(window), timeout=LONG)
    person.does("choose MAML")
    choose_run(window, "maml", "conv4")
    assert person.runs("run MAML") > 0
    assert window.plots.loss.points_shown > 5
    person.stops("maml")
    person.does("start another run")
    click_button(window, "run")
    person.does("cancel it")
    with qtbot.waitSignal(window.runs.ended, timeout=LONG):
        QTest.keySequence(window, "Esc")
    assert not window.bridge.busy
    person.chooses("View", "Theme", "Dark")
    person.stops("dark")
    person.chooses("View", "Theme", "Light")
    person.returns()
    person.does("look up the keys")
    QTest.keySequence(window, "F1")
    sheet = next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    person.does("close them again")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    person.returns()


def compare_the_two(person: Person) -> None:
    window, qtbot = person.window, person.qtbot
    person.chooses("Run", "Compare two runs…")
    dialog = window.comparer.dialog
    qtbot.waitUntil(lambda: dialog.headline.text().startswith("They agree on"), timeout=LONG)
    person.does("show the pictures they disagree on")
    QTest.mouseClick(dialog.show_button, _LEFT)
    assert window.pictures.tabs.chosen is Show.COMPARED
    person.stops("compared")
    person.does("close the comparison")
    dialog.activateWindow()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    person.returns()
    person.shows(Show.ALL)


def look_closely(person: Person) -> None:
    window, hub = person.window, person.window.hub
    person.clicks_picture(0)
    person.presses("Space", "look closely at it")
    assert window.inspector.is_large
    before = person.current
    focused = QApplication.focusWidget()
    assert focused is not None
    person.does("go on to the next with the arrow")
    QTest.keyClick(focused, Qt.Key.Key_Right)
    labelled = person.current
    assert labelled != before
    person.does("label it there")
    QTest.keyClick(focused, Qt.Key.Key_2)
    assert hub.queries.class_of(labelled) == hub.queries.classes[1].id
    neighbours = window.inspector.large.view.details.nearest
    person.qtbot.waitUntil(neighbours.isVisible, timeout=LONG)
    person.stops("closely")
    person.does("close the large view")
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert not window.inspector.is_large


def deal_with_the_issues(person: Person) -> None:
    """Four pictures were called by the name of the first class, whatever they show."""
    window, qtbot = person.window, person.qtbot
    person.does("choose prototypical networks again")
    choose_run(window, "prototypical", "conv4")
    person.runs("run once more")
    person.does("look at the issues")
    tabs, pane = window.pictures.tabs, window.reviewer.pane
    QTest.mouseClick(tabs, _LEFT, pos=tabs.tabRect(tabs.count() - 1).center())
    qtbot.waitUntil(pane.list.hasFocus)
    listed = pane.list.model().rowCount()
    assert listed > 0
    person.stops("issues")
    before = labels_of(person)
    person.does("take the first suggestion")
    QTest.keyClick(pane.list, Qt.Key.Key_Return)
    assert pane.list.model().rowCount() == listed - 1
    after = labels_of(person)
    assert len(before.items() ^ after.items()) == 2
    person.does("keep the next label")
    QTest.keyClick(pane.list, Qt.Key.Key_K)
    assert pane.list.model().rowCount() == listed - 2
    assert labels_of(person) == after
    person.shows(Show.ALL)
