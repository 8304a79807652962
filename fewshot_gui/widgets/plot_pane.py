"""The base of both live plots: a plot that follows the palette, with a summary below."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget


class PlotPane(QWidget):
    """A plot with a name for screen readers; `summary` says what it shows.

    It does not accept drops: they pass through to the window.
    """

    def __init__(self, name: str, parent: QWidget | None = None, view: pg.ViewBox | None = None) -> None:
        super().__init__(parent)
        self.plot = pg.PlotWidget(self, viewBox=view)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setAcceptDrops(False)
        self.plot.viewport().setAcceptDrops(False)
        self.plot.setAccessibleName(name)
        self.setAccessibleName(name)
        self.plot.setToolTip(name)
        self.plot.installEventFilter(self)

        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(4, 4, 4, 4)
        self.column.setSpacing(4)
        self.column.addWidget(self.plot, 1)
        self.column.addWidget(self.summary)

    def set_summary(self, text: str) -> None:
        """Show `text` below the plot, and give it to screen readers."""
        self.summary.setText(text)
        self.plot.setAccessibleDescription(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a focus frame around the plot."""
        if self.plot.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRect(self.plot.geometry().adjusted(-1, -1, 1, 1))
            painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.restyle(self.palette())

    def restyle(self, palette: QPalette) -> None:
        """Use the colours of `palette`; pyqtgraph would stay black."""
        self.plot.setBackground(palette.color(QPalette.ColorRole.Base))
        for side in ("left", "bottom", "right", "top"):
            axis = self.plot.getAxis(side)
            axis.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            axis.setTextPen(palette.color(QPalette.ColorRole.PlaceholderText))
