"""Bytes on disk → an upright RGB picture in sRGB, or the reason why not.

The whole program sees pictures through `decode`: model, thumbnails and previews agree in orientation,
brightness, colour and page. It may be called from several threads at once.

"Damaged" means that pixels are missing. What else is wrong with a file, its notes or its profile, costs
nothing.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageFile, ImageOps

from engine.images import png, ppm, tiff
from engine.images.colours import profile_of, to_srgb
from engine.images.describe import describe
from engine.images.errors import RefusedDataError
from engine.images.facts import PictureFacts
from engine.images.frames import first_with_content
from engine.images.guarded import PictureFile, read_guarded
from engine.images.levels import Levels, grey_levels
from engine.images.limits import BIG_PIXELS, check_pixels
from engine.images.page_colour import on_page
from engine.images.partial import load_measured
from engine.images.tiff_pages import full_pages, pages_in

DECODING: Final = 2
"""Raise this when a change here makes pixels differ: what old ones led to is then forgotten."""

_one_big_picture = threading.Lock()


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
    """The same picture, with the facts about it and its file. Raises as `decode`."""
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


def _decoded(data: bytes, path: Path, at_least: int | None) -> _Seen:
    return read_guarded(data, path, lambda file: _seen(file, at_least))


def _alone_if_big(pixels: int) -> AbstractContextManager[object]:
    return _one_big_picture if pixels > BIG_PIXELS else nullcontext()


def _seen(file: PictureFile, at_least: int | None) -> _Seen:
    if file.kind == "TIFF":
        return _tiff_seen(file.data)
    if file.kind == "PPM" and ppm.has_own_range(file.data):
        levels, missing = ppm.read_levels(file.data)
        return _shown(_from_levels(levels), levels, 16, missing)
    with file.opened() as image:
        is_animated = getattr(image, "is_animated", False)
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        with _alone_if_big(image.width * image.height):
            loaded, missing = load_measured(image, file.opened)
            in_8_bits, deeper = _in_8_bits(loaded, file)
            # Later frames of an animation are drawn over the first, which must stay as it is stored.
            still = in_8_bits.copy() if is_animated else in_8_bits
            first = _shown(still, deeper, 16, max(missing, file.missing))
            return _first_with_content(image, first, file) if is_animated else first


def _tiff_seen(data: bytes) -> _Seen:
    pages = pages_in(data)
    seen: dict[int, _Seen] = {}

    def at(place: int) -> Image.Image:
        page = pages[place]
        with _alone_if_big(page.pixels):
            found = tiff.read_page(data, page)
            seen[place] = _shown(found.image, found.levels, found.bits_stored, found.missing)
        return seen[place].picture

    def at_or_none(place: int) -> Image.Image | None:
        with suppress(RefusedDataError, OSError, SyntaxError, ValueError):
            return at(place)
        return None

    places = full_pages(pages)
    if not places:
        raise RefusedDataError("damaged")
    at(places[0])  # what is wrong with the first page is wrong with the picture
    chosen = places[0]
    if len(places) > 1:
        found = first_with_content(
            places, lambda place: seen[place].picture if place in seen else at_or_none(place)
        )
        chosen = found[0] if found else chosen
    return replace(seen[chosen], page=chosen + 1)


def _first_with_content(image: ImageFile.ImageFile, first: _Seen, file: PictureFile) -> _Seen:
    """The first frame of an animation, or a later one if that is blank."""

    def at(place: int) -> Image.Image | None:
        if place == 0:
            return first.picture
        with suppress(Exception):  # of a later frame nothing is expected
            image.seek(place)
            check_pixels(image.width * image.height, len(file.data))  # frames may differ in size
            return _shown(image.copy()).picture
        return None

    found = first_with_content(range(2**16), at)
    return first if found is None or found[0] == 0 else replace(first, picture=found[1], page=found[0] + 1)


def _shown(
    image: Image.Image, levels: Levels | None = None, bits_stored: int = 0, missing: float = 0.0
) -> _Seen:
    """A decoded picture of 8 bits as it is to be seen: upright, in sRGB, on its page.

    If it was made of `levels`, each number had `bits_stored`.
    """
    profile = profile_of(image)
    # The pixels are turned first; what fails after that are the notes beside them.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    converted, name = to_srgb(image, profile)
    picture, on_black = on_page(converted)
    used = levels.bits_used if levels else None
    return _Seen(picture, 1, used or 0, bits_stored if used else 0, missing, name, on_black)


def _in_8_bits(image: Image.Image, file: PictureFile) -> tuple[Image.Image, Levels | None]:
    """A loaded picture by numbers of 8 bits; if it had 16, also their levels."""
    levels = None
    if image.mode.startswith("I;16"):
        meant = png.significant_bits(file.data) if file.kind == "PNG" else 0
        # Pillow shifts the numbers of JPEG 2000 up to 16 bits.
        is_stated = file.kind == "JPEG2000" and _bits_of_jpeg_2000(file.data) != 16
        levels = grey_levels(np.asarray(image), 16, 2**meant - 1, depth_is_stated=is_stated)
    elif image.mode in ("I", "F"):
        levels = grey_levels(np.array(image), 16)
    elif file.kind == "PNG":
        levels = png.deep_levels(file.opened, image, png.significant_bits(file.data))
    return (image, None) if levels is None else (_from_levels(levels, image), levels)


def _from_levels(levels: Levels, image: Image.Image | None = None) -> Image.Image:
    """A picture of levels, with the notes of the `image` that they are of."""
    picture = Image.fromarray(levels.values)
    if image is not None:
        picture.format = image.format
        picture.info = {name: note for name, note in image.info.items() if name != "transparency"}
    return picture


def _bits_of_jpeg_2000(data: bytes) -> int:
    """The bits of the first component, by the marker SIZ of the codestream (ITU-T T.800, A.5.1)."""
    at = data.find(b"\xff\x4f\xff\x51") + 2
    return (data[at + 40] & 0x7F) + 1 if 2 <= at < len(data) - 40 else 0
