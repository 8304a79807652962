"""The page in place of an empty grid when the work is done: how much is labelled, and the export."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.features.pictures.picture_pane import PicturePane
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.fonts import bold

_CENTER = Qt.AlignmentFlag.AlignCenter


class AllLabeled(QWidget):
    """Covers the grid of `pictures` while that is empty because every picture has a label; drops still go to
    the grid."""

    def __init__(self, hub: ProjectHub, pictures: PicturePane, export: QAction) -> None:
        super().__init__(pictures.grid.viewport())
        self._hub, self._pictures = hub, pictures
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.title = QLabel(self)
        font = bold(self.title.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self.title.setFont(font)
        self.rest = QLabel(self)
        self.rest.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.button = _Button(self.tr("Export…"), self)
        self.button.setToolTip(self.tr("Export the labels (Ctrl+E)"))
        self.button.clicked.connect(export.trigger)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(10)
        column.addStretch(1)
        for label in (self.title, self.rest):
            label.setWordWrap(True)
            label.setAlignment(_CENTER)
            column.addWidget(label)
        column.addWidget(self.button, 0, _CENTER)
        column.addStretch(1)
        pictures.grid.viewport().installEventFilter(self)
        pictures.rearranged.connect(self._follow)
        hub.predicted.connect(self._follow)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is (ground := self.parentWidget()) and ground:
            self.resize(ground.size())
        return super().eventFilter(watched, event)

    def _follow(self, _ids: object = None) -> None:
        if not (done := self._pictures.is_done):
            self.setVisible(done)
            return
        queries = self._hub.queries
        self.title.setText(self.tr("All {n} labelled").format(n=f"{queries.labeled_count:,}"))
        unreadable = queries.picture_count - queries.labeled_count
        words = self.tr("Drop more pictures here to go on.")
        if unreadable:
            words = self.tr("{n} more cannot be read.").format(n=f"{unreadable:,}") + f" {words}"
        self.rest.setText(words)
        self.resize(self._pictures.grid.viewport().size())
        self.show()


class _Button(QPushButton):
    def event(self, event: QEvent) -> bool:
        # Space opens a picture in the grid around the button; here it presses the button.
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)
