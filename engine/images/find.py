"""Find pictures in files and folders.

Written with `os` where one would write `pathlib`: over 100,000 files the difference is seconds.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.files import is_locked
from engine.images.formats import BEGINNING_BYTES, FORMATS, format_by_name, is_document
from engine.images.natural import natural_order
from engine.images.service_names import is_hidden, is_service_name
from engine.images.skipped import SERVICE, SkippedFile, skip_reason
from engine.messages import Message


@dataclass(frozen=True)
class UnreadableFolder:
    """A folder that a scan had to leave out; `problem` is the operating system's phrase."""

    path: Path
    problem: Message


class PictureScan(Iterator[Path]):
    """A running search: iterate it for the pictures, then look at `skipped` and `unreadable`.

    The search advances only with the next picture and keeps nothing open in between,
    so the caller can show progress, or stop at any time.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.skipped: list[SkippedFile] = []
        self.unreadable: list[UnreadableFolder] = []
        # Not a method: a generator that knows its owner would outlive a search that is given up.
        self._pictures = _search(paths, self.skipped, self.unreadable)

    def __next__(self) -> Path:
        return next(self._pictures)


def _search(
    paths: Iterable[Path], skipped: list[SkippedFile], unreadable: list[UnreadableFolder]
) -> Iterator[Path]:
    seen: set[Hashable] = set()
    for path in paths:
        info = _stat(path)
        if info is None and not os.path.lexists(path):
            raise FewshotError(
                "'{path}' cannot be found. Check the spelling, or connect its drive.", path=path
            )
        if not _is_new(os.fspath(path), info, seen):
            continue
        if info is not None and stat.S_ISDIR(info.st_mode):
            yield from _search_folder(os.fspath(path), seen, skipped, unreadable)
        elif (reason := _reason_of_named(os.fspath(path), info)) is not None:
            skipped.append(reason)
        else:
            yield path


def _search_folder(
    folder: str, seen: set[Hashable], skipped: list[SkippedFile], unreadable: list[UnreadableFolder]
) -> Iterator[Path]:
    """Depth first, with an own stack: folders may be nested deeper than Python may recurse."""
    stack = [_entries(folder, skipped, unreadable)]
    while stack:
        path = next(stack[-1], None)
        if path is None:
            stack.pop()
            continue
        info = _stat(path)
        if not _is_new(path, info, seen):
            continue
        if info is not None and stat.S_ISDIR(info.st_mode):
            stack.append(_entries(path, skipped, unreadable))
        elif format_by_name(path) in FORMATS:
            yield Path(path)
        elif not is_document(path):
            reason = _skip_reason(path, info)
            if reason is None:
                yield Path(path)
            else:
                skipped.append(reason)


def _entries(folder: str, skipped: list[SkippedFile], unreadable: list[UnreadableFolder]) -> Iterator[str]:
    try:
        names = _visible_names(folder, skipped)
    except OSError as error:
        unreadable.append(UnreadableFolder(Path(folder), reason_of(error)))
        names = []
    return (os.path.join(folder, name) for name in names)  # noqa: PTH118


def _reason_of_named(path: str, info: os.stat_result | None) -> SkippedFile | None:
    if format_by_name(path) in FORMATS:
        return None
    if is_document(path):  # it may be a database that is in use, so it is not opened
        return SkippedFile(path, Message("not a picture"))
    return _skip_reason(path, info)


def _skip_reason(path: str, info: os.stat_result | None) -> SkippedFile | None:
    is_file = info is not None and stat.S_ISREG(info.st_mode) and not is_locked(info)
    try:
        return skip_reason(path, lambda: _beginning(path) if is_file else b"")
    except OSError:
        return SkippedFile(path, Message("no permission"), Message("no permission"))


def _beginning(path: str) -> bytes:
    # It may have become a pipe since it was looked at: never wait for one.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        return os.read(file, BEGINNING_BYTES)
    finally:
        os.close(file)


def _is_new(path: str, info: os.stat_result | None, seen: set[Hashable]) -> bool:
    """Whether this file or folder is met for the first time, by whatever name; from now on it is not."""
    identity: Hashable
    if info is None:
        identity = path
    elif info.st_ino and (info.st_nlink == 1 or stat.S_ISDIR(info.st_mode)):
        identity = (info.st_dev, info.st_ino)
    else:  # each hard link counts as a file; some network drives number no files
        identity = os.path.realpath(path)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def find_pictures(paths: Iterable[Path]) -> PictureScan:
    """Search files and folders for pictures, lazily.

    Folders are searched with all their subfolders, in natural order (`2.jpg` before `10.jpg`);
    in them, hidden files and folders are skipped, and pictures are known by their suffix or, where that is
    of no format, by how the file begins. What is no picture, has a format that cannot be read, or is kept by
    a system for itself (`@eaDir`, `$RECYCLE.BIN`) is appended to `PictureScan.skipped`, but for texts and
    other documents in a folder. A folder named in `paths` itself is searched whatever its name.

    Links are followed; what is reached twice, also through a loop of links, is yielded once; names that are
    each hard link to a file counts as a file, as a file manager shows it. Links to
    nowhere, pipes and the like are yielded if they are named like pictures: reading them gives the reason.

    A folder that cannot be listed does not end the search, it is appended to
    `PictureScan.unreadable`.

    Raises:
        FewshotError: while iterating, when one of `paths` does not exist.
    """
    return PictureScan(paths)


def find_classes(folder: Path, skipped: list[SkippedFile] | None = None) -> dict[str, list[Path]]:
    """The pictures of each direct subfolder of `folder`: one subfolder is one class.

    What was left out of them, and the service folders beside them, are appended to `skipped`.

    Classes are in natural order; their names are valid Unicode in NFC, so that the same name
    typed on macOS and on Linux is the same class. A class without pictures has an empty list.

    Raises:
        FewshotError: `folder` is missing or not a folder, or a part of it cannot be listed (an
            example left out unnoticed would change every prediction).
    """
    classes: dict[str, list[Path]] = {}
    skipped = [] if skipped is None else skipped
    for subfolder in _contents(folder, skipped):
        info = _stat(subfolder)
        if info is None or not stat.S_ISDIR(info.st_mode):
            continue
        scan = find_pictures([subfolder])
        classes.setdefault(_class_name(subfolder.name), []).extend(scan)
        skipped += scan.skipped
        for unreadable in scan.unreadable:
            raise FewshotError(
                "The folder '{path}' cannot be opened: {reason}.",
                path=unreadable.path,
                reason=unreadable.problem,
            )
    return classes


def find_loose(folder: Path) -> list[Path]:
    """The pictures in `folder` itself, in natural order: beside its class folders, they are of no class.

    Raises:
        FewshotError: `folder` is missing or not a folder, or cannot be listed.
    """
    named_so = (path for path in _contents(folder, []) if format_by_name(path.name) in FORMATS)
    return [path for path in named_so if not os.path.isdir(path)]  # noqa: PTH112


def _contents(folder: Path, skipped: list[SkippedFile]) -> list[Path]:
    try:
        return [folder / name for name in _visible_names(os.fspath(folder), skipped)]
    except FileNotFoundError:
        raise FewshotError("The folder '{path}' does not exist.", path=folder) from None
    except NotADirectoryError:
        raise FewshotError(
            "'{path}' is not a folder. Give one that has a subfolder for each class.", path=folder
        ) from None
    except OSError as error:
        raise FewshotError(
            "The folder '{path}' cannot be opened: {reason}.", path=folder, reason=reason_of(error)
        ) from error


def _visible_names(folder: str, skipped: list[SkippedFile]) -> list[str]:
    """The names in `folder` in natural order; those that systems keep for themselves go to `skipped`."""
    names = []
    for name in os.listdir(folder):  # noqa: PTH208
        if is_service_name(name):
            skipped.append(SkippedFile(os.path.join(folder, name), SERVICE, SERVICE))  # noqa: PTH118
        elif not is_hidden(name):
            names.append(name)
    return [names[place] for place in natural_order(names).tolist()]


def _stat(path: str | Path) -> os.stat_result | None:
    """Facts about what `path` leads to, or `None` if it leads nowhere or may not be looked at."""
    try:
        return os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None


def _class_name(folder_name: str) -> str:
    # Names on disk are bytes: those that are not UTF-8 carry surrogates, which no file or database stores.
    text = os.fsencode(folder_name).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)
