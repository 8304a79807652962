"""A menu that does not change because somebody scrolls past it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget


class SteadyCombo(QComboBox):
    """Leaves the wheel to what is around it, also where it has the keyboard, as the first of a dialog has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not give it the keyboard

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
