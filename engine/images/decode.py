"""Bytes on disk → an upright RGB picture, or the reason why not.

The whole program sees pictures through these functions: model, thumbnails and previews agree
in orientation and colour. They may be called from several threads at once.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from engine.files import is_held
from engine.images.errors import Reason, UnreadablePicture
from engine.images.formats import FORMATS

DECODING: Final = 1
"""Raise this when a change here makes pixels differ: what old ones led to is then forgotten."""

MAX_BYTES: Final = 2**29
"""Largest file that is read: 512 MiB."""

MAX_PIXELS: Final = 2**28
"""Largest picture that is decoded: 268 megapixels, 1 GiB as Pillow keeps RGB. Phones make 200."""

BIG_PIXELS: Final = 2**25
"""From 34 megapixels on pictures are decoded one at a time, since each may take gigabytes on the way."""

_HASH_BYTES: Final = 16
_one_big_picture = threading.Lock()
_TURNED_SIDEWAYS = (5, 6, 7, 8)
"""Orientations (EXIF) whose upright picture is as wide as the stored one is high."""

# The readers of `FORMATS`, registered now so that no two threads do it while they decode. All that Pillow has
# would take a tenth of the time until the window is seen.
for reader in ("Avif", "Bmp", "Gif", "Jpeg", "Jpeg2K", "Png", "Ppm", "Tiff", "WebP"):
    import_module(f"PIL.{reader}ImagePlugin")
# Blocks of this size go back to the system when a picture is freed. Of smaller ones, Linux's C library keeps
# as many as there ever were, for each thread that decodes: a gigabyte after some large pictures.
Image.core.set_block_size(2**26)  # type: ignore[attr-defined]
# Pillow's own limit warns before it refuses, and is lower than what cameras make; ours replaces it.
Image.MAX_IMAGE_PIXELS = None
# Pillow warns about broken notes (EXIF) of pictures that it reads all the same. Set once and for all,
# because warnings.catch_warnings is not safe in threads.
warnings.filterwarnings("ignore", module=r"PIL\.")


def read_picture(path: Path) -> bytes:
    """The content of a picture file. Only ordinary files are opened, so this never waits on a pipe.

    Raises:
        UnreadablePicture: not found, not a file, no permission, too large, or damaged (disk error); not a
            picture, if it is the project that is open.
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise UnreadablePicture(path, "not a file")
        if is_held(info):
            raise UnreadablePicture(path, "not a picture")
        if info.st_size > MAX_BYTES:
            raise UnreadablePicture(path, "too large")
        return path.read_bytes()
    except PermissionError as error:
        raise UnreadablePicture(path, "no permission") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        # Looking up fails in many ways (links in a circle, a name too long), reading only if the disk does.
        is_there = os.path.isfile(path)  # noqa: PTH113 – Path.is_file raises for some of these names
        raise UnreadablePicture(path, "damaged" if is_there else "not found") from error


def decode(data: bytes, path: Path, at_least: int | None = None) -> Image.Image:
    """The picture in `data`: mode RGB, 8 bit, upright, transparency on white, first frame.

    Grey values of more than 8 bits are scaled, not clipped: 16 bits from their full range, floats
    from 0..1, 32-bit integers from 0..65535; where values lie outside, from the picture's own
    darkest to its brightest.

    Args:
        data: content of the file.
        path: where it came from, for the error only.
        at_least: pixels that the shorter side must keep. A JPEG is then decoded at 1/2, 1/4 or
            1/8 of its size as far as this allows, several times faster. Others come in full.

    Raises:
        UnreadablePicture: for anything wrong with `data`, whatever it holds.
    """
    with _opened(data, path) as image:
        if image.width * image.height > _most_pixels(len(data)):
            raise UnreadablePicture(path, "too large")
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        is_big = image.width * image.height > BIG_PIXELS
        with _one_big_picture if is_big else nullcontext():
            image.load()
            # The pixels are turned first; what fails after that are the notes beside them.
            with suppress(Exception):
                ImageOps.exif_transpose(image, in_place=True)
            return _to_rgb(image)


@dataclass(frozen=True)
class PictureFacts:
    """What a file says of its picture: Pillow's names of its `format` and `mode`, and its upright size in
    pixels."""

    format: str
    mode: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def describe(data: bytes, path: Path) -> PictureFacts:
    """What `data` says of itself, without decoding the pixels. `path` is for the error only.

    A PNG file that notes its orientation behind its pixels is described as if it had not.

    Raises:
        UnreadablePicture: where not even that can be told.
    """
    with _opened(data, path) as image:
        width, height = image.size
        # Of a PNG file Pillow would decode all to look for notes at its end; of TIFF it has turned the size.
        if image.format != "TIFF" and (image.format != "PNG" or "exif" in image.info):
            with suppress(Exception):
                if image.getexif().get(ExifTags.Base.Orientation) in _TURNED_SIDEWAYS:
                    width, height = height, width
        return PictureFacts(image.format or "", image.mode, width, height)


def content_hash(data: bytes) -> bytes:
    """16 bytes that name this content, wherever the file moves (BLAKE2b)."""
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()


def file_hash(path: Path) -> bytes:
    """The same of the file at `path`, which need not fit into memory.

    Raises `OSError` if it is no ordinary file, is the project that is open, or cannot be read.
    """
    info = path.stat()
    if not stat.S_ISREG(info.st_mode) or is_held(info):
        raise FileNotFoundError(f"{path} is not a file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_HASH_BYTES)).digest()


@contextmanager
def _opened(data: bytes, path: Path) -> Iterator[Image.Image]:
    """The picture in `data`, not decoded yet; whatever fails within the block is an `UnreadablePicture`."""
    if not data:
        raise UnreadablePicture(path, "empty file")
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            yield image
    except UnreadablePicture:
        raise
    except Exception as error:  # Pillow's readers let through whatever hostile bytes provoke
        raise UnreadablePicture(path, _reason(error, data)) from error


def _most_pixels(size: int) -> int:
    """How many pixels a file of `size` bytes may claim to hold.

    Fax compression gets 16,000 blank pixels into a byte, and no drawing comes near. What claims
    more, and is not small anyhow, is a trap: a few bytes that would fill the memory.
    """
    return min(MAX_PIXELS, max(2**24, 20_000 * size))


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        return Image.fromarray(_grey_levels(image)).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        page = Image.new("RGB", layer.size, "white")
        page.paste(
            layer, mask=layer
        )  # not its channel, which Pillow takes out with the whole program waiting
        return page
    return image.convert("RGB")


def _grey_levels(image: Image.Image) -> NDArray[np.uint8]:
    """A picture of floats or 32-bit integers as [h, w] in 0..255; NaN becomes black."""
    values = np.array(image, dtype=np.float32)
    finite = np.isfinite(values)
    low = float(values.min(where=finite, initial=np.inf))
    high = float(values.max(where=finite, initial=-np.inf))
    white = 1.0 if image.mode == "F" else 65535.0
    if low >= 0 and high <= white:
        low, high = 0.0, white
    scale = 255 / (high - low) if high > low else 0.0
    with np.errstate(all="ignore"):  # infinities and the like are clipped
        values *= scale
        values -= low * scale
        return np.nan_to_num(values, copy=False).clip(0, 255, out=values).astype(np.uint8)


def _reason(error: Exception, data: bytes) -> Reason:
    if isinstance(error, MemoryError):
        return "too large"
    if not any(_claims(name, data) for name in FORMATS):
        is_media_container = data[4:8] == b"ftyp"
        return "unsupported format" if is_media_container else "not a picture"
    if isinstance(error, EOFError) or "truncated" in str(error).lower() or _is_cut_webp(data):
        return "truncated"
    return "damaged"


def _claims(format_name: str, data: bytes) -> bool:
    """Whether `data` begins as files of this format do."""
    _, accepts = Image.OPEN[format_name]
    return accepts is not None and accepts(data[:16]) is True


def _is_cut_webp(data: bytes) -> bool:
    # WebP's decoder does not tell why it failed, but its header states the length.
    return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data)
