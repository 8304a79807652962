"""Find the formats, and write an export so that it is either complete or not there."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from engine.discovery import EXPORTS, collect, of_type
from engine.errors import FewshotError, reason_of
from engine.exports.base import ExportData, ExportFormat, Row
from engine.exports.provenance import record, record_file
from engine.files import is_locked, replacing, write_atomically
from engine.messages import Message
from engine.workspace.temporary import TemporaryFolder

_PROBLEMS: Final = {
    errno.ENOSPC: Message("the disk is full. Make room, or choose another disk."),
    errno.EDQUOT: Message("your disk quota is used up. Make room, or choose another disk."),
    errno.EFBIG: Message("the file would grow larger than this disk or account allows."),
    errno.EACCES: Message("this folder may not be written to. Choose another one."),
    errno.EPERM: Message("this folder may not be written to. Choose another one."),
    errno.EROFS: Message("this disk is read-only. Choose another one."),
    errno.ENAMETOOLONG: Message("the file name is too long."),
}


@dataclass(frozen=True)
class Exported:
    """How many pictures are in the export, and how many had to be left out."""

    written: int
    left_out: int

    @property
    def rows(self) -> int:
        """All pictures that the export tells of."""
        return self.written + self.left_out


@cache
def formats() -> dict[str, ExportFormat]:
    """All export formats by name: the modules of this package that define `FORMAT`, and plug-ins."""
    return collect(["engine.exports"], "FORMAT", of_type(ExportFormat), lambda form: form.name, EXPORTS)


def export(
    path: Path,
    rows: Iterable[Row],
    class_names: Sequence[str],
    format_name: str,
    runs: Sequence[Mapping[str, Any]] = (),
    threshold: float = 0.0,
    options: Mapping[str, str] | None = None,
) -> Exported:
    """Write an export to the end; see `export_in_steps`."""
    steps = export_in_steps(path, rows, class_names, format_name, runs, threshold, options)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Exported = stop.value
            return result


def export_in_steps(
    path: Path,
    rows: Iterable[Row],
    class_names: Sequence[str],
    format_name: str,
    runs: Sequence[Mapping[str, Any]] = (),
    threshold: float = 0.0,
    options: Mapping[str, str] | None = None,
) -> Generator[int, None, Exported]:
    """Write rows to `path` in the named format, and how they came about; yields how many rows are done.

    Rows are written as they come. They go to a temporary file or folder beside `path`, which gets its name
    when all is written: a failure, an exception out of `rows`, or closing this generator leaves an older file
    as it was and nothing else behind. What a killed process has left of a folder, the next export of a folder
    beside it removes.

    `runs` are the records of the runs that predicted what is in the rows (see `engine.runs.events`), and
    `threshold` (0..1) is the confidence below which the label of a prediction is `unknown`. `options` are
    values of the choices of the format.

    Raises:
        FewshotError: unknown format or option, target that is there already or cannot be written, full disk.
    """
    form = get_format(format_name)
    chosen, target = check_options(form, options or {}), check_target(path, form)
    written = left_out = 0
    place = _replacing_folder if form.is_folder else replacing
    try:
        with place(target) as unfinished:
            data = ExportData(rows, class_names, chosen, target)
            with closing(form.write(unfinished, data)) as steps:
                for complete in steps:
                    written, left_out = written + complete, left_out + (not complete)
                    yield written + left_out
            done = Exported(written, left_out)
            facts = record(target, done.rows, class_names, threshold, runs, chosen)
            write_atomically(record_file(unfinished if form.is_folder else target, form), facts)
    except OSError as error:
        raise FewshotError(
            "'{path}' cannot be written: {reason}", path=path, reason=_problem(error)
        ) from error
    return done


def get_format(name: str) -> ExportFormat:
    """The format called `name`; `FewshotError` naming the known ones otherwise."""
    form = formats().get(name)
    if form is None:
        known = ", ".join(formats())
        raise FewshotError(
            "There is no export format '{name}'. Choose one of: {known}.", name=name, known=known
        )
    return form


def check_options(form: ExportFormat, options: Mapping[str, str]) -> dict[str, str]:
    """A value for each choice of the format, the default where `options` has none.

    Raises `FewshotError` naming the known ones for an option or a value that there is not.
    """
    known = {choice.name: choice for choice in form.choices}
    for name, value in options.items():
        if name not in known:
            raise FewshotError(
                "The format {format} has no option “{option}”. Its options: {known}.",
                format=form.name,
                option=name,
                known=", ".join(known) or "–",
            )
        if value not in known[name].values:
            raise FewshotError(
                "The option {option} cannot be “{value}”. Choose one of: {known}.",
                option=name,
                value=value,
                known=", ".join(known[name].values),
            )
    return {name: options.get(name, next(iter(choice.values))) for name, choice in known.items()}


def check_target(path: Path, form: ExportFormat) -> Path:
    """The file or folder that exporting to `path` would write: of a link to a file, what it points to.

    Raises `FewshotError` if it cannot be one, so that hours of work need not end in that sentence.
    """
    target = Path(os.path.realpath(path))
    if form.is_folder:
        _require_free(path, target)
        _require_writable(path, target)
        return target
    require_writable_file(path)
    require_writable_file(record_file(target, form))
    return target


def require_writable_file(path: Path) -> None:
    """Raise `FewshotError` if no file can be written to `path`."""
    target = Path(os.path.realpath(path))
    _require_file(path, target)
    _require_writable(path, target)


# The functions of os.path say no where pathlib raises, for example in a folder that may not be searched.


def _require_file(path: Path, target: Path) -> None:
    if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113
        raise FewshotError("'{path}' is not a file. Give the name of a file to write.", path=path)
    if os.path.exists(target) and is_locked(os.stat(target)):  # noqa: PTH110, PTH116
        raise FewshotError("'{path}' is the open project itself. Give another name.", path=path)


def _require_free(path: Path, target: Path) -> None:
    """A folder is never written into or replaced: what is in it belongs to somebody."""
    if os.path.lexists(target) and not os.path.isdir(target):  # noqa: PTH112
        raise FewshotError("'{path}' is a file. Give the name of a folder that is not there yet.", path=path)
    try:
        is_empty = not os.path.lexists(target) or not os.listdir(target)  # noqa: PTH208
    except OSError:
        is_empty = False
    if not is_empty:
        raise FewshotError(
            "The folder '{path}' is not empty. Give the name of a folder that is not there yet.", path=path
        )


def _require_writable(path: Path, target: Path) -> None:
    if not os.path.isdir(target.parent):  # noqa: PTH112
        raise FewshotError(
            "'{path}' cannot be written: there is no folder '{folder}'. Create it first.",
            path=path,
            folder=target.parent,
        )
    if not os.access(target.parent, os.W_OK | os.X_OK):
        _refuse(path, errno.EACCES)
    try:
        os.lstat(target)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            _refuse(path, errno.ENAMETOOLONG)


def _refuse(path: Path, number: int) -> NoReturn:
    raise FewshotError("'{path}' cannot be written: {reason}", path=path, reason=_PROBLEMS[number])


def _problem(error: OSError) -> Message:
    known = _PROBLEMS.get(error.errno or 0)
    return known or Message("{reason}.", reason=reason_of(error))


@contextmanager
def _replacing_folder(target: Path) -> Iterator[Path]:
    """Yield an unfinished folder beside `target`, which becomes `target` when the block has ended well."""
    with TemporaryFolder(target.parent) as temporary:
        unfinished = temporary.path / "export"
        unfinished.mkdir()
        yield unfinished
        with suppress(FileNotFoundError):
            target.rmdir()  # an empty one may be there; Windows renames onto nothing
        unfinished.rename(target)
