"""Keys by their place: where a layout has another sign on a key, it acts as on the US keyboard.

A French keyboard types digits with Shift only, and a Russian one has no Latin letters. A key that is a Latin
letter or a digit is taken by what it says; only others are taken by their place.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

_ROWS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_LATIN = "".join(_ROWS)


def _in_rows(*firsts: int) -> dict[int, str]:
    """The keys of each row have consecutive codes from these on."""
    return {
        code: key for row, first in zip(_ROWS, firsts, strict=True) for code, key in enumerate(row, first)
    }


_X11 = _in_rows(10, 24, 38, 52)
"""The key codes of Linux (`linux/input-event-codes.h`) plus 8, also on Wayland."""
_WINDOWS = _in_rows(0x02, 0x10, 0x1E, 0x2C)
"""Scan codes, set 1."""
_MAC = dict(zip([*range(10), *range(11, 24), 25, 26, 28, 29], "ASDFHGZXCVBQWERYT1234659780", strict=True))
_MAC.update(zip([31, 32, 34, 35, 37, 38, 40, 45, 46], "OUIPLJKNM", strict=True))
"""Virtual key codes (`kVK_ANSI_A` in Carbon's `Events.h`); macOS has no scan codes."""


def key_at_place(event: QKeyEvent, platform: str = sys.platform) -> str:
    """The Latin letter or digit at the place of the key on a US keyboard; empty if the key has a Latin letter
    or digit of its own, or is none of these."""
    if 0 < event.key() < 128 and chr(event.key()) in _LATIN:
        return ""
    if platform == "darwin":
        return _MAC.get(event.nativeVirtualKey(), "")
    return (_WINDOWS if platform == "win32" else _X11).get(event.nativeScanCode(), "")


def is_sign(event: QKeyEvent) -> bool:
    """Whether a key types a sign other than a space. Lists would look for an entry that begins with it."""
    sign = event.text().strip()
    return sign != "" and sign.isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier


def action_at_place(window: QMainWindow, event: QKeyEvent) -> QAction | None:
    """The action of `window` whose key has the place of a pressed key that nothing else took; None if there
    is none, or if it cannot be triggered now."""
    key = key_at_place(event)
    if not key:
        return None
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    keys = QKeySequence(QKeyCombination(held, Qt.Key(ord(key))))
    focus = QApplication.focusWidget()
    candidates = (action for action in window.findChildren(QAction) if keys in action.shortcuts())
    return next((action for action in candidates if action.isEnabled() and _acts_on(action, focus)), None)


def _acts_on(action: QAction, focus: QWidget | None) -> bool:
    if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut:
        return True
    widgets = [one for one in action.associatedObjects() if isinstance(one, QWidget)]
    return any(
        one is focus or one.isAncestorOf(focus)
        for one in widgets
        if focus is not None and not isinstance(one, QMenu)
    )
