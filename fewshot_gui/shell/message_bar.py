"""Messages within the window: they do not interrupt."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import NewType

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStyle, QToolButton, QWidget

from engine.messages import Message
from engine.visible import visible
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.long_words import with_short_words


class Severity(enum.Enum):
    """The severity of a message; the value is its standard icon."""

    INFORMATION = QStyle.StandardPixmap.SP_MessageBoxInformation
    WARNING = QStyle.StandardPixmap.SP_MessageBoxWarning
    ERROR = QStyle.StandardPixmap.SP_MessageBoxCritical


@dataclass(frozen=True)
class Notification:
    """A message and, optionally, an action, or two of which the person chooses one.

    The engine's messages are translated when they are shown; a `str` is translated already. A `lasting`
    message is about more than the run that it came from.
    """

    severity: Severity
    text: Message | str
    action_text: str = ""
    action: Callable[[], None] | None = field(default=None, compare=False)
    lasting: bool = False
    other_text: str = ""
    other: Callable[[], None] | None = field(default=None, compare=False)


MessageId = NewType("MessageId", int)
"""Identifies a shown message, to withdraw it."""


class MessageSink:
    """A place to show messages."""

    def show_message(self, message: Notification) -> MessageId:
        raise NotImplementedError

    def inform(self, text: Message | str) -> MessageId:
        return self.show_message(Notification(Severity.INFORMATION, text))

    def warn(self, text: Message | str) -> MessageId:
        return self.show_message(Notification(Severity.WARNING, text))

    def report_problem(self, text: Message | str) -> MessageId:
        return self.show_message(Notification(Severity.ERROR, text))


class MessageBar(MessageSink, QFrame):
    """Shows the newest message; closing it shows the one before. Hidden without messages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids = count(1)
        self._messages: dict[MessageId, Notification] = {}
        """The newest message is the last."""
        self.setObjectName("messageBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._others = QLabel(self)
        self._action = QPushButton(self)
        self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        self._action.clicked.connect(self._act)
        self._other = QPushButton(self)
        self._other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._other.clicked.connect(self._act_otherwise)
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
        for widget in (self._others, self._action, self._other, self._close):
            row.addWidget(widget)
        self.hide()

    @property
    def newest(self) -> MessageId | None:
        """The id of the message that is shown."""
        return next(reversed(self._messages), None)

    @property
    def text(self) -> str:
        """The text that is shown; empty without a message."""
        return "" if self.newest is None else _as_shown(self._messages[self.newest].text)

    def show_message(self, message: Notification) -> MessageId:
        """Show a message; it replaces an equal one."""
        shown = MessageId(next(self._ids))
        self._keep(lambda kept: kept != message)
        self._messages[shown] = message
        self._show_newest()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        return shown

    def dismiss(self) -> None:
        """Close the newest message."""
        if self._messages:
            self._messages.popitem()
        self._show_newest()

    def withdraw(self, shown: MessageId | None) -> bool:
        """Remove a message that no longer holds; returns whether it was still there."""
        was_there = shown is not None and self._messages.pop(shown, None) is not None
        self._show_newest()
        return was_there

    def clear(self) -> None:
        """Remove all messages that are not lasting."""
        self._keep(lambda kept: kept.lasting)
        self._show_newest()

    def _keep(self, wanted: Callable[[Notification], bool]) -> None:
        self._messages = {shown: kept for shown, kept in self._messages.items() if wanted(kept)}

    def _show_newest(self) -> None:
        if self._messages:
            *before, message = self._messages.values()
            size = self.fontMetrics().height() + 2
            self._icon.setPixmap(self.style().standardIcon(message.severity.value).pixmap(size))
            text = _as_shown(message.text)
            shown = with_short_words(text)
            self._text.setText(shown)
            self._text.setToolTip(text if shown != text else "")
            self._action.setText(message.action_text)
            self._action.setVisible(message.action is not None)
            self._other.setText(message.other_text)
            self._other.setVisible(message.other is not None)
            self._others.setText(self.tr("+ {n} more").format(n=len(before)))
            self._others.setVisible(bool(before))
            others = "\n".join(_as_shown(kept.text) for kept in reversed(before))
            self._others.setToolTip(others)
            self._others.setAccessibleDescription(others)
            self.setAccessibleName(text)
        self.setVisible(bool(self._messages))

    def _act(self) -> None:
        if self.newest is not None and (action := self._messages[self.newest].action) is not None:
            action()

    def _act_otherwise(self) -> None:
        if self.newest is not None and (other := self._messages[self.newest].other) is not None:
            other()


def _as_shown(text: Message | str) -> str:
    """The text in the language of the window; names in it are isolated from the direction of the letters
    around them."""
    return "\n".join(map(visible, translated(text).split("\n")))  # its own lines stay


class MessageGroup(MessageSink):
    """The messages of one part of the window, which can be withdrawn together."""

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._shown: list[MessageId] = []

    def show_message(self, message: Notification) -> MessageId:
        shown = self._bar.show_message(message)
        self._shown.append(shown)
        return shown

    def withdraw(self) -> bool:
        """Remove all messages of the group; returns whether any was still there."""
        withdrawn = [self._bar.withdraw(shown) for shown in self._shown]
        self._shown.clear()
        return any(withdrawn)
