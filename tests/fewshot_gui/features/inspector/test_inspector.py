"""The picture that is current in the grid, beside it and large: keys, clicks and what they show."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.review.questions import PictureSet, Ranking, SimilarFirst
from engine.workspace import Workspace
from engine.workspace.commands import (
    AddClassFolders,
    AddPictures,
    LabelPictures,
    RelocatePictures,
    RemovePictures,
)
from engine.workspace.rows import UNKNOWN
from fewshot_gui.engine_link.bridge import RunState
from fewshot_gui.engine_link.question_handle import QuestionHandle
from fewshot_gui.features.inspector.inspector import Inspector
from fewshot_gui.features.inspector.similar_examples import NearestList
from fewshot_gui.main_window import MainWindow
from fewshot_gui.project.picture_columns import Show
from tests.fewshot_gui.gestures import choose_from_menu_bar, click, click_tab, middle_of
from tests.fewshot_gui.scripted_engine import ScriptedEngine

EXAMPLES, PICTURES = 4, 6
FIRST = EXAMPLES


@pytest.fixture(autouse=True)
def alike(engine: ScriptedEngine) -> ScriptedEngine:
    """Every picture is most like itself, then like those added last."""

    def find(pictures: PictureSet, question: SimilarFirst) -> Ranking:
        asked = question.picture_ids
        ids = np.concatenate([asked, pictures.picture_ids[pictures.picture_ids != asked][::-1]])
        return Ranking(ids, np.linspace(1, 0, len(ids), dtype=np.float32))

    engine.answers[SimilarFirst] = find
    return engine


@pytest.fixture
def full(window: MainWindow, make_pictures: Callable[..., Path]) -> MainWindow:
    """Two classes with two examples each, then six pictures: numbers 5 to 10."""
    folders = {name: sorted(make_pictures(name, 2, color).iterdir()) for name, color in CLASSES.items()}
    window.hub.commands.apply(AddClassFolders(folders))
    window.hub.commands.apply(AddPictures(sorted(make_pictures("rest", PICTURES, "blue").iterdir())))
    return window


CLASSES = {"ant": "red", "bee": "yellow"}


@pytest.fixture
def looking(full: MainWindow, qtbot: QtBot) -> MainWindow:
    """The large view, open on the first picture without a label."""
    click(full.pictures.grid, FIRST)
    press(Qt.Key.Key_Space)
    assert full.inspector.is_large
    return full


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Where the keyboard is."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)


def predict(window: MainWindow, *probabilities: list[float]) -> None:
    """From the first picture without a label on."""
    run = window.hub.run_store.begin(
        "protonet", "photo", "cpu", 0, [row.id for row in window.hub.queries.classes]
    )
    assert run is not None
    ids = window.pictures.model.ids[FIRST : FIRST + len(probabilities)]
    window.hub.run_store.save_predictions(run, ids, np.array(probabilities, np.float32))
    window.hub.run_store.finish(run, "finished")


def current(window: MainWindow) -> int:
    return window.pictures.grid.currentIndex().row()


def shown(inspector: Inspector) -> int | None:
    return inspector.large.view.picture_id


def color_in_the_middle(window: MainWindow) -> QColor:
    port = window.inspector.view.picture.zoom_view.viewport()
    return QColor(port.grab().toImage().pixel(port.rect().center()))


def show_pane(window: MainWindow, qtbot: QtBot) -> None:
    """Bring the inspector before the map, as a click on its tab does."""
    dock = next(dock for dock in window._docks if dock.objectName() == "inspector")
    with qtbot.waitSignal(dock.visibilityChanged):
        dock.raise_()


# -- the large view


def test_space_shows_the_current_picture_large_and_space_goes_back(looking: MainWindow, qtbot: QtBot) -> None:
    inspector = looking.inspector
    assert shown(inspector) == looking.pictures.model.id_at(FIRST)
    qtbot.waitUntil(lambda: color_in_the_middle(looking) == QColor("blue"))
    press(Qt.Key.Key_Space)
    assert not inspector.is_large
    assert looking.pictures.grid.hasFocus()
    assert shown(inspector) is None


def test_the_large_view_covers_the_docks_on_the_right_but_not_the_messages(
    looking: MainWindow, qtbot: QtBot
) -> None:
    large, messages, middle = looking.inspector.large, looking.messages, looking.centralWidget().geometry()

    def top_of_head() -> int:
        return large.place.mapTo(looking, QPoint(0, 0)).y()

    messages.warn("A file was left out.")
    qtbot.waitUntil(lambda: top_of_head() > messages.mapTo(looking, messages.rect().bottomLeft()).y())
    over_messages = looking.childAt(messages.mapTo(looking, messages.rect().center()))
    assert messages.isAncestorOf(over_messages)
    for y in (middle.top() + 2, middle.bottom() - 2):
        covering = looking.childAt(QPoint(middle.right() + 20, y))
        assert covering is large or large.isAncestorOf(covering)
    messages.dismiss()
    qtbot.waitUntil(lambda: top_of_head() < middle.top() + large.place.height())


def test_a_double_click_shows_the_picture_large_and_escape_goes_back(full: MainWindow) -> None:
    grid = full.pictures.grid
    place = middle_of(grid, full.pictures.model.index(5))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown(full.inspector) == full.pictures.model.id_at(5)
    press(Qt.Key.Key_Escape)
    assert not full.inspector.is_large


def test_escape_closes_the_large_view_before_it_cancels_a_run(
    looking: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.hold_after = 0
    looking.actions_.run.trigger()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    press(Qt.Key.Key_Escape)
    assert not looking.inspector.is_large
    assert looking.bridge.busy
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not looking.bridge.busy)


def test_escape_closes_the_large_view_wherever_in_the_window_the_keyboard_is(
    looking: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.hold_after = 0
    looking.actions_.run.trigger()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    for widget in (looking.classes.list, looking.choices.algorithm, looking.pictures.grid):
        looking.inspector.open_large()
        widget.setFocus()
        press(Qt.Key.Key_Escape)
        assert not looking.inspector.is_large
        assert looking.pictures.grid.hasFocus()
    assert looking.bridge.state is RunState.RUNNING


def test_escape_ends_the_typing_of_a_name_before_it_closes_the_large_view(looking: MainWindow) -> None:
    click(looking.classes.list, 0)
    press(Qt.Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "x")
    press(Qt.Key.Key_Escape)
    assert looking.inspector.is_large
    assert looking.hub.queries.classes[0].name == "ant"
    press(Qt.Key.Key_Escape)
    assert not looking.inspector.is_large


def test_to_search_by_name_is_to_leave_the_large_view(looking: MainWindow) -> None:
    press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not looking.inspector.is_large
    assert looking.pictures.search.hasFocus()


def test_arrows_lead_through_the_pictures_and_the_grid_follows(looking: MainWindow) -> None:
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Down)
    assert (current(looking), shown(looking.inspector)) == (
        FIRST + 2,
        looking.pictures.model.id_at(FIRST + 2),
    )
    press(Qt.Key.Key_Left)
    assert looking.pictures.grid.selected_ids().tolist() == [shown(looking.inspector)]
    assert looking.inspector.large.place.text() == f"{FIRST + 2} of {EXAMPLES + PICTURES}"
    for _ in range(20):
        press(Qt.Key.Key_Right)
    assert current(looking) == EXAMPLES + PICTURES - 1


def test_the_large_view_follows_the_grid(looking: MainWindow) -> None:
    looking.pictures.reveal(looking.pictures.model.id_at(0))
    assert shown(looking.inspector) == looking.pictures.model.id_at(0)
    assert looking.inspector.large.name.text() == "1.png"


def test_the_keys_label_what_is_seen_and_go_on(looking: MainWindow) -> None:
    hub, ids = looking.hub, looking.pictures.model.ids.tolist()
    predict(looking, *[[0.9, 0.1]] * PICTURES)
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_U)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_S)
    ant, bee = (row.id for row in hub.queries.classes)
    labels = [hub.queries.class_of(picture) for picture in ids[FIRST : FIRST + 4]]
    assert labels == [bee, UNKNOWN, ant, None]
    assert shown(looking.inspector) == ids[FIRST + 4]
    press(Qt.Key.Key_Backspace)
    assert hub.queries.class_of(ids[FIRST + 2]) is None


def test_what_leaves_the_list_makes_way_for_the_next(looking: MainWindow) -> None:
    press(Qt.Key.Key_Escape)
    click_tab(looking.pictures.tabs, Show.UNLABELED)
    click(looking.pictures.grid, 0)
    press(Qt.Key.Key_Space)
    ids = looking.pictures.model.ids.tolist()
    press(Qt.Key.Key_1)
    assert shown(looking.inspector) == ids[1]
    for _ in ids[1:]:
        press(Qt.Key.Key_1)
    assert not looking.inspector.is_large
    assert looking.pictures.model.rowCount() == 0


def test_opened_on_one_of_many_it_is_about_that_one(full: MainWindow) -> None:
    grid = full.pictures.grid
    click(grid, FIRST)
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selected_ids()) == EXAMPLES + PICTURES
    press(Qt.Key.Key_Space)
    assert grid.selected_ids().tolist() == [full.pictures.model.id_at(FIRST)]


def test_it_gives_way_when_several_pictures_are_selected_elsewhere(looking: MainWindow) -> None:
    looking.pictures.select(looking.pictures.model.ids[:3], adding=False)
    assert not looking.inspector.is_large
    assert len(looking.pictures.grid.selected_ids()) == 3


def test_removing_the_picture_shows_the_next(looking: MainWindow) -> None:
    following = looking.pictures.model.id_at(FIRST + 1)
    press(Qt.Key.Key_Delete)
    assert shown(looking.inspector) == following


def test_another_project_closes_it(looking: MainWindow, tmp_path: Path) -> None:
    looking.hub.switch_to(Workspace.create(tmp_path / "other.fewshot"))
    assert not looking.inspector.is_large


def test_nothing_opens_where_there_is_no_picture(window: MainWindow) -> None:
    window.pictures.grid.setFocus()
    press(Qt.Key.Key_Space)
    assert not window.inspector.is_large


def test_it_covers_the_pictures_and_the_plots_and_leaves_the_classes(
    looking: MainWindow, qtbot: QtBot
) -> None:
    large, grid = looking.inspector.large, looking.pictures.grid
    assert looking.childAt(grid.mapTo(looking, grid.rect().center())) not in (grid, grid.viewport())
    assert looking.classes.mapTo(looking, looking.classes.rect().topRight()).x() <= large.geometry().left()
    looking.resize(1500, 900)
    qtbot.waitUntil(lambda: large.geometry().right() == looking.rect().right())


def test_the_keys_zoom(looking: MainWindow, qtbot: QtBot) -> None:
    zoom_view = looking.inspector.large.view.picture.zoom_view
    qtbot.waitUntil(lambda: color_in_the_middle(looking) == QColor("blue"))
    fitting = zoom_view.zoom
    press(Qt.Key.Key_Z)
    assert zoom_view.zoom == 1
    assert looking.inspector.large.zoom.text() == "100 %"
    press(Qt.Key.Key_Plus)
    press(Qt.Key.Key_Plus)
    press(Qt.Key.Key_Minus)
    assert zoom_view.zoom == pytest.approx(1.25)
    press(Qt.Key.Key_F)
    assert zoom_view.zoom == fitting
    middle = zoom_view.viewport().rect().center()
    QTest.mouseDClick(zoom_view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert zoom_view.zoom == 1


def test_the_whole_picture_is_opened_once_the_zoom_needs_it(
    looking: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    Image.effect_noise((4000, 3000), 50).convert("RGB").save(tmp_path / "large.jpg")
    looking.hub.commands.apply(AddPictures([tmp_path / "large.jpg"]))
    view = looking.inspector.large.view.picture
    with qtbot.waitSignal(view.opened) as told:
        looking.pictures.reveal(looking.pictures.model.id_at(EXAMPLES + PICTURES))
    assert not told.args[0].complete
    assert max(told.args[0].levels[0].width(), 0) <= max(view.width(), view.height())
    with qtbot.waitSignal(view.opened) as told:
        press(Qt.Key.Key_Z)
    assert told.args[0].complete
    assert view.zoom_view.zoom == 1


def test_a_broken_picture_says_why(looking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("words")
    looking.hub.commands.apply(AddPictures([tmp_path / "words.png"]))
    looking.pictures.reveal(looking.pictures.model.id_at(EXAMPLES + PICTURES))
    message = looking.inspector.large.view.picture.message
    qtbot.waitUntil(lambda: "no picture of any format" in message.text())
    assert message.isVisible()
    assert "cannot be compared" in looking.inspector.large.view.details.nearest_words.text()
    assert looking.inspector.large.zoom.text() == ""


# -- what it says


def test_the_bars_show_what_is_predicted_the_likeliest_first(looking: MainWindow) -> None:
    predict(looking, [0.25, 0.75])
    details = looking.inspector.large.view.details
    assert details.bars.accessibleDescription() == "bee 75 %, ant 25 %"
    assert "Predicted <b>bee</b>, 75 %" in details.verdict.text()
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Left)
    assert "Labelled <b>ant</b>" in details.verdict.text()
    assert details.bars.accessibleDescription() == "bee 75 %, ant 25 %"


def test_many_classes_are_summed_up_behind_the_likeliest(
    looking: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    names = [f"class {number}" for number in range(20)]
    looking.hub.commands.apply(AddClassFolders({name: [tmp_path / f"{name}.png"] for name in names}))
    rest = [0.01] * 20
    predict(looking, [0.5, 0.3, *rest])
    bars = looking.inspector.large.view.details.bars
    assert bars.accessibleDescription().startswith("ant 50 %, bee 30 %, class 0 1 %")
    assert bars.rest_in_words == "14 more, together 14 %"
    qtbot.waitUntil(lambda: bars.height() == bars.sizeHint().height() > 100)


def test_an_unsure_prediction_is_told_as_unknown(looking: MainWindow) -> None:
    predict(looking, [0.4, 0.6])
    looking.hub.set_threshold(0.8)
    assert "not confident enough" in looking.inspector.large.view.details.verdict.text()


def test_the_history_grows_with_every_label(looking: MainWindow) -> None:
    history = looking.inspector.large.view.details.history
    assert "no label yet" in history.text()
    looking.actions_.advance.setChecked(False)
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_U)
    first, second = history.text().index("Unknown – by hand"), history.text().index("ant – by hand")
    assert first < second
    assert "today, " in history.text()


def test_the_facts_can_be_copied(looking: MainWindow, qtbot: QtBot) -> None:
    details = looking.inspector.large.view.details
    qtbot.waitUntil(lambda: "24 × 16" in details.facts.text())
    QTest.mouseClick(details.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "Name: 1.png\n" in copied
    assert "Pixels: 24 × 16\n" in copied
    assert "Colours: colour (RGB)" in copied
    assert "clipboard" in looking.status.hint.text()


class FileManager(QObject):
    """Stands in for the desktop's."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def file_manager(qtbot: QtBot) -> Iterator[FileManager]:
    manager = FileManager()
    QDesktopServices.setUrlHandler("file", manager, "open")
    yield manager
    QDesktopServices.unsetUrlHandler("file")


def test_the_folder_is_shown_in_the_file_manager(looking: MainWindow, file_manager: FileManager) -> None:
    details = looking.inspector.large.view.details
    QTest.mouseClick(details.folder_button, Qt.MouseButton.LeftButton)
    assert [Path(path).name for path in file_manager.opened] == ["rest"]


# -- neighbours


def neighbours(window: MainWindow) -> list[tuple[int, str]]:
    model = window.inspector.view.details.nearest.neighbours
    return [(model.id_at(row), model.index(row).data()) for row in range(model.rowCount())]


def click_on(nearest: NearestList, row: int) -> None:
    place = nearest.visualRect(nearest.neighbours.index(row)).center()
    QTest.mouseClick(nearest.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_the_most_alike_examples_are_shown_and_a_click_reveals_one(
    alike: ScriptedEngine, looking: MainWindow, qtbot: QtBot
) -> None:
    nearest = looking.inspector.large.view.details.nearest
    qtbot.waitUntil(nearest.isVisible)
    ids = looking.pictures.model.ids[:EXAMPLES].tolist()
    assert neighbours(looking) == list(
        zip(ids[::-1], ["cosine 0.75", "cosine 0.50", "cosine 0.25", "cosine 0.00"], strict=True)
    )
    assert "1 is the most alike" in nearest.neighbours.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert nearest.neighbours.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "2.png, labelled bee"
    click_on(nearest, 1)
    assert shown(looking.inspector) == ids[2]
    assert current(looking) == 2
    press(Qt.Key.Key_Right)  # the keyboard has stayed with the picture
    assert current(looking) == 3


def test_the_most_alike_examples_share_the_width_so_that_the_names_of_classes_have_room(
    alike: ScriptedEngine, full: MainWindow, qtbot: QtBot
) -> None:
    show_pane(full, qtbot)
    click(full.pictures.grid, FIRST)
    nearest = full.inspector.pane.details.nearest
    qtbot.waitUntil(nearest.isVisible)
    dock = next(dock for dock in full._docks if dock.objectName() == "inspector")
    for width in (270, 320, 390):
        full.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        QApplication.processEvents()
        boxes = [nearest.visualRect(nearest.neighbours.index(row)) for row in range(EXAMPLES)]
        top_row = [box for box in boxes if box.top() == boxes[0].top()]
        assert nearest.viewport().width() - top_row[-1].right() <= len(top_row) + 1
        assert boxes[-1].bottom() <= nearest.height()


def test_a_question_that_was_answered_or_given_up_is_let_go_of(looking: MainWindow, qtbot: QtBot) -> None:
    for _ in range(3):
        qtbot.waitUntil(lambda: bool(neighbours(looking)))
        press(Qt.Key.Key_Right)
        looking.inspector.view.details.nearest.forget()
    qtbot.waitUntil(lambda: bool(neighbours(looking)))
    assert not looking.bridge._handles
    gc.collect()
    assert not [
        one for one in gc.get_objects() if type(one) is QuestionHandle
    ]  # torch warns if asked for a class


def test_neighbours_that_leave_the_project_are_no_longer_shown(looking: MainWindow, qtbot: QtBot) -> None:
    nearest = looking.inspector.view.details.nearest
    qtbot.waitUntil(nearest.isVisible)
    gone = looking.pictures.model.ids[1:3]
    looking.hub.commands.apply(RemovePictures(gone.tolist()))
    looking.grab()  # whatever is painted now is still there
    qtbot.waitUntil(nearest.isVisible)
    assert not set(gone.tolist()) & {picture for picture, _ in neighbours(looking)}


def test_a_picture_is_compared_with_all_others_that_have_a_label(
    alike: ScriptedEngine, looking: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(looking.inspector.large.view.details.nearest.isVisible)
    pictures, question = alike.questions[0]
    ids = looking.pictures.model.ids.tolist()
    assert question.picture_ids.tolist() == [ids[FIRST]]
    assert pictures.picture_ids.tolist() == ids[: EXAMPLES + 1]
    press(Qt.Key.Key_2)  # goes on to the next, and the one behind it is an example now
    qtbot.waitUntil(lambda: len(alike.questions) == 2)
    pictures, question = alike.questions[1]
    assert question.picture_ids.tolist() == [ids[FIRST + 1]]
    assert pictures.picture_ids.tolist() == ids[: EXAMPLES + 2]
    assert pictures.known is not None
    assert pictures.known.picture_ids.tolist() == ids[: EXAMPLES + 1]


def test_the_examples_compared_with_are_always_those_of_the_moment(
    alike: ScriptedEngine, looking: MainWindow, qtbot: QtBot
) -> None:
    hub, ids = looking.hub, looking.pictures.model.ids.tolist()
    bee = hub.queries.classes[1].id
    gestures: list[Callable[[], object]] = [
        lambda: hub.commands.apply(LabelPictures([ids[-1], ids[-3]], bee)),  # behind the others, and between
        lambda: hub.commands.apply(LabelPictures([ids[0]], UNKNOWN)),
        lambda: hub.commands.apply(LabelPictures([ids[-3], ids[FIRST]], None)),
        hub.commands.undo,
        hub.commands.undo,
        lambda: hub.commands.apply(RemovePictures([ids[1]])),
        hub.commands.undo,
    ]
    for asked, gesture in enumerate(gestures, 1):
        qtbot.waitUntil(lambda asked=asked: len(alike.questions) == asked)  # type: ignore[misc]
        gesture()
        qtbot.waitUntil(lambda asked=asked: len(alike.questions) == asked + 1)  # type: ignore[misc]
        pictures = alike.questions[-1][0]
        labelled = [one for one in hub.queries.labeled_ids().tolist() if hub.queries.class_of(one) != UNKNOWN]
        expected = {picture_id: os.fsencode(hub.queries.path(picture_id)) for picture_id in labelled}
        current_id = shown(looking.inspector)
        assert current_id is not None
        expected[current_id] = os.fsencode(hub.queries.path(current_id))
        assert list(zip(pictures.picture_ids.tolist(), pictures.paths, strict=True)) == sorted(
            expected.items()
        )


def test_who_leafs_through_pictures_asks_about_the_last_only(
    alike: ScriptedEngine, looking: MainWindow, qtbot: QtBot
) -> None:
    for _ in range(3):
        press(Qt.Key.Key_Right)
    nearest = looking.inspector.large.view.details.nearest
    qtbot.waitUntil(nearest.isVisible)
    assert [int(question.picture_ids[0]) for _, question in alike.questions] == [shown(looking.inspector)]


def test_without_a_label_anywhere_it_says_so(
    window: MainWindow, qtbot: QtBot, make_pictures: Callable[..., Path]
) -> None:
    window.hub.commands.apply(AddPictures(sorted(make_pictures("rest", 2).iterdir())))
    click(window.pictures.grid, 0)
    press(Qt.Key.Key_Space)
    words = window.inspector.large.view.details.nearest_words
    qtbot.waitUntil(lambda: "No other picture has a label yet." in words.text())


def test_a_question_that_fails_tells_why(engine: ScriptedEngine, looking: MainWindow, qtbot: QtBot) -> None:
    engine.error = OSError("The disk is gone.")
    words = looking.inspector.large.view.details.nearest_words
    qtbot.waitUntil(lambda: "The disk is gone." in words.text())


# -- the pane


def test_the_pane_follows_the_grid_while_it_is_seen(full: MainWindow, qtbot: QtBot) -> None:
    grid, pane = full.pictures.grid, full.inspector.pane
    click(grid, FIRST)
    assert pane.picture_id is None
    show_pane(full, qtbot)
    assert pane.picture_id == full.pictures.model.id_at(FIRST)
    click(grid, 0)
    assert pane.picture_id == full.pictures.model.id_at(0)
    qtbot.waitUntil(lambda: color_in_the_middle(full) == QColor("red"))
    full._docks[0].raise_()
    qtbot.waitUntil(lambda: pane.picture_id is None)
    assert pane.picture.zoom_view.is_empty


def test_the_pane_says_what_to_do_where_there_is_nothing_to_see(window: MainWindow, qtbot: QtBot) -> None:
    show_pane(window, qtbot)
    assert "Choose a picture" in window.inspector.pane.picture.message.text()
    assert not window.inspector.pane.details.isVisible()


def test_a_double_click_in_the_pane_shows_the_picture_large(full: MainWindow, qtbot: QtBot) -> None:
    click(full.pictures.grid, FIRST)
    show_pane(full, qtbot)
    zoom_view = full.inspector.pane.picture.zoom_view
    qtbot.waitUntil(zoom_view.isVisible)
    QTest.mouseDClick(zoom_view.viewport(), Qt.MouseButton.LeftButton, pos=zoom_view.rect().center())
    assert shown(full.inspector) == full.pictures.model.id_at(FIRST)
    assert full.inspector.pane.picture_id is None
    press(Qt.Key.Key_Escape)
    assert full.inspector.pane.picture_id == full.pictures.model.id_at(FIRST)


def test_a_picture_that_is_removed_leaves_the_pane(full: MainWindow, qtbot: QtBot) -> None:
    show_pane(full, qtbot)
    click(full.pictures.grid, FIRST)
    full.hub.commands.apply(RemovePictures(full.pictures.model.ids.tolist()))
    assert full.inspector.pane.picture_id is None


def test_a_picture_that_is_found_elsewhere_or_replaced_is_opened_anew(
    full: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    show_pane(full, qtbot)
    click(full.pictures.grid, 0)
    qtbot.waitUntil(lambda: color_in_the_middle(full) == QColor("red"))
    picture = full.pictures.model.id_at(0)
    Image.new("RGB", (40, 40), "blue").save(tmp_path / "elsewhere.png")
    full.hub.commands.apply(RelocatePictures({picture: tmp_path / "elsewhere.png"}))
    qtbot.waitUntil(lambda: color_in_the_middle(full) == QColor("blue"))
    Image.new("RGB", (40, 40), "lime").save(tmp_path / "elsewhere.png")
    full.hub.replaced.emit(np.array([picture]))
    qtbot.waitUntil(lambda: color_in_the_middle(full) == QColor("lime"))


def test_the_menu_opens_the_large_view_too(full: MainWindow, qtbot: QtBot) -> None:
    click(full.pictures.grid, FIRST)
    choose_from_menu_bar(full, qtbot, "View", "Look closely")
    assert full.inspector.is_large


def test_a_closed_window_has_let_go_of_everything(full: MainWindow) -> None:
    click(full.pictures.grid, FIRST)
    press(Qt.Key.Key_Space)
    full.close()
    assert full.all_ended
