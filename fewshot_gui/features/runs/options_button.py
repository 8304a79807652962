"""The button beside the algorithm: it opens the options, and shows that they are not the defaults."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from engine.runs.catalogue import AlgorithmEntry
from fewshot_gui.features.runs.options_dialog import OptionsDialog
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.saved_settings import remember_options, remembered_options
from fewshot_gui.widgets.values import Value, shown

_MARK = " •"


class OptionsButton(QPushButton):
    """The action `ask` on the toolbar, enabled if the algorithm has options.

    The options are remembered for each algorithm.
    """

    def __init__(self, ask: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._algorithm: AlgorithmEntry | None = None
        self.values: dict[str, Value] = {}
        self._action = ask
        ask.enabledChanged.connect(self.setEnabled)
        ask.triggered.connect(self._ask)
        self.clicked.connect(ask.trigger)
        ask.setEnabled(False)
        self.setText(self.tr("&Options…") + _MARK)
        self.setMinimumWidth(self.sizeHint().width())  # so that the mark does not move other widgets
        self.setText(self.tr("&Options…"))

    def set_algorithm(self, algorithm: AlgorithmEntry) -> None:
        self._algorithm = algorithm
        self._action.setEnabled(bool(algorithm.options))
        stored = remembered_options(algorithm.name)
        values = {option.name: option.taken(stored.get(option.name)) for option in algorithm.options}
        defaults = {option.name: option.default for option in algorithm.options}
        self._show({name: v for name, v in values.items() if v is not None and v != defaults[name]})

    @Slot()
    def _ask(self) -> None:
        assert self._algorithm is not None
        dialog = OptionsDialog(self.window(), self._algorithm, self.values)
        dialog.chosen.connect(self._on_chosen)
        dialog.open()

    @Slot(dict)
    def _on_chosen(self, values: dict[str, Value]) -> None:
        assert self._algorithm is not None
        remember_options(self._algorithm.name, values)
        self._show(values)

    def _show(self, values: dict[str, Value]) -> None:
        assert self._algorithm is not None
        self.values = values
        titles = {option.name: translated(option.title) for option in self._algorithm.options}
        changed = ", ".join(f"{titles[name]} {shown(value, self.locale())}" for name, value in values.items())
        self.setText(self.tr("&Options…") + (_MARK if values else ""))
        if values:
            words = self.tr("Not at the defaults: {changed}").format(changed=changed)
        elif titles:
            words = self.tr("All at their defaults: {titles}").format(titles=", ".join(titles.values()))
        else:
            words = self.tr("{algorithm} has no options").format(algorithm=translated(self._algorithm.title))
        self.setToolTip(words)
        self.setAccessibleDescription(words)
