"""Thumbnails on demand: decoded by a few background threads, newest wish first."""

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

# Scrolling asks for far more than anyone will look at: what waits longest is forgotten.
_MOST_PENDING = 32
_ERROR_BYTES = 256


@dataclass(frozen=True)
class _Wish:
    """One thumbnail asked for. A result whose generation has passed is thrown away."""

    picture_id: int
    generation: int
    pixels: int
    path: Path


@dataclass(frozen=True)
class _Answer:
    """A thumbnail of the file at `path`, or the reason why there is none."""

    path: Path
    pixels: int
    image: QImage | None
    error: Message | None

    @property
    def size(self) -> int:
        return self.image.sizeInBytes() if self.image is not None else _ERROR_BYTES


class _Decoding(QRunnable):
    """Runs in the pool; only a `QImage` or a text leaves it."""

    def __init__(self, wish: _Wish, decode: Decode, done: Callable[[_Wish, _Answer | None], None]) -> None:
        super().__init__()
        self._wish, self._decode, self._done = wish, decode, done

    def run(self) -> None:
        answer = None
        try:
            path, pixels = self._wish.path, self._wish.pixels
            answer = _Answer(path, pixels, to_image(self._decode(path, pixels)), None)
        except UnreadablePictureError as unreadable:
            answer = _Answer(path, pixels, None, unreadable.explanation)
        finally:
            # A bug in the decoder still gives its place in the pool back.
            self._done(self._wish, answer)


class ThumbnailLoader(QObject):
    """Gives thumbnails at once from memory, or later with `loaded`.

    All methods belong to the thread of the window. Memory is bounded by `max_bytes`; the
    pictures least recently asked for are forgotten first.
    """

    loaded = Signal(int)
    """The thumbnail of this picture, or the reason why there is none, is there now."""
    room = Signal()
    """Wishes were forgotten for want of room; what is still on the screen may be asked for again."""

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
        self._answers: OrderedDict[int, _Answer] = OrderedDict()
        self._pending: OrderedDict[int, _Wish] = OrderedDict()
        self._running: set[_Wish] = set()
        self._forgot = False
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, (os.cpu_count() or 1) - 1))
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self._decoded.connect(self._keep)

    @property
    def bytes_held(self) -> int:
        return self._bytes

    def set_pixels(self, pixels: int) -> None:
        """The longer side of a thumbnail in device pixels; the ones in memory serve until replaced."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._generation += 1
            self._pending.clear()

    def image(self, picture_id: int, path: Path) -> QImage | None:
        """The thumbnail, possibly of another size or place while the right one is being decoded.

        `None` where there is none yet (`loaded` will tell) or none can be had (see `error`).
        """
        answer = self._answers.get(picture_id)
        if answer is not None:
            self._answers.move_to_end(picture_id)
        outgrown = answer is not None and answer.image is not None and answer.pixels != self._pixels
        if answer is None or answer.path != path or outgrown:
            self._wish(_Wish(picture_id, self._generation, self._pixels, path))
        return answer.image if answer else None

    def error(self, picture_id: int) -> str | None:
        """Why the picture has no thumbnail, if decoding it was tried and failed."""
        answer = self._answers.get(picture_id)
        return translated(answer.error) if answer else None

    def failed_among(self, picture_ids: NDArray[np.int64]) -> list[int]:
        """Those of `picture_ids` int64 [n] whose decoding failed, which is not tried again by itself."""
        failed = [picture_id for picture_id, answer in self._answers.items() if answer.error is not None]
        return np.intersect1d(failed, picture_ids).astype(np.int64).tolist() if failed else []

    def forget(self, picture_ids: Iterable[int]) -> None:
        """Decode some pictures anew when they are asked for, as their files are not what they were."""
        for picture_id in picture_ids:
            if (answer := self._answers.pop(picture_id, None)) is not None:
                self._bytes -= answer.size

    def clear(self) -> None:
        """Forget everything, e.g. because another project was opened."""
        self._generation += 1
        self._pending.clear()
        self._answers.clear()
        self._bytes = 0

    def close(self, timeout_s: float = 3.0) -> bool:
        """Take no more wishes and wait for the threads; returns whether they ended in time.

        A picture being decoded is finished first, and a drive may never give it.
        """
        self._closed = True
        self.clear()
        return self._pool.waitForDone(round(1000 * timeout_s))

    def _wish(self, wish: _Wish) -> None:
        if self._closed or wish in self._running:
            return
        self._pending[wish.picture_id] = wish
        self._pending.move_to_end(wish.picture_id)
        if len(self._pending) > _MOST_PENDING:
            self._pending.popitem(last=False)
            self._forgot = True
        self._start_next()

    def _start_next(self) -> None:
        # One more than the threads, so that none waits for the window to hand it work.
        while self._pending and len(self._running) <= self._pool.maxThreadCount():
            _, wish = self._pending.popitem()
            self._running.add(wish)
            self._pool.start(_Decoding(wish, self._decode, self._decoded.emit))

    @Slot(object, object)
    def _keep(self, wish: _Wish, answer: _Answer | None) -> None:
        self._running.remove(wish)
        if answer is not None and wish.generation == self._generation:
            self._remember(wish.picture_id, answer)
            self.loaded.emit(wish.picture_id)
        self._start_next()
        if self._forgot and not self._pending:
            self._forgot = False
            self.room.emit()

    def _remember(self, picture_id: int, answer: _Answer) -> None:
        old = self._answers.pop(picture_id, None)
        self._bytes += answer.size - (old.size if old else 0)
        self._answers[picture_id] = answer
        while self._bytes > self._max_bytes and len(self._answers) > 1:
            self._bytes -= self._answers.popitem(last=False)[1].size


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """uint8 [h, w, 3] as an image that owns its memory, in the format that paints fastest."""
    height, width, _ = pixels.shape
    rgb = np.ascontiguousarray(pixels)
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
