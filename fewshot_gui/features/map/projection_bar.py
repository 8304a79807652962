"""The menu of the map's projections, and the progress of a projection that takes a while."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from engine.projections import Projection
from fewshot_gui.shell.engine_texts import translated


class ProjectionBar(QWidget):
    """Choosing the present projection again computes it again."""

    chosen = Signal(str)
    """The name of a projection."""
    stopped = Signal()

    def __init__(self, offered: Sequence[Projection], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu = QComboBox(self)
        self.menu.setToolTip(self.tr("How the pictures are spread out on the map"))
        for place, projection in enumerate(offered):
            summary = translated(projection.summary)
            self.menu.addItem(translated(projection.title), projection.name)
            self.menu.setItemData(place, summary, Qt.ItemDataRole.ToolTipRole)
            self.menu.setItemData(place, summary, Qt.ItemDataRole.AccessibleDescriptionRole)
        self.menu.setCurrentIndex(max(0, self.menu.findData(name)))
        self.menu.setAccessibleName(self.tr("Layout of the map"))
        caption = QLabel(self.tr("Layout"), self)
        caption.setBuddy(self.menu)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(8)
        self.progress.setAccessibleName(self.tr("How far the layout is"))
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.setToolTip(self.tr("Leave the map as it is now"))
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(caption)
        row.addWidget(self.menu)
        row.addWidget(self.progress, 1)
        row.addWidget(self.stop_button)
        row.addStretch(0)
        self.menu.activated.connect(self._emit_chosen)
        self.stop_button.clicked.connect(self.stopped)
        self.show_idle()

    @property
    def name(self) -> str:
        """The name of the chosen projection."""
        return str(self.menu.currentData())

    def choose(self, name: str) -> None:
        """Show this projection in the menu, and emit nothing."""
        self.menu.setCurrentIndex(self.menu.findData(name))

    def show_progress(self, percent: int) -> None:
        """Show that `percent` of the projection is done; at 0, that it is being prepared."""
        self.progress.setRange(0, 100 if percent else 0)
        self.progress.setValue(percent)
        for widget in (self.progress, self.stop_button):
            widget.setVisible(True)

    def show_idle(self) -> None:
        self.progress.setRange(0, 100)  # an indeterminate bar keeps its timer running even when hidden
        for widget in (self.progress, self.stop_button):
            widget.setVisible(False)

    def _emit_chosen(self) -> None:
        self.chosen.emit(self.name)
