"""Bytes on disk → an upright RGB picture in sRGB, or the reason why not.

The whole program sees pictures through these functions: model, thumbnails and previews agree in orientation,
brightness, colour and page. They may be called from several threads at once.

"Damaged" means that pixels are missing. What else is wrong with a file, its notes or its profile, costs
nothing.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageOps

from engine.images import jpeg, png, ppm, tiff, webp
from engine.images import tiff_pages as tags
from engine.images.colours import profile_of, to_srgb
from engine.images.errors import Reason, RefusedData, UnreadablePicture
from engine.images.facts import PictureFacts
from engine.images.formats import FORMATS, unsupported_kind
from engine.images.frames import first_with_content
from engine.images.levels import Levels, grey_levels
from engine.images.limits import BIG_PIXELS, check_pixels
from engine.images.page_colour import on_page
from engine.images.partial import load_measured
from engine.images.tiff_pages import full_pages, pages_in

DECODING: Final = 2
"""Raise this when a change here makes pixels differ: what old ones led to is then forgotten."""

Result = TypeVar("Result")

_BOXED: Final = ("AVIF", "JPEG2000")
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
# Pillow's own limit warns before it refuses, is lower than what cameras make, and is asked for in many of its
# functions; `check_pixels` replaces it.
Image.MAX_IMAGE_PIXELS = None
# Pillow warns about broken notes (EXIF) of pictures that it reads all the same. Set once and for all,
# because warnings.catch_warnings is not safe in threads.
warnings.filterwarnings("ignore", module=r"PIL\.")


def _alone_if_big(pixels: int) -> AbstractContextManager[object]:
    return _one_big_picture if pixels > BIG_PIXELS else nullcontext()


@dataclass(frozen=True)
class _Seen:
    """A picture as it is shown, mode RGB, and what was found out while it was decoded."""

    picture: Image.Image
    page: int = 1
    bits_used: int = 0
    bits_stored: int = 0
    missing: float = 0.0
    profile: str = ""
    on_black: bool = False


def decode(data: bytes, path: Path, at_least: int | None = None) -> Image.Image:
    """The picture in `data`: mode RGB, 8 bit, upright, in sRGB.

    - Of several pages or frames, the first that is large and not blank.
    - Numbers of more than 8 bits are scaled by the range that the file states or uses, see
      `levels.grey_levels`.
    - What is transparent lies on white, or on black where it would vanish, see `page_colour.on_page`.
    - Up to 5 % of the pixels may be missing, at the end.

    Args:
        data: content of the file.
        path: where it came from, for the error only.
        at_least: pixels that the shorter side must keep. A JPEG is then decoded at 1/2, 1/4 or
            1/8 of its size as far as this allows, several times faster. Others come in full.

    Raises:
        UnreadablePicture: for anything wrong with `data`, whatever it holds.
    """
    return _decoded(data, path, at_least).picture


def examine(data: bytes, path: Path, at_least: int | None = None) -> tuple[Image.Image, PictureFacts]:
    """The same picture, with all that can be told of it and its file. Raises as `decode`."""
    seen = _decoded(data, path, at_least)
    facts = describe(data, path)
    size = seen.picture.size if facts.format == "TIFF" else (facts.width, facts.height)
    return seen.picture, replace(
        facts,
        width=size[0],
        height=size[1],
        page=seen.page,
        bits_used=seen.bits_used,
        bits_stored=seen.bits_stored,
        missing=seen.missing,
        profile=seen.profile,
        on_black=seen.on_black,
    )


def describe(data: bytes, path: Path) -> PictureFacts:
    """What `data` says of itself, without decoding the pixels. `path` is for the error only.

    A PNG file that notes its orientation behind its pixels is described as if it had not.

    Raises:
        UnreadablePicture: where not even that can be told.
    """
    return _guarded(data, path, lambda content, _: _described(content))


def _decoded(data: bytes, path: Path, at_least: int | None) -> _Seen:
    return _guarded(data, path, lambda content, missing: _seen(content, at_least, missing))


def _guarded(data: bytes, path: Path, read: Callable[[bytes, float], Result]) -> Result:
    """What `read` makes of `data`, or of mended copies of it; whatever fails is an `UnreadablePicture`."""
    if not data:
        raise UnreadablePicture(path, "empty file")
    try:
        kind = _kind(data)
        try:
            if kind == "JPEG" and jpeg.ends_in_zeros(data):
                return read(*jpeg.mended(data))
            return read(data, 0.0)
        except (RefusedData, MemoryError):
            raise
        except Exception as error:  # Pillow's readers let through whatever hostile bytes provoke
            for mended, missing in _mended(kind, data, error):
                try:
                    return read(mended, missing)
                except RefusedData:
                    raise
                except Exception:  # then it is the first error that counts
                    continue
            raise
    except RefusedData as refused:
        raise UnreadablePicture(path, refused.reason, refused.detail) from refused
    except Exception as error:
        raise UnreadablePicture(path, *_reason(error, data)) from error


def _kind(data: bytes) -> str:
    """Pillow's name of the format that `data` begins as; "" if it is none that is read here."""
    return next((name for name in FORMATS if _claims(name, data)), "")


def _claims(format_name: str, data: bytes) -> bool:
    """Whether `data` begins as files of this format do."""
    _, accepts = Image.OPEN[format_name]
    return accepts is not None and accepts(data[:16]) is True


def _mended(kind: str, data: bytes, error: Exception) -> Iterator[tuple[bytes, float]]:
    """Copies of a file without what hinders reading it, each with the share of its pixels that is missing."""
    if kind == "PNG":
        yield png.without_broken_notes(data), 0.0
    elif kind == "WEBP":
        yield webp.mended(data) if webp.is_cut(data) else (webp.without_notes(data), 0.0)
    elif kind == "JPEG":
        yield jpeg.mended(data) if _is_short(error) else (jpeg.without_notes(data), 0.0)
    elif kind == "JPEG2000":
        yield data + b"\xff\xd9", 0.0  # the end mark, if only that is missing


def _reason(error: Exception, data: bytes) -> tuple[Reason, str]:
    if isinstance(error, MemoryError):
        return "too large", ""
    kind = _kind(data)
    if not kind:
        named = unsupported_kind(data)
        return ("unsupported format", named) if named else ("not a picture", "")
    # The decoders of some formats do not tell why they failed, but the headers state the length.
    is_cut = webp.is_cut(data) if kind == "WEBP" else kind in _BOXED and _ends_in_a_box(data)
    return "truncated" if _is_short(error) or is_cut else "damaged", ""


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


def _opened(data: bytes) -> ImageFile.ImageFile:
    """The picture in `data`, not decoded yet."""
    image = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    check_pixels(image.width * image.height, len(data))
    return image


def _seen(data: bytes, at_least: int | None, missing: float) -> _Seen:
    if _kind(data) == "TIFF":
        return _tiff_seen(data)
    if ppm.has_own_range(data):
        plain, absent = ppm.read_levels(data)
        used = plain.bits_used or 0
        shown = _shown(_from_levels(plain))
        return replace(shown, missing=absent, bits_used=used, bits_stored=16 if used else 0)
    with _opened(data) as image:
        is_animated = getattr(image, "is_animated", False)
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        with _alone_if_big(image.width * image.height):
            loaded, absent = load_measured(image, lambda: _opened(data))
            in_8_bits, levels, stored = _in_8_bits(loaded, data)
            # Later frames of an animation are drawn over the first, which must stay as it is stored.
            shown = _shown(in_8_bits.copy() if is_animated else in_8_bits)
            used = (levels.bits_used or 0) if levels else 0
            first = replace(
                shown, missing=max(missing, absent), bits_used=used, bits_stored=stored if used else 0
            )
            return _first_with_content(image, first) if is_animated else first


def _tiff_seen(data: bytes) -> _Seen:
    pages = pages_in(data)
    seen: dict[int, _Seen] = {}

    def at(place: int) -> Image.Image:
        page = pages[place]
        with _alone_if_big(page.pixels):
            found = tiff.read_page(data, page)
            shown = _shown(found.image)
        seen[place] = replace(
            shown, missing=found.missing, bits_used=found.bits_used, bits_stored=found.bits_stored
        )
        return shown.picture

    def at_or_none(place: int) -> Image.Image | None:
        with suppress(RefusedData, OSError, SyntaxError, ValueError):
            return at(place)
        return None

    places = full_pages(pages)
    if not places:
        raise RefusedData("damaged")
    at(places[0])  # what is wrong with the first page is wrong with the picture
    chosen = places[0]
    if len(places) > 1:
        found = first_with_content(
            places, lambda place: seen[place].picture if place in seen else at_or_none(place)
        )
        chosen = found[0] if found else chosen
    return replace(seen[chosen], page=chosen + 1)


def _first_with_content(image: ImageFile.ImageFile, first: _Seen) -> _Seen:
    """The first frame of an animation, or a later one if that is blank."""

    def at(place: int) -> Image.Image | None:
        if place == 0:
            return first.picture
        with suppress(Exception):  # of a later frame nothing is expected
            image.seek(place)
            return _shown(image.copy()).picture
        return None

    found = first_with_content(range(2**16), at)
    return first if found is None or found[0] == 0 else replace(first, picture=found[1], page=found[0] + 1)


def _shown(image: Image.Image) -> _Seen:
    """A decoded picture of 8 bits as it is to be seen: upright, in sRGB, on its page."""
    profile = profile_of(image)
    # The pixels are turned first; what fails after that are the notes beside them.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    converted, name = to_srgb(image, profile)
    picture, on_black = on_page(converted)
    return _Seen(picture, profile=name, on_black=on_black)


def _in_8_bits(image: Image.Image, data: bytes) -> tuple[Image.Image, Levels | None, int]:
    """A loaded picture by numbers of 8 bits; if it had others, their levels and how many bits they had."""
    levels, stored = None, 16
    if image.mode.startswith("I;16"):
        meant = png.significant_bits(data) if image.format == "PNG" else 0
        # Pillow shifts the numbers of JPEG 2000 up to 16 bits.
        is_stated = image.format == "JPEG2000" and _bits_of_jpeg_2000(data) != stored
        levels = grey_levels(np.asarray(image), stored, 2**meant - 1, depth_is_stated=is_stated)
    elif image.mode in ("I", "F"):
        levels = grey_levels(np.array(image), stored)
    elif image.format == "PNG":
        levels = png.deep_levels(lambda: _opened(data), image, png.significant_bits(data))
    if levels is None:
        return image, None, stored
    return _from_levels(levels, image), levels, stored


def _from_levels(levels: Levels, image: Image.Image | None = None) -> Image.Image:
    """A picture of levels, with the notes of the `image` that they are of."""
    picture = Image.fromarray(levels.values)
    if image is not None:
        picture.format = image.format
        picture.info = {name: note for name, note in image.info.items() if name != "transparency"}
    return picture


def _described(data: bytes) -> PictureFacts:
    if _kind(data) == "TIFF":
        pages = pages_in(data)
        places = full_pages(pages)
        if not places:
            raise RefusedData("damaged")
        page = pages[places[0]]
        width, height = page.number(tags.WIDTH), page.number(tags.HEIGHT)
        if page.number(tags.ORIENTATION) in _TURNED_SIDEWAYS:
            width, height = height, width
        return PictureFacts("TIFF", tiff.mode_of(data, page), width, height, len(pages), places[0] + 1)
    with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
        width, height = image.size
        # Of a PNG file Pillow would decode all to look for notes at its end.
        if image.format != "PNG" or "exif" in image.info:
            with suppress(Exception):
                if image.getexif().get(ExifTags.Base.Orientation) in _TURNED_SIDEWAYS:
                    width, height = height, width
        frames = 1
        with suppress(Exception):
            frames = getattr(image, "n_frames", 1)
        return PictureFacts(image.format or "", image.mode, width, height, frames)


def _bits_of_jpeg_2000(data: bytes) -> int:
    """The bits of the first component, by the marker SIZ of the codestream (ITU-T T.800, A.5.1)."""
    at = data.find(b"\xff\x4f\xff\x51") + 2
    return (data[at + 40] & 0x7F) + 1 if 2 <= at < len(data) - 40 else 0
