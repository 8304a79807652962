"""The page of an empty project: the steps of the work in one drawing, and two ways to start."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolTip, QVBoxLayout, QWidget

from fewshot_gui.shell.theme import icon
from fewshot_gui.widgets.fonts import bold

_Role = QPalette.ColorRole
_GAP = 34
_ICON = 36
_WIDEST = 150
_NARROWEST = 130
_PAD = 8
_ABOVE, _BELOW = 18, 12
"""The space above and below the icon in a card, in pixels."""
_RETURN = 58
_BUTTONS = 2
"""The number of steps that can be clicked, the first ones."""
_NO_CARD = -1
_CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class Welcome(QWidget):
    """Covers `ground`, which still accepts drops."""

    demo_requested = Signal()
    surfaces_requested = Signal()
    """The person wants to see the demo of surfaces."""
    classes_requested = Signal()
    """The person wants to choose a folder of classes."""
    pictures_requested = Signal()
    """The person wants to choose pictures to be labelled."""

    def __init__(self, ground: QWidget, recent: QMenu) -> None:
        super().__init__(ground)
        self.setBackgroundRole(_Role.Base)
        self.setAutoFillBackground(True)
        title = QLabel(self.tr("Label pictures from a few examples"), self)
        font = bold(title.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        title.setFont(font)
        title.setWordWrap(True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.loop = LoopPicture(self)
        self.loop.clicked.connect(self._begin)
        self.demo = QPushButton(self.tr("Try the demo"), self)
        self.demo.setToolTip(self.tr("Open a small project with pictures of an invented script"))
        self.demo.clicked.connect(self.demo_requested)
        self.surfaces = QPushButton(self.tr("Try with surfaces"), self)
        self.surfaces.setToolTip(
            self.tr("Open a small project with coloured pictures of six surfaces, such as bricks and wood")
        )
        self.surfaces.clicked.connect(self.surfaces_requested)
        self.recent = QPushButton(self.tr("Open recent"), self)
        self.recent.setToolTip(self.tr("Go on with a project that was opened before"))
        self.recent.setMenu(recent)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.demo)
        buttons.addWidget(self.surfaces)
        buttons.addWidget(self.recent)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(title)
        column.addSpacing(16)
        column.addWidget(self.loop)
        column.addSpacing(16)
        column.addLayout(buttons)
        column.addStretch(1)
        ground.installEventFilter(self)
        for button in (self.demo, self.surfaces, self.recent):
            button.installEventFilter(self)
        self.resize(ground.size())

    def _begin(self, step: int) -> None:
        (self.classes_requested, self.pictures_requested)[step].emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QPushButton) and isinstance(event, QKeyEvent):
            # Space opens a picture in the grid around the button; here it presses the button.
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        elif event.type() == QEvent.Type.Resize and watched is (ground := self.parentWidget()) and ground:
            self.resize(ground.size())
        return super().eventFilter(watched, event)


class LoopPicture(QWidget):
    """Four steps with arrows between them, and one arrow back from the third to the second.

    The steps stand in a row, or in a square if a row does not fit. The first two look and act like buttons:
    with them, a person can begin.
    """

    clicked = Signal(int)
    """The place of the step, from 0."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._steps = (
            (
                "add-class",
                self.tr("Drop examples"),
                self.tr("On the left: a folder of three to five for each class"),
            ),
            ("run", self.tr("Run"), self.tr("Drop the pictures to be labelled here, and press Run")),
            ("review", self.tr("Review"), self.tr("Accept what is right, correct what is not")),
            ("export", self.tr("Export"), self.tr("Export the labels")),
        )
        self._lit = self._pressed = _NO_CARD
        self.setMouseTracking(True)
        self._again = self.tr("Each correction is one more example")
        words = [
            f"{_numbered(number, title)}: {text}." for number, (_, title, text) in enumerate(self._steps, 1)
        ]
        self.setAccessibleName(self.tr("How it works"))
        self.setAccessibleDescription(" ".join([*words, f"{self._again}."]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self._cards()[2].bottom() + _RETURN)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            card = self._button_at(event.pos())
            tips = (
                self.tr("Choose a folder that has a subfolder for each class"),
                self.tr("Choose pictures"),
            )
            QToolTip.showText(event.globalPos(), "" if card == _NO_CARD else tips[card], self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._light(self._button_at(event.position().toPoint()))

    def leaveEvent(self, _event: QEvent) -> None:
        self._light(_NO_CARD)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._button_at(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, _NO_CARD
        if pressed != _NO_CARD and pressed == self._button_at(event.position().toPoint()):
            self.clicked.emit(pressed)

    def button_places(self) -> list[QRect]:
        """Where the steps are that can be clicked."""
        return self._cards()[:_BUTTONS]

    def _button_at(self, place: QPoint) -> int:
        return next(
            (card for card, where in enumerate(self.button_places()) if where.contains(place)), _NO_CARD
        )

    def _light(self, card: int) -> None:
        if card != self._lit:
            self._lit = card
            self.setCursor(
                Qt.CursorShape.ArrowCursor if card == _NO_CARD else Qt.CursorShape.PointingHandCursor
            )
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cards = self._cards()
        for number, (card, step) in enumerate(zip(cards, self._steps, strict=True), 1):
            self._paint_card(painter, card, number, *step)
        painter.setPen(QPen(self.palette().color(_Role.Accent), 2))
        in_row = cards[1].top() == cards[2].top()
        for before, after in pairwise(cards):
            _draw_arrow(painter, _between(before, after))
        if in_row:
            bottom = cards[2].bottom() + 24
            start, end = cards[2].center().x(), cards[1].center().x()
            edge = cards[2].bottom() + 7
            corners = [(start, edge), (start, bottom), (end, bottom), (end, edge)]
            _draw_arrow(painter, [QPointF(*corner) for corner in corners])
        else:
            _draw_arrow(painter, [place + QPointF(24, 0) for place in _between(cards[2], cards[1])])
        painter.setPen(self.palette().color(_Role.PlaceholderText))
        area = QRect(0, cards[2].bottom() + 30, self.width(), _RETURN - 30)
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, self._again)
        painter.end()

    def _cards(self) -> list[QRect]:
        """The rectangles of the steps, clockwise if they stand in a square."""
        in_row = self.width() >= 4 * _NARROWEST + 3 * _GAP
        columns = 4 if in_row else 2
        width = min(_WIDEST, (self.width() - (columns - 1) * _GAP) // columns)
        height = max(self._height(width, number, *step[1:]) for number, step in enumerate(self._steps, 1))
        left = (self.width() - columns * width - (columns - 1) * _GAP) // 2
        cells = [(0, 0), (1, 0), (2, 0), (3, 0)] if in_row else [(0, 0), (1, 0), (1, 1), (0, 1)]
        return [
            QRect(left + column * (width + _GAP), row * (height + _GAP), width, height)
            for column, row in cells
        ]

    def _height(self, width: int, number: int, title: str, text: str) -> int:
        """The height of a card in which all texts fit."""
        area = QRect(0, 0, width - 2 * _PAD, 0)
        above = QFontMetrics(bold(self.font())).boundingRect(area, _CENTRED, _numbered(number, title))
        below = self.fontMetrics().boundingRect(area, _CENTRED, text)
        return _ABOVE + _ICON + _BELOW + above.height() + _PAD + below.height() + _PAD

    def _paint_card(
        self, painter: QPainter, card: QRect, number: int, drawing: str, title: str, text: str
    ) -> None:
        colors = self.palette()
        if number <= _BUTTONS:
            is_lit = number - 1 == self._lit
            line = colors.color(_Role.Accent if is_lit else _Role.PlaceholderText)
            painter.setPen(QPen(line, 2 if is_lit else 1))
            painter.setBrush(colors.color(_Role.AlternateBase))
            painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), 8, 8)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        sign = QRect(card.center().x() - _ICON // 2, card.top() + _ABOVE, _ICON, _ICON)
        picture: QIcon = icon(drawing, colors)
        picture.paint(painter, sign)
        area = card.adjusted(_PAD, _ABOVE + _ICON + _BELOW, -_PAD, 0)
        painter.setPen(colors.color(_Role.Text))
        painter.setFont(bold(self.font()))
        words = _numbered(number, title)
        used = painter.boundingRect(area, _CENTRED, words)
        painter.drawText(area, _CENTRED, words)
        painter.setFont(self.font())
        painter.setPen(colors.color(_Role.PlaceholderText))
        painter.drawText(area.adjusted(0, used.height() + _PAD, 0, 0), _CENTRED, text)


def _numbered(number: int, title: str) -> str:
    return f"{number}. {title}"


def _between(start: QRect, end: QRect) -> list[QPointF]:
    """An arrow from one card to the next, beside, below or above it."""
    along = QPointF(end.center() - start.center())
    length = abs(along.x()) + abs(along.y())
    side = (start.width() if along.x() else start.height()) / 2
    step = along / length
    return [QPointF(start.center()) + step * (side + 7), QPointF(end.center()) - step * (side + 7)]


def _draw_arrow(painter: QPainter, corners: list[QPointF]) -> None:
    """Draw a line through `corners` with its head at the last; its parts are horizontal or vertical."""
    path = QPainterPath(corners[0])
    for corner in corners[1:]:
        path.lineTo(corner)
    tip, along = corners[-1], corners[-1] - corners[-2]
    length = abs(along.x()) + abs(along.y())
    ahead = along / length * 6
    across = QPointF(-ahead.y(), ahead.x())
    path.moveTo(tip - ahead + across)
    path.lineTo(tip)
    path.lineTo(tip - ahead - across)
    painter.drawPath(path)
