"""Small sound pictures of every format and kind, to be mutated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms

from tests.broken_pictures import encoded
from tests.tiff_files import page_of, tiff

_WIDTH, _HEIGHT = 40, 30


def seeds() -> dict[str, bytes]:
    """Name -> content, more than a hundred, the same each time."""
    return dict([*_jpegs(), *_pngs(), *_gifs_and_webps(), *_tiffs(), *_others()])


def png(bits: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes], size: tuple[int, int]) -> bytes:
    """A PNG of any kind: `rows` with their filter bytes, `chunks` before the pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0))]
    parts += [chunk(kind, body) for kind, body in chunks]
    return b"".join([*parts, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")])


def deep_png(numbers: np.ndarray[Any, np.dtype[np.uint16]], *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of 16 bits: grey [h, w, 1], with transparency [h, w, 2], colours [h, w, 3], or both [h, w, 4]."""
    height, width, channels = numbers.shape
    raw = numbers.astype(">u2").reshape(height, -1).view(np.uint8)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), raw], axis=1).tobytes()
    return png(16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], rows, *chunks, size=(width, height))


def _photo() -> Image.Image:
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    noise = np.random.default_rng(5).integers(0, 40, (_HEIGHT, _WIDTH, 3))
    return Image.fromarray((np.stack([5 * x, 6 * y, 3 * (x + y)], axis=2) % 216 + noise).astype(np.uint8))


def _see_through() -> Image.Image:
    picture = _photo().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def _frames() -> list[Image.Image]:
    return [Image.new("RGB", (_WIDTH, _HEIGHT)), *(_photo().rotate(90 * turn) for turn in range(3))]


def _turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _jpegs() -> Iterator[tuple[str, bytes]]:
    options: dict[str, dict[str, Any]] = {
        "plain": {},
        "progressive": {"progressive": True},
        "restarts": {"restart_marker_blocks": 2},
        "full chroma": {"subsampling": 0, "optimize": True},
        "turned": {"exif": _turned(6)},
        "profile": {"icc_profile": _profile()},
        "comment": {"comment": b"note " * 50},
    }
    for mode in ("RGB", "L", "CMYK"):
        for name, chosen in options.items():
            yield f"jpeg {mode} {name}", encoded(_photo().convert(mode), "JPEG", **chosen)
    yield "mpo", encoded(_photo(), "MPO", save_all=True, append_images=_frames())


def _pngs() -> Iterator[tuple[str, bytes]]:
    photo, glass = _photo(), _see_through()
    for mode in ("1", "L", "P", "RGB"):
        yield f"png {mode}", encoded(photo.convert(mode), "PNG")
    for mode in ("LA", "RGBA"):
        yield f"png {mode}", encoded(glass.convert(mode), "PNG")
    yield "png key", encoded(photo.convert("P"), "PNG", transparency=3)
    yield "png keys", encoded(photo.convert("P"), "PNG", transparency=bytes(range(256)))
    yield "png turned", encoded(photo, "PNG", exif=_turned(8))
    yield "png profile", encoded(photo, "PNG", icc_profile=_profile())
    yield "png animated", encoded(photo, "PNG", save_all=True, append_images=_frames())
    rows = b"".join(b"\2" + bytes(range(_WIDTH)) for _ in range(_HEIGHT))
    size = (_WIDTH, _HEIGHT)
    for name, chunk in {
        "gamma": (b"gAMA", struct.pack(">I", 100_000)),
        "chromaticities": (
            b"cHRM",
            struct.pack(">8I", *[31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]),
        ),
        "text": (b"zTXt", b"Comment\0\0" + zlib.compress(b"note" * 1000)),
        "bits": (b"sBIT", b"\5"),
    }.items():
        yield f"png {name}", png(8, 0, rows, chunk, (b"gAMA", struct.pack(">I", 55_000)), size=size)
    numbers = np.random.default_rng(6).integers(0, 4096, (_HEIGHT, _WIDTH, 4)).astype(np.uint16)
    for channels in (1, 2, 3, 4):
        yield f"png 12 bits × {channels}", deep_png(numbers[:, :, :channels])
        yield f"png 16 bits × {channels}", deep_png(16 * numbers[:, :, :channels])


def _gifs_and_webps() -> Iterator[tuple[str, bytes]]:
    photo, glass, frames = _photo(), _see_through(), _frames()
    yield "gif", encoded(photo, "GIF")
    yield "gif key", encoded(photo.convert("P"), "GIF", transparency=7)
    yield "gif animated", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2)
    yield "gif partial", encoded(photo, "GIF", save_all=True, append_images=[photo, frames[2]], disposal=1)
    for name, picture in {"plain": photo, "glass": glass}.items():
        for lossless in (False, True):
            yield f"webp {name} {lossless}", encoded(picture, "WEBP", lossless=lossless)
    yield "webp notes", encoded(photo, "WEBP", exif=_turned(3), icc_profile=_profile(), xmp=b"<x/>")
    yield "webp animated", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    yield (
        "webp animated glass",
        encoded(glass, "WEBP", save_all=True, append_images=[frames[1]], lossless=True),
    )


def _tiffs() -> Iterator[tuple[str, bytes]]:
    photo = _photo()
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I", "F", "LA"):
        yield (
            f"tiff {mode}",
            encoded(_see_through().convert(mode) if mode in ("RGBA", "LA") else _in(mode), "TIFF"),
        )
    for packing in ("tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg"):
        yield f"tiff {packing}", encoded(photo, "TIFF", compression=packing)
    for packing in ("group3", "group4", "tiff_ccitt"):
        yield f"tiff {packing}", encoded(photo.convert("1"), "TIFF", compression=packing)
    yield "tiff turned", encoded(photo, "TIFF", exif=_turned(5))
    yield "tiff pages", encoded(_frames()[0], "TIFF", save_all=True, append_images=_frames()[1:])
    numbers = np.random.default_rng(7).integers(0, 4096, (_HEIGHT, _WIDTH, 5))
    for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "f2", "f4", "f8"):
        yield f"tiff {kind}", tiff(page_of(numbers[:, :, 0].astype(kind)))
        yield (
            f"tiff {kind} × 3",
            tiff(page_of(numbers[:, :, :3].astype(kind), photometric=2, packing="deflate")),
        )
    for bands in (2, 3, 5):
        yield (
            f"tiff bands {bands}",
            tiff(page_of(numbers[:, :, :bands].astype("u2"), packing="lzw", predictor=2)),
        )
    for bits in (3, 10, 12, 14):
        yield f"tiff {bits} bits", tiff(page_of((numbers[:, :, :1] % 2**bits).astype("u2"), bits=bits))
    deep = numbers[:, :, :1].astype("u2")
    yield "tiff inverted", tiff(page_of(deep, photometric=0, t281=[4095], t274=[6]))
    yield "tiff opacity", tiff(page_of(numbers[:, :, :2].astype("u2"), t338=[2]))
    yield "tiff range", tiff(page_of(deep.astype("f4"), t340=0.0, t341=4095.0))
    yield "tiff big", tiff(page_of(deep), page_of(deep), big=True)
    yield "tiff motorola", tiff(page_of(deep, order=">"), order=">")
    yield "tiff pyramid", tiff(page_of(deep[:8, :8], t254=[1], t330=[page_of(deep)]))
    yield "tiff complex", tiff(page_of(deep.astype("c8")))


def _in(mode: str) -> Image.Image:
    if mode == "LAB":
        return ImageCms.applyTransform(
            _photo(),
            ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
            ),
        )
    return _photo().convert(mode)


def _others() -> Iterator[tuple[str, bytes]]:
    photo, glass = _photo(), _see_through()
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        picture = glass if mode == "RGBA" else photo.convert(mode)
        yield f"bmp {mode}", encoded(picture, "BMP")
        if mode not in ("P",):
            yield (
                f"avif {mode}",
                encoded(picture.convert("RGB") if mode in "1L" else picture, "AVIF", quality=60),
            )
    yield "avif turned", encoded(photo, "AVIF", exif=_turned(6))
    yield "avif animated", encoded(_frames()[0], "AVIF", save_all=True, append_images=_frames()[1:])
    for mode in ("L", "LA", "RGB", "RGBA"):
        picture = glass.convert(mode) if "A" in mode else photo.convert(mode)
        yield f"jpeg 2000 {mode}", encoded(picture, "JPEG2000")
        yield f"jpeg 2000 {mode} stream", encoded(picture, "JPEG2000", no_jp2=True)
    deep = Image.fromarray(np.arange(_WIDTH * _HEIGHT, dtype=np.uint16).reshape(_HEIGHT, _WIDTH))
    yield "jpeg 2000 deep", encoded(deep, "JPEG2000")
    yield "pbm", encoded(photo.convert("1"), "PPM")
    yield "pgm", encoded(photo.convert("L"), "PPM")
    yield "ppm", encoded(photo, "PPM")
    yield "pgm deep", b"P5 # of 12 bits\n40 30\n4095\n" + np.arange(1200, dtype=">u2").tobytes()
    yield "ppm deep", b"P6 20 20 65535\n" + np.arange(1200, dtype=">u2").tobytes()
    yield "ppm few", b"P6 20 20 100\n" + bytes(index % 101 for index in range(1200))
    yield "pgm plain", b"P2 4 4 255\n" + b" ".join(b"%d" % (16 * index) for index in range(16))
    yield "pfm", b"Pf\n8 8\n-1.0\n" + np.linspace(0, 1, 64).astype("<f4").tobytes()
