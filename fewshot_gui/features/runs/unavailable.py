"""A menu of what cannot run here, and why: the answer can be reached without a mouse."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.runs.catalogue import Catalogue, Unavailable
from fewshot_gui.shell.engine_texts import translated


class UnavailableMenu(QMenu):
    """One entry for each backbone without weights, and for each algorithm and backbone that cannot run
    together; disabled if there is none."""

    explanation_requested = Signal(str, str)
    """The algorithm and the backbone of the chosen entry."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.menuAction().setEnabled(False)
        self.triggered.connect(self._emit_chosen)

    def set_catalogue(self, catalogue: Catalogue) -> None:
        self.clear()
        titles = {backbone.name: translated(backbone.title) for backbone in catalogue.backbones}
        missing = [backbone.name for backbone in catalogue.backbones if backbone.unavailable]
        for backbone in missing:
            self.addAction(titles[backbone].replace("&", "&&")).setData(
                (catalogue.algorithms[0].name, backbone)
            )
        for algorithm in catalogue.algorithms:
            for backbone in (name for name in algorithm.unavailable if name not in missing):
                words = self.tr("{algorithm} with {backbone}")
                text = words.format(algorithm=translated(algorithm.title), backbone=titles[backbone])
                self.addAction(text.replace("&", "&&")).setData((algorithm.name, backbone))
        self.menuAction().setEnabled(not self.isEmpty())

    def _emit_chosen(self, action: QAction) -> None:
        self.explanation_requested.emit(*action.data())


def in_words(unavailable: Unavailable) -> str:
    """The reason, with the command on a line of its own."""
    words, command = translated(unavailable.reason), unavailable.command
    return words.replace(f" {command}", f"\n{command}") if command else words
