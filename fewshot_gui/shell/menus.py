"""The menu bar's menus and the toolbar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QToolBar, QToolButton, QWidget

from fewshot_gui.shell.actions import Actions
from fewshot_gui.shell.languages import translate
from fewshot_gui.shell.saved_settings import remembered
from fewshot_gui.shell.theme import THEMES

SEPARATOR: Final = None
Entry: TypeAlias = QAction | QMenu | None


class OwnKeys(QObject):
    """Gives an open menu every key. Qt first asks the widget that still has the focus: M would sort the
    pictures instead of choosing the entry with that letter. Keys that a menu does not use go to the menu bar,
    so it is watched too."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and QApplication.activePopupWidget() is not None:
            event.accept()
            return True
        return super().eventFilter(watched, event)


def fill_menu(menu: QMenu, entries: Sequence[Entry]) -> QMenu:
    """Put actions, submenus and separators into a menu, in this order; it then gets every key."""
    own_keys = OwnKeys(menu)
    menu.installEventFilter(own_keys)
    for entry in entries:
        if isinstance(entry, QMenu):
            entry.installEventFilter(own_keys)
    return add_entries(menu, entries)


def add_entries(menu: QMenu, entries: Sequence[Entry]) -> QMenu:
    """Put actions, submenus and separators into a menu, in this order."""
    for entry in entries:
        if isinstance(entry, QMenu):
            menu.addMenu(entry)
        elif isinstance(entry, QAction):
            menu.addAction(entry)
        else:
            menu.addSeparator()
    return menu


def make_theme_menu(window: QMainWindow, do: Actions) -> QMenu:
    menu = QMenu(translate("Menus", "&Theme"), window)
    menu.addActions(do.themes.actions())
    chosen = remembered("theme", THEMES[0])
    known = chosen if chosen in THEMES else THEMES[0]
    for action in do.themes.actions():
        action.setChecked(action.data() == known)
    return menu


def make_toolbar(window: QMainWindow, choices: QWidget, do: Actions) -> QToolBar:
    """The toolbar: the choices for a run, then the most frequent actions; Tab reaches every button."""
    toolbar = QToolBar(translate("Menus", "Toolbar"), window)
    toolbar.setObjectName("toolbar")
    toolbar.setMovable(False)
    toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    toolbar.addWidget(choices)
    toolbar.addActions([do.run, do.cancel])
    toolbar.addSeparator()
    toolbar.addActions([do.undo, do.redo])
    toolbar.addSeparator()
    toolbar.addAction(do.export)
    for action in (do.run, do.cancel, do.undo, do.redo, do.export):
        button = toolbar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action in (do.undo, do.redo):  # their names grow with what they would undo
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return toolbar
