"""Which files of a folder are new and whole: found by polling, which every file system allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.files import FileFacts
from engine.images import find_pictures

SETTLE_S: Final = 0.75
"""A file whose size and time of change stay the same for so long is taken to be whole."""
GIVE_UP_S: Final = 10.0
"""One that cannot be read then may still be written, slowly. After so long without a change it is broken."""


@dataclass
class _Seen:
    facts: FileFacts
    since: float
    has_failed: bool = False


@dataclass(frozen=True)
class WholeFile:
    """A picture to be labelled. `is_last_try` tells that it is not waited for any more."""

    path: Path
    facts: FileFacts
    is_last_try: bool


class Settling:
    """Follows the pictures in a folder and its folders; those that `is_done` says are known are left out."""

    def __init__(self, folder: Path, is_done: Callable[[Path, FileFacts], bool]) -> None:
        self._folder, self._is_done = folder, is_done
        self._seen: dict[Path, _Seen] = {}

    def poll(self, now: float) -> list[WholeFile]:
        """The files that are whole at `now`, in seconds of a clock that only goes forward.

        Raises `FewshotError` if the folder is not there.
        """
        whole, present = [], set()
        for path in find_pictures([self._folder]):
            facts = FileFacts.of(path)
            if facts is None or self._is_done(path, facts):
                continue
            present.add(path)
            seen = self._seen.get(path)
            if seen is None or seen.facts != facts:
                self._seen[path] = _Seen(facts, now)
            elif now - seen.since >= (GIVE_UP_S if seen.has_failed else SETTLE_S):
                whole.append(WholeFile(path, facts, now - seen.since >= GIVE_UP_S))
        self._seen = {path: seen for path, seen in self._seen.items() if path in present}
        return whole

    def failed(self, file: WholeFile) -> None:
        """It cannot be read yet."""
        if (seen := self._seen.get(file.path)) is not None:
            seen.has_failed = True

    def changed(self, file: WholeFile) -> None:
        """It was changed while it was read."""
        self._seen.pop(file.path, None)
