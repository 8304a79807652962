"""Which shape and colour means which class, in as many short rows as it takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.symbols import draw_symbol
from fewshot_gui.theme import visible_on

_SYMBOL = 10
_GAP = 5
_BETWEEN = 14
_WIDEST_NAME = 130
_MOST_ROWS = 3


class ClassLegend(QWidget):
    """Symbols with names, flowing like words; says how many did not fit."""

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
        for (name, color, symbol), place in zip(self._entries, places, strict=False):
            middle = place.top() + (place.height() - _SYMBOL) / 2
            draw_symbol(
                painter, QRectF(place.left(), middle, _SYMBOL, _SYMBOL), symbol, visible_on(color, ground)
            )
            text = place.adjusted(_SYMBOL + _GAP, 0, 0, 0)
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, elided)
        if left_out:
            painter.drawText(places[-1], Qt.AlignmentFlag.AlignVCenter, self._more(left_out))
        painter.end()

    def _more(self, count: int) -> str:
        return self.tr("+ {count} more").format(count=count)

    def _flow(self, width: int) -> tuple[list[QRect], int]:
        """A place for each entry that fits, then one for "+ n more" if some do not; and that n."""
        metrics = self.fontMetrics()
        height = max(metrics.height(), _SYMBOL) + 2
        more = metrics.horizontalAdvance(self._more(len(self._entries)))
        places: list[QRect] = []
        at = QPoint(0, 0)
        for name, _, _ in self._entries:
            wide = _SYMBOL + _GAP + min(metrics.horizontalAdvance(name) + 1, _WIDEST_NAME)
            wide = min(wide, width)
            if at.x() and at.x() + wide > width:
                at = QPoint(0, at.y() + height)
            if at.y() >= _MOST_ROWS * height:
                break
            places.append(QRect(at, QSize(wide, height)))
            at.setX(at.x() + wide + _BETWEEN)
        left_out = len(self._entries) - len(places)
        if left_out:
            while places and places[-1].right() + _BETWEEN + more > width:
                places.pop()
                left_out += 1
                if places and places[-1].top() < (_MOST_ROWS - 1) * height:
                    break
            last = places[-1] if places else QRect(-_BETWEEN, 0, 0, height)
            x = last.right() + _BETWEEN
            fits = x + more <= width
            corner = QPoint(x, last.top()) if fits else QPoint(0, (_MOST_ROWS - 1) * height)
            places.append(QRect(corner, QSize(more, height)))
        return places, left_out
