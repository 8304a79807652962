"""The dialog that asks for a classifier, for the pictures to label by it, and for where the labels go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FewshotError
from engine.exports import check_target, formats
from engine.runs.events import CLASSIFIER_SUFFIX
from fewshot_gui.features.classifiers.path_row import PathRow
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.saved_settings import remember, remembered
from fewshot_gui.widgets.file_dialog import FileDialog
from fewshot_gui.widgets.question import Question

_WIDTH = 620
_CLASSIFIER = "classifier/file"
_FORMAT = "classifier/format"


@dataclass(frozen=True)
class ApplyOrder:
    """The classifier's file, the folder of pictures, and the file or folder to write in a format."""

    classifier: Path
    folder: Path
    path: Path
    format_name: str


class ApplyDialog(QDialog):
    """Remembers the last classifier and format. Deletes itself when closed."""

    apply_chosen = Signal(ApplyOrder)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Apply a classifier to a folder"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        browse = self.tr("Browse…")
        self.classifier = PathRow(browse, self._classifier_dialog, self)
        self.folder = PathRow(browse, self._folder_dialog, self)
        self.format = QComboBox(self)
        for form in formats().values():
            suffix = f" ({form.suffix})" if form.suffix else ""
            self.format.addItem(translated(form.title) + suffix, form.name)
        self.format.setCurrentIndex(max(0, self.format.findData(remembered(_FORMAT))))
        self.target = PathRow(browse, self._target_dialog, self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out()
        self.classifier.line.setText(remembered(_CLASSIFIER))
        for row in (self.classifier, self.folder, self.target):
            row.line.textChanged.connect(self.problem.hide)
        self.folder.line.textChanged.connect(self._suggest)
        self.format.currentIndexChanged.connect(self._suggest)
        (self.folder if self.classifier.line.text() else self.classifier).setFocus()

    def accept(self) -> None:
        """Close and emit the choices, unless one of them cannot be used."""
        form = formats()[self.format.currentData()]
        try:
            self._require_choices()
            check_target(self.target.path, form)
        except FewshotError as error:
            self.problem.setText(translated(error.message))
            self.problem.show()
            return
        if not form.is_folder and os.path.lexists(self.target.path):
            question = self.tr("“{name}” exists already. Replace it?").format(name=self.target.path.name)
            asked = Question(self, question, self.tr("&Replace"))
            asked.accepted.connect(self._finish)
            asked.open()
        else:
            self._finish()

    # -- within

    def _lay_out(self) -> None:
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, row in (
            (self.tr("&Classifier:"), self.classifier),
            (self.tr("&Pictures in:"), self.folder),
            (self.tr("&Format:"), self.format),
            (self.tr("&Labels to:"), self.target),
        ):
            rows.addRow(title, row)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel, self)
        buttons.button(kinds.Cancel).setIcon(QIcon())
        self.apply_button = buttons.addButton(self.tr("&Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addLayout(rows)
        whole.addWidget(self.problem)
        whole.addStretch()
        whole.addWidget(buttons)

    def _require_choices(self) -> None:
        # The functions of os.path say no where pathlib raises.
        if not os.path.isfile(self.classifier.path):  # noqa: PTH113
            raise FewshotError("Choose the file of a classifier that was saved before.")
        if not self.folder.line.text().strip() or not os.path.isdir(self.folder.path):  # noqa: PTH112
            raise FewshotError("Choose a folder with the pictures to label.")
        if not self.target.line.text().strip():
            raise FewshotError("Choose where the labels are written.")

    @Slot()
    def _suggest(self) -> None:
        """A file beside the folder, or a folder that is not there yet."""
        if not self.folder.line.text().strip():
            return
        form, folder = formats()[self.format.currentData()], self.folder.path
        stem = self.tr("{name} labelled").format(name=folder.name)
        target, number = folder.parent / f"{stem}{form.suffix}", 1
        while os.path.lexists(target):
            number += 1
            target = folder.parent / f"{stem} {number}{form.suffix}"
        self.target.line.setText(str(target))

    def _classifier_dialog(self) -> FileDialog:
        filters = [
            self.tr("Classifier of Fewshot") + f" (*{CLASSIFIER_SUFFIX})",
            self.tr("All files") + " (*)",
        ]
        mode = QFileDialog.FileMode.ExistingFile
        return FileDialog(self, self.tr("Classifier"), "classifier", mode, name_filters=filters)

    def _folder_dialog(self) -> FileDialog:
        mode = QFileDialog.FileMode.Directory
        return FileDialog(self, self.tr("Folder of pictures to label"), "pictures", mode)

    def _target_dialog(self) -> FileDialog:
        form = formats()[self.format.currentData()]
        save, anything = QFileDialog.AcceptMode.AcceptSave, QFileDialog.FileMode.AnyFile
        filters = [] if form.is_folder else [f"{translated(form.title)} (*{form.suffix})"]
        dialog = FileDialog(
            self, self.tr("Labels to"), "export", anything, name_filters=filters, accept_mode=save
        )
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # this dialog asks before it writes
        dialog.setDefaultSuffix(form.suffix.removeprefix("."))
        dialog.selectFile(self.target.path.name)
        return dialog

    @Slot()
    def _finish(self) -> None:
        order = ApplyOrder(
            self.classifier.path, self.folder.path, self.target.path, self.format.currentData()
        )
        remember(_CLASSIFIER, str(order.classifier))
        remember(_FORMAT, order.format_name)
        super().accept()
        self.apply_chosen.emit(order)
