from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from fewshot_gui.widgets.symbols import CLASS_SYMBOLS, UNKNOWN_SYMBOL, class_symbol, draw_symbol, symbol_path

INK = QColor("#000000")


def drawn(symbol: str, *, filled: bool) -> QImage:
    image = QImage(24, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_symbol(painter, QRectF(2, 2, 20, 20), symbol, INK, filled=filled)
    painter.end()
    return image


def ink_of(image: QImage) -> int:
    return sum(255 - image.pixelColor(x, y).lightness() for x in range(24) for y in range(24))


def test_the_first_dozen_classes_and_none_look_different_even_without_colour() -> None:
    symbols = [*(class_symbol(index) for index in range(12)), UNKNOWN_SYMBOL]
    assert len({bytes(drawn(symbol, filled=True).constBits()) for symbol in symbols}) == 13


def test_shapes_repeat_when_there_are_more_classes_than_shapes() -> None:
    assert class_symbol(len(CLASS_SYMBOLS)) == class_symbol(0)


def test_an_outline_has_less_ink_than_the_shape() -> None:
    for symbol in (*CLASS_SYMBOLS, UNKNOWN_SYMBOL):
        assert 0 < ink_of(drawn(symbol, filled=False)) < ink_of(drawn(symbol, filled=True)), symbol


def test_a_shape_keeps_to_its_place() -> None:
    place = QRectF(10, 20, 12, 12)
    for symbol in (*CLASS_SYMBOLS, UNKNOWN_SYMBOL):
        assert place.contains(symbol_path(symbol, place).boundingRect()), symbol
