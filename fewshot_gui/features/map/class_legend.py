"""The legend: the symbol and colour of each class, in as few short rows as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

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
_MOST_NAMES = 40
"""Of more names, a tool tip would not fit on the screen."""
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
        shown = (
            [*names[:_MOST_NAMES], self._more(len(names) - _MOST_NAMES)]
            if len(names) > _MOST_NAMES
            else names
        )
        self.setAccessibleName(", ".join(shown))
        self.setToolTip("\n".join(shown))
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
        wide = (
            _SYMBOL + _GAP + min(metrics.horizontalAdvance(name) + 1, _WIDEST_NAME)
            for name, _, _ in self._entries
        )
        # Only those that fit are measured: there may be thousands.
        fitting = list(
            takewhile(lambda place: place.top() < _MAX_ROWS * height, _lay_out(wide, width, height))
        )
        if len(fitting) == len(self._entries):
            return fitting, 0
        boxes = [place.width() for place in fitting]
        more = metrics.horizontalAdvance(self._more(len(self._entries)))
        places = list(_lay_out([*boxes, more], width, height))
        while places[-1].top() >= _MAX_ROWS * height:
            boxes.pop()
            places = list(_lay_out([*boxes, more], width, height))
        return places, len(self._entries) - len(boxes)


def _lay_out(wide: Iterable[int], width: int, height: int) -> Iterator[QRect]:
    """Rectangles of these widths beside each other, in rows of `width`."""
    x = y = 0
    for box in wide:
        if x and x + box > width:
            x, y = 0, y + height
        yield QRect(x, y, min(box, width), height)
        x += box + _BETWEEN
