"""From what was dropped or pasted to paths on this computer.

Drops copy, never move: a drag that ends as a move lets the other program delete its file. So the
action is forced to copy whatever was proposed, and nothing here ever touches a source file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QWidget

from engine.errors import FewshotError


def can_take(mime: QMimeData) -> bool:
    """Whether `paths_of` would find something in it; asks the disk about text only."""
    return any(_local_paths(mime)) or mime.hasImage()


def paths_of(mime: QMimeData, pasted_dir: Path) -> list[Path]:
    """The files and folders in `mime`, without repetition, in their order.

    Those that are named as files are not asked for: whoever looks for pictures in them will find out
    whether they are there, and there may be thousands. A text names files if there are such files.
    A bare image (a screenshot, or a picture dragged out of a browser) has no path: it is saved as
    a PNG in `pasted_dir`. Raises `FewshotError` if that cannot be written.
    """
    paths = list(dict.fromkeys(_local_paths(mime)))
    if not paths and mime.hasImage():
        image = QImage(mime.imageData())
        if not image.isNull():
            paths = [_save(image, pasted_dir)]
    return paths


def _local_paths(mime: QMimeData) -> Iterator[Path]:
    if mime.hasUrls():
        names = (url.toLocalFile() for url in mime.urls() if url.isLocalFile())
        yield from filter(Path.is_absolute, map(_path, names))
    elif mime.hasText():
        lines = (line.strip() for line in mime.text().splitlines())
        names = (QUrl(line).toLocalFile() if line.startswith("file:") else line for line in lines)
        yield from (path for path in map(_path, names) if path.is_absolute() and _exists(path))


def _path(name: str) -> Path:
    return Path(name.rstrip("\0"))  # some programs end their paths with a NUL character


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # text that cannot be a path: too long, or with a NUL inside
        return False


def _save(image: QImage, folder: Path) -> Path:
    path = folder / f"pasted {datetime.now():%Y-%m-%d %H.%M.%S.%f}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FewshotError(f"The pasted picture could not be kept in {folder}: {error.strerror}.") from error
    if not image.save(str(path)):
        raise FewshotError(f"The pasted picture could not be written to {path}. Is the disk full?")
    return path


class DropZone(QObject):
    """Makes a widget take files, folders and images. For an item view, give its `viewport()`.

    `dropped` carries the mime data and the place; `hovered` carries the place of a drag that would
    be taken, and `left` follows when it is gone (dropped or not).
    """

    dropped = Signal(QMimeData, QPoint)
    hovered = Signal(QPoint)
    left = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._takes = False
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent):  # enter and move events are drop events too
            return self._drag(event)
        if event.type() == QEvent.Type.DragLeave:
            self.left.emit()
        return super().eventFilter(watched, event)

    def _drag(self, event: QDropEvent) -> bool:
        if isinstance(event, QDragEnterEvent):  # may ask the disk, so not again at every move
            self._takes = can_take(event.mimeData())
        if not self._takes:
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        place = event.position().toPoint()
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):
            self.hovered.emit(place)
        else:
            self.left.emit()
            self.dropped.emit(event.mimeData(), place)
        return True
