"""Pictures of any colour space come in sRGB."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from engine.images import decode, examine
from engine.images.icc import ADOBE_GAMMA, ADOBE_RGB, SRGB, matrix_profile
from tests.broken_pictures import encoded
from tests.faults.picture_seeds import deep_png, png

SOMEWHERE = Path("some.jpg")
OLIVE = (120, 116, 54)
ADOBE = matrix_profile("like Adobe RGB", ADOBE_RGB, ADOBE_GAMMA)
WIDE = matrix_profile("wide", (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), 1.8)
LINEAR = matrix_profile("linear", SRGB, 1.0)


def stored_in(profile: bytes) -> Image.Image:
    """Olive by the numbers of another colour space."""
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), target, "RGB", "RGB")
    picture = transform.apply(Image.new("RGB", (16, 16), OLIVE))
    picture.info.clear()  # LittleCMS notes the profile
    return picture


def colour(data: bytes) -> tuple[int, ...]:
    return tuple(int(level) for level in np.asarray(decode(data, SOMEWHERE))[8, 8])


def is_olive(seen: tuple[int, ...], tolerance: int = 3) -> bool:
    return max(abs(one - other) for one, other in zip(seen, OLIVE, strict=True)) <= tolerance


@pytest.mark.parametrize("profile", [ADOBE, WIDE, LINEAR], ids=["adobe", "wide", "linear"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_profile_is_followed(file_format: str, profile: bytes) -> None:
    picture = stored_in(profile)
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 100, "subsampling": 0},
        "WEBP": {"lossless": True},
    }
    plain = encoded(picture, file_format, **options.get(file_format, {}))
    data = encoded(picture, file_format, icc_profile=profile, **options.get(file_format, {}))
    assert not is_olive(colour(plain))
    assert is_olive(colour(data), 5)
    assert examine(data, SOMEWHERE)[1].profile in ("like Adobe RGB", "wide", "linear")


def test_a_profile_holds_for_palettes_and_beside_transparency() -> None:
    stored = stored_in(ADOBE)
    glass = stored.convert("RGBA")
    glass.paste((0, 0, 0, 0), (0, 0, 4, 4))
    for picture in (stored.convert("P", palette=Image.Palette.ADAPTIVE), glass):
        data = encoded(picture, "PNG", icc_profile=ADOBE)
        assert is_olive(colour(data))
    assert decode(data, SOMEWHERE).getpixel((0, 0)) == (255, 255, 255)


def test_a_profile_holds_for_colours_of_16_bits() -> None:
    numbers = np.asarray(stored_in(ADOBE)).astype(np.uint16)
    packed = b"name\0\0" + zlib.compress(ADOBE)
    for shift in (8, 4):
        assert is_olive(colour(deep_png(numbers << shift, (b"iCCP", packed))))


def test_srgb_by_whatever_name_changes_nothing() -> None:
    picture = stored_in(LINEAR)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(picture, "PNG", icc_profile=srgb)
    assert np.array_equal(np.asarray(decode(data, SOMEWHERE)), np.asarray(picture))
    assert examine(data, SOMEWHERE)[1].profile == ""


@pytest.mark.parametrize("mode", ["L", "LA", "CMYK"])
def test_a_profile_of_another_colour_space_is_ignored(mode: str) -> None:
    picture = Image.new(mode, (16, 16), 90)
    file_format = "TIFF" if mode == "CMYK" else "PNG"
    plain, strange = encoded(picture, file_format), encoded(picture, file_format, icc_profile=LINEAR)
    assert colour(plain) == colour(strange)


def test_lab_is_shown_in_its_colours() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    picture = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB").apply(
        Image.new("RGB", (16, 16), OLIVE)
    )
    assert is_olive(colour(encoded(picture, "TIFF")))


def test_a_camera_names_adobe_rgb_in_its_exif() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 0xFFFF
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    options: dict[str, Any] = {"quality": 100, "subsampling": 0}
    data = encoded(stored_in(ADOBE), "JPEG", exif=exif, **options)
    assert is_olive(colour(data), 5)
    assert examine(data, SOMEWHERE)[1].profile == "Adobe RGB (1998)"


def test_a_png_states_its_gamma_and_primaries() -> None:
    level = np.asarray(stored_in(LINEAR))
    rows = b"".join(b"\0" + row.tobytes() for row in level)
    gamma = (b"gAMA", struct.pack(">I", 100_000))
    assert is_olive(colour(png(8, 2, rows, gamma, size=(16, 16))))
    assert not is_olive(colour(png(8, 2, rows, gamma, (b"sRGB", b"\0"), size=(16, 16))))


def test_threads_convert_alike() -> None:
    noise = np.random.default_rng(8).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    data = [encoded(Image.fromarray(noise), "PNG", icc_profile=profile) for profile in (ADOBE, WIDE)] * 20
    alone = [decode(one, SOMEWHERE).tobytes() for one in data]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda one: decode(one, SOMEWHERE).tobytes(), data)) == alone
