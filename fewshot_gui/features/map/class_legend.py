"""The legend: the symbol and colour of each class, in as few short rows as possible."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.shell.theme import visible_on
from fewshot_gui.widgets.symbols import draw_symbol

_SYMBOL = 10
_GAP = 5
_BETWEEN = 14
_WIDEST_NAME = 130
_MAX_ROWS = 3
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class ClassLegend(QWidget):
    """Symbols with names in rows; the last entry says how many did not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[tuple[str, QColor, str]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor], symbols: Sequence[str]) -> None:
        self._entries = list(zip(names, colors, symbols, strict=True))
        self.setAccessibleName(", ".join(names))
        self.setToolTip("\n".join(names))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places, _ = self._flow(width)
        return places[-1].bottom() + 1 if places else 0

    def sizeHint(self) -> QSize:
        width = self.width() or 240
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        places, left_out = self._flow(self.width())
        palette, metrics = self.palette(), self.fontMetrics()
        painter = QPainter(self)
        ground = palette.color(QPalette.ColorRole.Window)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        shown = self._entries[: len(self._entries) - left_out]
        for (name, color, symbol), place in zip(shown, places, strict=False):
            middle = place.top() + (place.height() - _SYMBOL) / 2
            draw_symbol(
                painter, QRectF(place.left(), middle, _SYMBOL, _SYMBOL), symbol, visible_on(color, ground)
            )
            text = place.adjusted(_SYMBOL + _GAP, 0, 0, 0)
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, text.width())
            painter.drawText(text, _MIDDLE, elided)
        if left_out:
            painter.drawText(places[-1], _MIDDLE, self._more(left_out))
        painter.end()

    def _more(self, count: int) -> str:
        return self.tr("+ {count} more").format(count=count)

    def _flow(self, width: int) -> tuple[list[QRect], int]:
        """A rectangle for each entry that fits, then one for "+ n more" if some do not; and that n."""
        metrics = self.fontMetrics()
        height = max(metrics.height(), _SYMBOL) + 2
        wide = [
            _SYMBOL + _GAP + min(metrics.horizontalAdvance(name) + 1, _WIDEST_NAME)
            for name, _, _ in self._entries
        ]
        places = _lay_out(wide, width, height)
        fitting = sum(place.top() < _MAX_ROWS * height for place in places)
        if fitting == len(wide):
            return places, 0
        more = metrics.horizontalAdvance(self._more(len(wide)))
        places = _lay_out([*wide[:fitting], more], width, height)
        while places[-1].top() >= _MAX_ROWS * height:
            fitting -= 1
            places = _lay_out([*wide[:fitting], more], width, height)
        return places, len(wide) - fitting


def _lay_out(wide: Sequence[int], width: int, height: int) -> list[QRect]:
    """Rectangles of these widths beside each other, in rows of `width`."""
    places = []
    x = y = 0
    for box in wide:
        if x and x + box > width:
            x, y = 0, y + height
        places.append(QRect(x, y, min(box, width), height))
        x += box + _BETWEEN
    return places
