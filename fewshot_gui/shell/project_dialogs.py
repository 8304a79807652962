"""Closes the open dialogs when another project is opened behind them.

A dialog asks about the project that it was opened on: its answer would change the next one, by ids that mean
something else there. So each is closed, except those that are marked as independent of the project.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

_KEEPS_OPEN = "stays with the program"


def mark_project_independent(dialog: QDialog) -> None:
    """Mark a dialog that needs no project, or has its own copy of what it needs."""
    dialog.setProperty(_KEEPS_OPEN, True)


def close_project_dialogs(window: QWidget) -> None:
    """Close every open dialog of `window` without an answer, except the independent ones and their
    children."""
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible() and not _keeps_open(dialog):
            dialog.reject()


def _keeps_open(dialog: QDialog) -> bool:
    questions: QObject | None = dialog
    while questions is not None and not questions.property(_KEEPS_OPEN):
        questions = questions.parent()
    return questions is not None
