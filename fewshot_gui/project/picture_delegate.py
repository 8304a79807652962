"""How the grid paints a picture: the thumbnail, its class, its confidence, and its name."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.workspace.rows import UNKNOWN
from fewshot_gui.project.picture_model import Index, Role, percent
from fewshot_gui.shell.theme import mix, visible_on
from fewshot_gui.widgets.symbols import draw_symbol
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_PAD = 7
_BAR = 4
_GAP = 4
_CORNER = 6.0

_SELECTED = QStyle.StateFlag.State_Selected
_FOCUSED = QStyle.StateFlag.State_HasFocus
_HOVERED = QStyle.StateFlag.State_MouseOver
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap


class _Layout(NamedTuple):
    """The rectangles of a cell, from top to bottom."""

    picture: QRect
    bar: QRect
    label: QRect
    name: QRect


class _Ink(NamedTuple):
    """The colours of a cell, which depend on its selection."""

    ground: QColor
    text: QColor
    dim: QColor


class PictureDelegate(QStyledItemDelegate):
    """Paints a cell from the model's roles.

    A class given by a person is solid: filled bar, filled symbol. A predicted one is not: the bar is filled
    up to the confidence, the symbol is an outline, the name is italic. It is pale if a run in progress
    has not replaced it yet.
    """

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.cell_size(option.decorationSize.width(), option.fontMetrics)

    def cell_size(self, side: int, metrics: QFontMetrics) -> QSize:
        """The size of a cell whose thumbnail has this side, with its captions."""
        return QSize(side + 2 * _PAD, side + 2 * metrics.height() + _BAR + 3 * _GAP + 2 * _PAD)

    def thumbnail_rect(self, option: QStyleOptionViewItem) -> QRect:
        """The square for the thumbnail in the cell `option.rect`."""
        return _arrange(option).picture

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        layout = _arrange(option)
        ink = _ink(option)
        painter.save()
        painter.setFont(option.font)
        _paint_ground(painter, option, ink)
        self._paint_picture(painter, layout.picture, ink, option.palette, index)
        _paint_class(painter, layout, ink, option, index)
        painter.setFont(option.font)
        painter.setPen(ink.dim)
        name = _elided(index.data(), option.font.key(), Qt.TextElideMode.ElideMiddle, layout.name.width())
        painter.drawText(layout.name, _LEFT, name)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, area: QRect, ink: _Ink, palette: QPalette, index: Index
    ) -> None:
        picture_id = index.data(Role.PICTURE_ID)
        error = index.data(Role.ERROR)
        image = None if error else self._thumbnails.image(picture_id, index.data(Role.PATH))
        error = error or self._thumbnails.error(picture_id)
        if image is not None:
            _paint_image(painter, area, image)
            return
        painter.fillRect(area, palette.color(QPalette.ColorRole.AlternateBase))
        if error:
            _paint_error(painter, area, error, palette)


def _arrange(option: QStyleOptionViewItem) -> _Layout:
    side = option.decorationSize.width()
    text = option.fontMetrics.height()
    left = option.rect.left() + (option.rect.width() - side) // 2
    top = option.rect.top() + _PAD
    picture = QRect(left, top, side, side)
    bar = QRect(left, picture.bottom() + 1 + _GAP, side, _BAR)
    label = QRect(left, bar.bottom() + 1 + _GAP, side, text)
    return _Layout(picture, bar, label, QRect(left, label.bottom() + 1 + _GAP // 2, side, text))


def _ink(option: QStyleOptionViewItem) -> _Ink:
    palette, role = option.palette, QPalette.ColorRole
    if option.state & _SELECTED:
        text = palette.color(role.HighlightedText)
        return _Ink(palette.color(role.Highlight), text, text)
    ground = palette.color(role.Base)
    if option.state & _HOVERED:
        ground = mix(ground, palette.color(role.Highlight), 0.10)
    return _Ink(ground, palette.color(role.Text), palette.color(role.PlaceholderText))


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, ink: _Ink) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
    if option.state & (_SELECTED | _HOVERED):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.ground)
        painter.drawRoundedRect(frame, _CORNER, _CORNER)
    if option.state & _FOCUSED:
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, _CORNER, _CORNER)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_image(painter: QPainter, area: QRect, image: QImage) -> None:
    size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(0, 0, size.width(), size.height())
    target.moveCenter(area.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)


def _paint_error(painter: QPainter, area: QRect, reason: str, palette: QPalette) -> None:
    """Paint a warning triangle and as many words of the reason as fit."""
    sign = max(16, area.height() // 6)
    metrics = painter.fontMetrics()
    lines = min(3, max(1, (area.height() - sign) // metrics.height() - 2))
    text_area = QRect(area.left() + _PAD, 0, area.width() - 2 * _PAD, lines * metrics.lineSpacing())
    text = painter.boundingRect(text_area, _WRAPPED, reason[:1].upper() + reason[1:])
    height = sign + _GAP + min(text.height(), text_area.height())
    text_area.moveTop(area.top() + (area.height() - height) // 2 + sign + _GAP)
    text_area.setHeight(min(text.height(), text_area.height()))

    color = visible_on(
        palette.color(QPalette.ColorRole.BrightText), palette.color(QPalette.ColorRole.AlternateBase)
    )
    middle, top = area.center().x() + 0.5, text_area.top() - _GAP - sign
    triangle = [(0, 0), (sign * 0.58, sign), (-sign * 0.58, sign)]
    polygon = QPolygonF([QRectF(middle + x, top + y, 0, 0).topLeft() for x, y in triangle])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.6))
    painter.drawPolygon(polygon)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRect(QRectF(middle - sign * 0.05, top + sign * 0.36, sign * 0.10, sign * 0.32))
    painter.drawRect(QRectF(middle - sign * 0.05, top + sign * 0.76, sign * 0.10, sign * 0.10))
    painter.restore()

    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.setClipRect(text_area)
    painter.drawText(text_area, _WRAPPED, reason[:1].upper() + reason[1:])
    painter.setClipping(False)


def _paint_class(
    painter: QPainter, layout: _Layout, ink: _Ink, option: QStyleOptionViewItem, index: Index
) -> None:
    name = index.data(Role.CLASS_NAME)
    if name is None:
        return
    confidence = index.data(Role.CONFIDENCE)
    human = confidence is None
    color = visible_on(index.data(Role.CLASS_COLOR), ink.ground)
    text = ink.text
    if index.data(Role.IS_EARLIER):
        color, text = mix(ink.ground, color, 0.4), mix(ink.ground, ink.text, 0.45)

    bar = QRectF(layout.bar)
    painter.fillRect(bar, mix(ink.ground, color, 0.25))
    bar.setWidth(bar.width() * (1.0 if human else confidence))
    painter.fillRect(bar, color)

    label = QRect(layout.label)
    badge = QRectF(label.left(), label.top() + (label.height() - 11) / 2, 11, 11)
    draw_symbol(painter, badge, index.data(Role.CLASS_SYMBOL), color, filled=human)
    label.setLeft(label.left() + 11 + _GAP + 1)

    painter.setPen(text)
    if not human and index.data(Role.CLASS_ID) != UNKNOWN:  # where it would be that of a class not shown
        shown = percent(confidence)
        painter.drawText(label, _RIGHT, shown)
        label.setRight(label.right() - option.fontMetrics.horizontalAdvance(shown) - _GAP)
    font = QFont(option.font)
    font.setItalic(not human)
    font.setWeight(QFont.Weight.DemiBold if human else QFont.Weight.Normal)
    painter.setFont(font)
    painter.drawText(label, _LEFT, _elided(name, font.key(), Qt.TextElideMode.ElideMiddle, label.width()))


@lru_cache(maxsize=10_000)
def _elided(text: str, font: str, mode: Qt.TextElideMode, width: int) -> str:
    """`text` cut to `width` in the font of this key. Cached: it is the most expensive part of a cell."""
    described = QFont()
    described.fromString(font)
    return QFontMetrics(described).elidedText(text, mode, width)
