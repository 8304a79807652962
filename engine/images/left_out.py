"""What was left out of what a person gave, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.images.errors import unsupported
from engine.images.formats import FORMATS, format_by_content, format_by_name
from engine.messages import Message

OTHER: Final = Message("other")
SERVICE: Final = Message("made by the system")
_LAST: Final = (OTHER, SERVICE)
"""Of the least interest."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that was left out: its name, and why, as a phrase.

    `kind` is a word or two by which it is counted together with others: `RAW`, "too large".
    """

    name: str
    reason: Message
    kind: Message = OTHER


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
    if (known := by_name or by_content) is None:
        return LeftOut(name, Message("not a picture"))
    kind = Message(known)
    return LeftOut(name, unsupported(kind), kind)


def count_kinds(left_out: Iterable[LeftOut]) -> dict[Message, int]:
    """How many were left out of each kind, the most frequent first, what nobody misses last."""
    counts = Counter(one.kind for one in left_out)
    last = {kind: place for place, kind in enumerate(_LAST, 1)}
    return dict(sorted(counts.items(), key=lambda entry: (last.get(entry[0], 0), -entry[1])))


def summary(left_out: Sequence[LeftOut]) -> Message:
    """One sentence about all of `left_out`, which holds one at least."""
    first = left_out[0]
    if len(left_out) == 1:
        return Message("{name} was left out: {reason}.", name=first.name, reason=first.reason)
    kinds = (Message("{n} {kind}", n=count, kind=kind) for kind, count in count_kinds(left_out).items())
    return Message(
        "{n} files and folders were left out: {kinds}; the first is {name} ({reason}).",
        n=len(left_out),
        kinds=Message.joined(kinds, ", "),
        name=first.name,
        reason=first.reason,
    )
