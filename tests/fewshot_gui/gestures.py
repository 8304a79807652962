"""What a hand does: real events, sent where Qt would send them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.features.pictures.filter_tabs import FilterTabs
from fewshot_gui.project.picture_columns import Show

_LEFT = Qt.MouseButton.LeftButton
_NO_KEY = Qt.KeyboardModifier.NoModifier


def files(paths: Sequence[Path]) -> QMimeData:
    """What a file manager offers when these are dragged or copied."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag_over(
    widget: QWidget, mime: QMimeData, place: QPoint, proposed: Qt.DropAction = Qt.DropAction.CopyAction
) -> bool:
    """Bring a drag over `place`; returns whether it would be taken there."""
    enter = QDragEnterEvent(place, proposed, mime, _LEFT, _NO_KEY)
    QApplication.sendEvent(widget, enter)
    move = QDragMoveEvent(place, proposed, mime, _LEFT, _NO_KEY)
    QApplication.sendEvent(widget, move)
    return enter.isAccepted() and move.isAccepted()


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QDragLeaveEvent())


def drop(
    widget: QWidget, mime: QMimeData, place: QPoint, proposed: Qt.DropAction = Qt.DropAction.CopyAction
) -> QDropEvent:
    """Drag `mime` to `place` and let go; returns the drop event with what became of it."""
    drag_over(widget, mime, place, proposed)
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(place), both, mime, _LEFT, _NO_KEY)
    event.setDropAction(proposed)
    QApplication.sendEvent(widget, event)
    return event


def middle_of(view: QAbstractItemView, index: QModelIndex) -> QPoint:
    return view.visualRect(index).center()


def click(view: QAbstractItemView, row: int) -> None:
    QTest.mouseClick(view.viewport(), _LEFT, pos=middle_of(view, view.model().index(row, 0)))


def click_tab(tabs: FilterTabs, show: Show) -> None:
    place = tabs.place_of(show)
    if not tabs.rect().contains(tabs.tabRect(place).center()):  # the arrows at the end bring it there
        tabs.setCurrentIndex(place)
    QTest.mouseClick(tabs, _LEFT, pos=tabs.tabRect(place).center())


def right_click(view: QAbstractItemView, row: int) -> None:
    """Through the window system, which turns a press of the right button into the wish for a menu."""
    window = view.window()
    place = view.viewport().mapTo(window, middle_of(view, view.model().index(row, 0)))
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.RightButton, pos=place)


def draw_loop(
    viewport: QWidget,
    places: Sequence[QPoint],
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.ShiftModifier,
) -> None:
    """Press at the first of these places, move over the others, and let go at the last."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(places) - 1)]
    for kind, place in [*zip(kinds, places, strict=True), (QEvent.Type.MouseButtonRelease, places[-1])]:
        moving, released = kind is QEvent.Type.MouseMove, kind is QEvent.Type.MouseButtonRelease
        button = Qt.MouseButton.NoButton if moving else _LEFT
        buttons = Qt.MouseButton.NoButton if released else _LEFT
        where = QPointF(viewport.mapToGlobal(place))
        QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(place), where, button, buttons, held))


def choose_by_keys(menu: QComboBox, wanted: object, role: int = Qt.ItemDataRole.UserRole) -> None:
    """Walk through a drop-down menu with the arrow keys until it stands on the item with this data."""
    menu.setFocus()
    QTest.keyClick(menu, Qt.Key.Key_Home)
    for _ in range(menu.count()):
        if menu.currentData(role) == wanted:
            return
        QTest.keyClick(menu, Qt.Key.Key_Down)
    raise AssertionError(f"{wanted} cannot be reached by keys in the menu '{menu.accessibleName()}'")


def choose_from_menu_bar(window: QMainWindow, qtbot: QtBot, first: str, *titles: str) -> None:
    """Open the menu `first` with Alt and its letter, then walk to each of `titles` in turn."""
    window.activateWindow()  # without a window manager, a dialog that closes leaves no window active
    qtbot.waitUntil(window.isActiveWindow)
    action = next(action for action in window.menuBar().actions() if _plain(action.text()) == first)
    QTest.keySequence(window, QKeySequence.mnemonic(action.text()))
    choose_from_open_menu(*titles)


def choose_from_open_menu(*titles: str) -> None:
    """With the arrow keys and Return, which also opens the submenu that a title may stand for."""
    for title in titles:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), f"no menu is open to choose '{title}' from"
        seen: list[str] = []
        while title not in seen:
            if menu.activeAction() is not None:
                seen.append(_plain(menu.activeAction().text()))
            assert len(seen) <= len(menu.actions()), f"'{title}' cannot be reached by keys, only {seen}"
            if title not in seen:
                QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)


def _plain(text: str) -> str:
    """As it is read: without the mark of its letter."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def paste_into(line: QLineEdit, text: object) -> None:
    """In place of what it holds."""
    line.setFocus()
    QGuiApplication.clipboard().setText(str(text))
    QTest.keySequence(line, QKeySequence(QKeySequence.StandardKey.SelectAll))
    QTest.keySequence(line, QKeySequence(QKeySequence.StandardKey.Paste))


def export_to(dialog: ExportDialog, qtbot: QtBot, path: Path) -> None:
    """Paste a path into the dialog and press Return."""
    qtbot.waitUntil(dialog.isActiveWindow)
    paste_into(dialog.path, path)
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)


def answer_with_paths(window: QWidget, qtbot: QtBot, *paths: Path) -> None:
    """Paste paths into the file dialog of `window` that is open, and press Return.

    Pasted, because Qt completes what is typed, and the list of completions takes the Return.
    """
    dialog = next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    qtbot.waitUntil(dialog.isActiveWindow)
    paste_into(name, paths[0] if len(paths) == 1 else " ".join(f'"{path}"' for path in paths))
    QTest.keyClick(name, Qt.Key.Key_Return)
