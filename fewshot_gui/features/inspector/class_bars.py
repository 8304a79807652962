"""The probability of each class for one picture, as bars; the most probable class is on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.project.picture_model import percent
from fewshot_gui.shell.theme import mix, visible_on
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.symbols import draw_symbol

_MOST = 8
_SYMBOL = 11
_GAP = 6
_BAR = 8
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class ClassBar:
    """A class with its `probability` (0..1), `None` without a prediction. `chosen` is the class that a person
    gave the picture."""

    name: str
    color: QColor
    symbol: str
    key: str
    probability: float | None
    chosen: bool


class ClassBars(QWidget):
    """A row for each class that fits: key, symbol, name, bar and percentage; the last row sums up the
    others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[ClassBar] = []
        self._rest: list[ClassBar] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Classes"))

    def set_bars(self, bars: Sequence[ClassBar]) -> None:
        """Show these, in this order."""
        fitting = len(bars) if len(bars) <= _MOST + 1 else _MOST
        self._bars, self._rest = list(bars[:fitting]), list(bars[fitting:])
        words = [_words(bar) for bar in self._bars]
        self.setAccessibleDescription(", ".join([*words, self.rest_in_words] if self._rest else words))
        self.setToolTip("\n".join(_words(bar) for bar in bars) if self._rest else "")
        self.updateGeometry()
        self.update()

    @property
    def rest_in_words(self) -> str:
        """The classes that are not shown, as a phrase; empty if all are shown."""
        if not self._rest:
            return ""
        probabilities = [bar.probability for bar in self._rest if bar.probability is not None]
        words = self.tr("{n} more, together {p}") if probabilities else self.tr("{n} more")
        return words.format(n=len(self._rest), p=percent(sum(probabilities)))

    def sizeHint(self) -> QSize:
        return QSize(240, (len(self._bars) + bool(self._rest)) * self._row_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height, width = self._row_height(), self.width()
        names = max((self._name_width(bar) for bar in self._bars), default=0)
        key = self.fontMetrics().horizontalAdvance("0") + _GAP if any(bar.key for bar in self._bars) else 0
        name_width = min(names, (width - key) * 2 // 5) if self._predicted else width
        for place, bar in enumerate(self._bars):
            self._paint_bar(painter, bar, QRect(0, place * height, width, height), key, name_width)
        if self._rest:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            left = key + _SYMBOL + _GAP
            area = QRect(left, len(self._bars) * height, width - left, height)
            painter.drawText(area, _MIDDLE, self.rest_in_words)
        painter.end()

    @property
    def _predicted(self) -> bool:
        return any(bar.probability is not None for bar in self._bars)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 6

    def _font(self, bar: ClassBar) -> QFont:
        return bold(self.font()) if bar.chosen else self.font()

    def _name_width(self, bar: ClassBar) -> int:
        return QFontMetrics(self._font(bar)).horizontalAdvance(bar.name) + 1

    def _paint_bar(self, painter: QPainter, bar: ClassBar, row: QRect, key: int, name_width: int) -> None:
        colors = self.palette()
        ground = colors.color(QPalette.ColorRole.Window)
        color = visible_on(bar.color, ground)
        text, dim = (
            colors.color(QPalette.ColorRole.WindowText),
            colors.color(QPalette.ColorRole.PlaceholderText),
        )
        painter.setFont(self.font())
        painter.setPen(dim)
        painter.drawText(QRect(row.left(), row.top(), key, row.height()), _MIDDLE, bar.key)
        middle = row.top() + row.height() / 2
        draw_symbol(
            painter, QRectF(key, middle - _SYMBOL / 2, _SYMBOL, _SYMBOL), bar.symbol, color, filled=bar.chosen
        )
        left = key + _SYMBOL + _GAP
        painter.setFont(self._font(bar))
        painter.setPen(text)
        name = QFontMetrics(self._font(bar)).elidedText(bar.name, Qt.TextElideMode.ElideMiddle, name_width)
        painter.drawText(QRect(left, row.top(), name_width, row.height()), _MIDDLE, name)
        if bar.probability is None:
            return
        painter.setFont(self.font())
        number = self.fontMetrics().horizontalAdvance("100 %") + 1
        painter.drawText(
            QRect(row.right() - number, row.top(), number, row.height()),
            Qt.AlignmentFlag.AlignRight | _MIDDLE,
            percent(bar.probability),
        )
        left += name_width + _GAP
        track = QRectF(left, middle - _BAR / 2, row.right() - number - _GAP - left, _BAR)
        painter.fillRect(track, mix(ground, color, 0.2))
        track.setWidth(track.width() * bar.probability)
        painter.fillRect(track, color)


def _words(bar: ClassBar) -> str:
    return bar.name if bar.probability is None else f"{bar.name} {percent(bar.probability)}"
