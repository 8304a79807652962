"""The dialog that asks for a classifier, for a folder to watch, and for where the labels go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
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
from engine.runs.events import CLASSIFIER_SUFFIX
from fewshot_gui.features.classifiers.path_row import PathRow
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.saved_settings import remember, remembered
from fewshot_gui.widgets.file_dialog import FileDialog

_WIDTH = 620
_CLASSIFIER, _FOLDER, _TARGET, _KIND = (f"watch/{name}" for name in ("classifier", "folder", "to", "kind"))
_TABLE, _FOLDERS = "table", "folders"


@dataclass(frozen=True)
class WatchOrder:
    """The classifier's file, the folder to watch, and either the table that labels are added to or the folder
    with a folder for each class; with `move`, the pictures go there."""

    classifier: Path
    folder: Path
    target: Path
    into_folders: bool
    move: bool

    @property
    def arguments(self) -> list[str]:
        """Those of `fewshot watch`."""
        to = "--folders" if self.into_folders else "--table"
        chosen = ["--classifier", str(self.classifier), "--in", str(self.folder), to, str(self.target)]
        return ["watch", *chosen, *(["--move"] if self.move else []), "--json"]


class WatchDialog(QDialog):
    """Remembers the last choices. Deletes itself when closed."""

    watch_chosen = Signal(WatchOrder)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Watch a folder"))
        self.setMinimumWidth(_WIDTH)
        browse = self.tr("Browse…")
        self.classifier = PathRow(browse, self._classifier_dialog, self)
        self.folder = PathRow(browse, self._folder_dialog, self)
        self.kind = QComboBox(self)
        self.kind.addItem(self.tr("A table, a line for each picture"), _TABLE)
        self.kind.addItem(self.tr("Folders, one for each class"), _FOLDERS)
        self.kind.setCurrentIndex(max(0, self.kind.findData(remembered(_KIND))))
        self.target = PathRow(browse, self._target_dialog, self)
        self.move_pictures = QCheckBox(self.tr("&Move the pictures there instead of copying them"), self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out()
        for row, key in ((self.classifier, _CLASSIFIER), (self.folder, _FOLDER), (self.target, _TARGET)):
            row.line.setText(remembered(key))
            row.line.textChanged.connect(self.problem.hide)
        self.kind.currentIndexChanged.connect(self._on_kind_chosen)
        self.move_pictures.setEnabled(self._into_folders)
        (self.folder if self.classifier.line.text() else self.classifier).setFocus()

    def accept(self) -> None:
        """Close and emit the choices, unless one of them cannot be used."""
        try:
            self._require_choices()
        except FewshotError as error:
            self.problem.setText(translated(error.message))
            self.problem.show()
            return
        order = WatchOrder(
            self.classifier.path,
            self.folder.path,
            self.target.path,
            self._into_folders,
            self._into_folders and self.move_pictures.isChecked(),
        )
        for key, path in ((_CLASSIFIER, order.classifier), (_FOLDER, order.folder), (_TARGET, order.target)):
            remember(key, str(path))
        remember(_KIND, self.kind.currentData())
        super().accept()
        self.watch_chosen.emit(order)

    @property
    def _into_folders(self) -> bool:
        return bool(self.kind.currentData() == _FOLDERS)

    def _lay_out(self) -> None:
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.addRow(self.tr("&Classifier:"), self.classifier)
        rows.addRow(self.tr("&Folder to watch:"), self.folder)
        rows.addRow(self.tr("&Labels as:"), self.kind)
        rows.addRow(self.tr("&To:"), self.target)
        rows.addRow("", self.move_pictures)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel, self)
        buttons.button(kinds.Cancel).setIcon(QIcon())
        self.watch_button = buttons.addButton(self.tr("&Watch"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.watch_button.setDefault(True)
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
            raise FewshotError("Choose a folder to watch.")
        if not self.target.line.text().strip():
            raise FewshotError("Choose where the labels are written.")

    @Slot()
    def _on_kind_chosen(self) -> None:
        self.move_pictures.setEnabled(self._into_folders)
        self.target.line.clear()

    def _classifier_dialog(self) -> FileDialog:
        filters = [
            self.tr("Classifier of Fewshot") + f" (*{CLASSIFIER_SUFFIX})",
            self.tr("All files") + " (*)",
        ]
        mode = QFileDialog.FileMode.ExistingFile
        return FileDialog(self, self.tr("Classifier"), "classifier", mode, name_filters=filters)

    def _folder_dialog(self) -> FileDialog:
        mode = QFileDialog.FileMode.Directory
        return FileDialog(self, self.tr("Folder to watch"), "pictures", mode)

    def _target_dialog(self) -> FileDialog:
        title = self.tr("Labels to")
        if self._into_folders:
            return FileDialog(self, title, "export", QFileDialog.FileMode.Directory)
        save, anything = QFileDialog.AcceptMode.AcceptSave, QFileDialog.FileMode.AnyFile
        filters = [self.tr("Table (*.csv *.jsonl)")]
        dialog = FileDialog(self, title, "export", anything, name_filters=filters, accept_mode=save)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # labels are added to what is there
        dialog.setDefaultSuffix("csv")
        return dialog
