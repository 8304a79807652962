"""Archives of pictures (zip): what is in one, and unpacking it so that no archive can do harm.

An archive is somebody else's: its names may lead out of the folder, its members may be links, locked,
broken, a flood of zeros, or larger than they say. Nothing is written that was not looked at first.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Final

from engine.errors import FewshotError, reason_of
from engine.file_names import SafeNames, folded, safe_file_name
from engine.files import open_to_read
from engine.images.content import MAX_BYTES
from engine.images.errors import Reason, UnreadablePictureError
from engine.images.formats import BEGINNING_BYTES, is_document
from engine.images.member_names import member_names
from engine.images.service_names import is_hidden, is_service_name
from engine.images.skipped import SERVICE, SkippedFile, skip_reason
from engine.messages import Message

ARCHIVE_SUFFIXES: Final = (".zip",)

MAX_RATIO: Final = 100
"""How much larger than the archive its pictures may be. Pictures are packed already: they hardly shrink."""

ALWAYS_ALLOWED: Final = 2**28
"""What pictures may take up in any case, 256 MiB: drawings may shrink a lot, and this fills no disk."""

MAX_MEMBERS: Final = 200_000
"""How many files an archive may hold. Each takes about 1.4 kB of memory to know of."""

MAX_LISTING: Final = 2**26
"""Largest list of members that is read, 64 MiB."""

_CHUNK: Final = 2**20
_ZIP: Final = Message("a zip archive")
_TOO_LONG: Final = Message("its name is too long")
_UNSAFE: Final = Message("unsafely named")
_DEEPEST: Final = 64
"""How many folders a member may lie in. No system takes a path of more than 4,096 bytes."""

# APPNOTE.TXT of PKWARE, 4.4.5. Python reads some of the others, but unpacks as much as there is before it
# looks at how much was declared.
READ_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OTHER_METHODS: Final = {
    1: "Shrink", 6: "Implode", 9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 96: "JPEG",
    97: "WavPack", 98: "PPMd", 99: "AES",
}  # fmt: skip

_BROKEN: Final = (
    OSError, EOFError, ValueError, OverflowError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A picture in an archive: its `name` there, in its own letters, and its `place` below the folders that
    all pictures have in common."""

    name: str
    place: PurePosixPath
    info: zipfile.ZipInfo


@dataclass(frozen=True)
class Contents:
    """The pictures in an archive, and what else is in it; `code_page` is what the names were read by if they
    are not Unicode, such as `Korean (cp949)`."""

    members: tuple[Member, ...]
    skipped: tuple[SkippedFile, ...]
    code_page: Message | None = None


@dataclass(frozen=True)
class Unpacked:
    """The folder that holds the pictures now, those that had to be left out, and `Contents.code_page`."""

    folder: Path
    skipped: tuple[SkippedFile, ...]
    code_page: Message | None = None


@contextmanager
def open_archive(path: Path, kind: Message = _ZIP) -> Iterator[zipfile.ZipFile]:
    """The zip at `path`, to be read. `kind` is what it should be, for the sentence that says that it is not.

    Raises `FewshotError` if it cannot be opened, is no zip, or has more than `MAX_MEMBERS`.
    """
    with _Guarded(open_to_read(path)) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (*_BROKEN, NotImplementedError) as error:
            raise FewshotError(
                "{path} could not be read as {kind} ({reason}). Pack it again.",
                path=path,
                kind=kind,
                reason=reason_of(error),
            ) from error
        with archive:
            yield archive


def about_code_page(path: Path, code_page: Message) -> Message:
    """A sentence for who gave the archive at `path`: how its names were read (see `Contents.code_page`)."""
    return Message(
        "The names in {name} do not say what letters they are in; they were read as {code_page}.",
        name=path.name,
        code_page=code_page,
    )


class _Guarded(BufferedReader):
    """A file whose list of members is not read where it is too long.

    `ZipFile` reads all of it, of the length that is declared, and makes an object of every entry.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_LISTING:
            raise zipfile.BadZipFile("its list of members is too long")
        data = super().read(size)
        if data.startswith(b"PK\1\2") and data.count(b"PK\1\2") > MAX_MEMBERS:
            raise zipfile.BadZipFile(f"more than {MAX_MEMBERS:,} members")
        return data


def contents(archive: zipfile.ZipFile, path: Path) -> Generator[int, None, Contents]:
    """What is in the archive, which lies at `path`; yields 0 after each member.

    Hidden files and documents are passed over. Raises `FewshotError` if the pictures would take up far more
    than an archive of pictures does.
    """
    infos = archive.infolist()
    names, code_page = member_names(infos)
    taken: list[tuple[str, tuple[str, ...], zipfile.ZipInfo]] = []
    skipped: list[SkippedFile] = []
    service: set[str] = set()
    for name, info in zip(names, infos, strict=True):
        yield 0
        parts = _parts(name)
        if not parts or name.endswith("/") or is_document(name):
            continue
        if any(is_hidden(part) and part != ".." for part in parts):
            continue
        if kept := next((place for place, part in enumerate(parts, 1) if is_service_name(part)), 0):
            folder = "/".join(parts[:kept])
            if folder not in service:
                service.add(folder)
                skipped.append(SkippedFile(folder, SERVICE, SERVICE))
            continue
        reason = _skip_reason(archive, info, name, parts)
        if reason is None:
            taken.append((name, parts, info))
        else:
            skipped.append(reason)
    _refuse_flood(path, [info for _, _, info in taken])
    shared = _common([parts[:-1] for _, parts, _ in taken])
    members = (Member(name, PurePosixPath(*parts[shared:]), info) for name, parts, info in taken)
    return Contents(tuple(members), tuple(skipped), code_page)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: Path) -> bytes:
    """The content of a picture in the archive; no more is unpacked than its size that the archive declares.

    `where` is for the error only.

    Raises:
        UnreadablePicture: too large, damaged, or an unsupported format (locked, or packed unusually).
    """
    if info.file_size > MAX_BYTES:
        raise UnreadablePictureError(where, "too large")
    if info.compress_type not in READ_METHODS:
        raise UnreadablePictureError(where, "unsupported format")
    try:
        with archive.open(info) as stream:
            data = b"".join(iter(lambda: stream.read(_CHUNK), b""))
    except _BROKEN as error:
        raise UnreadablePictureError(where, "damaged") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in an unknown way
        raise UnreadablePictureError(where, "unsupported format") from error
    if len(data) != info.file_size:
        raise UnreadablePictureError(where, "damaged")
    return data


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
    with open_archive(path) as archive:
        found = yield from contents(archive, path)
        skipped = list(found.skipped)
        members = yield from _placed(found.members, skipped)
        try:
            _refuse_to_fill(path, [member.info for member in members.values()], into)
            folder = yield from _folder_for(path, members, into)
            if folder.exists():
                return Unpacked(folder, tuple(skipped), found.code_page)
            unfinished = _unfinished_in(into)
            try:
                for done, (place, member) in enumerate(members.items()):
                    yield done
                    try:
                        _write(unfinished / place, read_member(archive, member.info, path / member.name))
                    except UnreadablePictureError as error:
                        skipped.append(_left_out(member.name, error.reason))
                    except OSError as error:
                        if error.errno != errno.ENAMETOOLONG:
                            raise
                        skipped.append(SkippedFile(member.name, _TOO_LONG, _UNSAFE))
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
                "{path} could not be unpacked into {folder} ({reason}). Nothing of it was kept; check "
                "that the disk is not full and that you may write there.",
                path=path,
                folder=into,
                reason=reason_of(error),
            ) from error
        return Unpacked(folder, tuple(skipped), found.code_page)


def _skip_reason(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, parts: tuple[str, ...]
) -> SkippedFile | None:
    """Why a member is not taken for a picture, or not taken at all; `None` if it is."""
    mode = info.external_attr >> 16
    if parts[0].startswith("/") or ".." in parts or re.match("[A-Za-z]:", name):
        return SkippedFile(name, Message("its name leads out of the archive"), _UNSAFE)
    if stat.S_ISLNK(mode):
        return SkippedFile(name, Message("a link"), Message("linked"))
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return _left_out(name, "not a file")
    if len(parts) > _DEEPEST:
        return SkippedFile(name, _TOO_LONG, _UNSAFE)
    if info.flag_bits & 1:
        return SkippedFile(name, Message("locked with a password"), Message("locked"))
    if info.compress_type not in READ_METHODS:
        method = Message(_OTHER_METHODS.get(info.compress_type, f"method {info.compress_type}"))
        reason = Message("pack it again by Deflate, as this method is not read: {kind}", kind=method)
        return SkippedFile(name, reason, method)
    if info.file_size > MAX_BYTES:
        return _left_out(name, "too large")
    return skip_reason(name, lambda: _beginning(archive, info))


def _left_out(name: str, reason: Reason) -> SkippedFile:
    return SkippedFile(name, Message(reason), Message(reason))


def _beginning(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if not info.file_size:
        return b""
    try:
        with archive.open(info) as stream:
            return stream.read(BEGINNING_BYTES)
    except (*_BROKEN, RuntimeError):
        return b""


def _common(folders: list[tuple[str, ...]]) -> int:
    """How many leading folders all have in common, less the last if there is no other."""
    if not folders:
        return 0
    first, last = min(folders), max(folders)
    if first == last:
        return max(0, len(first) - 1)
    return next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))


def _placed(
    members: Sequence[Member], skipped: list[SkippedFile]
) -> Generator[int, None, dict[PurePosixPath, Member]]:
    """Where each picture may be written, below any folder, and those that may not be; yields 0 after each."""
    places: dict[PurePosixPath, Member] = {}
    names: dict[PurePosixPath, SafeNames] = {}
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for member in members:
        yield 0
        place = PurePosixPath()
        for part in member.place.parts:
            place /= names.setdefault(PurePosixPath(folded(str(place))), SafeNames()).of(part)
        # Drives differ in whether upper case and the way accents are written matter.
        key = PurePosixPath(folded(str(place)))
        if key in files or key in folders or not files.isdisjoint(key.parents):
            skipped.append(
                SkippedFile(member.name, Message("another has the same name"), Message("named like another"))
            )
        else:
            files.add(key)
            folders.update(key.parents)
            places[place] = member
    return places


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts  # some programs for Windows pack so


def _refuse_flood(path: Path, infos: Sequence[zipfile.ZipInfo]) -> None:
    needed = sum(info.file_size for info in infos)
    if needed > max(ALWAYS_ALLOWED, MAX_RATIO * path.stat().st_size):
        raise FewshotError(
            "{path} would unpack to {size} GiB, far more than pictures do; it was left alone.",
            path=path,
            size=f"{needed / 2**30:,.1f}",
        )


def _refuse_to_fill(path: Path, infos: Sequence[zipfile.ZipInfo], into: Path) -> None:
    needed = sum(info.file_size for info in infos)
    there = next(folder for folder in (into, *into.parents) if folder.exists())
    if needed > shutil.disk_usage(there).free:
        raise FewshotError(
            "{path} needs {size} GiB, more than is free in {folder}. Free some space.",
            path=path,
            size=f"{needed / 2**30:,.1f}",
            folder=there,
        )


def _folder_for(path: Path, members: dict[PurePosixPath, Member], into: Path) -> Generator[int, None, Path]:
    """The folder that holds the archive, or is free for it; yields 0 after each file that is compared."""
    stem = safe_file_name(path.stem)
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
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
