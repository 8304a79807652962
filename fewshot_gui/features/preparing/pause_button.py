"""The button in the status bar that shows how many pictures are prepared, and pauses that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from fewshot_gui.features.preparing.preparer import Preparer
from fewshot_gui.shell.theme import icon


class PauseButton(QToolButton):
    """Visible while pictures are prepared, and while that is paused; a click toggles `switch`."""

    def __init__(self, preparer: Preparer, switch: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = ""
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()
        self.clicked.connect(switch.toggle)
        preparer.progressed.connect(self._show_progress)
        preparer.paused.connect(self._show_paused)
        preparer.ended.connect(self.hide)

    def _show_progress(self, done: int, total: int) -> None:
        self.setText(self.tr("Preparing {done} / {total}").format(done=f"{done:,}", total=f"{total:,}"))
        self.setToolTip(self.tr("Run answers sooner for pictures that are prepared. Click to pause."))
        self._show_icon("pause")

    def _show_paused(self) -> None:
        self.setText(self.tr("Preparing paused"))
        self.setToolTip(self.tr("Run answers sooner for pictures that are prepared. Click to continue."))
        self._show_icon("run")

    def _show_icon(self, name: str) -> None:
        if name != self._icon:
            self._icon = name
            self.setIcon(icon(name, self.palette()))
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icon:
            self.setIcon(icon(self._icon, self.palette()))
