"""Zips written byte by byte, so that what they claim need not be what they hold."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image


def small_png(colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (6, 4), colour).save(file, "PNG")
    return file.getvalue()


PNG = small_png()


@dataclass(frozen=True)
class Entry:
    """A member as it is written; `size` and `crc` are what it claims, if that is not the truth."""

    name: bytes
    data: bytes = PNG
    method: int = 0
    flags: int = 0
    mode: int = 0o100644
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    offset: int | None = None
    local: bytes | None = None

    def written(self, at: int) -> tuple[bytes, bytes]:
        """Its local header with the data, and its entry of the list, if it lies `at` bytes from the start."""
        size = len(self.data) if self.size is None else self.size
        packed = len(self.data) if self.packed_size is None else self.packed_size
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        common = struct.pack("<HHHHHLLL", 20, self.flags, self.method, 0, 33, crc, packed, size)
        lengths = struct.pack("<HH", len(self.name), len(self.extra))
        local = b"PK\3\4" + common + lengths + self.name + self.extra + self.data
        listed = b"PK\1\2" + struct.pack("<H", 0x314) + common + lengths
        listed += struct.pack("<HHHLL", 0, 0, 0, self.mode << 16, at if self.offset is None else self.offset)
        return local if self.local is None else self.local, listed + self.name + self.extra


def list_end(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    fields = (0, 0, count & 0xFFFF, count & 0xFFFF, size, offset, len(comment))
    return b"PK\5\6" + struct.pack("<HHHHLLH", *fields) + comment


def zipped(entries: Sequence[Entry], before: bytes = b"", comment: bytes = b"") -> bytes:
    body, listing = [before], []
    at = len(before)
    for entry in entries:
        local, listed = entry.written(at)
        body.append(local)
        listing.append(listed)
        at += len(local)
    listed = b"".join(listing)
    return b"".join(body) + listed + list_end(len(entries), len(listed), at, comment)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zeros_deflated(mebibytes: int) -> bytes:
    return deflated(bytes(mebibytes << 20))
