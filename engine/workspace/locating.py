"""Pictures that are no longer where they were: which are missing, and where they are now.

Nothing here knows the project; it looks at the disk, which may be slow, so each search is a generator
that yields how far it is. Folders are listed once instead of asking for each of their files.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Generator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from engine.errors import FewshotError
from engine.files import FileFacts
from engine.images import file_hash, find_pictures
from engine.workspace.foreign_paths import as_here
from engine.workspace.rows import PictureRow

_SEP = os.sep
_MOST_MOVES = 10


class Disk:
    """Which files there are, as far as was asked; that is remembered, so use it for one search only."""

    def __init__(self) -> None:
        self._folders: dict[str, frozenset[str]] = {}
        self._contents: dict[str, bytes | None] = {}

    def has(self, path: str) -> bool:
        """Whether there is a file of that name; never fails, a drive that does not answer has none."""
        folder, _, name = path.rpartition(_SEP)
        if folder not in self._folders:
            self._folders[folder] = _names(folder + _SEP)
        names = self._folders[folder]
        # Drives differ in whether upper case or accents matter; they know that themselves.
        return name in names or (bool(names) and os.path.exists(path))  # noqa: PTH110

    def has_same(self, path: str, size: int | None) -> bool:
        """Whether there is a file of that name and, if the size is known, of that many bytes."""
        if not self.has(path):
            return False
        try:
            return size is None or os.stat(path).st_size == size  # noqa: PTH116
        except OSError:
            return False

    def has_picture(self, path: str, picture: PictureRow) -> bool:
        """Whether there is a file of that name that is the picture's, by all that is known of it."""
        return self.has_same(path, picture.size) and (
            picture.content is None
            # A file that has not changed since it was read need not be read again. In whole seconds, others
            # have the same time: all that were copied at once, or unpacked.
            or (
                bool((picture.mtime_ns or 0) % 1_000_000_000)
                and FileFacts.of(Path(path)) == (picture.size, picture.mtime_ns)
            )
            or self.content(path) == picture.content
        )

    def content(self, path: str) -> bytes | None:
        """The hash of what the file holds; `None` if it cannot be read."""
        if path not in self._contents:
            try:
                self._contents[path] = file_hash(Path(path))
            except (OSError, ValueError):
                self._contents[path] = None
        return self._contents[path]


def find_missing(pictures: Sequence[PictureRow]) -> Generator[int, None, list[PictureRow]]:
    """The pictures whose files are not there; yields how many were looked for."""
    disk = Disk()
    missing = []
    for count, picture in enumerate(pictures, 1):
        if not disk.has(os.fsdecode(picture.encoded_path)):
            missing.append(picture)
        yield count
    return missing


def locate(
    missing: Sequence[PictureRow], folder: Path, others: Sequence[PictureRow]
) -> Generator[int, None, dict[int, Path]]:
    """Find missing pictures in or below `folder`: their new paths by picture id; yields how many were tried.

    A picture is found where the longest end of its old path leads: `/a/pets/cat/1.jpg` in `/b` at
    `/b/pets/cat/1.jpg`, `/b/cat/1.jpg` or `/b/1.jpg`. What was found shows what was renamed or moved,
    here `/a` to `/b`, and the others are then looked for in the same way, also outside `folder`. A file
    of another size or, where that is known, content than the picture had is another picture. `others` are
    the other pictures of the project, whose files are theirs; of several pictures that lead to one file,
    the one whose path agrees longest has it, and if two agree alike, none.

    What is not found by its path may have been renamed: then the file in or below `folder` is it that alone
    has its content or, where that is not known, its size and its time of change, to the nanosecond. As many
    files as pictures of the same content are theirs in order. Only files of a size that is looked for are
    read.
    """
    disk = Disk()
    old_paths = {picture.id: as_here(str(picture.path)) for picture in missing}
    used = {os.fsdecode(picture.encoded_path) for picture in others}
    found: dict[int, str] = {}
    for count, picture in enumerate(missing, 1):
        for place in _ends_in(str(folder), old_paths[picture.id]):
            if disk.has_picture(place, picture):
                found[picture.id] = place
                break
        yield count
    moves = Counter(_move(old_paths[picture_id], place) for picture_id, place in found.items())
    for picture in missing:
        old = old_paths[picture.id]
        places = [
            new_root + old.removeprefix(old_root)
            for (old_root, new_root), _ in moves.most_common(_MOST_MOVES)
            if old.startswith(old_root)
        ]
        places = [place for place in places if disk.has_picture(place, picture)]
        places += [found[picture.id]] if picture.id in found else []
        if places:
            found[picture.id] = max(places, key=partial(_agreement, old))
        yield len(missing)
    places_of = _undisputed(found, old_paths, used)
    renamed = yield from _renamed(
        [picture for picture in missing if picture.id not in places_of],
        folder,
        used.union(places_of.values()),
        len(missing),
        disk,
    )
    return {picture_id: Path(place) for picture_id, place in (places_of | renamed).items()}


def _renamed(
    missing: Sequence[PictureRow], folder: Path, used: Collection[str], count: int, disk: Disk
) -> Generator[int, None, dict[int, str]]:
    """Those that have another name in `folder`; yields `count` plus how many files were looked at."""
    wanted: dict[bytes | FileFacts, list[int]] = {}
    for picture in missing:
        if picture.content is not None:
            wanted.setdefault(picture.content, []).append(picture.id)
        elif picture.size is not None and picture.mtime_ns is not None:
            wanted.setdefault(FileFacts(picture.size, picture.mtime_ns), []).append(picture.id)
    sizes = {picture.size for picture in missing if picture.content is not None}
    there: dict[bytes | FileFacts, list[str]] = {}
    if wanted:
        with suppress(FewshotError):  # the folder has gone
            for looked_at, path in enumerate(find_pictures([folder]), 1):
                facts, place = FileFacts.of(path), str(path)
                if facts is not None and place not in used:
                    content = disk.content(place) if facts.size in sizes else None
                    known_by = content if content in wanted else facts
                    if known_by in wanted:
                        there.setdefault(known_by, []).append(place)
                yield count + looked_at
    return {
        picture_id: place
        for known_by, places in there.items()
        # Which of several files of the same content is whose makes no difference; by size and time it may.
        if len(places) == len(wanted[known_by]) and (len(places) == 1 or isinstance(known_by, bytes))
        for picture_id, place in zip(wanted[known_by], places, strict=True)
    }


def _names(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208
    except (OSError, ValueError):
        return frozenset()


def _ends_in(folder: str, path: str) -> Generator[str, None, None]:
    """The places in `folder` that ends of `path` lead to, the longest end first."""
    parts = path.split(_SEP)
    for start in range(1, len(parts)):
        yield _SEP.join([folder.rstrip(_SEP), *parts[start:]])


def _move(old: str, new: str) -> tuple[str, str]:
    """The two folders that were exchanged: what is left of the paths without their common end."""
    olds, news = old.split(_SEP), new.split(_SEP)
    kept = _agreement(old, new)
    return _SEP.join([*olds[: len(olds) - kept], ""]), _SEP.join([*news[: len(news) - kept], ""])


def _agreement(old: str, new: str) -> int:
    """How many names the two paths have in common at their end."""
    pairs = list(zip(reversed(old.split(_SEP)), reversed(new.split(_SEP)), strict=False))
    return next((count for count, (a, b) in enumerate(pairs) if a != b), len(pairs))


def _undisputed(found: dict[int, str], old_paths: dict[int, str], used: Collection[str]) -> dict[int, str]:
    claims: dict[str, list[tuple[int, int]]] = {}
    for picture_id, place in found.items():
        if place not in used:
            claims.setdefault(place, []).append((_agreement(old_paths[picture_id], place), picture_id))
    owners = {}
    for place, rivals in claims.items():
        best = max(rivals)[0]
        agreeing = [picture_id for agreement, picture_id in rivals if agreement == best]
        if len(agreeing) == 1:
            owners[agreeing[0]] = place
    return owners
