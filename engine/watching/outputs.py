"""Where the labels of a watched folder go: a table that grows, alone or beside folders of pictures."""

from __future__ import annotations

import errno
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from engine.errors import FewshotError
from engine.exports import Row
from engine.exports.csv_file import Table, cells_of, columns_of
from engine.exports.imagefolder import MANIFEST, MANIFEST_COLUMNS, manifest_cells
from engine.exports.jsonl_file import line_of
from engine.exports.writing import require_writable_file
from engine.file_names import UniqueNames
from engine.files import replacing
from engine.images.content import copy_picture
from engine.images.errors import UnreadablePictureError
from engine.watching.journal import Entry

JOURNAL: Final = "watch.journal"


class Output(ABC):
    """A table at `table`, to which entries are appended, and a `journal` beside it."""

    table: Path
    journal: Path
    is_moving = False
    """Whether the pictures are moved into the output."""

    @abstractmethod
    def check(self) -> None:
        """Raise `FewshotError` if nothing can be written, or what is there was not written by a watch."""

    @abstractmethod
    def place_of(self, row: Row) -> str:
        """A new place for the picture of this row, relative to the output; empty if it has none."""

    @abstractmethod
    def _text(self, entries: Iterable[Entry] | None, class_names: Sequence[str]) -> str:
        """The lines of these entries, or the first line of the table."""

    def size(self) -> int:
        """Of the table, in bytes."""
        try:
            return self.table.stat().st_size
        except FileNotFoundError:
            return 0

    def prepare(self, written: Callable[[], Sequence[Entry]], class_names: Sequence[str]) -> None:
        """Write the table again, with what was written to it before, if it is not there."""
        if not self.table.exists():
            text = self._text(None, class_names) + self._text(written(), class_names)
            with replacing(self.table) as unfinished:
                unfinished.write_bytes(_bytes(text))

    def write(self, entries: Sequence[Entry], offset: int, class_names: Sequence[str]) -> None:
        """Append entries. What an earlier try has left of the same behind `offset` is overwritten."""
        data = _bytes(self._text(entries, class_names))
        with self.table.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(min(offset, end))
            left = file.read(len(data) + 1)
            if left.startswith(data):
                return
            place = min(offset, end) if data.startswith(left) else end
            if place:
                file.seek(place - 1)
                if file.read(1) != b"\n":  # another program has written to it
                    data = b"\n" + data
            file.seek(place)
            file.truncate()
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


class TableOutput(Output):
    """A table as an export writes it, as CSV or JSON Lines by its suffix."""

    def __init__(self, table: Path) -> None:
        self.table, self.journal = table, table.with_name(f"{table.name}.journal")

    def check(self) -> None:
        """See `Output`."""
        if self.table.suffix.lower() not in (".csv", ".jsonl"):
            raise FewshotError("'{path}' must end in .csv or .jsonl.", path=self.table)
        require_writable_file(self.table)
        require_writable_file(self.journal)
        if self.table.exists() and not self.journal.exists():
            raise FewshotError(
                "'{path}' is there already, and is not from watching a folder. Give another name.",
                path=self.table,
            )

    def place_of(self, row: Row) -> str:
        """See `Output`: there are no copies."""
        return ""

    def _text(self, entries: Iterable[Entry] | None, class_names: Sequence[str]) -> str:
        if self.table.suffix.lower() == ".jsonl":
            return "".join(line_of(entry.row, class_names) for entry in entries or ())
        if entries is None:
            return _csv([columns_of(class_names)])
        return _csv(cells_of(entry.row, class_names) for entry in entries)


class FoldersOutput(Output):
    """A folder with a folder of pictures for each class, and `manifest.csv`, as an export writes it.

    The pictures are copies; with `is_moving`, the pictures themselves.
    """

    def __init__(self, folder: Path, is_moving: bool) -> None:
        self.folder, self.is_moving = folder, is_moving
        self.table, self.journal = folder / MANIFEST, folder / JOURNAL
        self._folders = UniqueNames((MANIFEST, JOURNAL))
        self._of_class: dict[str, str] = {}
        self._names: dict[str, UniqueNames] = {}

    def check(self) -> None:
        """See `Output`. Makes the folder."""
        if self.folder.exists() and not self.folder.is_dir():
            raise FewshotError("'{path}' is a file. Give the name of a folder.", path=self.folder)
        require_writable_file(self.folder / MANIFEST) if self.folder.exists() else require_writable_file(
            self.folder
        )
        if self.folder.exists() and any(self.folder.iterdir()) and not self.journal.exists():
            raise FewshotError(
                "The folder '{path}' is not empty, and is not from watching a folder. Give another name.",
                path=self.folder,
            )
        self.folder.mkdir(exist_ok=True)

    def know(self, class_names: Sequence[str]) -> None:
        """Name the folders of the classes, every time alike."""
        self._of_class = {name: self._folders.new(name) for name in class_names}

    def place_of(self, row: Row) -> str:
        """See `Output`."""
        if row.error:
            return ""
        folder = self._of_class[row.label]
        if folder not in self._names:
            there = os.listdir(self.folder / folder) if (self.folder / folder).is_dir() else []  # noqa: PTH208
            self._names[folder] = UniqueNames(there)
        return f"{folder}/{self._names[folder].new(Path(row.image).name)}"

    def write(self, entries: Sequence[Entry], offset: int, class_names: Sequence[str]) -> None:
        """See `Output`; the pictures first."""
        super().write([self._with_picture(entry) for entry in entries], offset, class_names)

    def _with_picture(self, entry: Entry) -> Entry:
        if not entry.place:
            return entry
        target = self.folder / entry.place
        if target.exists():  # from an earlier try; the file may be another by now
            return entry
        target.parent.mkdir(exist_ok=True)
        try:
            (_move if self.is_moving else _copy)(entry.path, target)
        except UnreadablePictureError as error:
            return replace(entry, place="", row=replace(entry.row, error=str(error.explanation)))
        return entry

    def _text(self, entries: Iterable[Entry] | None, class_names: Sequence[str]) -> str:
        if entries is None:
            return _csv([MANIFEST_COLUMNS])
        return _csv(manifest_cells(one.place, one.row, one.row.error) for one in entries)


def _copy(path: Path, target: Path) -> None:
    with replacing(target) as unfinished:
        copy_picture(path, unfinished)


def _move(path: Path, target: Path) -> None:
    try:
        path.replace(target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.ENOENT):
            raise
        _copy(path, target)
        with suppress(FileNotFoundError):
            path.unlink()


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    table = Table(text)
    for row in rows:
        table.add(row)
    return text.getvalue()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
