"""The question whether pictures may be downloaded. Only after this question does the program use the
internet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QMessageBox, QPushButton, QWidget

from fewshot_gui.features.importing.sites import is_local_site


class FetchDialog(QMessageBox):
    """Names the sites. `accepted` means yes; `agreed`, emitted before it, names the sites not to ask about
    again."""

    agreed = Signal(list)

    def __init__(self, window: QWidget, count: int, sites: Sequence[str]) -> None:
        super().__init__(window)
        self._sites = list(sites)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("Fetch from the internet?"))
        words = (
            self.tr("Fetch 1 picture from {hosts}?")
            if count == 1
            else self.tr("Fetch {n} pictures from {hosts}?")
        )
        self.setText(words.format(n=f"{count:,}", hosts=", ".join(map(self._named, sites))))
        self.setInformativeText(
            self.tr(
                "The server sees the address, your IP address and the name of this program, and nothing else "
                "about you or your pictures. What is fetched is kept beside the project."
            )
        )
        self.remember = QCheckBox(self.tr("Do not ask about this again in this session"), self)
        self.setCheckBox(self.remember)
        self.fetch = QPushButton(self.tr("Fetch"), self)
        self.addButton(self.fetch, QMessageBox.ButtonRole.AcceptRole)
        self.addButton(QMessageBox.StandardButton.Cancel).setIcon(QIcon())
        self.setDefaultButton(QMessageBox.StandardButton.Cancel)
        self.setEscapeButton(QMessageBox.StandardButton.Cancel)
        self.fetch.clicked.connect(self._agree)

    @Slot()
    def _agree(self) -> None:
        if self.remember.isChecked():
            self.agreed.emit(self._sites)

    def _named(self, site: str) -> str:
        return self.tr("{host} (on your own network)").format(host=site) if is_local_site(site) else site
