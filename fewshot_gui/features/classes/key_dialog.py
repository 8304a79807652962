"""A dialog that takes the next key a person presses for a class."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from fewshot_gui.shell.key_places import key_at_place
from fewshot_gui.shell.long_words import with_short_words

_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class KeyDialog(QDialog):
    """Closes at the first key that is not refused. Deletes itself when closed."""

    chosen = Signal(str)
    """A letter or a digit; empty for no key."""

    def __init__(self, parent: QWidget, name: str, key: str, refusal: Callable[[str], str]) -> None:
        """`refusal` returns why a key cannot be used, and an empty string if it can."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = with_short_words(name)
        self.setWindowTitle(self.tr("Key of {name}").format(name=name))
        self._refusal = refusal
        present = self.tr("It is {key} now.").format(key=key) if key else self.tr("It has none now.")
        words = self.tr("Press the letter or digit that is to label pictures as “{name}”.")
        question = QLabel(f"{words.format(name=name)} {present}", self)
        self.problem = QLabel(self)
        for label in (question, self.problem):
            label.setWordWrap(True)
            label.setMinimumWidth(44 * label.fontMetrics().averageCharWidth())
        self.problem.setMinimumHeight(2 * self.problem.fontMetrics().lineSpacing())
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        kinds = QDialogButtonBox
        buttons = QDialogButtonBox(kinds.StandardButton.Cancel, self)
        buttons.button(kinds.StandardButton.Cancel).setIcon(QIcon())
        self.none_button = buttons.addButton(self.tr("&No key"), kinds.ButtonRole.ActionRole)
        self.none_button.setEnabled(bool(key))
        self.none_button.clicked.connect(lambda: self._choose(""))
        buttons.rejected.connect(self.reject)
        for button in (self.none_button, buttons.button(kinds.StandardButton.Cancel)):
            button.setAutoDefault(False)
        buttons.button(kinds.StandardButton.Cancel).setFocus()
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.addWidget(question)
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text().upper()
        if not text.isalnum():  # a digit of a French keyboard without Shift
            text = key_at_place(event)
        if len(text) != 1 or not text.isalnum() or event.modifiers() & _MODIFIERS:
            super().keyPressEvent(event)
        elif problem := self._refusal(text):
            self.problem.setText(with_short_words(problem))
            self.setAccessibleDescription(problem)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        else:
            self._choose(text)

    def _choose(self, key: str) -> None:
        self.chosen.emit(key)
        self.accept()
