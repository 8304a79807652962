"""The buttons below the list of classes: each says what can be dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from fewshot_gui.project.picture_drag import can_take_pictures
from fewshot_gui.widgets.drops import DropZone

_Role = QPalette.ColorRole


class DropButton(QAbstractButton):
    """Accepts drops, and is highlighted during a drag over it; a click does without a drag.

    `margin` is the space around the text in pixels.
    """

    dropped = Signal(QMimeData)

    def __init__(self, text: str, tool_tip: str, margin: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(tool_tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._margin = margin
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

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().size(0, self.text())
        return words.grownBy(QMargins(self._margin, self._margin, self._margin, self._margin))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(_Role.WindowText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        role, line = (
            (_Role.Accent, Qt.PenStyle.SolidLine)
            if self._lit or self.hasFocus() or self.underMouse()
            else (_Role.PlaceholderText, Qt.PenStyle.DashLine)
        )
        painter.setPen(QPen(self.palette().color(role), 2, line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _drop(self, mime: QMimeData, _place: QPoint) -> None:
        self.dropped.emit(mime)
