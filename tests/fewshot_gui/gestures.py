"""What a hand does: real events, sent where Qt would send them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

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
