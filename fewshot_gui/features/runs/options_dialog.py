"""The options of an algorithm: one row each, made from the catalogue's declarations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from engine.runs.catalogue import AlgorithmEntry, OptionEntry
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import translate
from fewshot_gui.widgets.values import Value, decimal, shown

_NOTE_CHARACTERS = 64
_GAP = 12


class OptionsDialog(QDialog):
    """Return applies the values, Escape leaves them as they were. Deletes itself when closed."""

    chosen = Signal(dict)
    """The options that are not at their defaults, by name."""

    def __init__(self, parent: QWidget, algorithm: AlgorithmEntry, values: Mapping[str, Value]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Options of {algorithm}").format(algorithm=translated(algorithm.title)))
        self._options = algorithm.options
        self.fields = {option.name: _field(option, self) for option in algorithm.options}
        self._grid = QGridLayout(self)
        self._grid.setColumnStretch(0, 1)
        self._grid.setSizeConstraint(QGridLayout.SizeConstraint.SetFixedSize)
        for option in algorithm.options:
            self._add_row(option)
            _set_value(self.fields[option.name], values.get(option.name, option.default))
        self.fields[algorithm.options[0].name].setFocus()
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        for kind in (kinds.Ok, kinds.Cancel):
            buttons.button(kind).setIcon(QIcon())
        reset = buttons.addButton(self.tr("&Reset to defaults"), QDialogButtonBox.ButtonRole.ResetRole)
        reset.clicked.connect(self._reset)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._emit_chosen)
        self._grid.addWidget(buttons, self._grid.rowCount(), 0, 1, 2)

    def _add_row(self, option: OptionEntry) -> None:
        """A number has a label before it, a switch is its own label; the explanation is below."""
        field, row = self.fields[option.name], self._grid.rowCount()
        explanation = _explanation(option, self.locale())
        field.setToolTip(explanation)
        field.setAccessibleDescription(explanation)
        if isinstance(field, QCheckBox):
            self._grid.addWidget(field, row, 0, 1, 2)
        else:
            label = QLabel(translated(option.title).replace("&", "&&"), self)
            label.setBuddy(field)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
        note = QLabel(explanation, self)
        note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        note.setWordWrap(True)
        small = note.font()
        small.setPointSizeF(0.9 * small.pointSizeF())
        note.setFont(small)
        note.setMinimumWidth(_NOTE_CHARACTERS * note.fontMetrics().averageCharWidth())
        self._grid.addWidget(note, row + 1, 0, 1, 2)
        self._grid.setRowMinimumHeight(row + 2, _GAP)

    @Slot()
    def _reset(self) -> None:
        for option in self._options:
            _set_value(self.fields[option.name], option.default)

    @Slot()
    def _emit_chosen(self) -> None:
        values = {option.name: self.fields[option.name].value() for option in self._options}
        self.chosen.emit({o.name: values[o.name] for o in self._options if values[o.name] != o.default})


class _Switch(QCheckBox):
    def value(self) -> bool:
        return self.isChecked()

    def setValue(self, value: bool) -> None:
        self.setChecked(value)


class _Decimal(QDoubleSpinBox):
    """Shows a number with only as many digits as it needs."""

    def textFromValue(self, value: float) -> str:
        return decimal(value, self.locale())


def _field(option: OptionEntry, parent: QWidget) -> _Switch | QSpinBox | _Decimal:
    if isinstance(option.default, bool):
        return _Switch(translated(option.title).replace("&", "&&"), parent)
    if isinstance(option.default, int):
        whole = QSpinBox(parent)
        whole.setRange(int(option.minimum), int(option.maximum))
        whole.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        return whole
    field = _Decimal(parent)
    field.setDecimals(1 + max(map(_places, (option.minimum, option.default, option.maximum))))
    field.setRange(option.minimum, option.maximum)
    field.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    return field


def _set_value(field: _Switch | QSpinBox | _Decimal, value: Value) -> None:
    if isinstance(field, _Switch):
        field.setValue(bool(value))
    elif isinstance(field, QSpinBox):
        field.setValue(int(value))
    else:
        field.setValue(value)


def _places(number: float) -> int:
    """The number of decimals that the number needs."""
    return -int(Decimal(str(number)).as_tuple().exponent)


def _explanation(option: OptionEntry, locale: QLocale) -> str:
    default = translate("OptionsDialog", "Default: {value}.").format(value=shown(option.default, locale))
    if not isinstance(option.default, bool):
        low, high = decimal(option.minimum, locale), decimal(option.maximum, locale)
        default = translate("OptionsDialog", "{low} to {high}. ").format(low=low, high=high) + default
    return f"{translated(option.explanation)}\n{default}"
