"""The report of a bug: a text to copy."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QCloseEvent, QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine import versions
from fewshot_gui.shell.project_dialogs import mark_project_independent


class ErrorReport(QDialog):
    """One window for all reports: a new one is added below the others. Never blocks the program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark_project_independent(self)
        self.setWindowTitle(self.tr("Something went wrong in Fewshot"))
        self.resize(760, 440)
        letters = self.fontMetrics()
        self.setMinimumSize(60 * letters.averageCharWidth(), 16 * letters.lineSpacing())
        explanation = QLabel(
            self.tr(
                "This is a mistake in the program, not in what you did. Your labels are saved and you can"
                " go on working. If you report it, please add the text below."
            ),
            self,
        )
        explanation.setWordWrap(True)
        self.text = QPlainTextEdit(self, readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        # The style's own drawing is black, also on a dark button.
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        self.copy_button = buttons.addButton(
            self.tr("Copy the report"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(explanation)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)

    def add(self, report: str, device: str) -> None:
        """Add `report`, a traceback or the like, with the versions of the system."""
        if not self.isVisible():
            screen = f"Qt platform {QGuiApplication.platformName()}"
            self.text.setPlainText("\n".join([versions.in_words(), device, screen]))
        self.text.appendPlainText(f"\n{report.rstrip()}")
        self.show()
        self.raise_()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText(self.tr("Copied"))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.copy_button.setText(self.tr("Copy the report"))
        super().closeEvent(event)
