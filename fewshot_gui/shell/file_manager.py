"""Files shown in the programs of the desktop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

_REVEAL: Final = {"win32": ("explorer", "/select,"), "darwin": ("open", "-R")}
"""Programs that select a file in its folder; without one, the folder is opened."""


def open_file(path: Path) -> None:
    """Open a file in the program that the desktop has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> None:
    """Show a file in the desktop's file manager."""
    program, *arguments = _REVEAL.get(sys.platform, ("",))
    if not program or not QProcess.startDetached(program, [*arguments, str(path)])[0]:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
