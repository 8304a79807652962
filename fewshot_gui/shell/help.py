"""Help: the shortcuts, and the about dialog."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMainWindow, QMessageBox, QTextBrowser, QVBoxLayout

from engine import versions
from engine.paths import cache_dir, config_dir, data_dir
from fewshot_gui.shell.languages import translate
from fewshot_gui.shell.project_dialogs import mark_project_independent

_LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"


class ShortcutsDialog(QDialog):
    """Lists what the mouse does, and the actions with their present keys."""

    def __init__(
        self, window: QMainWindow, actions: Sequence[tuple[str, QAction]], of_classes: Sequence[QAction]
    ) -> None:
        super().__init__(window)
        mark_project_independent(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(560, 680)
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(self.tr("Keys and mouse"))
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
        by_mouse = [
            (self.tr("Add examples to a class"), self.tr("Drop on the class")),
            (self.tr("Make classes of folders or archives"), self.tr("Drop below the classes")),
            (self.tr("Label pictures"), self.tr("Drag them onto a class")),
            (self.tr("Use pictures in another program"), self.tr("Drag them out of the window")),
            (self.tr("Add pictures to be labelled"), self.tr("Drop on the pictures")),
            (self.tr("Larger or smaller pictures"), self.tr("Ctrl + wheel")),
            (self.tr("Select several pictures"), self.tr("Ctrl or Shift + click")),
            (self.tr("Rename a class"), self.tr("Double click")),
            (self.tr("Select pictures on the map"), self.tr("Shift + drag around them")),
            (self.tr("Add to what is selected"), self.tr("Ctrl + Shift + drag")),
            (self.tr("Closer or farther on the map"), self.tr("Wheel")),
            (self.tr("Say what is sure enough"), self.tr("Drag the line under Confidence")),
        ]
        return _titled(self.tr("By key"), rows) + _titled(self.tr("By mouse"), by_mouse)


def _titled(title: str, rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td>{escape(text)}</td><td style='padding-left: 24px'><b>{escape(how)}</b></td></tr>"
        for text, how in rows
    )
    return f"<h3>{escape(title)}</h3><table cellpadding='3'>{cells}</table>"


def _keys(action: QAction) -> str:
    return " / ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())


def show_about(window: QMainWindow, device: str) -> None:
    """Show what this program is, with the versions and the `device` that a bug report needs."""
    box = QMessageBox(window)
    mark_project_independent(box)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(translate("About", "About Fewshot"))
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(translate("About", "<b>Fewshot</b>"))
    purpose = translate(
        "About",
        "Labels pictures from a handful of examples, on your own computer:"
        " nothing is sent anywhere, unless you agree to fetch a picture from the web.",
    )
    licence = translate("About", "Licence: Apache-2.0, see {address}").format(address=_LICENCE)
    places = [
        translate("About", "Own files: {folder}").format(folder=data_dir()),
        translate("About", "Settings: {folder}").format(folder=config_dir()),
        translate("About", "Cache: {folder}").format(folder=cache_dir()),
    ]
    lines = [purpose, licence, "", versions.in_words(), device, "", *places]
    box.setInformativeText("<br>".join(map(escape, lines)))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.addButton(QMessageBox.StandardButton.Close).setIcon(QIcon())
    box.open()
