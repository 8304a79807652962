"""Help: the keys there are, and what this program is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMainWindow, QMessageBox, QTextBrowser, QVBoxLayout


class ShortcutsDialog(QDialog):
    """Lists actions with the keys that they have now, so that it cannot fall behind them."""

    def __init__(
        self, window: QMainWindow, actions: Sequence[tuple[str, QAction]], of_classes: Sequence[QAction]
    ) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(480, 600)
        self.text = QTextBrowser(self)
        self.text.setHtml(self._table(actions, of_classes))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(buttons)

    def _table(self, actions: Sequence[tuple[str, QAction]], of_classes: Sequence[QAction]) -> str:
        classes = [(action.text().replace("&&", "&"), _keys(action)) for action in of_classes]
        rows = [
            *((self.tr("Label as {name}").format(name=name), keys) for name, keys in classes if keys),
            *((text, _keys(action)) for text, action in actions),
            (self.tr("Larger or smaller pictures"), "+ / −"),
        ]
        cells = "".join(
            f"<tr><td>{escape(text)}</td><td style='padding-left: 24px'><b>{escape(keys)}</b></td></tr>"
            for text, keys in rows
        )
        return f"<table cellpadding='3'>{cells}</table>"


def _keys(action: QAction) -> str:
    return " / ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())


def show_about(window: QMainWindow) -> None:
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(window.tr("About Fewshot"))
    box.setText(window.tr("<b>Fewshot</b>"))
    box.setInformativeText(
        window.tr(
            "Labels pictures from a handful of examples, on your own computer:"
            " nothing is sent anywhere. Apache-2.0."
        )
    )
    box.open()
