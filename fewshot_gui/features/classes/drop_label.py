"""The labels below the list of classes: each says what can be dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QWidget

from fewshot_gui.project.picture_drag import can_take_pictures
from fewshot_gui.widgets.drops import DropZone

_Role = QPalette.ColorRole


class DropLabel(QLabel):
    """Accepts drops, and is highlighted during a drag over it."""

    dropped = Signal(QMimeData)

    def __init__(self, text: str, margin: int, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(margin)
        self._lit = False
        zone = DropZone(self, can_take_pictures)
        zone.hovered.connect(self.light_up)
        zone.left.connect(self.clear_highlight)
        zone.dropped.connect(self._drop)

    def light_up(self) -> None:
        self._lit = True
        self.update()

    def clear_highlight(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role, line = (
            (_Role.Accent, Qt.PenStyle.SolidLine)
            if self._lit
            else (_Role.PlaceholderText, Qt.PenStyle.DashLine)
        )
        painter.setPen(QPen(self.palette().color(role), 2, line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _drop(self, mime: QMimeData, _place: QPoint) -> None:
        self.dropped.emit(mime)
