"""The names of an archive's members in their own letters.

A zip says of each name whether it is UTF-8 (APPNOTE.TXT of PKWARE, 4.4.4, bit 11, or the extra field 0x7075).
Where it does not, the name was written in whatever code page the packing computer had, and the zip does not
say which.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final
from zipfile import ZipInfo

from engine.images.code_pages import most_probable
from engine.messages import Message

_UTF8: Final = 0x800
_UNICODE_PATH: Final = 0x7075
_ENOUGH: Final = 400
"""The code page is chosen by so many names; more do not improve the choice."""


def member_names(infos: Sequence[ZipInfo]) -> tuple[list[str], Message | None]:
    """The name of each member, and what those that are not Unicode were read by, such as `Korean (cp949)`.

    That is `None` where there are none, or where no code page fits: then they come as the zip standard has it
    (cp437). The code page is chosen for all names of an archive.
    """
    names = [_unicode_name(info) for info in infos]
    rest = [place for place, name in enumerate(names) if name is None]
    raw = {place: _raw(infos[place]) for place in rest}
    # Letters of other code pages rarely look like UTF-8, and hardly ever like its longer forms.
    utf8 = {place: text for place, data in raw.items() if (text := _as_utf8(data)) is not None}
    whole = len(utf8) == len(raw)
    certain = {place: text for place, text in utf8.items() if whole or not max(text, default="") < "\u0800"}
    unknown = {place: data for place, data in raw.items() if place not in certain}
    page = most_probable(sorted(set(unknown.values()))[:_ENOUGH]) if unknown else None
    for place in rest:
        if place in certain:
            names[place] = certain[place]
        elif page is not None:
            names[place] = raw[place].decode(page.codec, "replace")
        else:
            names[place] = raw[place].decode("cp437")
    return [name or "" for name in names], Message(page.title) if page is not None else None


def _unicode_name(info: ZipInfo) -> str | None:
    """The name, where the archive says what letters it has; ASCII is the same in all code pages."""
    if (name := _extra_name(info)) is not None:
        return name
    return info.orig_filename if info.flag_bits & _UTF8 or info.orig_filename.isascii() else None


def _extra_name(info: ZipInfo) -> str | None:
    """Info-ZIP's Unicode path (APPNOTE.TXT, 4.6.9), if it is about the name that stands in the list."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        data, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(data) > 5 and data[0] == 1:
            (checksum,) = struct.unpack("<L", data[1:5])
            if checksum == zlib.crc32(_raw(info)):
                return _as_utf8(data[5:])
    return None


def _raw(info: ZipInfo) -> bytes:
    """The name as it stands in the list. `ZipFile` reads what is not marked as UTF-8 by cp437, which has a
    character for each byte."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
