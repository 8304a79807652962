"""Problems and news in the window itself, where they interrupt nobody."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStyle, QToolButton, QWidget

from engine.visible import visible
from fewshot_gui.engine_texts import translated
from fewshot_gui.long_words import with_short_words


class Severity(enum.Enum):
    """The value is the standard picture that goes with it."""

    INFORMATION = QStyle.StandardPixmap.SP_MessageBoxInformation
    WARNING = QStyle.StandardPixmap.SP_MessageBoxWarning
    ERROR = QStyle.StandardPixmap.SP_MessageBoxCritical


@dataclass(frozen=True)
class Message:
    """A sentence and, perhaps, what can be done about it. One that is `lasting` is about more than the run
    that told it."""

    severity: Severity
    text: str
    action_text: str = ""
    action: Callable[[], None] | None = None
    lasting: bool = False


class _Telling:
    """What only has to be said, in a word."""

    def show_message(self, message: Message) -> None:
        raise NotImplementedError

    def inform(self, text: str) -> None:
        self.show_message(Message(Severity.INFORMATION, text))

    def warn(self, text: str) -> None:
        self.show_message(Message(Severity.WARNING, text))

    def report_problem(self, text: str) -> None:
        self.show_message(Message(Severity.ERROR, text))


class MessageBar(_Telling, QFrame):
    """Shows the newest message; closing it brings back the one before. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self.setObjectName("messageBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._others = QLabel(self)
        self._action = QPushButton(self)
        self._action.clicked.connect(self._act)
        self._close = QToolButton(self)
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.setAccessibleName(self.tr("Dismiss the message"))
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        for widget in (self._others, self._action, self._close):
            row.addWidget(widget)
        self.hide()

    @property
    def text(self) -> str:
        """What is being shown; empty if nothing is."""
        return self._messages[-1].text if self._messages else ""

    def show_message(self, message: Message) -> None:
        message = replace(message, text=_as_shown(message.text))
        self._messages = [kept for kept in self._messages if kept.text != message.text]
        self._messages.append(message)
        self._show_newest()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        del self._messages[-1:]
        self._show_newest()

    def withdraw(self, text: str) -> bool:
        """Take back the message with this text, as it no longer holds; returns whether it was still there."""
        text = _as_shown(text)
        others = [kept for kept in self._messages if kept.text != text]
        was_there = len(others) < len(self._messages)
        self._messages = others
        self._show_newest()
        return was_there

    def clear(self) -> None:
        """Dismiss everything that does not last."""
        self._messages = [kept for kept in self._messages if kept.lasting]
        self._show_newest()

    def _show_newest(self) -> None:
        if self._messages:
            message = self._messages[-1]
            size = self.fontMetrics().height() + 2
            self._icon.setPixmap(self.style().standardIcon(message.severity.value).pixmap(size))
            shown = with_short_words(message.text)
            self._text.setText(shown)
            self._text.setToolTip(message.text if shown != message.text else "")
            self._action.setText(message.action_text)
            self._action.setVisible(message.action is not None)
            self._others.setText(self.tr("+ {n} more").format(n=len(self._messages) - 1))
            self._others.setVisible(len(self._messages) > 1)
            others = "\n".join(kept.text for kept in reversed(self._messages[:-1]))
            self._others.setToolTip(others)
            self._others.setAccessibleDescription(others)
            self.setAccessibleName(message.text)
        self.setVisible(bool(self._messages))

    def _act(self) -> None:
        action = self._messages[-1].action
        if action is not None:
            action()


def _as_shown(text: str) -> str:
    """In the language of the window, as many a problem is told by the engine; a name in it turns no letters
    round."""
    return "\n".join(map(visible, translated(text).split("\n")))  # its own lines stay


class Remarks(_Telling):
    """What one part of the window tells in the bar, so that all of it can be taken back together."""

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._texts: list[str] = []

    def show_message(self, message: Message) -> None:
        self._texts.append(message.text)
        self._bar.show_message(message)

    def withdraw(self) -> bool:
        """As it no longer holds; returns whether any of it was still there."""
        withdrawn = [self._bar.withdraw(text) for text in self._texts]
        self._texts.clear()
        return any(withdrawn)
