"""Colours → sRGB, by the profile of the file (ICC, by LittleCMS) or what else it says of its colour space."""

from __future__ import annotations

import functools
import io
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import ExifTags, Image, ImageChops

from engine.images import icc

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

_MODES: Final = frozenset({"L", "RGB", "RGBA", "CMYK", "LAB"})
"""Modes of pictures that LittleCMS converts."""

_UNSEEN: Final = 2
"""Levels of 255 by which colours may differ before it is worth converting them."""

_PROFILES_KEPT: Final = 32


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """The picture as L, LA, RGB or RGBA in sRGB, and the name of its profile, "" if nothing was converted.

    A profile that is broken, of another colour space than the picture, or sRGB but for its name changes
    nothing.
    """
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    alpha = None
    if profile and image.mode == "LA":
        image, alpha = image.getchannel("L"), image.getchannel("A")
    transform = _transform(profile, image.mode) if profile and image.mode in _MODES else None
    if transform is not None:
        converted = transform.apply(image)
        converted.info.pop("icc_profile", None)
        if "transparency" in image.info and image.mode == "RGB":
            # Its transparent colour refers to the values before the conversion.
            converted.putalpha(image.convert("RGBA").getchannel("A"))
        image = converted
    if alpha is not None:
        image.putalpha(alpha)
    name = _name(profile) if transform is not None and profile else ""
    return image, name


def profile_of(image: Image.Image) -> bytes | None:
    """The colour profile of an opened picture, if need be made of what its notes say; `None` means sRGB."""
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        return profile
    if image.format == "PNG" and "gamma" in image.info and "srgb" not in image.info:
        with suppress(ValueError, OverflowError, ZeroDivisionError):
            chromaticities = tuple(map(float, image.info.get("chromaticity", icc.SRGB)))
            return _made("PNG", chromaticities, 1 / image.info["gamma"])
    exif = image.info.get("exif")
    if isinstance(exif, bytes) and b"R03\0" in exif:
        with suppress(Exception):  # whatever Pillow makes of broken notes
            if image.getexif().get_ifd(ExifTags.IFD.Interop).get(1) == "R03":  # as DCF 2.0 names it
                return _made("Adobe RGB (1998)", icc.ADOBE_RGB, icc.ADOBE_GAMMA)
    return None


@functools.lru_cache(_PROFILES_KEPT)
def _made(name: str, chromaticities: icc.Chromaticities, gamma: float) -> bytes:
    return icc.matrix_profile(name, chromaticities, gamma)


@functools.lru_cache(_PROFILES_KEPT)
def _transform(profile: bytes, mode: str) -> ImageCmsTransform | None:
    """What converts pictures of this mode and profile to sRGB; `None` where nothing is to be done.

    Several threads may use it at once: it is made without LittleCMS's memory of the last pixel.
    """
    from PIL import ImageCms  # most pictures have no profile, and the window opens without this

    try:
        transform = ImageCms.buildTransform(  # which fails if the profile is of another colour space
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGBA" if mode == "RGBA" else "RGB",
            ImageCms.Intent.PERCEPTUAL,
            ImageCms.Flags.NOCACHE,
        )
        if mode in ("L", "RGB", "RGBA") and _changes_nothing(transform, mode):
            return None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return transform


def _changes_nothing(transform: ImageCmsTransform, mode: str) -> bool:
    """Whether a grid of colours stays what it is, as far as anybody can see."""
    steps = range(0, 256, 15)
    grid = Image.new("RGB", (18, 18 * 18))
    grid.putdata([(red, green, blue) for red in steps for green in steps for blue in steps])
    before = grid.convert(mode)
    changes = ImageChops.difference(before.convert("RGB"), transform.apply(before).convert("RGB"))
    return int(np.asarray(changes).max()) <= _UNSEEN


@functools.lru_cache(_PROFILES_KEPT)
def _name(profile: bytes) -> str:
    from PIL import ImageCms

    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        words = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        return " ".join(words.split())[:80]
    return ""
