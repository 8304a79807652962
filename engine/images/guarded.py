"""Reading a file of unknown making: what is wrong beside its pixels is mended, and all else gets a reason."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

from PIL import Image, ImageFile

from engine.images import jpeg, png, webp
from engine.images.errors import Reason, RefusedDataError, UnreadablePictureError
from engine.images.formats import FORMATS, unsupported_kind
from engine.images.limits import check_pixels
from engine.messages import Message

Result = TypeVar("Result")

_BOXED: Final = ("AVIF", "JPEG2000")

# The readers of `FORMATS`, registered now so that no two threads do it while they decode. All that Pillow has
# would take a tenth of the time until the window is seen.
for reader in ("Avif", "Bmp", "Gif", "Jpeg", "Jpeg2K", "Png", "Ppm", "Tiff", "WebP"):
    import_module(f"PIL.{reader}ImagePlugin")


@dataclass(frozen=True)
class PictureFile:
    """The content of a file, Pillow's name for how it begins ("" if it is of no format that is read here),
    and the share of its pixels that is known to be missing."""

    data: bytes
    kind: str
    missing: float = 0.0

    def opened(self) -> ImageFile.ImageFile:
        """The picture, not decoded yet. Raises `RefusedDataError` if it is too large, and what Pillow
        raises."""
        formats = (self.kind,) if self.kind else tuple(FORMATS)
        image = Image.open(io.BytesIO(self.data), formats=formats)
        check_pixels(image.width * image.height, len(self.data))
        return image


class _Limit:
    """Has `check_pixels` decide alone while a picture is read, and gives Pillow's own limit back.

    Pillow keeps its limit in a module, and asks for it in several of its readers. While one of our threads
    reads, the other threads of the process are without it, too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._of_the_host: int | None = None

    @contextmanager
    def replaced(self) -> Iterator[None]:
        with self._lock:
            if not self._readers:
                self._of_the_host, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers:
                    Image.MAX_IMAGE_PIXELS = self._of_the_host


_PILLOW_LIMIT: Final = _Limit()


def read_guarded(data: bytes, path: Path, read: Callable[[PictureFile], Result]) -> Result:
    """What `read` makes of `data` or, where that fails, of a copy without what hinders reading it.

    Raises `UnreadablePictureError` for whatever is wrong; Pillow's readers let through what hostile bytes
    provoke.
    """
    if not data:
        raise UnreadablePictureError(path, "empty file")
    file = PictureFile(data, _kind(data))
    try:
        with _PILLOW_LIMIT.replaced():
            return _read_or_mend(file, read)
    except RefusedDataError as refused:
        raise UnreadablePictureError(path, refused.reason, refused.kind) from refused
    except Exception as error:
        raise UnreadablePictureError(path, *_reason(error, file)) from error


def _read_or_mend(file: PictureFile, read: Callable[[PictureFile], Result]) -> Result:
    try:
        return read(file)
    except (RefusedDataError, MemoryError):
        raise
    except Exception as error:
        for mended in _mended(file, error):
            try:
                return read(mended)
            except RefusedDataError:
                raise
            except Exception:  # then it is the first error that counts
                continue
        raise


def _kind(data: bytes) -> str:
    """Pillow's name of the format that `data` begins as; "" if it is none that is read here."""
    return next((name for name in FORMATS if _claims(name, data)), "")


def _claims(format_name: str, data: bytes) -> bool:
    """Whether `data` begins as files of this format do."""
    _, accepts = Image.OPEN[format_name]
    return accepts is not None and accepts(data[:16]) is True


def _mended(file: PictureFile, error: Exception) -> Iterator[PictureFile]:
    """Copies of a file that failed with `error`: without its notes, or with an end."""
    data, kind = file.data, file.kind
    match kind:
        case "PNG":
            yield PictureFile(png.without_broken_notes(data), kind)
        case "WEBP" if webp.is_cut(data):
            yield _cut(webp.mended(data), kind)
        case "WEBP":
            yield PictureFile(webp.without_notes(data), kind)
        case "JPEG" if _is_short(error):
            yield _cut(jpeg.mended(data), kind)
        case "JPEG":
            yield PictureFile(jpeg.without_notes(data), kind)
        case "JPEG2000":
            yield PictureFile(data + b"\xff\xd9", kind)  # the end mark, if only that is missing


def _cut(mended: tuple[bytes, float], kind: str) -> PictureFile:
    data, missing = mended
    return PictureFile(data, kind, missing)


def _reason(error: Exception, file: PictureFile) -> tuple[Reason, Message | None]:
    if isinstance(error, MemoryError):
        return "too large", None
    if not file.kind:
        named = unsupported_kind(file.data)
        return ("unsupported format", Message(named)) if named else ("not a picture", None)
    # The decoders of some formats do not tell why they failed, but the headers state the length.
    is_cut = (
        webp.is_cut(file.data) if file.kind == "WEBP" else file.kind in _BOXED and _ends_in_a_box(file.data)
    )
    return "truncated" if _is_short(error) or is_cut else "damaged", None


def _ends_in_a_box(data: bytes) -> bool:
    """Whether the last box of a file is longer than what there is of it (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if length < 8:  # up to the end of the file
            return False
        at += length
    return at != len(data)


def _is_short(error: Exception) -> bool:
    """Whether a reader failed because the file ends too early."""
    return isinstance(error, EOFError) or "truncated" in str(error).lower()
