"""What was left out of what a person gave, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.images.errors import REASONS
from engine.images.formats import FORMATS, format_by_content, format_by_name

OTHER: Final = "other"
SERVICE: Final = "made by the system"

_SHORT: Final[Mapping[str, str]] = {
    "a link": "linked",
    "its name leads out of the archive": "unsafely named",
    "its name is too long": "unsafely named",
    "locked with a password": "locked",
    "another has the same name": "named like another",
    "not a picture": OTHER,
}
_LAST: Final = (OTHER, SERVICE)
"""Of the least interest."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that was left out: its name, and why, as a phrase.

    `format` is what it holds, where that is known and cannot be read: `RAW`.
    """

    name: str
    reason: str
    format: str = ""

    @property
    def kind(self) -> str:
        """A word or two by which it is counted together with others."""
        plain = (*REASONS, SERVICE)
        return self.format or _SHORT.get(self.reason, self.reason if self.reason in plain else OTHER)

    @property
    def explanation(self) -> str:
        """The reason, with the format where that is known."""
        return f"{self.reason}: {self.format}" if self.format else self.reason


def why_not_a_picture(name: str, beginning: Callable[[], bytes]) -> LeftOut | None:
    """Why the file `name`, found in a folder or an archive, is not taken for a picture; `None` if it is.

    A name that ends like a picture's is believed. Of others, `beginning()`, the first bytes of the file, is
    looked at, as browsers and phones leave pictures without a suffix, or with a wrong one.
    """
    by_name = format_by_name(name)
    if by_name in FORMATS:
        return None
    by_content = format_by_content(beginning())
    # By its content, a RAW file may be a TIFF file.
    if by_content in FORMATS and (by_name is None or by_content != "TIFF"):
        return None
    unreadable = by_name or by_content
    return LeftOut(name, "unsupported format", unreadable) if unreadable else LeftOut(name, "not a picture")


def count_kinds(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """How many were left out of each kind, the most frequent first, what nobody misses last."""
    counts = Counter(one.kind for one in left_out)
    last = {kind: place for place, kind in enumerate(_LAST, 1)}
    return dict(sorted(counts.items(), key=lambda entry: (last.get(entry[0], 0), -entry[1])))


def summary(left_out: Sequence[LeftOut]) -> str:
    """One sentence about all of `left_out`, which holds one at least."""
    first = left_out[0]
    if len(left_out) == 1:
        return f"{first.name} was left out: {first.explanation}."
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in count_kinds(left_out).items())
    return (
        f"{len(left_out):,} files and folders were left out: {kinds}; "
        f"the first is {first.name} ({first.explanation})."
    )
