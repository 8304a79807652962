"""Archives of pictures (zip): what is in one, and unpacking it so that no archive can do harm.

An archive is somebody else's: its names may lead out of the folder, its members may be links, locked,
broken or a flood of zeros. Nothing is written that was not looked at first.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Final

from engine.errors import FewshotError
from engine.files import is_held
from engine.images.content import MAX_BYTES
from engine.images.errors import UnreadablePicture
from engine.images.formats import PICTURE_SUFFIXES

try:
    from lzma import LZMAError
except ImportError:  # a Python that was built without it does not know what is packed so
    LZMAError = zlib.error  # type: ignore[misc, assignment]

ARCHIVE_SUFFIXES: Final = (".zip",)

MAX_RATIO: Final = 100
"""How much larger than the archive its pictures may be. Pictures are packed already: they hardly shrink."""

ALWAYS_ALLOWED: Final = 2**28
"""What pictures may take up in any case, 256 MiB: drawings may shrink a lot, and this fills no disk."""

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Member:
    """A picture in an archive. `place` is its path below the folders that all pictures have in common."""

    place: PurePosixPath
    info: zipfile.ZipInfo


@dataclass(frozen=True)
class LeftOut:
    """What could not be had of what was given: its name, and why, as a phrase."""

    name: str
    reason: str


@dataclass(frozen=True)
class Unpacked:
    """The folder that holds the pictures now, and those that had to be left out."""

    folder: Path
    left_out: tuple[LeftOut, ...]


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip at `path`, to be read. Raises `FewshotError` if the file cannot be opened, or is no zip."""
    try:
        if is_held(path.stat()):
            raise FewshotError(f"{path} is the project that is open, no zip archive.")
        file = path.open("rb")
    except OSError as error:
        raise FewshotError(
            f"{path} cannot be opened ({error.strerror}). Check that it is there and that you may read it."
        ) from error
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise FewshotError(
                f"{path} could not be read as a zip archive ({error}). Pack it again."
            ) from error
        with archive:
            yield archive


def pictures_in(archive: zipfile.ZipFile) -> list[Member]:
    """The pictures in an archive, known by their suffix; hidden ones are left out."""
    infos = [info for info in archive.infolist() if _is_picture(info.filename)]
    paths = [PurePosixPath(*_parts(info.filename)) for info in infos]
    shared = _common([path.parts[:-1] for path in paths])
    return [
        Member(PurePosixPath(*path.parts[shared:]), info) for path, info in zip(paths, infos, strict=True)
    ]


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes:
    """The content of a picture in the archive at `path`.

    Raises:
        UnreadablePicture: too large, damaged, or an unsupported format (locked, or packed unusually).
    """
    where = path / info.filename
    if info.file_size > MAX_BYTES:
        raise UnreadablePicture(where, "too large")
    try:
        return archive.read(info)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error, LZMAError) as error:
        raise UnreadablePicture(where, "damaged") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in an unknown way
        raise UnreadablePicture(where, "unsupported format") from error


def unpack(path: Path, into: Path) -> Generator[int, None, Unpacked]:
    """Unpack the pictures of a zip into a folder of its name in `into`; yields how many are done.

    The folders that all pictures have in common are left away. A folder that holds this very archive from
    an earlier time is taken as it is; one that holds something else gets a neighbour. What cannot be
    unpacked safely is left out, each with its reason. It appears whole or, when this fails or is closed,
    not at all.

    Raises:
        FewshotError: it is no zip, would take up far more than an archive of pictures does, or the disk
            is full or cannot be written.
    """
    with opened(path) as archive:
        members, left_out = yield from _safe(pictures_in(archive))
        try:
            _refuse_flood(path, [member.info for member in members.values()], into)
            folder = yield from _folder_for(path, members, into)
            if folder.exists():
                return Unpacked(folder, tuple(left_out))
            unfinished = _unfinished_in(into)
            try:
                for done, (place, member) in enumerate(members.items()):
                    yield done
                    try:
                        _write(unfinished / place, read_member(archive, member.info, path))
                    except UnreadablePicture as error:
                        left_out.append(LeftOut(member.info.filename, error.reason))
                if any(unfinished.iterdir()):
                    unfinished.rename(folder)
                else:
                    folder = into
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
                with suppress(OSError):
                    into.rmdir()  # only if nothing is in it
        except OSError as error:
            raise FewshotError(
                f"{path} could not be unpacked into {into} ({error.strerror or error}). "
                "Nothing of it was kept; check that the disk is not full and that you may write there."
            ) from error
        return Unpacked(folder, tuple(left_out))


def _is_picture(name: str) -> bool:
    is_hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in _parts(name))
    return name.lower().endswith(PICTURE_SUFFIXES) and not is_hidden


def _common(folders: list[tuple[str, ...]]) -> int:
    """How many leading folders all have in common, less the last if there is no other."""
    if not folders:
        return 0
    first, last = min(folders), max(folders)
    if first == last:
        return max(0, len(first) - 1)
    return next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))


def _safe(
    members: Sequence[Member],
) -> Generator[int, None, tuple[dict[PurePosixPath, Member], list[LeftOut]]]:
    """Where each picture may be written, below any folder, and those that may not be; yields 0 after each."""
    places: dict[PurePosixPath, Member] = {}
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    left_out = []
    for member in members:
        yield 0
        place = PurePosixPath(*map(_safe_name, member.place.parts))
        # Drives differ in whether upper case and the way accents are written matter.
        name = PurePosixPath(unicodedata.normalize("NFC", str(place)).casefold())
        if _leads_out(member.info.filename):
            reason = "its name leads out of the archive"
        elif stat.S_ISLNK(member.info.external_attr >> 16):
            reason = "a link"
        elif member.info.flag_bits & 1:
            reason = "locked with a password"
        elif name in files or name in folders or not files.isdisjoint(name.parents):
            reason = "another has the same name"
        else:
            files.add(name)
            folders.update(name.parents)
            places[place] = member
            continue
        left_out.append(LeftOut(member.info.filename, reason))
    return places, left_out


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts  # some programs for Windows pack so


def _leads_out(name: str) -> bool:
    parts = _parts(name)
    return parts[0] == "/" or ".." in parts or re.match("[A-Za-z]:", name) is not None


def _safe_name(name: str) -> str:
    """A name that every system can write; what comes last, the suffix, stays."""
    name = _FORBIDDEN.sub("_", name).strip(" ").rstrip(". ")
    encoded = name.encode("utf-8", "replace")
    short = encoded[-_LONGEST_NAME:].decode("utf-8", "ignore")
    return f"_{short}" if short.startswith(".") or not short else short


def _refuse_flood(path: Path, infos: Sequence[zipfile.ZipInfo], into: Path) -> None:
    needed = sum(info.file_size for info in infos)
    if needed > max(ALWAYS_ALLOWED, MAX_RATIO * path.stat().st_size):
        raise FewshotError(
            f"{path} would unpack to {needed / 2**30:,.1f} GiB, far more than pictures do; it was left alone."
        )
    there = next(folder for folder in (into, *into.parents) if folder.exists())
    if needed > shutil.disk_usage(there).free:
        raise FewshotError(
            f"{path} needs {needed / 2**30:,.1f} GiB, more than is free in {there}. Free some space."
        )


def _folder_for(path: Path, members: dict[PurePosixPath, Member], into: Path) -> Generator[int, None, Path]:
    """The folder that holds the archive, or is free for it; yields 0 after each file that is compared."""
    stem = _safe_name(path.stem).lstrip(".") or "archive"
    place, number = into / stem, 1
    while os.path.lexists(place) and not (yield from _holds(place, members)):
        number += 1
        place = into / f"{stem} {number}"
    return place


def _holds(folder: Path, members: dict[PurePosixPath, Member]) -> Generator[int, None, bool]:
    for place, member in members.items():
        if not _is_same(folder / place, member.info):
            return False
        yield 0
    return bool(members)


def _is_same(file: Path, info: zipfile.ZipInfo) -> bool:
    try:
        return file.stat().st_size == info.file_size and zlib.crc32(file.read_bytes()) == info.CRC
    except OSError:
        return False


def _unfinished_in(into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True)
    return Path(mkdtemp(prefix=".", suffix=".part", dir=into))


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UnreadablePicture(target, "not found") from error
        raise
