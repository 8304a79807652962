"""From dropped or pasted data to paths on this computer, and to web addresses of pictures.

Drops copy, never move: after a move, the other program deletes its file. So the drop action is forced to
copy, and nothing here ever changes a source file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from PySide6.QtCore import QBuffer, QEvent, QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QImageWriter
from PySide6.QtWidgets import QWidget

from engine.images import READABLE_SUFFIXES
from engine.images.saving import save_picture

Source: TypeAlias = Path | str
"""A file, a folder or an archive; or the web address of a picture, after the person's consent."""


def can_take(mime: QMimeData) -> bool:
    """Whether `sources_of` would find something in it; looks at the disk for text only."""
    return any(_local_paths(mime)) or mime.hasImage() or any(_addresses(mime))


def only_path_in(mime: QMimeData) -> Path | None:
    """The file or folder that `mime` is, if it is one and no more."""
    paths = list(islice(_local_paths(mime), 2))
    return paths[0] if len(paths) == 1 else None


def sources_of(mime: QMimeData, kept_dir: Path) -> list[Source]:
    """The files and folders in `mime` with the addresses among them, or else its picture, or else addresses;
    each once, in their order.

    Paths that are named as files are not checked: the search for pictures will do that, and there may be
    thousands. A text names files if such files exist. A bare image (a screenshot, or a picture dragged out of
    a browser) has no path: it is saved as a PNG in `kept_dir`. Raises `FewshotError` if that cannot be
    written. Addresses are not downloaded here.
    """
    paths: list[Source] = list(dict.fromkeys(_local_paths(mime)))
    if paths:
        return paths + list(dict.fromkeys(_listed_addresses(mime)))
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    if not image.isNull():
        return [save_picture(_png(image), kept_dir, "the pasted picture")]
    return list(dict.fromkeys(_addresses(mime)))


def _local_paths(mime: QMimeData) -> Iterator[Path]:
    if mime.hasUrls():
        names = (_file_name(url) for url in mime.urls() if url.isLocalFile())
        yield from filter(Path.is_absolute, map(_path, names))
    elif mime.hasText():
        lines = (line.strip() for line in mime.text().splitlines())
        names = (_file_name(QUrl(line)) if line.startswith("file:") else line for line in lines)
        yield from (path for path in map(_path, names) if path.is_absolute() and _exists(path))


def _file_name(url: QUrl) -> str:
    """The name as the file system has it, also if it is not UTF-8, which Qt turns into question marks."""
    name = url.toLocalFile()
    if "\ufffd" not in name:
        return name
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))


def _path(name: str) -> Path:
    return Path(name.rstrip("\0"))  # some programs end their paths with a NUL character


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # text that cannot be a path: too long, or with a NUL inside
        return False


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def _addresses(mime: QMimeData) -> Iterator[str]:
    """Addresses of pictures: those in a piece of a web page, else those with the suffix of a picture."""
    if mime.hasHtml():
        page = _Images()
        page.feed(mime.html())
        if page.addresses:
            yield from page.addresses
            return
    yield from _listed_addresses(mime)


def _listed_addresses(mime: QMimeData) -> Iterator[str]:
    whole = QUrl.ComponentFormattingOption.FullyEncoded
    lines = [url.toString(whole) for url in mime.urls()] if mime.hasUrls() else mime.text().splitlines()
    yield from (_encoded(line.strip()) for line in lines if _is_web_picture(line.strip()))


def _encoded(address: str) -> str:
    """The address in ASCII: a host in other letters becomes `xn--…`, which has no look-alikes."""
    url = QUrl(address)
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded) if url.isValid() else address


def _is_web_picture(address: str) -> bool:
    if not address.lower().startswith(("http://", "https://")):
        return False
    try:
        return urlsplit(address).path.lower().endswith(READABLE_SUFFIXES)
    except ValueError:
        return False


class _Images(HTMLParser):
    """Collects the absolute addresses of the pictures in a piece of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = (dict(attrs).get("src") or "").strip() if tag == "img" else ""
        if address.lower().startswith("data:image/"):
            self.addresses.append(address)
        elif address.lower().startswith(("http://", "https://")):
            self.addresses.append(_encoded(address))


class DropZone(QObject):
    """Makes a widget accept what `takes` says: files, folders and images. For an item view, give its
    `viewport()`.

    `dropped` has the mime data and the position; `hovered` has the position of a drag that would be accepted,
    and `left` follows when it ends (dropped or not).
    """

    dropped = Signal(QMimeData, QPoint)
    hovered = Signal(QPoint)
    left = Signal()

    def __init__(self, widget: QWidget, takes: Callable[[QMimeData], bool] = can_take) -> None:
        super().__init__(widget)
        self._takes = takes
        self._accepted = False
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
            self._accepted = self._takes(event.mimeData())
        if not self._accepted:
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
