"""A generated folder of every way a picture can be odd or broken, for the scan, the window and the CLI.

The sound ones all show the same flag: red, green, blue and white quarters, red at the top left;
grey ones have half brightness there.
"""

from __future__ import annotations

import io
import os
import struct
import sys
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

FINE: Final = "fine"
WIDTH, HEIGHT = 64, 48
RED: Final = (255, 0, 0)
GREY: Final = (127, 127, 127)


@dataclass(frozen=True)
class Specimen:
    """One file of the corpus. `outcome` is `FINE` or the explanation why it cannot be read.

    `corner` is the colour of the top left corner where the picture is fine.
    """

    path: Path
    outcome: str
    corner: tuple[int, int, int] = RED


def flag(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red, green / blue, white: no turn or mirror image looks the same."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    return Image.fromarray(pixels)


def encoded(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, file_format, **options)
    return stream.getvalue()


def turned_jpeg() -> bytes:
    """A flag that the camera stored on its side, with the EXIF note that says so."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return encoded(flag().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)


def bomb_png(side: int = 20_000) -> bytes:
    """A valid PNG of 50 kB that unpacks to 400 megapixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + side // 8) * side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def grey_ramp() -> NDArray[np.float64]:
    """[h, w] of 0..1: half at the left, white at the right."""
    return np.tile(np.linspace(0.5, 1.0, WIDTH), (HEIGHT, 1))


def _see_through() -> Image.Image:
    """A flag whose white quarter is black and fully transparent."""
    picture = flag().convert("RGBA")
    picture.paste((0, 0, 0, 0), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return picture


def _see_through_palette() -> bytes:
    picture = Image.new("P", (WIDTH, HEIGHT), 3)
    picture.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0])
    for index, corner in enumerate([(0, 0), (WIDTH // 2, 0), (0, HEIGHT // 2)]):
        picture.paste(index, (*corner, corner[0] + WIDTH // 2, corner[1] + HEIGHT // 2))
    return encoded(picture, "PNG", transparency=3)


def _animated_gif() -> bytes:
    later = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("black", "yellow")]
    return encoded(flag(), "GIF", save_all=True, append_images=later, duration=100)


def write_corpus(folder: Path) -> dict[str, Specimen]:
    """Fill the (new or empty) `folder`; returns what was written by a telling name.

    `find_pictures([folder])` yields exactly these paths, although hidden files, other files and
    loops of links lie among them. Specimens that the platform's file system cannot hold are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jpeg = encoded(flag(), "JPEG", quality=95)
    png = encoded(flag(), "PNG")
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    noisy = Image.fromarray(noise)
    ramp = grey_ramp()
    corpus: dict[str, Specimen] = {}

    def add(
        name: str, file_name: str, content: bytes, outcome: str = FINE, corner: tuple[int, int, int] = RED
    ) -> Path:
        path = folder / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        corpus[name] = Specimen(path, outcome, corner)
        return path

    add("empty", "empty.jpg", b"", "empty file")
    add("truncated jpeg", "truncated.jpg", encoded(noisy, "JPEG")[:-400], "truncated")
    add("truncated png", "truncated.png", encoded(noisy, "PNG")[:-900], "truncated")
    add("truncated webp", "truncated.webp", encoded(noisy, "WEBP")[:-400], "truncated")
    add("damaged png", "damaged.png", png[:24] + b"\xff" + png[25:], "damaged")
    add("text named jpg", "notes.jpg", b"Buy film.\n", "not a picture")
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    add("heic photo", "phone.jpg", heic, "unsupported format: HEIC")
    add("bomb", "bomb.png", bomb_png(), "too large")

    add("jpeg", "plain.jpg", jpeg)
    add("jpeg named png", "really-a-jpeg.png", jpeg)
    add("png named jpg", "really-a-png.JPG", png)
    add("progressive", "progressive.jpg", encoded(flag(), "JPEG", quality=95, progressive=True))
    add("cmyk", "cmyk.jpg", encoded(flag().convert("CMYK"), "JPEG", quality=95))
    add("turned", "turned.jpg", turned_jpeg())
    add(
        "16 bit png",
        "deep.png",
        encoded(Image.fromarray((ramp * 65535).astype(np.uint16)), "PNG"),
        corner=GREY,
    )
    add(
        "16 bit tiff",
        "deep.tif",
        encoded(Image.fromarray((ramp * 65535).astype(np.uint16)), "TIFF"),
        corner=GREY,
    )
    add("float tiff", "float.tiff", encoded(Image.fromarray(ramp.astype(np.float32)), "TIFF"), corner=GREY)
    add("alpha", "alpha.png", encoded(_see_through(), "PNG"))
    add("alpha webp", "alpha.webp", encoded(_see_through(), "WEBP", lossless=True))
    add("palette", "palette.png", _see_through_palette())
    add("animated", "animated.gif", _animated_gif())
    add("single pixel", "pixel.png", encoded(Image.new("RGB", (1, 1), RED), "PNG"))

    add("cyrillic name", "кошка 猫 قط.jpg", jpeg)
    add("url name", "50% #1?.jpg" if os.name == "posix" else "50% #1.jpg", jpeg)
    add("decomposed name", unicodedata.normalize("NFD", "Äpfel é.jpg"), jpeg)
    add("leading dash", "-rf.jpg", jpeg)
    add("in folder named jpg", "x.jpg/inside.jpg", jpeg)
    add("in deep folder", "x.jpg/deeper/inside.jpg", jpeg)

    (folder / ".hidden.jpg").write_bytes(jpeg)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "inside.jpg").write_bytes(jpeg)
    (folder / "readme.txt").write_text("not meant as a picture\n")
    if os.name == "posix":
        _add_posix_only(folder, corpus, jpeg)
    return corpus


def _add_posix_only(folder: Path, corpus: dict[str, Specimen], jpeg: bytes) -> None:
    newline = folder / "two\nlines.jpg"
    newline.write_bytes(jpeg)
    corpus["newline in name"] = Specimen(newline, FINE)

    if sys.platform == "linux":
        not_utf8 = Path(os.fsdecode(os.fsencode(folder) + b"/latin1-\xe4.jpg"))
        not_utf8.write_bytes(jpeg)
        corpus["name is not utf-8"] = Specimen(not_utf8, FINE)

    forbidden = folder / "forbidden.jpg"
    forbidden.write_bytes(jpeg)
    forbidden.chmod(0)
    # The permissions of files do not hold for root.
    corpus["forbidden"] = Specimen(forbidden, FINE if os.access(forbidden, os.R_OK) else "no permission")

    pipe = folder / "pipe.jpg"
    os.mkfifo(pipe)
    corpus["pipe"] = Specimen(pipe, "not a file")

    nowhere = folder / "nowhere.jpg"
    nowhere.symlink_to("gone.jpg")
    corpus["link to nowhere"] = Specimen(nowhere, "not found")

    itself = folder / "itself.jpg"
    itself.symlink_to("itself.jpg")
    corpus["link to itself"] = Specimen(itself, "not found")

    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "x.jpg" / "deeper" / "loop").symlink_to("..", target_is_directory=True)
