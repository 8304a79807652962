"""A file dialog that opens where it was last used for the same purpose."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from fewshot_gui.shell.saved_settings import remember, remembered


class FileDialog(QFileDialog):
    """Does not block: `open()` it and listen to `chosen`. Deletes itself when closed."""

    chosen = Signal(list)
    """The paths (`pathlib.Path`) that were chosen: one or more."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        purpose: str,
        file_mode: QFileDialog.FileMode,
        *,
        name_filters: Sequence[str] = (),
        accept_mode: QFileDialog.AcceptMode = QFileDialog.AcceptMode.AcceptOpen,
    ) -> None:
        """`purpose` is the key under which the folder is remembered."""
        super().__init__(parent, title)
        self._key = f"folders/{purpose}"
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFileMode(file_mode)
        self.setAcceptMode(accept_mode)
        self.setOption(QFileDialog.Option.ShowDirsOnly, file_mode is QFileDialog.FileMode.Directory)
        self.setNameFilters(list(name_filters))
        # Qt's translations lack these two texts, because their source has got mnemonics since.
        self.setLabelText(QFileDialog.DialogLabel.LookIn, self.tr("&Look in:"))
        self.setLabelText(QFileDialog.DialogLabel.FileType, self.tr("Files of &type:"))
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        last = remembered(self._key, home)
        # Not `Path.is_dir`, which raises where a network drive does not answer.
        self.setDirectory(last if os.path.isdir(last) else home)  # noqa: PTH112
        self.accepted.connect(self._emit_chosen)

    def accept(self) -> None:
        """Qt adds a suffix only to names without any dot: "birds 1.2" would be left without."""
        typed = self.findChild(QLineEdit, "fileNameEdit")  # not there where the dialog is the system's own
        if typed is not None and self.acceptMode() is QFileDialog.AcceptMode.AcceptSave:
            known = tuple(re.findall(r"\*(\.\w+)", " ".join(self.nameFilters())))
            for name in self.selectedFiles():
                if not os.path.isdir(name) and not name.lower().endswith(known):  # noqa: PTH112
                    typed.setText(f"{name}.{self.defaultSuffix()}")
        super().accept()

    @Slot()
    def _emit_chosen(self) -> None:
        paths = [Path(name) for name in self.selectedFiles()]
        folder = paths[0] if self.fileMode() is QFileDialog.FileMode.Directory else paths[0].parent
        remember(self._key, str(folder))
        self.chosen.emit(paths)
