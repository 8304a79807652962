"""Weights of the desktop's font."""

from __future__ import annotations

from PySide6.QtGui import QFont


def bold(font: QFont) -> QFont:
    """The font in bold, for headings."""
    heavier = QFont(font)
    heavier.setWeight(QFont.Weight.DemiBold)
    return heavier
