"""The question before an action that cannot be undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget


class Question(QMessageBox):
    """`accepted` if the person agrees. Cancel is the default, so a stray key does no harm."""

    def __init__(self, parent: QWidget, question: str, agreement: str, consequence: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(parent.windowTitle())
        self.setText(question)
        self.setInformativeText(consequence)
        self.addButton(agreement, QMessageBox.ButtonRole.AcceptRole)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())
        self.setDefaultButton(cancel)
