"""The settings dialog, made from the settings' descriptions. Changes apply at once, so there is nothing to
confirm."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FewshotError
from fewshot_gui.features.settings.preferences import Choice, MaintenanceAction, Section, Setting, Switch
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.project_dialogs import mark_project_independent
from fewshot_gui.widgets.question import Question
from fewshot_gui.widgets.steady_combo import SteadyCombo

_NOTE_CHARACTERS = 64


class SettingsDialog(QDialog):
    """Deletes itself when closed."""

    def __init__(self, parent: QWidget, sections: Sequence[Section]) -> None:
        super().__init__(parent)
        mark_project_independent(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        content = QWidget(self)
        column = QVBoxLayout(content)
        for section in sections:
            box = QGroupBox(section.title, self)
            form = QFormLayout(box)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
            for setting in section.settings:
                self._add(form, setting)
            column.addWidget(box)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the size follows the content
        area.setWidget(content)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.close)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 9, 9)
        outside.addWidget(area)
        outside.addWidget(buttons)
        wanted = content.sizeHint() + QSize(24, 2 * buttons.sizeHint().height())
        self.resize(wanted.boundedTo(parent.screen().availableSize() * 0.9))

    def _add(self, form: QFormLayout, setting: Setting) -> None:
        match setting:
            case Choice(title=title):
                note = self._note(setting.note)
                note.setVisible(bool(setting.note))
                form.addRow(title, self._combo(setting, note))
                form.addRow("", note)
            case Switch(action=action, note=note):
                box = QCheckBox(action.text(), self)
                box.setChecked(action.isChecked())
                box.toggled.connect(action.setChecked)
                form.addRow(box)
                if note:
                    form.addRow(self._note(note))
            case MaintenanceAction():
                self._add_action(form, setting)

    def _combo(self, choice: Choice, note: QLabel) -> QComboBox:
        combo = SteadyCombo(self)
        for value, title in choice.options:
            combo.addItem(title, value)
        combo.setCurrentIndex(combo.findData(choice.read()))
        combo.currentIndexChanged.connect(lambda: self._write(choice, combo.currentData(), note))
        return combo

    def _write(self, choice: Choice, value: str, note: QLabel) -> None:
        problem = ""
        try:
            choice.write(value)
        except FewshotError as error:
            problem = translated(error.message)
        note.setText(problem or choice.note)
        note.setVisible(bool(problem or choice.note))

    def _add_action(self, form: QFormLayout, action: MaintenanceAction) -> None:
        description = QLabel(action.describe(), self)
        description.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        description.setWordWrap(True)
        button = QPushButton(action.button, self)
        button.setAutoDefault(False)
        button.setEnabled(not action.unavailable_reason())
        button.setToolTip(action.unavailable_reason())
        button.clicked.connect(lambda: self._ask(action, description))
        form.addRow(QLabel(action.title, self))
        form.addRow(description)
        form.addRow(button)

    def _ask(self, action: MaintenanceAction, description: QLabel) -> None:
        question = Question(self, action.question, action.button.rstrip("…"))
        question.accepted.connect(lambda: self._perform(action, description))
        question.open()

    def _perform(self, action: MaintenanceAction, description: QLabel) -> None:
        problem = action.unavailable_reason()
        try:
            if not problem:
                action.perform()
        except FewshotError as error:
            problem = translated(error.message)
        description.setText(problem or action.describe())

    def _note(self, text: str) -> QLabel:
        note = QLabel(text, self)
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setWordWrap(True)
        note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        small = note.font()
        small.setPointSizeF(0.9 * small.pointSizeF())
        note.setFont(small)
        note.setMinimumWidth(_NOTE_CHARACTERS * note.fontMetrics().averageCharWidth())
        return note
