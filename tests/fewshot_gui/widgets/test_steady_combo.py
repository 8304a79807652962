"""A combo box on a narrow toolbar."""

from __future__ import annotations

from PySide6.QtWidgets import QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.steady_combo import SteadyCombo


def test_a_narrow_combo_ends_its_text_with_an_ellipsis(qtbot: QtBot) -> None:
    combo = SteadyCombo()
    qtbot.addWidget(combo)
    combo.addItem("Conv4 (characters and signs)")

    def drawn(width: int) -> str:
        combo.resize(width, 30)
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        return str(option.currentText)

    assert drawn(combo.sizeHint().width()) == "Conv4 (characters and signs)"
    assert drawn(120).endswith("…")
