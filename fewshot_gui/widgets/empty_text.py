"""The text of an empty list."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView

_WIDTH = 460


def paint_empty(view: QAbstractItemView, title: str, body: str) -> None:
    """Paint a title and a sentence in the middle of `view`, within its paint event."""
    painter = QPainter(view.viewport())
    area = view.viewport().rect().adjusted(24, 24, -24, -24)
    width = min(area.width(), _WIDTH)
    wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    title_font = QFont(view.font())
    title_font.setPointSizeF(title_font.pointSizeF() * 1.5)
    title_font.setWeight(QFont.Weight.DemiBold)
    parts = (
        (title_font, QPalette.ColorRole.Text, title),
        (view.font(), QPalette.ColorRole.PlaceholderText, body),
    )
    heights = []
    for font, _, text in parts:
        painter.setFont(font)
        heights.append(painter.boundingRect(QRect(0, 0, width, 10_000), wrapped, text).height())
    top = area.center().y() - (sum(heights) + 10) // 2
    for (font, role, text), height in zip(parts, heights, strict=True):
        painter.setFont(font)
        painter.setPen(view.palette().color(role))
        painter.drawText(QRect(area.center().x() - width // 2, top, width, height), wrapped, text)
        top += height + 10
    painter.end()
