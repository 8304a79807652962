"""Hostile archives, as zips and as glyph arrays (`.npz`): what they claim is not what they hold."""

from __future__ import annotations

import bz2
import io
import random
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.images import UnreadablePictureError, find_pictures
from engine.images.archive import unpack
from engine.meta_training.data_sets import data_set
from tests.zip_files import PNG, Entry, deflated, list_end, small_png, zeros_deflated, zipped

TITLE = "hostile archives and glyph arrays"
COUNT = 185
_MUTATED = 40
_DEFLATED = 8


def _npz(**members: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def _npy(header: str, data: bytes = b"") -> bytes:
    packed = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(packed)) + packed + data


def _saved(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays, allow_pickle=True)
    return file.getvalue()


def run(count: int, seed: int) -> Iterator[object]:
    """Try the first `count` cases."""
    from tests.faults.limits import judged

    yield from judged(try_one, ((case[0], case) for case in islice(cases(seed), count)))


def cases(seed: int) -> Iterator[tuple[str, bytes]]:
    """More than a hundred archives: the name of a file, and what is in it. `seed` decides on mutations."""
    yield from _sizes()
    yield from _lists()
    yield from _names()
    yield from _kinds()
    yield from _glyphs()
    yield from _mutations(random.Random(seed))


def _sizes() -> Iterator[tuple[str, bytes]]:
    good = Entry(b"a/good.png")
    zeros = zeros_deflated(256)
    flood = Entry(b"a/zeros.bmp", zeros, _DEFLATED)
    yield "deflate-larger-than-declared.zip", zipped([replace(flood, size=100, crc=0), good])
    packed = bz2.compress(bytes(1 << 25))
    yield "bzip2-larger-than-declared.zip", zipped([Entry(b"a/z.bmp", packed, 12, size=100, crc=0), good])
    yield (
        "deflate-smaller-than-declared.zip",
        zipped([Entry(b"a/1.png", deflated(PNG), 8, size=2**28, crc=zlib.crc32(PNG)), good]),
    )
    yield "honest-flood.zip", zipped([replace(flood, size=2**28 + 1, crc=0)])
    yield (
        "flood-of-many.zip",
        zipped(
            [
                replace(flood, name=b"a/%d.bmp" % n, data=zeros_deflated(16), size=2**24, crc=0)
                for n in range(32)
            ]
        ),
    )
    yield "largest-allowed.zip", zipped([replace(flood, size=2**28, crc=zlib.crc32(bytes(2**28)))])
    yield "stored-larger-than-file.zip", zipped([Entry(b"a/1.png", packed_size=2**31, size=2**31), good])
    yield "stored-of-two-sizes.zip", zipped([Entry(b"a/1.png", packed_size=10, size=2**20), good])
    yield "four-gigabytes.zip", zipped([Entry(b"a/1.png", size=2**32 - 2), good])
    same = Entry(b"a/0.png", zeros_deflated(8), _DEFLATED, size=2**23, crc=0)
    shared = [replace(same, name=b"a/%d.png" % n, offset=0, local=b"") for n in range(1, 2000)]
    yield "overlapping.zip", zipped([same, *shared])
    wide = struct.pack("<HHQQ", 1, 16, 2**63, 2**63)
    yield (
        "zip64-sizes.zip",
        zipped([Entry(b"a/1.png", size=2**32 - 1, packed_size=2**32 - 1, extra=wide), good]),
    )
    far = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    yield "zip64-offset.zip", zipped([Entry(b"a/1.png", offset=2**32 - 1, extra=far), good])
    yield "zip64-cut.zip", zipped([Entry(b"a/1.png", size=2**32 - 1, extra=struct.pack("<HH", 1, 16)), good])


def _lists() -> Iterator[tuple[str, bytes]]:
    good = zipped([Entry(b"a/good.png"), Entry(b"b/good.png")])
    yield "empty.zip", b""
    yield "end-only.zip", list_end(0, 0, 0)
    yield "text.zip", b"hello " * 100
    yield "cut-in-list.zip", good[:-30]
    yield "cut-in-data.zip", good[:60]
    yield "no-list.zip", good[: good.index(b"PK\1\2")] + list_end(2, 0, 0)
    yield "list-of-4-GiB.zip", good[:-22] + list_end(2, 2**32 - 2, 0)
    yield "list-before-the-start.zip", good[:-22] + list_end(2, 10_000, 0)
    yield "list-far-behind.zip", good[:-22] + list_end(2, 100, 2**32 - 2)
    yield "one-of-two-counted.zip", good[:-22] + list_end(1, *struct.unpack("<LL", good[-10:-2]))
    yield "65535-counted.zip", good[:-22] + list_end(65535, *struct.unpack("<LL", good[-10:-2]))
    locator = b"PK\6\7" + struct.pack("<LQL", 0, 2**63, 1)
    yield "zip64-list-nowhere.zip", good[:-22] + locator + list_end(0xFFFF, 2**32 - 1, 2**32 - 1)
    wide = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 2**40, 2**40, 2**62, 2**62)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, len(good) - 22, 1)
    yield "zip64-list-huge.zip", good[:-22] + wide + locator + list_end(0xFFFF, 2**32 - 1, 2**32 - 1)
    yield "within-other-data.zip", zipped([Entry(b"a/1.png")], before=PNG * 50)
    yield "end-in-comment.zip", zipped([Entry(b"a/1.png")], comment=b"PK\5\6" + bytes(40))
    yield "cut-comment.zip", zipped([Entry(b"a/1.png")], comment=b"x" * 60_000)[:-50_000]
    empty = [Entry(b"%06d.jpg" % n, b"") for n in range(300_000)]
    yield "300000-members.zip", zipped(empty)
    yield "300000-without-names.zip", zipped([Entry(b"", b"")] * 300_000)
    yield "50000-unknown.zip", zipped([Entry(b"%06d" % n, b"") for n in range(50_000)])
    yield "100000-folders.zip", zipped([Entry(b"%06d/" % n, b"", mode=0o40755) for n in range(100_000)])


def _names() -> Iterator[tuple[str, bytes]]:
    names = {
        "up": b"../evil.png", "up-within": b"a/../../evil.png", "root": b"/evil.png", "roots": b"//evil.png",
        "drive": b"C:/evil.png", "drive-relative": b"C:evil.png", "share": b"\\\\host\\share\\evil.png",
        "backslash": b"..\\evil.png", "zero": b"a/evil.png\0.txt", "zeros": b"\0\0\0", "none": b"",
        "dots": b"../..", "slashes": b"////", "controls": b"a/\x1b[2J\r\n\x07.png",
        "long": b"x" * 65_000 + b".png",
        "deep": b"d/" * 5_000 + b"x.png", "deepest": b"d/" * 32_000 + b"x.png", "device": b"a/CON.png",
        "device-folder": b"aux/1.png", "stream": b"a/1.png:evil.png", "spaces": b"a /. ./1.png. . ",
        "hidden": b".ssh/authorized_keys.png", "surrogates": b"a/\xed\xa0\x80.png", "home": b"~/evil.png",
        "variable": b"$HOME/%TEMP%/evil.png", "service": b"@eaDir/1.png",
        "broken-utf-8": b"a/\xff\xfe\xfa.png",
    }  # fmt: skip
    for name, raw in names.items():
        for flags in (0, 0x800):
            marked = "-utf-8" if flags else ""
            yield f"name-{name}{marked}.zip", zipped([Entry(raw, flags=flags), Entry(b"a/good.png")])
    backwards = "a/\u202egnp.exe\u2066.png".encode()
    yield "name-backwards.zip", zipped([Entry(backwards, flags=0x800)])
    path = b"../evil.png"
    for name, crc in (("right", zlib.crc32(b"a/1.png")), ("wrong", 1)):
        extra = struct.pack("<HHBL", 0x7075, 5 + len(path), 1, crc) + path
        yield f"unicode-path-of-{name}-checksum.zip", zipped([Entry(b"a/1.png", extra=extra)])
    yield "unicode-path-cut.zip", zipped([Entry(b"a/1.png", extra=struct.pack("<HHB", 0x7075, 500, 1))])
    yield "same-names.zip", zipped([Entry(b"a/1.png", small_png(c)) for c in ("red", "green", "blue")])
    yield "names-of-two-cases.zip", zipped([Entry(b"a/1.png"), Entry(b"A/1.PNG"), Entry(b"a/1.pNg")])
    yield "file-and-folder.zip", zipped([Entry(b"a/1.png"), Entry(b"a/1.png/2.png")])
    alike = [Entry(b"a/%s.png" % bytes([c] * n), flags=0) for c in b'<>:"|?*' for n in range(1, 100)]
    yield "names-that-become-alike.zip", zipped(alike)
    yield (
        "many-names-that-become-one.zip",
        zipped(
            [Entry(f"a/{'<>:|?*'[n % 6]}{'?*'[n % 2]}{chr(1 + n % 31)}.png".encode()) for n in range(3_000)]
        ),
    )
    yield (
        "another-name-in-front.zip",
        zipped([replace(Entry(b"a/1.png"), local=Entry(b"a/2.png").written(0)[0])]),
    )


def _kinds() -> Iterator[tuple[str, bytes]]:
    good = Entry(b"a/good.png")
    modes = {
        "link": 0o120777, "pipe": 0o10644, "device": 0o20666, "disk": 0o60660, "socket": 0o140666,
        "folder": 0o40755, "setuid": 0o104755, "nothing": 0,
    }  # fmt: skip
    for kind, mode in modes.items():
        yield f"{kind}.zip", zipped([Entry(b"a/1.png", b"/etc/passwd", mode=mode), good])
    for method in (1, 6, 9, 12, 14, 93, 95, 97, 98, 99, 200):
        yield f"method-{method}.zip", zipped([Entry(b"a/1.png", b"\0" * 50, method), good])
    for bit in (0, 5, 6, 13):
        yield f"flag-{bit}.zip", zipped([Entry(b"a/1.png", flags=1 << bit), good])
    yield "wrong-checksum.zip", zipped([Entry(b"a/1.png", crc=1), good])
    yield "no-deflate.zip", zipped([Entry(b"a/1.png", b"\xff" * 100, _DEFLATED, size=1000), good])
    yield "deflate-cut.zip", zipped([Entry(b"a/1.png", zeros_deflated(1)[:100], _DEFLATED, size=2**20), good])
    yield "no-local-header.zip", zipped([replace(good, local=b"")])
    yield "zip-in-zip.zip", zipped([Entry(b"a/inner.zip", zipped([good])), good])
    yield "text-as-picture.zip", zipped([Entry(b"a/1.png", b"hello"), good])


def _glyphs() -> Iterator[tuple[str, bytes]]:
    letters = _npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", struct.pack("<q", 65))

    def images(shape: str, descr: str = "'|u1'", data: bytes = b"") -> bytes:
        header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
        return _npz(images=_npy(header, data), codepoint=letters)

    yield "glyphs-2-to-40.npz", images("(1099511627776, 32, 32)")
    yield "glyphs-512-MiB-of-zeros.npz", images("(2097152, 16, 16)", data=bytes(2**29))
    yield "glyphs-256-MiB-of-zeros.npz", images("(1, 16384, 16384)", data=bytes(2**28))
    yield "glyphs-negative.npz", images("(-1, 32, 32)")
    yield "glyphs-beyond-64-bits.npz", images(f"({2**80}, 32, 32)")
    yield "glyphs-of-no-number.npz", images("('a', 32, 32)")
    yield "glyphs-fewer-than-claimed.npz", images("(1000, 32, 32)", data=bytes(1024))
    yield "glyphs-more-than-claimed.npz", images("(1, 2, 2)", data=bytes(2**20))
    yield "glyphs-objects.npz", _saved(images=np.array([{}, None], object), codepoint=np.arange(2))
    yield "glyphs-names.npz", images("(2, 2, 2)", "[('a', '|u1'), ('b', '|O')]", bytes(16))
    yield "glyphs-nested-header.npz", _npz(images=_npy("(" * 9_000 + ")" * 900), codepoint=letters)
    yield "glyphs-code-in-header.npz", _npz(images=_npy("__import__('os').abort()"), codepoint=letters)
    yield "glyphs-header-cut.npz", _npz(images=b"\x93NUMPY\x01\x00\xff\xff{", codepoint=letters)
    yield "glyphs-version-9.npz", _npz(images=b"\x93NUMPY\x09\x00\x10\x00", codepoint=letters)
    yield "glyphs-missing.npz", _npz(codepoint=letters)
    yield (
        "glyphs-array-alone.npz",
        _npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", bytes(4)),
    )
    yield (
        "glyphs-letters-beyond-unicode.npz",
        _saved(images=np.zeros((2, 4, 4), np.uint8), codepoint=np.array([65, 2**40])),
    )
    yield (
        "glyphs-bzip2.npz",
        zipped(
            [
                Entry(b"images.npy", bz2.compress(bytes(1 << 20)), 12, size=2**20),
                Entry(b"codepoint.npy", letters),
            ]
        ),
    )
    yield "glyphs-empty.npz", b""


def _mutations(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    entries = [
        Entry(b"%c/%d.png" % (b"ab"[n % 2], n), deflated(PNG), 8, size=len(PNG), crc=zlib.crc32(PNG))
        for n in range(12)
    ]
    good = zipped(entries)
    for number in range(_MUTATED):
        data = bytearray(good)
        for _ in range(rng.choice((1, 4, 16, 64))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        yield f"mutated-{number}.zip", bytes(data)


def try_one(case: tuple[str, bytes]) -> str:
    """Unpack a case as the window does and read it as a meta-training does; returns what was seen.

    Raises `FewshotError` where both refuse it, and `AssertionError` if a file comes out elsewhere.
    """
    name, content = case
    with tempfile.TemporaryDirectory() as place:
        around = Path(place) / "around"
        around.mkdir()
        path = around / name
        path.write_bytes(content)
        seen = []
        refusals = []
        if path.suffix == ".zip":
            try:
                unpacked = run_to_end(unpack(path, around / "into"))
                pictures = list(find_pictures([unpacked.folder])) if unpacked.folder.exists() else []
                seen.append(f"{len(pictures)} unpacked, {len(unpacked.skipped)} left out")
            except FewshotError as error:
                refusals.append(error)
        try:
            read = 0
            for member in data_set(str(path), 0).members(16):
                try:
                    member.read().picture()
                    read += 1
                except UnreadablePictureError:
                    pass
            seen.append(f"{read} read")
        except FewshotError as error:
            refusals.append(error)
        inside = {around, path, around / "into"}
        strays = [
            one for one in Path(place).rglob("*") if one not in inside and around / "into" not in one.parents
        ]
        links = [one for one in Path(place).rglob("*") if one.is_symlink()]
        assert not strays + links, f"outside of the folder: {strays + links}"
        if not seen:
            raise refusals[0]
        return "; ".join([*seen, *map(str, refusals)])
