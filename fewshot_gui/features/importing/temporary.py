"""Files that will soon be gone: what was dragged out of an archiver, a mail program or a browser lies in a
temporary folder, and is copied beside the project."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.images import SkippedFile, UnreadablePictureError, content_hash, find_pictures, read_picture
from engine.messages import Message

_HASH_LETTERS = 8


def is_temporary(path: Path, kept_dir: Path) -> bool:
    """Whether `path` is in a temporary folder; not so if the folder for what is kept is there as well."""
    where, kept = os.path.realpath(path), os.path.realpath(kept_dir)
    folders = [os.path.realpath(folder) + os.sep for folder in _folders()]
    return any(where.startswith(folder) and not kept.startswith(folder) for folder in folders)


def _folders() -> list[str]:
    """Where the system and programs put files for a while."""
    caches = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.GenericCacheLocation)
    local = os.environ.get("LOCALAPPDATA")
    internet = [os.path.join(local, "Microsoft", "Windows", "INetCache")] if local else []  # noqa: PTH118
    return [tempfile.gettempdir(), *caches, *internet]


def keep(source: Path, folder: Path, skipped: list[SkippedFile]) -> Generator[int, None, Path | None]:
    """Copy a picture, or those of a folder with their folders, into `folder`; yields how many are done and
    returns where they are now; None if there are none.

    What is no picture or cannot be read is appended to `skipped`. The same content under the same name is
    the same file. Raises `FewshotError` if `folder` cannot be written.
    """
    scan = find_pictures([source])
    is_folder = os.path.isdir(source)  # noqa: PTH112
    base = folder / source.name if is_folder else folder
    kept: Path | None = None
    for done, picture in enumerate(scan, 1):
        try:
            copy = _named_by_content(
                picture, base / picture.relative_to(source).parent if is_folder else base
            )
        except UnreadablePictureError as error:
            skipped.append(SkippedFile(str(picture), error.explanation))
        except OSError as error:
            raise FewshotError(
                "The picture could not be kept in {path}: {reason}. Check that you may write there and "
                "that the disk is not full.",
                path=folder,
                reason=reason_of(error),
            ) from error
        else:
            kept = base if is_folder else copy
        yield done
    skipped += scan.skipped
    return kept


def about_kept(folder: Path) -> Message:
    return Message("The pictures lay in a temporary folder, so they were copied to {path}.", path=folder)


def _named_by_content(picture: Path, folder: Path) -> Path:
    """Copy `picture` into `folder`, with a part of its hash in the name."""
    data = read_picture(picture)
    copy = folder / f"{picture.stem} {content_hash(data).hex()[:_HASH_LETTERS]}{picture.suffix}"
    if not copy.exists():
        write_atomically(copy, data)
    return copy
