"""A folder of pictures for each class, as torchvision's `ImageFolder` and many other programs read them.

`<class>/<picture>` for the pictures of a class and `unknown/<picture>` for those of none. Every system can
write the names; where two would be the same, also to a system that ignores case, the second has a number.

`manifest.csv` has a row for each picture: `path` in the export (empty if it is left out), `image` (the
original), `label`, `origin` (one of `engine.exports.base.ORIGINS`), `confidence`, and `error`, why it could
not be read.
"""

from __future__ import annotations

import errno
import os
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from engine.errors import FewshotError
from engine.exports.base import RECORD_NAME, Choice, ExportData, ExportFormat, Row, open_text
from engine.exports.csv_file import Table, cell
from engine.file_names import UniqueNames
from engine.files import sync
from engine.images.content import copy_picture, open_picture
from engine.images.errors import UnreadablePictureError
from engine.messages import Message
from engine.workspace.rows import UNKNOWN_NAME

MANIFEST: Final = "manifest.csv"
MANIFEST_COLUMNS: Final = ("path", "image", "label", "origin", "confidence", "error")

_FILES = Choice(
    "files",
    Message("Files"),
    {
        "copy": Message("Copies"),
        "hardlink": Message("Hard links (take no space)"),
        "symlink": Message("Symbolic links (to the originals)"),
    },
)
_UNLABELLED = Choice(
    "unlabelled",
    Message("Pictures without a label"),
    {"leave-out": Message("Leave out"), "unknown": Message("Put into “unknown”")},
)

_NO_LINK: Final = {
    errno.EXDEV: Message("it is on another disk"),
    errno.EMLINK: Message("it has too many links already"),
    **dict.fromkeys(
        (errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP),
        Message("this disk or account does not allow such links"),
    ),
}


def manifest_cells(place: str, row: Row, error: str) -> list[str]:
    """The line of a picture that is at `place` in the folder."""
    return [place, row.image, row.label, row.origin, cell(row.confidence), error]


def _write(folder: Path, data: ExportData) -> Generator[bool, None, None]:
    put = _PUT[data.options[_FILES.name]]
    taken = UniqueNames((MANIFEST, RECORD_NAME))
    folders = {name: taken.new(name) for name in dict.fromkeys((UNKNOWN_NAME, *data.class_names))}
    if data.options[_UNLABELLED.name] == "unknown":
        folders[""] = folders[UNKNOWN_NAME]
    names: dict[str, UniqueNames] = defaultdict(UniqueNames)
    with open_text(folder / MANIFEST) as stream:
        manifest = Table(stream)
        manifest.add(MANIFEST_COLUMNS)
        for row in data.rows:
            place, error = "", row.error
            if not error and row.label in folders:
                name = folders[row.label]
                place = f"{name}/{names[name].new(Path(row.image).name)}"
                try:
                    _put(put, row, folder / place, data.target)
                except UnreadablePictureError as unreadable:
                    with suppress(OSError):  # `ImageFolder` refuses an empty class
                        (folder / name).rmdir()
                    place, error = "", str(unreadable.explanation)
            manifest.add(manifest_cells(place, row, error))
            yield bool(place)
    sync(folder / MANIFEST)


def _put(put: Callable[[Path, Path], None], row: Row, place: Path, target: Path) -> None:
    """Raises `UnreadablePictureError`, or `FewshotError` if no such link can be made."""
    place.parent.mkdir(exist_ok=True)
    try:
        put(Path(row.image), place)
    except OSError as error:
        reason = _NO_LINK.get(error.errno or 0)
        if reason is None or put is copy_picture:
            raise
        raise FewshotError(
            "“{image}” cannot be linked into {folder}: {reason}. Export copies instead.",
            image=row.image,
            folder=target,
            reason=reason,
        ) from error


def _link(make: Callable[[str, Path], None], image: Path, place: Path) -> None:
    open_picture(image).close()
    make(os.path.realpath(image), place)  # not a link to a link, which may change


_PUT: Final[dict[str, Callable[[Path, Path], None]]] = {
    "copy": copy_picture,
    "hardlink": partial(_link, os.link),
    "symlink": partial(_link, os.symlink),
}

FORMAT = ExportFormat("imagefolder", "Pictures in a folder for each class", "", _write, (_FILES, _UNLABELLED))
