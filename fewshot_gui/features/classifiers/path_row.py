"""A path that a person types or chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from fewshot_gui.widgets.file_dialog import FileDialog


class PathRow(QWidget):
    """A line to type in, and a button that opens the dialog which `make_dialog` makes."""

    def __init__(self, browse: str, make_dialog: Callable[[], FileDialog], parent: QWidget) -> None:
        super().__init__(parent)
        self._make_dialog = make_dialog
        self.line = QLineEdit(self)
        self.browse = QPushButton(browse, self)
        self.browse.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        row.addWidget(self.browse)
        self.setFocusProxy(self.line)

    @property
    def path(self) -> Path:
        return Path(self.line.text().strip()).expanduser()

    @Slot()
    def _ask(self) -> None:
        dialog = self._make_dialog()
        dialog.chosen.connect(lambda paths: self.line.setText(str(paths[0])))
        dialog.open()
