"""Files that are skipped because they are not pictures, with the reasons."""

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
"""These kinds are listed last."""


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file or folder that was skipped: its name, and the reason as a phrase.

    `kind` is the word or two under which it is counted: `RAW`, "too large".
    """

    name: str
    reason: Message
    kind: Message = OTHER


def skip_reason(name: str, beginning: Callable[[], bytes]) -> SkippedFile | None:
    """Why the file `name` in a folder or an archive is not a picture; `None` if it is one.

    The suffix of a picture is trusted. For other names the first bytes of the file, `beginning()`, decide,
    because browsers and phones write pictures without a suffix, or with a wrong one.
    """
    by_name = format_by_name(name)
    if by_name in FORMATS:
        return None
    by_content = format_by_content(beginning())
    # By its content, a RAW file may be a TIFF file.
    if by_content in FORMATS and (by_name is None or by_content != "TIFF"):
        return None
    if (known := by_name or by_content) is None:
        return SkippedFile(name, Message("not a picture"))
    kind = Message(known)
    return SkippedFile(name, unsupported(kind), kind)


def count_kinds(skipped: Iterable[SkippedFile]) -> dict[Message, int]:
    """The number of skipped files of each kind, the most frequent first, the least interesting last."""
    counts = Counter(one.kind for one in skipped)
    last = {kind: place for place, kind in enumerate(_LAST, 1)}
    return dict(sorted(counts.items(), key=lambda entry: (last.get(entry[0], 0), -entry[1])))


def summary(skipped: Sequence[SkippedFile]) -> Message:
    """One sentence about all of `skipped`, which is not empty."""
    first = skipped[0]
    if len(skipped) == 1:
        return Message("{name} was left out: {reason}.", name=first.name, reason=first.reason)
    kinds = (Message("{n} {kind}", n=count, kind=kind) for kind, count in count_kinds(skipped).items())
    return Message(
        "{n} files and folders were left out: {kinds}; the first is {name} ({reason}).",
        n=len(skipped),
        kinds=Message.joined(kinds, ", "),
        name=first.name,
        reason=first.reason,
    )
