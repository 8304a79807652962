"""The keys of classes: any letter or digit that no action of the window uses."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from engine.visible import visible
from engine.workspace.commands import SetClassKey
from fewshot_gui.features.classes.key_dialog import KeyDialog
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.shell.actions import ClassMenu


class ClassKeys(QObject):
    """Asks a person for the key of a class. The keys in use are looked up each time, so none is missed."""

    def __init__(self, hub: ProjectHub, class_menu: ClassMenu, window: QMainWindow) -> None:
        super().__init__(window)
        self._hub = hub
        self._class_menu = class_menu
        self._window = window

    def ask(self, class_id: int) -> None:
        """Let the person press the key that is to label pictures as this class."""
        row = next(row for row in self._hub.queries.classes if row.id == class_id)
        dialog = KeyDialog(self._window, visible(row.name), row.key, lambda key: self._refusal(class_id, key))
        dialog.chosen.connect(lambda key: self._hub.commands.apply(SetClassKey(class_id, key)))
        dialog.open()

    def _refusal(self, class_id: int, key: str) -> str:
        """Why the class cannot have this key, as a sentence; empty if it can."""
        for row in self._hub.queries.classes:
            if row.key == key and row.id != class_id:
                words = self.tr("{key} is the key of “{name}”: press another.")
                return words.format(key=key, name=visible(row.name))
        for action in self._commands():
            if QKeySequence(key) in action.shortcuts():
                name = action.text().replace("&", "").rstrip("…")
                words = self.tr("{key} is taken, by the command “{command}”: press another.")
                return words.format(key=key, command=name)
        return ""

    def _commands(self) -> Iterator[QAction]:
        of_classes = self._class_menu.of_classes
        return (action for action in self._window.findChildren(QAction) if action not in of_classes)
