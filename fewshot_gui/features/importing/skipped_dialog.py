"""The list of files and folders that an import skipped, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine.visible import visible


class SkippedDialog(QDialog):
    """Shows `sentence` and, in a text that can be copied, the `lines` behind it."""

    def __init__(self, parent: QWidget, sentence: str, lines: Sequence[str]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Left out"))
        self.resize(640, 400)
        label = QLabel(visible(sentence), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self.list = QPlainTextEdit(
            "\n".join(map(visible, lines)),
            self,
            readOnly=True,
            lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap,
        )
        self.list.setAccessibleName(self.tr("What was left out, and why"))
        self.list.setTabChangesFocus(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        # The style's own drawing is black, also on a dark button.
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
