"""Where to, and in which format: the formats are those that `engine.exports` declares."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.exports import formats
from fewshot_gui.dialogs.file_dialog import FileDialog
from fewshot_gui.engine_texts import translated
from fewshot_gui.languages import translate
from fewshot_gui.settings import remember, remembered


class ExportDialog(FileDialog):
    """Remembers its folder and its format. A name typed without a suffix gets the format's."""

    export_chosen = Signal(Path, str)
    """The file to write and the name of its format."""

    def __init__(self, parent: QWidget, suggested_stem: str) -> None:
        self._formats = {f"{translated(form.title)} (*{form.suffix})": form for form in formats().values()}
        super().__init__(
            parent,
            translate("ExportDialog", "Export labels and predictions"),
            "export",
            QFileDialog.FileMode.AnyFile,
            name_filters=list(self._formats),
            accept_mode=QFileDialog.AcceptMode.AcceptSave,
        )
        self.filterSelected.connect(self._take_suffix)
        last = remembered("export/format")
        chosen = next((text for text, form in self._formats.items() if form.name == last), None)
        self.selectNameFilter(chosen or next(iter(self._formats)))
        self._take_suffix(self.selectedNameFilter())
        self.selectFile(suggested_stem)
        self.chosen.connect(self._tell_export)

    @Slot(str)
    def _take_suffix(self, name_filter: str) -> None:
        self.setDefaultSuffix(self._formats[name_filter].suffix)

    @Slot(list)
    def _tell_export(self, paths: list[Path]) -> None:
        form = self._formats[self.selectedNameFilter()]
        remember("export/format", form.name)
        self.export_chosen.emit(paths[0], form.name)
