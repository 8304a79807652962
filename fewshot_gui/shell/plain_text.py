"""Makes every label and tool tip show plain text, unless code asks for HTML.

Qt takes a text for HTML if it looks like that, and then loads what it names: a class called `<img
src="/dev/zero">` would end the program when the mouse rests on it. Names come from anywhere, and so do
sentences that contain them. So a label that is to show HTML calls `setTextFormat(RichText)` and escapes what
it puts into it; a tool tip cannot.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProxyStyle, QStyle, QStyleOption, QWidget

_TOOL_TIP = "QTipLabel"


class PlainTextStyle(QProxyStyle):
    """Fusion, with plain text, all of which is seen.

    Qt polishes each widget once before it is first measured, and polishes the label of a tool tip before it
    gets its text. Message boxes and item views use such labels, too.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, thing: Any) -> Any:
        if isinstance(thing, QLabel):
            if thing.textFormat() is Qt.TextFormat.AutoText:
                thing.setTextFormat(Qt.TextFormat.PlainText)
            if thing.metaObject().className() == _TOOL_TIP:
                thing.setMaximumSize(thing.screen().availableSize())
        return super().polish(thing)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric is QStyle.PixelMetric.PM_TabBarTabShiftVertical:
            return 0  # Fusion moves a tab that is not chosen down, and its underscores out of sight
        return super().pixelMetric(metric, option, widget)
