"""Find the formats, and write a file so that it is either complete or not there."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from engine.errors import FewshotError, reason_of
from engine.exports.base import ExportFormat, Row
from engine.exports.record import record, record_file
from engine.files import is_locked, replacing, write_atomically
from engine.messages import Message
from engine.registry import discover

_PROBLEMS: Final = {
    errno.ENOSPC: Message("the disk is full. Make room, or choose another disk."),
    errno.EDQUOT: Message("your disk quota is used up. Make room, or choose another disk."),
    errno.EFBIG: Message("the file would grow larger than this disk or account allows."),
    errno.EACCES: Message("this folder may not be written to. Choose another one."),
    errno.EPERM: Message("this folder may not be written to. Choose another one."),
    errno.EROFS: Message("this disk is read-only. Choose another one."),
    errno.ENAMETOOLONG: Message("the file name is too long."),
}


@cache
def formats() -> dict[str, ExportFormat]:
    """All export formats by name. Every module of this package that defines `FORMAT` is one."""
    declared = [form for form in discover("engine.exports", "FORMAT") if isinstance(form, ExportFormat)]
    return {form.name: form for form in declared}


def export(
    path: Path,
    rows: Iterable[Row],
    class_names: Sequence[str],
    format_name: str,
    runs: Sequence[Mapping[str, Any]] = (),
    threshold: float = 0.0,
) -> int:
    """Write rows to `path` in the named format, and how they came about beside it; returns how many.

    Rows are written as they come. They go to a temporary file beside `path`, which takes its place
    when it is safely on disk: a failure or an exception out of `rows` leaves an older file as it was.
    Characters that are not Unicode (file names that are not UTF-8) are written as `\\udcXX`.

    `runs` are the records of the runs that predicted what is in the rows (see `engine.labeling.events`), and
    `threshold` (0..1) is the confidence below which the label of a prediction is `unknown`.

    Raises:
        FewshotError: unknown format, missing folder, no permission, full disk.
    """
    form, target = get_format(format_name), check_target(path)
    counted = _Counted(rows)
    try:
        # Lone surrogates are the one thing UTF-8 refuses; their \udcXX is also JSON's spelling of them.
        with (
            replacing(target) as unfinished,
            unfinished.open("x", encoding="utf-8", errors="backslashreplace", newline="") as stream,
        ):
            form.write(stream, counted, class_names)
            stream.close()
            facts = record(target, counted.count, class_names, threshold, runs)
            write_atomically(record_file(target), facts)
    except OSError as error:
        problem = _PROBLEMS.get(error.errno or 0) or Message("{reason}.", reason=reason_of(error))
        raise FewshotError("'{path}' cannot be written: {reason}", path=path, reason=problem) from error
    return counted.count


def get_format(name: str) -> ExportFormat:
    """The format called `name`; `FewshotError` naming the known ones otherwise."""
    form = formats().get(name)
    if form is None:
        raise FewshotError(
            "There is no export format '{name}'. Choose one of: {known}.",
            name=name,
            known=", ".join(formats()),
        )
    return form


def check_target(path: Path) -> Path:
    """The file that exporting to `path` would write: what a link points to is replaced, not the link.

    Raises `FewshotError` if it cannot be one, so that hours of work need not end in that sentence.
    """
    target = Path(os.path.realpath(path))
    _refuse_unwritable(path, target)
    _refuse_unwritable(record_file(path), record_file(target))
    return target


def _refuse_unwritable(path: Path, target: Path) -> None:
    # The functions of os.path say no where pathlib raises, for example in a folder that may not be searched.
    if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113
        raise FewshotError("'{path}' is not a file. Give the name of a file to write.", path=path)
    if os.path.exists(target) and is_locked(os.stat(target)):  # noqa: PTH110, PTH116
        raise FewshotError("'{path}' is the open project itself. Give another name.", path=path)
    if not os.path.isdir(target.parent):  # noqa: PTH112
        raise FewshotError(
            "'{path}' cannot be written: there is no folder '{folder}'. Create it first.",
            path=path,
            folder=target.parent,
        )
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise FewshotError("'{path}' cannot be written: {reason}", path=path, reason=_PROBLEMS[errno.EACCES])
    try:
        os.lstat(target)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise FewshotError(
                "'{path}' cannot be written: {reason}", path=path, reason=_PROBLEMS[errno.ENAMETOOLONG]
            ) from None


class _Counted(Iterable[Row]):
    """Rows passed on, with the number of those that went by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row
