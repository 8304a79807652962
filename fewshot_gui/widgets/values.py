"""The value of an option as text."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QLocale

from fewshot_gui.shell.languages import translate

Value: TypeAlias = float | bool


def decimal(value: float, locale: QLocale) -> str:
    """A number in the format of the person's language: 0.00001 and not 1e-05, 0.5 and not 0.500000."""
    plain = QLocale(locale)
    plain.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return plain.toString(float(value), "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value)


def shown(value: Value, locale: QLocale) -> str:
    """The value of an option, as a word or a number."""
    if isinstance(value, bool):
        return translate("OptionsDialog", "on") if value else translate("OptionsDialog", "off")
    return decimal(value, locale)
