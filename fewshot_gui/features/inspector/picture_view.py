"""The picture itself: first its thumbnail, then as sharp as the screen can show, or why it cannot be
shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QWidget

from engine.images import UnreadablePictureError
from fewshot_gui.features.inspector.picture_opener import OpenedPicture, PictureOpener
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.zoom_view import STEP, ZoomView


class PictureView(QWidget):
    """Opens only as many pixels as are visible: all of them once the zoom needs more than fit."""

    opened = Signal(OpenedPicture)
    """The picture, or the reason why there is none, has arrived."""
    double_clicked = Signal(QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        """The file that is shown, or `None`."""
        self._asked_in_full = False
        self._opened: list[OpenedPicture] = []
        self.opener = PictureOpener(self)
        self.zoom_view = ZoomView(self)
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(16)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.zoom_view)
        self.setMinimumSize(120, 90)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack.setContentsMargins(2, 2, 2, 2)  # room for the frame
        self.setAccessibleName(self.tr("Picture"))
        self.setToolTip(self.tr("The picture; turn the wheel to look closer"))
        self.opener.opened.connect(self._on_opened)
        self.zoom_view.zoomed.connect(self._request_full_size)
        self.zoom_view.double_clicked.connect(self.double_clicked)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a focus frame around the picture."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            painter.end()

    def show_picture(self, path: Path, thumbnail: QImage | None) -> None:
        """Show the picture at `path`, at first its thumbnail."""
        self.path = path
        self._asked_in_full = False
        self.setAccessibleDescription(path.name)
        self.opener.open(path, self._visible_pixels())
        if thumbnail is None:
            self._show_text(self.tr("Opening…"))
        else:
            self.zoom_view.show_levels(thumbnail.size(), [thumbnail])
            self._stack.setCurrentWidget(self.zoom_view)
            self._free_pixels()

    def show_none(self, words: str) -> None:
        """Show a text instead of a picture, and free the pixels of the previous one."""
        self.path = None
        self.setAccessibleDescription("")
        self.opener.forget()
        self._show_text(words)

    def fit(self) -> None:
        self.zoom_view.fit()

    def zoom_to_actual_size(self) -> None:
        self.zoom_view.zoom_to(1.0)

    def zoom_in(self) -> None:
        self.zoom_view.zoom_by(STEP)

    def zoom_out(self) -> None:
        self.zoom_view.zoom_by(1 / STEP)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._request_full_size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._request_full_size()

    @Slot(object)
    def _on_opened(self, opened: OpenedPicture) -> None:
        if opened.error is None:
            self._opened.append(opened)
            self._asked_in_full = opened.complete
            self.zoom_view.sharpen(opened.size, opened.levels)
            self._stack.setCurrentWidget(self.zoom_view)
            self._request_full_size()
        else:
            self._show_text(self._explained(opened.error))
        self.opened.emit(opened)

    @Slot()
    def _request_full_size(self, _zoom: float = 0) -> None:
        """Open the whole picture if the screen could show more pixels than are there."""
        shows = self._stack.currentWidget() is self.zoom_view and self.isVisible()
        if self.path is None or not shows or self._asked_in_full or self.opener.busy:
            return
        if self.zoom_view.short_of_pixels:
            self._asked_in_full = True
            self.opener.open(self.path)

    def _visible_pixels(self) -> int:
        longer = max(self.width(), self.height())
        return round(longer * self.devicePixelRatioF())

    def _show_text(self, words: str) -> None:
        self.zoom_view.show_levels(QSize(), [])
        self._free_pixels()
        self.message.setText(words)
        self._stack.setCurrentWidget(self.message)

    def _free_pixels(self) -> None:
        """Free the pixels of the previous picture, which is not on the screen any more."""
        if self._opened:
            self.opener.free(self._opened)
            self._opened = []

    def _explained(self, error: UnreadablePictureError) -> str:
        sentences = {
            "empty file": self.tr("The file is empty."),
            "truncated": self.tr("The file ends before the picture does. Was it copied completely?"),
            "damaged": self.tr("The file begins like a picture, but is damaged."),
            "not a picture": self.tr("The file is no picture of any format that is known here."),
            "unsupported format": self.tr(
                "Files of this kind cannot be read: {kind}. Convert the file to PNG or JPEG."
            ).format(kind=translated(error.kind or "")),
            "too large": self.tr("The picture is too large for this program or for the memory."),
            "not a file": self.tr("This is a folder or a device, not a file."),
            "not found": self.tr("The file is not there any more. File ▸ Locate missing pictures finds it."),
            "no permission": self.tr("You may not read this file. Change its permissions."),
        }
        heading = self.tr("This picture cannot be shown.")
        return f"{heading}\n{sentences[error.reason]}"
