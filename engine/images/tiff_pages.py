"""The pages of a TIFF file: what its directories say, and which page is the picture.

After the TIFF 6.0 specification (Adobe 1992) and its supplements; BigTIFF after AWare Systems. A file may
hold thumbnails, reduced copies (pyramids) and pages below pages (SubIFDs, as cameras write them).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.images.errors import RefusedDataError

MOST_PAGES: Final = 1000
"""Pages that are looked at; a file with more is described as having these."""

MOST_VALUES: Final = 2**22
"""Values of a tag that are read."""

SAME_SIZE: Final = 0.8
"""Share of the largest page's area from which a page is as good as the largest."""

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
STRIP_OFFSETS, ORIENTATION, SAMPLES, ROWS_PER_STRIP, STRIP_SIZES = 273, 274, 277, 278, 279
MAX_VALUE, PLANAR, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_SIZES = (
    281,
    284,
    317,
    322,
    323,
    324,
    325,
)
SUB_IFDS, EXTRA_SAMPLES, SAMPLE_FORMAT, S_MIN, S_MAX, ICC_PROFILE = 330, 338, 339, 340, 341, 34675

_WANTED: Final = frozenset(
    {SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIP_OFFSETS, ORIENTATION}
    | {SAMPLES, ROWS_PER_STRIP, STRIP_SIZES, MAX_VALUE, PLANAR, PREDICTOR, TILE_WIDTH, TILE_HEIGHT}
    | {TILE_OFFSETS, TILE_SIZES, SUB_IFDS, EXTRA_SAMPLES, SAMPLE_FORMAT, S_MIN, S_MAX, ICC_PROFILE}
)
_TYPES: Final = {
    1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I",
    16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
"""Code letters (`struct`) of the types of values; rationals are not needed."""

_REDUCED, _MASK = 1, 4
_STANDARD_SIZES = {"B": 1, "b": 1, "H": 2, "h": 2, "I": 4, "i": 4, "f": 4, "Q": 8, "q": 8, "d": 8}


@dataclass(frozen=True)
class Layout:
    """How a file is written: `order` "<" or ">", and the widths of BigTIFF or of the classical kind."""

    order: str
    is_big: bool

    @property
    def offset_code(self) -> str:
        return "Q" if self.is_big else "I"


@dataclass(frozen=True)
class Page:
    """A directory (IFD) of the file `data`: where it lies, and where its `fields`, the tags that matter here,
    have their values, each as the form of one (`struct`), how many there are, and the place of the first.

    Values are read when they are asked for: a small file may have a thousand pages that all point to the same
    million values.
    """

    data: bytes = field(repr=False)
    offset: int
    fields: Mapping[int, tuple[str, int, int]]

    def values(self, tag: int, most: int = MOST_VALUES) -> tuple[float, ...]:
        """The values of a tag, `most` at most; none if the page does not have it."""
        if tag not in self.fields:
            return ()
        form, count, where = self.fields[tag]
        values: tuple[float, ...] = struct.unpack_from(
            f"{form[0]}{min(count, most)}{form[1]}", self.data, where
        )
        return values

    def number(self, tag: int, default: int = 0) -> int:
        """The first value of a tag as an integer."""
        values = self.values(tag, 1)
        return int(values[0]) if values else default

    def numbers(self, tag: int, most: int = MOST_VALUES) -> tuple[int, ...]:
        """`values` as integers."""
        return tuple(int(value) for value in self.values(tag, most))

    @property
    def pixels(self) -> int:
        return self.number(WIDTH) * self.number(HEIGHT)

    @property
    def pixel_bytes(self) -> int:
        """How many bytes a pixel takes in memory, 1 at least."""
        return max(1, self.number(SAMPLES, 1) * self.number(BITS, 1) // 8)

    @property
    def is_reduced(self) -> bool:
        """Whether it is a smaller copy of another page, or a mask."""
        return bool(self.number(SUBFILE_TYPE) & (_REDUCED | _MASK))


def layout_of(data: bytes) -> Layout:
    """Byte order and kind, from the first bytes of a file. The version may be written in the wrong order."""
    return Layout("<" if data[:2] == b"II" else ">", 43 in data[2:4])


def pages_in(data: bytes) -> list[Page]:
    """The pages of a file in its order, without reduced copies and masks if there are others.

    Pages below pages (SubIFDs) count where the page above them is a reduced copy. What is broken ends the
    list.
    """
    layout = layout_of(data)
    first = 8 if layout.is_big else 4
    seen: set[int] = set()
    found: list[Page] = []
    for page, next_offset in _chain(
        data, layout, _unpack(data, first, layout.order + layout.offset_code)[0], seen
    ):
        del next_offset
        found.append(page)
        if page.is_reduced:
            for offset in page.numbers(SUB_IFDS, MOST_PAGES):
                found += [below for below, _ in _chain(data, layout, offset, seen)]
    full = [page for page in found if not page.is_reduced and page.pixels]
    return full or found


def full_pages(pages: Sequence[Page]) -> list[int]:
    """The places of the pages that are as large as the largest, or nearly; the others are thumbnails."""
    largest = max((page.pixels for page in pages), default=0)
    return [place for place, page in enumerate(pages) if page.pixels >= SAME_SIZE * largest]


def starting_at(data: bytes, page: Page) -> bytes:
    """The same file with `page` as its first."""
    layout = layout_of(data)
    at = 8 if layout.is_big else 4
    offset = struct.pack(layout.order + layout.offset_code, page.offset)
    return data if data[at : at + len(offset)] == offset else data[:at] + offset + data[at + len(offset) :]


def with_page(data: bytes, tags: Mapping[int, Sequence[int]]) -> bytes:
    """The same file with one page more, of integer `tags`, as its first, all in the byte order "<"."""
    is_big = layout_of(data).is_big
    code, size, kind = ("Q", 8, 16) if is_big else ("I", 4, 4)
    head = b"II" + (struct.pack("<HHH", 43, 8, 0) if is_big else struct.pack("<H", 42))
    start = len(data) + len(data) % 2
    count = struct.pack("<Q" if is_big else "<H", len(tags))
    outside_at = start + len(count) + len(tags) * (4 + 2 * size) + size
    entries, outside = b"", b""
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}{code}", *values)
        if len(values) > 1:
            outside, packed = outside + packed, struct.pack(f"<{code}", outside_at + len(outside))
        entries += struct.pack(f"<HH{code}", tag, kind, len(values)) + packed
    page = bytes(len(data) % 2) + count + entries + bytes(size) + outside
    return head + struct.pack(f"<{code}", start) + data[len(head) + size :] + page


def _chain(data: bytes, layout: Layout, offset: int, seen: set[int]) -> Iterator[tuple[Page, int]]:
    """The pages from `offset` on. A circle, or a broken page but the first, ends them."""
    while offset and offset not in seen and len(seen) < MOST_PAGES:
        is_first = not seen
        seen.add(offset)
        try:
            page, offset = _page_at(data, layout, offset)
        except RefusedDataError:
            if is_first:
                raise
            return
        yield page, offset


def _page_at(data: bytes, layout: Layout, offset: int) -> tuple[Page, int]:
    """The page at `offset`, and where the next one is (0: nowhere)."""
    count = _unpack(data, offset, layout.order + ("Q" if layout.is_big else "H"))[0]
    at = offset + (8 if layout.is_big else 2)
    entry = f"{layout.order}HH{layout.offset_code}"
    size, room = (20, 8) if layout.is_big else (12, 4)
    if count > (len(data) - at) // size:
        raise RefusedDataError("truncated")
    fields: dict[int, tuple[str, int, int]] = {}
    for place in range(at, at + size * count, size):
        tag, kind, length = _unpack(data, place, entry)
        code = _TYPES.get(kind)
        if tag not in _WANTED or code is None:
            continue
        where = place + size - room
        needed = length * _STANDARD_SIZES[code]
        if needed > room:
            where = _unpack(data, where, layout.order + layout.offset_code)[0]
        if where + needed <= len(data):  # a tag that leads out of the file is left out
            fields[tag] = (layout.order + code, length, where)
    end = at + size * count
    is_last = end + room > len(data)
    page = Page(data, offset, fields)
    return page, 0 if is_last else _unpack(data, end, layout.order + layout.offset_code)[0]


def _unpack(data: bytes, offset: int, form: str) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, offset)
    except struct.error as error:
        raise RefusedDataError("truncated") from error
