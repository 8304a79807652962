"""File names that every system can write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import PurePath
from typing import Final

LONGEST_NAME: Final = 200
"""In bytes of UTF-8. File systems take 255; a number or a suffix may be added."""

# Device names of Windows, with any suffix: "Naming Files, Paths, and Namespaces" in Microsoft's documentation
# of the Win32 file API. ¹²³ count as digits there.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)

_AT_THE_END = re.compile(r"[\s.]+\Z")
_FORBIDDEN_CHARACTERS: Final = frozenset('<>:"/\\|?*')
# Control characters; formats such as U+202E, which shows what follows backwards; and single surrogates.
# Zero-width joiners are part of emoji and of words in Persian and Hindi.
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")


def safe_file_name(name: str) -> str:
    """`name` as one that every system can write and shows as it is: never empty, hidden, or a path.

    Characters that Windows forbids, control and bidirectional ones become `_`; dots and spaces at the end
    go; device names of Windows (`aux`, `con.jpg`) and names that begin with a dot get `_` in front; accents
    are composed (NFC). Of a name longer than `LONGEST_NAME` the end is kept, where the suffix is. A safe name
    stays as it is.
    """
    composed = unicodedata.normalize("NFC", name)
    cleaned = "".join("_" if _is_forbidden(character) else character for character in composed)
    stripped = _AT_THE_END.sub("", cleaned)
    end = stripped.encode()[-LONGEST_NAME:].decode(errors="ignore").lstrip()
    return f"_{end}" if not end or end.startswith(".") or _RESERVED.fullmatch(end) else end


class UniqueNames:
    """Safe names for the files of one folder, each given once, also where case is ignored.

    Those in `taken` are not given.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(map(folded, taken))
        self._numbers: dict[str, Iterator[int]] = {}

    def new(self, name: str) -> str:
        """The name to write for `name`: a safe one, with a number behind its stem if that is taken."""
        safe = safe_file_name(name)
        path = PurePath(safe)
        numbers = self._numbers.setdefault(folded(safe), count(2))
        tries = chain([safe], (f"{path.stem} {number}{path.suffix}" for number in numbers))
        free = next(one for one in tries if folded(one) not in self._taken)
        self._taken.add(folded(free))
        return free


class SafeNames:
    """Safe names for the files of one folder: different names get different ones, also where case is ignored.

    The same name, or one that differs only in case or in the way accents are written, gets the same again.
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._unique = UniqueNames()

    def of(self, name: str) -> str:
        """The name to write for `name`: a safe one, with a number behind its stem if that is taken."""
        asked = folded(name)
        if asked not in self._given:
            self._given[asked] = self._unique.new(name)
            return self._given[asked]
        given, safe = self._given[asked], safe_file_name(name)
        return safe if folded(given) == folded(safe) else given


def folded(name: str) -> str:
    """What two names have in common that are one file on some drives: case and accents are ignored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_forbidden(character: str) -> bool:
    return character in _FORBIDDEN_CHARACTERS or (
        not " " <= character <= "~"
        and character not in _JOINERS
        and unicodedata.category(character) in _FORBIDDEN_CATEGORIES
    )
