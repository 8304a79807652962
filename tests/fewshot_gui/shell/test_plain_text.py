"""Whatever a class, a picture, a run or a message is called, its name is shown letter by letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QTabBar,
    QTextEdit,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from engine.messages import Message
from engine.workspace.commands import AddClass, AddPictures, LabelPictures
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.features.importing.fetch_dialog import FetchDialog
from fewshot_gui.features.importing.skipped_dialog import SkippedDialog
from fewshot_gui.features.labeling.accept_dialog import AcceptDialog
from fewshot_gui.main_window import MainWindow
from fewshot_gui.shell.saved_settings import remember_project
from fewshot_gui.widgets.question import Question
from tests.fewshot_gui.shell import test_dialogs

IMAGE = '<img src="/nowhere/zero">'  # harmless, should a test fail
NAMES = [IMAGE, "<b>bold</b>", "R&D", "two\nlines", "long " + "x" * 10_000, "<!DOCTYPE html><h1>big"]
OBJECT = "\ufffc"
"""What stands in a document for a picture."""
PACKAGE = Path(test_dialogs.__file__).parents[3] / "fewshot_gui"
SHOW_HTML = {"shell/help.py", "shell/guide.py", "features/inspector/details.py"}


@pytest.fixture
def hostile(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Every name that a person or a file can give is made of `NAMES`; some may be refused."""
    hub = window.hub
    for name in NAMES:
        hub.commands.apply(AddClass(name))
    hub.commands.apply(AddPictures([tmp_path / "a" / f"{name[:200]}.png" for name in NAMES]))
    hub.commands.apply(AddPictures([tmp_path / f"{IMAGE}.jpg", tmp_path / "2.jpg"]))
    classes = [row.id for row in hub.queries.classes]
    assert len(classes) > 3
    pictures = hub.queries.picture_ids[:]
    hub.commands.apply(LabelPictures(pictures[:2].tolist(), classes[0]))
    for algorithm in ("protonet", IMAGE):
        run = hub.run_store.begin(algorithm, "conv4", "cpu", 0, classes)
        assert run is not None
        likely = np.full((len(pictures), len(classes)), 1 / len(classes), np.float32)
        hub.run_store.save_predictions(run, pictures, likely)
        hub.run_store.finish(run, "finished", Message(IMAGE))
    for name in NAMES:
        window.messages.warn(name)
        window.status.show_hint(name)
        remember_project(tmp_path / f"{name[:100]}.fewshot")
    (tmp_path / f"{NAMES[1].replace('/', '')}.fewshot").touch()
    return window


def labels_taken_for_html() -> list[str]:
    """The texts of labels on the screen that Qt may take for HTML though nobody said that they are."""
    labels = [widget for widget in QApplication.allWidgets() if isinstance(widget, QLabel)]
    shown = [label for label in labels if label.isVisible()]
    assert shown
    allowed = (Qt.TextFormat.PlainText, Qt.TextFormat.RichText)
    return [label.text() for label in shown if label.textFormat() not in allowed]


def html_shown() -> Iterator[QTextDocument]:
    for widget in QApplication.allWidgets():
        if isinstance(widget, QTextEdit):
            yield widget.document()
        elif isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.RichText:
            document = QTextDocument()
            document.setHtml(widget.text())
            yield document


def tool_tips() -> Iterator[str]:
    """All there are, of widgets, actions, tabs, and what a model holds."""
    for widget in QApplication.allWidgets():
        yield widget.toolTip()
        assert widget.whatsThis() == ""  # Qt would show it as HTML
        for action in [*widget.actions(), *widget.findChildren(QAction)]:
            yield action.toolTip()
        if isinstance(widget, QTabBar):
            yield from map(widget.tabToolTip, range(widget.count()))
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from texts_of(widget.model(), Qt.ItemDataRole.ToolTipRole)


def texts_of(model: QAbstractItemModel, role: Qt.ItemDataRole) -> Iterator[str]:
    root = QModelIndex()
    rows = min(50, model.rowCount(root))
    columns = 1 if isinstance(model, QAbstractListModel) else min(50, model.columnCount(root))
    for row, column in product(range(rows), range(columns)):
        yield model.data(model.index(row, column, root), role) or ""
    for orientation, count in ((Qt.Orientation.Vertical, rows), (Qt.Orientation.Horizontal, columns)):
        yield from (model.headerData(place, orientation, role) or "" for place in range(count))


def tip() -> QLabel:
    """The label of the tool tip that is shown."""
    [label] = [w for w in QApplication.topLevelWidgets() if isinstance(w, QLabel) and w.isVisible()]
    assert label.metaObject().className() == "QTipLabel"
    return label


@pytest.fixture(autouse=True)
def no_tip_is_left(qtbot: QtBot) -> Iterator[None]:
    yield
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_every_tool_tip_is_plain_and_no_larger_than_the_screen(hostile: MainWindow) -> None:
    told = set(filter(None, tool_tips()))
    assert sum(IMAGE in text for text in told) > 5
    for text in told:
        QToolTip.showText(QPoint(10, 10), text, hostile)
        assert tip().textFormat() == Qt.TextFormat.PlainText
        assert tip().text() == text
        assert tip().height() <= tip().screen().size().height()
        assert tip().width() <= tip().screen().size().width()


def test_the_mouse_on_a_class_or_a_picture_named_like_html_shows_the_name(hostile: MainWindow) -> None:
    for view in (hostile.classes.list, hostile.pictures.grid):
        place = view.visualRect(view.model().index(0, 0)).center()
        viewport = view.viewport()
        event = QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
        QApplication.sendEvent(viewport, event)
        assert "<" in tip().text()
        assert tip().textFormat() == Qt.TextFormat.PlainText


def test_no_label_of_the_window_is_taken_for_html(hostile: MainWindow) -> None:
    hostile.inspector.view.show_picture(int(hostile.hub.queries.picture_ids[0]))
    assert labels_taken_for_html() == []
    assert not any(OBJECT in document.toPlainText() for document in html_shown())


def test_html_that_is_meant_holds_names_letter_by_letter(hostile: MainWindow) -> None:
    details = hostile.inspector.pane.details
    details.show_picture(int(hostile.hub.queries.picture_ids[0]))
    beginning = IMAGE.partition("zero")[0].removesuffix("/")  # a folder of its own in the path
    for label, text in ((details.verdict, IMAGE), (details.history, IMAGE), (details.facts, beginning)):
        shown = QTextDocument()
        shown.setHtml(label.text())
        assert text in shown.toPlainText().replace("\u200b", "")


def by_name(kind: Callable[[MainWindow], QDialog]) -> Callable[[MainWindow], QDialog]:
    def make(window: MainWindow) -> QDialog:
        return test_dialogs.opened(kind(window))

    return make


MAKERS = {
    **{name: make for name, (make, _) in test_dialogs.MAKERS.items()},
    "accept by name": by_name(lambda window: AcceptDialog(window, dict.fromkeys(NAMES, 1), 1, 0.8)),
    "key by name": by_name(lambda window: KeyDialog(window, IMAGE, "1", lambda key: IMAGE)),
    "fetch by name": by_name(lambda window: FetchDialog(window, 2, NAMES)),
    "question by name": by_name(lambda window: Question(window, IMAGE, "Go", IMAGE)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_no_label_of_a_dialog_is_taken_for_html(name: str, hostile: MainWindow, qtbot: QtBot) -> None:
    dialog = MAKERS[name](hostile)
    qtbot.waitUntil(dialog.isVisible)
    assert labels_taken_for_html() == []
    assert not any(OBJECT in document.toPlainText() for document in html_shown())
    if shiboken6.isValid(dialog):
        dialog.close()
    hostile.bridge.stop_training()


def test_an_ampersand_in_a_name_underlines_nothing(hostile: MainWindow) -> None:
    hostile.files.recent_menu.aboutToShow.emit()
    texts = [action.text() for action in hostile.findChildren(QAction)]
    texts += [button.text() for button in hostile.findChildren(QAbstractButton)]
    texts += [label.text() for label in hostile.findChildren(QLabel) if label.buddy() is not None]
    named = [text for text in texts if "R&" in text]
    assert named
    assert [text for text in named if "R&&D" not in text] == []


def test_a_name_written_backwards_turns_no_sentence_round(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    override = "\u202e"
    hub, name = window.hub, f"{override}gnp.exe"
    hub.commands.apply(AddClass(name))
    hub.commands.apply(AddPictures([tmp_path / name / f"{override}gpj.png"], hub.queries.classes[0].id))
    window.messages.warn(f"“{name}” has no readable example: add one.")
    window.status.show_hint(f"Added {name}.")
    window.pictures.grid.selectAll()
    window.inspector.view.show_picture(int(hub.queries.picture_ids[0]))
    dialog = SkippedDialog(window, f"{name} was left out.", [f"{name}: no permission"])
    qtbot.addWidget(dialog)
    views = (window.classes.list, window.pictures.grid)
    texts = [*tool_tips(), dialog.list.toPlainText()]
    texts += [text for view in views for text in texts_of(view.model(), Qt.ItemDataRole.AccessibleTextRole)]
    texts += [label.text() for label in QApplication.allWidgets() if isinstance(label, QLabel)]
    texts += [action.text() for action in window.findChildren(QAction)]
    assert len([text for text in texts if r"\u202egnp.exe" in text]) > 8
    assert [text for text in texts if override in text] == []
    assert hub.queries.classes[0].name == name


def test_only_few_modules_show_html_at_all() -> None:
    words = ("RichText", "setHtml", "setMarkdown", "insertHtml", "QTextDocument", "setTitle(")
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name != "plain_text.py" and any(word in path.read_text("utf-8") for word in words)
    }
    assert found == SHOW_HTML
