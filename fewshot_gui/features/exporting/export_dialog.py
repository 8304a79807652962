"""The export dialog: what to export, in which format, and where to. Its fields are made from the formats'
declarations."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FewshotError
from engine.exports import ExportFormat, check_target, formats
from engine.exports.base import Choice
from engine.exports.project_rows import LABELS
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.saved_settings import remember, remembered
from fewshot_gui.widgets.file_dialog import FileDialog
from fewshot_gui.widgets.question import Question

FOLDER = "export/folder"
"""The folder of the last export that was written."""
_WIDTH = 560


@dataclass(frozen=True)
class ExportOrder:
    """The file or folder to write, the name of its format, which labels, and the options of the format."""

    path: Path
    format_name: str
    labels: str = next(iter(LABELS.values))
    options: dict[str, str] = field(default_factory=dict)


class ExportDialog(QDialog):
    """Remembers the last choices. A name without a suffix gets the format's. Deletes itself when closed."""

    export_chosen = Signal(ExportOrder)

    def __init__(self, parent: QWidget, suggested_stem: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export labels and predictions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._stem = suggested_stem
        self._form = next(iter(formats().values()))
        self.format = QComboBox(self)
        for form in formats().values():
            suffix = f" ({form.suffix})" if form.suffix else ""
            self.format.addItem(translated(form.title) + suffix, form.name)
        self.labels = _choice_box(LABELS, "export/labels", self)
        self.options = {
            form.name: {choice.name: _choice_box(choice, _key(form, choice), self) for choice in form.choices}
            for form in formats().values()
        }
        self.path = QLineEdit(self)
        self.path.setObjectName("exportPath")
        self.browse = QPushButton(self.tr("&Browse…"), self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self._lay_out()
        self.format.currentIndexChanged.connect(self._show_format)
        self.path.textEdited.connect(self.problem.hide)
        self.browse.clicked.connect(self._ask_path)
        self._select(self.format, remembered("export/format"))
        self._show_format()
        self.path.setFocus()

    def accept(self) -> None:
        """Close and emit the choices, unless the path cannot be written."""
        path = self._chosen_path()
        try:
            check_target(path, self._form)
        except FewshotError as error:
            self.problem.setText(translated(error.message))
            self.problem.show()
            self.path.setFocus()
            return
        if not self._form.is_folder and os.path.lexists(path):
            question = self.tr("“{name}” exists already. Replace it?").format(name=path.name)
            asked = Question(self, question, self.tr("&Replace"))
            asked.accepted.connect(self._finish)
            asked.open()
        else:
            self._finish()

    # -- within

    def _lay_out(self) -> None:
        self._rows = QFormLayout()
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.addRow(self.tr("&Format:"), self.format)
        self._rows.addRow(_label(LABELS), self.labels)
        for form in formats().values():
            for choice in form.choices:
                self._rows.addRow(_label(choice), self.options[form.name][choice.name])
        place = QHBoxLayout()
        place.addWidget(self.path)
        place.addWidget(self.browse)
        self._rows.addRow(self.tr("&To:"), place)
        label = self._rows.labelForField(place)
        assert isinstance(label, QLabel)
        label.setBuddy(self.path)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel, self)
        buttons.button(kinds.Cancel).setIcon(QIcon())
        self.export_button = buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addLayout(self._rows)
        whole.addWidget(self.problem)
        whole.addStretch()
        whole.addWidget(buttons)
        self.problem.hide()

    @staticmethod
    def _select(box: QComboBox, name: str) -> None:
        box.setCurrentIndex(max(0, box.findData(name)))

    @Slot()
    def _show_format(self) -> None:
        self._form = formats()[self.format.currentData()]
        for name, boxes in self.options.items():
            for box in boxes.values():
                self._rows.setRowVisible(box, name == self._form.name)
        self.problem.hide()
        self.path.setText(str(self._suggestion(self._folder())))
        self.path.selectAll()
        self.adjustSize()

    def _suggestion(self, folder: Path) -> Path:
        """A path with the project's name: a file, or a folder that does not exist yet."""
        if not self._form.is_folder:
            return folder / f"{self._stem}{self._form.suffix}"
        place, number = folder / self._stem, 1
        while os.path.lexists(place):
            number += 1
            place = folder / f"{self._stem} {number}"
        return place

    def _folder(self) -> Path:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        last = remembered(FOLDER, home)
        # Not `Path.is_dir`, which raises where a network drive does not answer.
        return Path(last if os.path.isdir(last) else home)  # noqa: PTH112

    def _chosen_path(self) -> Path:
        path = Path(self.path.text().strip()).expanduser()
        if not path.is_absolute():
            path = self._folder() / path
        suffixes = tuple(form.suffix for form in formats().values() if not form.is_folder)
        if self._form.is_folder or not path.name or path.name.lower().endswith(suffixes):
            return path
        return path.with_name(path.name + self._form.suffix)

    @Slot()
    def _ask_path(self) -> None:
        """For a folder, ask for its parent: the folder itself does not exist yet."""
        folder_asked = self._form.is_folder
        title = self.tr("Folder in which to export") if folder_asked else self.tr("Export to")
        mode = QFileDialog.FileMode.Directory if folder_asked else QFileDialog.FileMode.AnyFile
        save = QFileDialog.AcceptMode.AcceptOpen if folder_asked else QFileDialog.AcceptMode.AcceptSave
        filters = [] if folder_asked else [f"{translated(self._form.title)} (*{self._form.suffix})"]
        dialog = FileDialog(self, title, "export", mode, name_filters=filters, accept_mode=save)
        if os.path.isdir(folder := self._chosen_path().parent):  # noqa: PTH112
            dialog.setDirectory(str(folder))
        if not folder_asked:
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # this dialog asks before it exports
            dialog.setDefaultSuffix(self._form.suffix)
            dialog.selectFile(self._chosen_path().name)
        dialog.chosen.connect(self._set_path)
        dialog.open()

    @Slot(list)
    def _set_path(self, paths: list[Path]) -> None:
        self.problem.hide()
        self.path.setText(str(self._suggestion(paths[0]) if self._form.is_folder else paths[0]))

    @Slot()
    def _finish(self) -> None:
        path = self._chosen_path()
        boxes = self.options[self._form.name]
        order = ExportOrder(
            path,
            self._form.name,
            self.labels.currentData(),
            {name: box.currentData() for name, box in boxes.items()},
        )
        remember("export/format", order.format_name)
        remember("export/labels", order.labels)
        for choice in self._form.choices:
            remember(_key(self._form, choice), order.options[choice.name])
        super().accept()
        self.export_chosen.emit(order)


def _key(form: ExportFormat, choice: Choice) -> str:
    return f"export/{form.name}/{choice.name}"


def _label(choice: Choice) -> str:
    return f"{translated(str(choice.title))}:".replace("&", "&&")


def _choice_box(choice: Choice, key: str, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    for name, title in choice.values.items():
        box.addItem(translated(str(title)), name)
    box.setCurrentIndex(max(0, box.findData(remembered(key))))
    return box
