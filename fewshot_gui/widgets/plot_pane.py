"""The base of both live plots: a plot that follows the palette, with a summary below."""

from __future__ import annotations

from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from engine.errors import reason_of
from engine.files import write_atomically
from engine.messages import Message
from fewshot_gui.widgets.file_dialog import FileDialog


class PlotPane(QWidget):
    """A plot with a name for screen readers; `summary` says what it shows, `menu` copies or saves both.

    It does not accept drops: they pass through to the window.
    """

    problem = Signal(Message)
    """Why the plot could not be saved."""

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
        self.menu = QMenu(self)
        self.menu.addAction(self.tr("&Copy as an image"), self._copy)
        self.menu.addAction(self.tr("&Save as an image…"), self._ask_file)
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plot.customContextMenuRequested.connect(self._open_menu)

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

    def _picture(self) -> QPixmap:
        """The plot with what stands below it."""
        return self.grab(self.plot.geometry().united(self.summary.geometry()))

    def _open_menu(self, place: QPoint) -> None:
        self.menu.popup(self.plot.viewport().mapToGlobal(place))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._picture())

    def _ask_file(self) -> None:
        mode, save = QFileDialog.FileMode.AnyFile, QFileDialog.AcceptMode.AcceptSave
        filters = [self.tr("PNG image") + " (*.png)"]
        dialog = FileDialog(
            self, self.tr("Save the plot"), "plots", mode, name_filters=filters, accept_mode=save
        )
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{self.plot.accessibleName()}.png")
        dialog.chosen.connect(lambda paths: self._save(paths[0]))
        dialog.open()

    def _save(self, path: Path) -> None:
        content = QBuffer(self)
        self._picture().save(content, "PNG")
        try:
            write_atomically(path, bytes(content.data().data()))
        except OSError as error:
            reason = reason_of(error)
            self.problem.emit(Message("'{path}' cannot be written: {reason}", path=path, reason=reason))

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
