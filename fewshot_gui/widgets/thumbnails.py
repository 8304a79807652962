"""Thumbnails on request: decoded by background threads, the newest request first."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from engine.images import UnreadablePictureError, thumbnail
from engine.messages import Message
from fewshot_gui.shell.engine_texts import translated

Decode = Callable[[Path, int], NDArray[np.uint8]]

# Scrolling requests far more than a person looks at: the oldest requests are dropped.
_MAX_PENDING = 32
_ERROR_BYTES = 256


@dataclass(frozen=True)
class _Request:
    """A requested thumbnail. A result of an earlier generation is dropped."""

    picture_id: int
    generation: int
    pixels: int
    path: Path


@dataclass(frozen=True)
class _Result:
    """A thumbnail of the file at `path`, or the reason why there is none."""

    path: Path
    pixels: int
    image: QImage | None
    error: Message | None

    @property
    def size(self) -> int:
        return self.image.sizeInBytes() if self.image is not None else _ERROR_BYTES


class _Decoding(QRunnable):
    """Runs in the pool; gives a `QImage` or a text."""

    def __init__(
        self,
        request: _Request,
        decode: Decode,
        done: Callable[[_Request, _Result | None], None],
    ) -> None:
        super().__init__()
        self._request, self._decode, self._done = request, decode, done

    def run(self) -> None:
        result = None
        try:
            path, pixels = self._request.path, self._request.pixels
            result = _Result(path, pixels, to_image(self._decode(path, pixels)), None)
        except UnreadablePictureError as unreadable:
            result = _Result(path, pixels, None, unreadable.explanation)
        finally:
            # After a bug in the decoder, its place in the pool is free again.
            self._done(self._request, result)


class ThumbnailLoader(QObject):
    """Returns thumbnails from memory, or emits `loaded` later.

    All methods belong to the GUI thread. Memory is bounded by `max_bytes`; the pictures least recently
    requested are evicted first.
    """

    loaded = Signal(int)
    """The id of a picture whose thumbnail, or the reason why there is none, has arrived."""
    capacity_available = Signal()
    """Some requests were dropped because there were too many; views may ask again for visible pictures."""

    _decoded = Signal(object, object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        decode: Decode = thumbnail,
        max_bytes: int = 128 * 2**20,
    ) -> None:
        super().__init__(parent)
        self._decode = decode
        self._max_bytes = max_bytes
        self._pixels = 160
        self._generation = 0
        self._bytes = 0
        self._answers: OrderedDict[int, _Result] = OrderedDict()
        self._pending: OrderedDict[int, _Request] = OrderedDict()
        self._running: set[_Request] = set()
        self._forgot = False
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, (os.cpu_count() or 1) - 1))
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self._decoded.connect(self._keep)

    @property
    def cached_bytes(self) -> int:
        return self._bytes

    def set_pixels(self, pixels: int) -> None:
        """Set the longer side of a thumbnail in device pixels; the present ones are shown until they are
        replaced."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._generation += 1
            self._pending.clear()

    def image(self, picture_id: int, path: Path) -> QImage | None:
        """The thumbnail, possibly of another size or file while the right one is being decoded.

        `None` if there is none yet (`loaded` follows) or none at all (see `error`).
        """
        result = self._answers.get(picture_id)
        if result is not None:
            self._answers.move_to_end(picture_id)
        outgrown = result is not None and result.image is not None and result.pixels != self._pixels
        if result is None or result.path != path or outgrown:
            self._request(_Request(picture_id, self._generation, self._pixels, path))
        return result.image if result else None

    def error(self, picture_id: int) -> str | None:
        """Why the picture has no thumbnail, if decoding has failed."""
        result = self._answers.get(picture_id)
        return translated(result.error) if result else None

    def failed_among(self, picture_ids: NDArray[np.int64]) -> list[int]:
        """Those of `picture_ids` int64 [n] whose decoding failed; it is not tried again by itself."""
        failed = [picture_id for picture_id, result in self._answers.items() if result.error is not None]
        return np.intersect1d(failed, picture_ids).astype(np.int64).tolist() if failed else []

    def forget(self, picture_ids: Iterable[int]) -> None:
        """Decode these pictures again at the next request, because their files have changed."""
        for picture_id in picture_ids:
            if (result := self._answers.pop(picture_id, None)) is not None:
                self._bytes -= result.size

    def clear(self) -> None:
        """Forget everything, for example for another project."""
        self._generation += 1
        self._pending.clear()
        self._answers.clear()
        self._bytes = 0

    def close(self, timeout_s: float = 3.0) -> bool:
        """Drop all requests and wait for the threads; returns whether they ended in time.

        A picture that is being decoded is finished first, and a drive may never deliver it.
        """
        self._closed = True
        self.clear()
        return self._pool.waitForDone(round(1000 * timeout_s))

    def _request(self, request: _Request) -> None:
        if self._closed or request in self._running:
            return
        self._pending[request.picture_id] = request
        self._pending.move_to_end(request.picture_id)
        if len(self._pending) > _MAX_PENDING:
            self._pending.popitem(last=False)
            self._forgot = True
        self._start_next()

    def _start_next(self) -> None:
        # One more than there are threads, so that no thread waits for the GUI thread.
        while self._pending and len(self._running) <= self._pool.maxThreadCount():
            _, request = self._pending.popitem()
            self._running.add(request)
            self._pool.start(_Decoding(request, self._decode, self._decoded.emit))

    @Slot(object, object)
    def _keep(self, request: _Request, result: _Result | None) -> None:
        self._running.remove(request)
        if result is not None and request.generation == self._generation:
            self._remember(request.picture_id, result)
            self.loaded.emit(request.picture_id)
        self._start_next()
        if self._forgot and not self._pending:
            self._forgot = False
            self.capacity_available.emit()

    def _remember(self, picture_id: int, result: _Result) -> None:
        old = self._answers.pop(picture_id, None)
        self._bytes += result.size - (old.size if old else 0)
        self._answers[picture_id] = result
        while self._bytes > self._max_bytes and len(self._answers) > 1:
            self._bytes -= self._answers.popitem(last=False)[1].size


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """uint8 [h, w, 3] as an image that owns its memory, in the format that paints fastest."""
    height, width, _ = pixels.shape
    rgb = np.ascontiguousarray(pixels)
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
