"""Pictures of the project as mime data: what a drag or the clipboard carries.

Within the window it is the ids of the pictures; for other programs it is their files.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QMimeData, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPalette, QPixmap

from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.drops import can_take

_IDS: Final = "application/x-fewshot-pictures"
_FILES: Final = "text/uri-list"
_TEXT: Final = "text/plain"
_SIDE = 72
_SHIFT = 6
_PAD = 6


class PictureMimeData(QMimeData):
    """The pictures with these ids. Their files are looked up only when another program asks for them, as the
    addresses of a hundred thousand take a second."""

    def __init__(self, hub: ProjectHub, ids: NDArray[np.int64]) -> None:
        super().__init__()
        self._hub, self._ids = hub, ids

    def formats(self) -> list[str]:
        return [_IDS, _FILES, _TEXT]

    def hasFormat(self, mime_type: str) -> bool:
        return mime_type in self.formats()

    def retrieveData(self, mime_type: str, _preferred: Any) -> Any:
        if mime_type == _IDS:
            return QByteArray(_key(self._hub) + self._ids.tobytes())
        paths = map(os.fsdecode, self._hub.queries.encoded_paths(self._ids))
        if mime_type == _FILES:  # encoded, as a name may not be UTF-8
            return [QUrl.fromEncoded(Path(path).as_uri().encode()) for path in paths]
        if mime_type == _TEXT:
            return QByteArray("\n".join(paths).encode(errors="replace"))
        return None


def clipboard_data(hub: ProjectHub, ids: NDArray[np.int64]) -> QMimeData:
    """The pictures with these ids, also for the time when another project is open."""
    source, copy = PictureMimeData(hub, ids), QMimeData()
    for name in source.formats():
        copy.setData(name, source.data(name))
    return copy


def pictures_in(mime: QMimeData, hub: ProjectHub) -> NDArray[np.int64] | None:
    """The ids of the pictures that `mime` carries, int64 [n]; None if it has none of this project."""
    key = _key(hub)
    data = bytes(mime.data(_IDS).data()) if mime.hasFormat(_IDS) else b""
    if not data.startswith(key):
        return None
    ids = np.frombuffer(data, np.int64, offset=len(key))
    return ids[hub.queries.has(ids)]


def can_take_pictures(mime: QMimeData) -> bool:
    """Whether `mime` has pictures of a project, or files, folders and images from outside."""
    return mime.hasFormat(_IDS) or can_take(mime)


def drag_pixmap(image: QImage | None, count: int, palette: QPalette, font: QFont, ratio: float) -> QPixmap:
    """The picture under the pointer during a drag: a thumbnail, and how many pictures there are if not one.

    `ratio` is the number of device pixels per pixel.
    """
    area = QRect(0, 0, _SIDE, _SIDE)
    if image is not None:
        area.setSize(image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio))
    depth = _SHIFT * min(count - 1, 2)  # of the stack of pictures
    pixmap = QPixmap((area.size() + QSize(depth, depth)) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setOpacity(0.85)
    for place in range(depth, -1, -_SHIFT):
        painter.fillRect(area.translated(place, place), palette.color(QPalette.ColorRole.Mid))
        painter.drawRect(area.translated(place, place).adjusted(0, 0, -1, -1))
    if image is not None:
        painter.drawImage(area, image)
    if count > 1:
        _draw_badge(painter, area, f"{count:,}", palette, font)
    painter.end()
    return pixmap


def _draw_badge(painter: QPainter, area: QRect, text: str, palette: QPalette, font: QFont) -> None:
    font = QFont(font)
    font.setBold(True)
    metrics = QFontMetrics(font)
    badge = QRect(0, 0, metrics.horizontalAdvance(text) + 2 * _PAD, metrics.height() + _PAD)
    badge.moveCenter(area.center())
    painter.setOpacity(1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
    painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
    painter.setPen(palette.color(QPalette.ColorRole.HighlightedText))
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _key(hub: ProjectHub) -> bytes:
    """Tells the pictures of this project in this process from all others."""
    return f"{os.getpid()} {hub.file}\0".encode(errors="surrogateescape")
