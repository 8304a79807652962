"""Opens one picture at a time in full, in the background; the latest request wins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, QRunnable, QSize, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from engine.files import FileFacts
from engine.images import PictureFacts, UnreadablePictureError, describe, examine, read_picture
from fewshot_gui.widgets.thumbnails import to_image

# Decoding cannot be interrupted, so a new request has a thread while the old one's finishes.
_THREADS = 2
_STRIP_PIXELS = 2**20
_SMALLEST = 1024


@dataclass(frozen=True)
class OpenedPicture:
    """A decoded file: its `path` and state on the disk, its own facts, and its pixels in falling sizes, each
    half of the one before; or `error`, why there are none.

    `complete` tells whether the first of `levels` has every pixel of the file.
    """

    path: Path
    file: FileFacts | None
    facts: PictureFacts | None
    levels: tuple[QImage, ...]
    complete: bool
    error: UnreadablePictureError | None

    @property
    def size(self) -> QSize:
        """The size of the picture in pixels at 100 %; empty if there is no picture."""
        if not self.levels:
            return QSize()
        if self.complete or self.facts is None:
            return self.levels[0].size()
        return QSize(self.facts.width, self.facts.height)


@dataclass(eq=False)
class _Request:
    """A requested picture, with `pixels` for its longer side or in full. `dropped` once another is
    requested."""

    path: Path
    pixels: int | None
    dropped: threading.Event = field(default_factory=threading.Event)


class _Opening(QRunnable):
    """Runs in the pool; gives an `OpenedPicture`, or nothing if the request was dropped."""

    def __init__(self, request: _Request, done: Callable[[_Request, OpenedPicture | None], None]) -> None:
        super().__init__()
        self._request, self._done = request, done

    def run(self) -> None:
        opened = None
        steps = open_picture(self._request.path, self._request.pixels)
        try:
            while not self._request.dropped.is_set():
                next(steps)
        except StopIteration as stop:
            opened = stop.value
        finally:
            self._done(self._request, opened)


class _Freeing(QRunnable):
    """Frees the pictures in the list, in the pool: returning hundreds of megabytes takes the system a
    while."""

    def __init__(self, dropped: list[OpenedPicture]) -> None:
        super().__init__()
        self._dropped = dropped

    def run(self) -> None:
        self._dropped.clear()


class PictureOpener(QObject):
    """Opens the picture that was requested last; earlier requests are dropped at any stage.

    All methods belong to the GUI thread.
    """

    opened = Signal(OpenedPicture)
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request: _Request | None = None
        self._waiting = False
        self._running = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._done.connect(self._on_decoded)

    @property
    def busy(self) -> bool:
        """Whether the requested picture has not arrived yet."""
        return self._request is not None

    def open(self, path: Path, pixels: int | None = None) -> None:
        """Request a picture with at most `pixels` on its longer side, or with all its pixels."""
        self.forget()
        self._request, self._waiting = _Request(path, pixels), True
        self._start()

    def forget(self) -> None:
        """Drop the present request."""
        if self._request is not None:
            self._request.dropped.set()
        self._request, self._waiting = None, False

    def free(self, dropped: list[OpenedPicture]) -> None:
        """Free the memory of the pictures in the list, which nobody else may use."""
        self._pool.start(_Freeing(dropped))

    def close(self, timeout_s: float = 3.0) -> bool:
        """Drop the request and wait for the threads; returns whether they ended in time."""
        self.forget()
        return self._pool.waitForDone(round(1000 * timeout_s))

    def _start(self) -> None:
        if self._waiting and self._request is not None and self._running < _THREADS:
            self._waiting = False
            self._running += 1
            self._pool.start(_Opening(self._request, self._done.emit))

    @Slot(object, object)
    def _on_decoded(self, request: _Request, opened: OpenedPicture | None) -> None:
        self._running -= 1
        if request is self._request and opened is not None:
            self._request = None
            self.opened.emit(opened)
        self._start()


def open_picture(path: Path, pixels: int | None) -> Generator[None, None, OpenedPicture]:
    """Read and decode a picture, its longer side at most `pixels` if given. A caller can stop at each
    yield."""
    file, facts = FileFacts.of(path), None
    try:
        data = read_picture(path)
        facts = describe(data, path)
        yield
        picture, facts = examine(data, path, at_least=pixels)
        del data
        yield
        if pixels is not None:
            picture.thumbnail((pixels, pixels), Image.Resampling.BICUBIC)
        complete = picture.size == (facts.width, facts.height) or pixels is None
        levels = []
        for level in _halved(picture):
            levels.append((yield from _converted(level, path)))
        return OpenedPicture(path, file, facts, tuple(levels), complete, None)
    except UnreadablePictureError as unreadable:
        return OpenedPicture(path, file, facts, (), False, unreadable)


def _halved(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture, then half of it, and so on, while it is large."""
    yield picture
    while max(picture.size) >= 2 * _SMALLEST:
        picture = picture.reduce(2)
        yield picture


def _converted(picture: Image.Image, path: Path) -> Generator[None, None, QImage]:
    """The picture as a `QImage`. Copied in strips: Python runs no other thread while it copies pixels."""
    width, height = picture.size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise UnreadablePictureError(path, "too large")
    lines = np.frombuffer(image.bits(), np.uint8).reshape(height, image.bytesPerLine())
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = to_image(np.asarray(picture.crop((0, top, width, bottom))))
        lines[top:bottom] = np.frombuffer(strip.constBits(), np.uint8).reshape(bottom - top, -1)
        yield
    return image
