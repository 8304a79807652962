"""The project file and the one path by which it changes: command → transaction → change set."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.errors import FewshotError
from engine.files import is_locked
from engine.messages import NOTHING, Message
from engine.workspace import checks, connection, file_states, read_only, relocation, schema, undo_log
from engine.workspace.backup import back_up
from engine.workspace.batches import PredictionBatches, probable
from engine.workspace.commands import Command, title_of_what_was_done
from engine.workspace.failures import (
    GONE,
    OVERWRITTEN,
    READ_ONLY,
    UnusableProjectError,
    damaged,
    translated_errors,
)
from engine.workspace.foreign_paths import file_names, folder_names
from engine.workspace.history import label_events
from engine.workspace.open_file import OpenFile, write_marker
from engine.workspace.rows import (
    UNKNOWN,
    ClassRow,
    LabelEvent,
    LabelGroup,
    PictureRow,
    RunRow,
    RunStatus,
    StoredPredictions,
)
from engine.workspace.run_retention import RETAINED_RUNS, prune_superseded
from engine.workspace.texts import kept_message, shown
from engine.workspace.undo_log import ChangeSet

PROJECT_SUFFIX = ".fewshot"
_LABELS_AT_A_TIME = 5000
_HAS_FINDING = "instr(record, '\"' || ? || '\"') AND json_valid(record)"
"""Runs with something under this name: to search the text first takes a tenth of the time."""
_ORIGIN = "iif(run_id IS NOT NULL, 'ACCEPTED', iif(source = 'import', 'IMPORTED', 'HAND'))"
_DAY = "date(time, 'unixepoch', 'localtime')"


def always() -> bool:
    """The default of `is_wanted`: never interrupt."""
    return True


_open_files: WeakKeyDictionary[Workspace, OpenFile] = WeakKeyDictionary()
"""The files that this process has open for writing."""


class Workspace:
    """An open project: classes, pictures, labels, runs and the history of gestures, in one file.

    Use `create`, `open` or `open_or_create`, or `open_or_view` to look at least. Every method raises
    `FewshotError` when the file cannot be read or written (full disk, lost drive, …); a gesture then has
    not happened at all and the workspace goes on working. It may be opened on one thread and used on another,
    but never on two at a time.
    While it is open for writing, no other window or process can open the same file; a crash releases it.

    `read_only_reason` is the sentence that says why nothing can be changed, and empty if all can.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, read_only_reason: Message = NOTHING) -> None:
        self.path = path
        self.read_only_reason = read_only_reason
        self._db = db
        self._unreadable_before: set[int] = set()
        """Pictures that earlier runs could not read and the current run has not reached yet."""
        self._in_progress: set[int] = set()
        """Steps of gestures in parts that are in progress, without an undone part."""
        self._interleaved: set[int] = set()
        """Those of them that another gesture separates from their first part."""
        if not read_only_reason:
            _open_files[self] = OpenFile(path, db)

    # Opening and closing

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Self:
        """Make a new project. An existing file is never overwritten, unless it is empty."""
        path = _itself(path)
        with translated_errors(path):
            if path.exists() and not (path.is_file() and path.stat().st_size == 0):
                raise FewshotError(
                    "{path} already exists: choose another name, or open it instead.", path=path
                )
        with connection.exclusive(path) as db:
            schema.create(db)
            connection.configure(db)
            relocation.update(db, path)
            return cls(path, db)

    @classmethod
    def open(cls, path: str | os.PathLike[str], is_wanted: Callable[[], bool] = always) -> Self:
        """Open a project. What is damaged, or was not made by Fewshot alone, is refused (see `checks`), and
        what is not wanted any more, as `is_wanted` tells from this thread, is left half-way.

        If it was not closed properly the last time, that takes space for a copy of it. If the log that was
        left does not fit the file, both stay as they are.

        If it was moved together with its pictures, their paths follow it.
        One of an earlier format is brought to the present one, after a copy of it was put beside it.
        """
        path = _itself(path)
        _require_existing(path)
        with translated_errors(path):
            if not os.access(path, os.W_OK):
                raise FewshotError(READ_ONLY.filled(path=path))
            unclean = any(path.with_name(path.name + suffix).exists() for suffix in read_only.LOGS)
            if unclean:
                connection.require_unlocked(path)
                read_only.check(path, is_wanted)
        with connection.exclusive(path) as db, connection.bounded(db, path, is_wanted):
            checks.require_valid_project(db, path)
            if unclean:
                connection.apply_wal(db)
            connection.configure(db)
            if schema.is_old(db):
                back_up(db, path)
                schema.upgrade(db)
            relocation.update(db, path)
            db.execute(
                "UPDATE run SET status = 'failed', message = ? WHERE status = 'running'",
                (Message("The program ended before the run did.").to_json(),),
            )
            return cls(path, db)

    @classmethod
    def open_or_create(cls, path: str | os.PathLike[str]) -> Self:
        """Open the project, or make it if there is none yet."""
        path = Path(path)
        with translated_errors(path):
            has_content = path.exists() and (not path.is_file() or path.stat().st_size > 0)
        return cls.open(path) if has_content else cls.create(path)

    @classmethod
    def view(
        cls, path: str | os.PathLike[str], read_only_reason: Message, is_wanted: Callable[[], bool] = always
    ) -> Self:
        """Look at a project that cannot be opened, as it is now; `read_only_reason` is why it cannot.

        What others change in it later is not seen. Nothing is written to the file, nor left beside it.
        """
        path = _itself(path)
        _require_existing(path)
        with translated_errors(path):
            file = path.stat()
            if is_locked(file):
                raise FewshotError("{path} is open in this window already.", path=path)
            with read_only.loaded(path, is_wanted) as db, connection.bounded(db, path, is_wanted):
                if schema.is_old(db):
                    schema.upgrade(db)
                relocation.update(db, path)
                return cls(path, db, read_only_reason)

    @classmethod
    def open_or_view(cls, path: str | os.PathLike[str], is_wanted: Callable[[], bool] = always) -> Self:
        """Open a project or, where that cannot be, look at it: on a read-only medium, in a second window."""
        try:
            return cls.open(path, is_wanted)
        except UnusableProjectError:
            raise
        except FewshotError as error:
            return cls.view(path, error.message, is_wanted)

    @contextmanager
    def bounded(self, is_wanted: Callable[[], bool]) -> Iterator[None]:
        """Within the block, break off what takes far longer than with any project of this size, or is not
        wanted any more: then `FewshotError` is raised."""
        with translated_errors(self.path), connection.bounded(self._db, self.path, is_wanted):
            yield

    @property
    def is_gone(self) -> bool:
        """Whether the file was renamed or deleted while it is open, so that it can no longer be changed."""
        return self in _open_files and _open_files[self].is_gone

    def is_same_file(self, path: Path) -> bool:
        """Whether `path` leads to the file that is open for writing, also by a link or a new name."""
        return self in _open_files and _open_files[self].is_at(path)

    @property
    def is_overwritten(self) -> bool:
        """Whether another program has put other content into the file while it is open."""
        return self in _open_files and _open_files[self].is_overwritten

    def fold_journal(self) -> None:
        """Fold the journal into a file that was renamed. SQLite would leave the journal under the old name,
        and the next file of that name would be opened with it."""
        if not self.is_overwritten:
            connection.truncate_wal(self._db)
            if self in _open_files:
                _open_files[self].take_snapshot()

    def close(self) -> None:
        """Fold the journal into the project, so that one file holds everything, and close it.

        A file that was overwritten stays as it is; its old journal is renamed.
        """
        if self.is_gone:
            self.fold_journal()
        overwritten = self.is_overwritten
        if overwritten:
            connection.close_without_checkpoint(self._db)
        else:
            self._db.close()
        open_file = _open_files.pop(self, None)
        if open_file and overwritten:
            open_file.set_log_aside()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Gestures

    def apply(self, command: Command) -> ChangeSet:
        """Do a gesture and commit it. A gesture that changes nothing does not affect undo and redo."""
        with self._transaction() as db:
            step = undo_log.begin_step(db, command.title)
            command.apply(db)
            changed = undo_log.end_step(db, step)
            if not changed:
                db.execute("ROLLBACK")
            elif (title := title_of_what_was_done(command, changed)) != command.title:
                changed = undo_log.retitled(db, step, changed, title)
        return changed

    def apply_in_parts(self, title: Message, parts: Iterable[Command]) -> Generator[ChangeSet, None, bool]:
        """Do a long gesture in parts; yields what each part has committed.

        Other gestures may come between. Without any, all of it is undone as one; after one, what follows is
        another gesture of the same title. Ends early, and returns False, if what was done of it is undone
        meanwhile.
        """
        begun: int | None = None
        try:
            for part in parts:
                if begun is not None and begun not in self._in_progress:
                    return False
                with self._transaction() as db:
                    last = undo_log.step_to_undo(db)
                    step = undo_log.begin_step(db, title)
                    part.apply(db)
                    changed = undo_log.end_step(db, step)
                    if not changed:
                        db.execute("ROLLBACK")
                    elif last and last[0] == begun:
                        undo_log.join(db, step, begun)
                        step = begun
                if changed:
                    if begun not in (None, step):
                        self._interleaved.add(step)
                    self._in_progress.difference_update({begun})
                    self._in_progress.add(step)
                    begun = step
                    yield changed
            return True
        finally:
            self._in_progress.difference_update({begun})
            self._interleaved.difference_update({begun})

    @property
    def undo_target_interleaved(self) -> bool:
        """Whether `undo` would take back a gesture in parts that is still in progress, and that another
        gesture lies between."""
        with translated_errors(self.path):
            step = undo_log.step_to_undo(self._db)
        return step is not None and step[0] in self._in_progress & self._interleaved

    def undo(self) -> ChangeSet | None:
        """Take back the last gesture; `None` if there is none."""
        with self._transaction() as db, self._replaying():
            step = undo_log.step_to_undo(db)
            changed = undo_log.restore(db, step[0], undo_log.BEFORE) if step else None
        if step:
            self._in_progress.discard(step[0])
        return changed

    def redo(self) -> ChangeSet | None:
        """Do the gesture again that was undone last; `None` if there is none."""
        with self._transaction() as db, self._replaying():
            step = undo_log.step_to_redo(db)
            return undo_log.restore(db, step[0], undo_log.AFTER) if step else None

    @property
    def undo_title(self) -> Message | None:
        """The gesture that `undo` would take back, e.g. "Label 12 pictures"."""
        with translated_errors(self.path):
            step = undo_log.step_to_undo(self._db)
        return step[1] if step else None

    @property
    def redo_title(self) -> Message | None:
        """The gesture that `redo` would do again."""
        with translated_errors(self.path):
            step = undo_log.step_to_redo(self._db)
        return step[1] if step else None

    # Classes and pictures

    def classes(self) -> list[ClassRow]:
        """All classes but `UNKNOWN` in the order of the list, each with the number of its pictures."""
        rows = self._rows(
            "SELECT class.id, name, color, key, coalesce(count, 0) FROM class LEFT JOIN"
            " (SELECT class_id, count(*) AS count FROM label GROUP BY class_id) ON class_id = class.id"
            " WHERE class.id <> ? ORDER BY position",
            (UNKNOWN,),
        )
        names = _disambiguated([name for _, name, *_ in rows])
        return [ClassRow(row[0], name, *row[2:]) for row, name in zip(rows, names, strict=True)]

    def picture_ids(self) -> NDArray[np.int64]:
        """Ids of the pictures, in the order in which they were added."""
        # One question each: so the first and the last are found without a look at all.
        [(count, first, last)] = self._rows(
            "SELECT (SELECT count(*) FROM picture), (SELECT min(id) FROM picture),"
            " (SELECT max(id) FROM picture)"
        )
        # Mostly none was ever removed, and then to count them is to know their ids.
        if count and last - first + 1 == count:
            return np.arange(first, last + 1, dtype=np.int64)
        [(ids,)] = self._rows("SELECT group_concat(id) FROM picture")
        return np.sort(_numbers(ids))

    def unreadable(self) -> dict[int, Message]:
        """Why the last run could not read a picture, by its id, in the order in which they were added."""
        rows = self._rows("SELECT id, error FROM picture WHERE error IS NOT NULL ORDER BY id")
        return {picture_id: kept_message(error) for picture_id, error in rows}

    def pictures(self, picture_ids: Sequence[int] | NDArray[np.int64]) -> list[PictureRow]:
        """The pictures with these ids, in the order of the ids; an unknown id is a `KeyError`."""
        wanted = [int(picture_id) for picture_id in picture_ids]
        rows = self._rows(
            "SELECT picture.id, picture.path, class_id, source, error, size, mtime_ns, content"
            " FROM json_each(?) AS wanted CROSS JOIN picture ON picture.id = wanted.value"
            " LEFT JOIN label ON picture_id = picture.id ORDER BY wanted.key",
            (json.dumps(wanted),),
        )
        if len(rows) != len(wanted):
            raise KeyError(f"no pictures {sorted(set(wanted) - {row[0] for row in rows})}")
        return [PictureRow(*row) for row in rows]

    def picture_names(self, picture_ids: Sequence[int] | NDArray[np.int64]) -> list[str]:
        """The file names of these pictures, in the order of the ids; an unknown id is a `KeyError`."""
        return file_names(self._paths_of(picture_ids))

    def picture_folders(self, picture_ids: Sequence[int] | NDArray[np.int64]) -> list[str]:
        """The names of the folders in which they are, likewise."""
        return folder_names(self._paths_of(picture_ids))

    def _paths_of(self, picture_ids: Sequence[int] | NDArray[np.int64]) -> list[str]:
        wanted = [int(picture_id) for picture_id in picture_ids]
        rows = self._rows(
            "SELECT picture.path FROM json_each(?) AS wanted CROSS JOIN picture ON picture.id = wanted.value"
            " ORDER BY wanted.key",
            (json.dumps(wanted),),
        )
        if len(rows) != len(wanted):
            raise KeyError(f"not all of {len(wanted)} pictures are there")
        # Decoded in one go: a call for each would be felt. No path has a zero byte.
        paths = os.fsdecode(b"\0".join(row[0] for row in rows))
        return paths.split("\0") if rows else []

    def paths_after(self, picture_id: int, count: int = -1) -> list[tuple[int, bytes]]:
        """Ids and paths of the next `count` pictures (all, if negative) in order of adding; 0 is before the
        first."""
        return self._rows(
            "SELECT id, path FROM picture WHERE id > ? ORDER BY id LIMIT ?", (picture_id, count)
        )

    def labels(self) -> dict[int, int]:
        """Class id by picture id, `UNKNOWN` included."""
        return dict(self._rows("SELECT picture_id, class_id FROM label ORDER BY picture_id"))

    def labelled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same for a million pictures: their ids in any order, and their classes, both int64 [n]."""
        [(ids, class_ids)] = self._rows("SELECT group_concat(picture_id), group_concat(class_id) FROM label")
        return _numbers(ids), _numbers(class_ids)

    def accepted_ids(self) -> NDArray[np.int64]:
        """The pictures whose label is an accepted prediction, in any order, int64 [n]."""
        [(ids,)] = self._rows(
            "SELECT group_concat(picture_id) FROM label WHERE source = 'human' AND run_id IS NOT NULL"
        )
        return _numbers(ids)

    def label_groups(self) -> list[LabelGroup]:
        """How many labels there are of each origin, local day and run, the newest day first."""
        return [
            LabelGroup(*row)
            for row in self._rows(
                f"SELECT {_ORIGIN}, {_DAY}, run_id, count(*) FROM label"
                " GROUP BY 1, 2, 3 ORDER BY 2 DESC, 3 DESC, 1"
            )
        ]

    def labelled_where(
        self, origin: str | None = None, day: str | None = None, run_id: int | None = None
    ) -> NDArray[np.int64]:
        """The pictures whose label is of this origin, of this local day and an accepted prediction of this
        run, each if it is given; in any order, int64 [n]."""
        conditions = {_ORIGIN: origin, _DAY: day, "run_id": run_id}
        asked = {column: value for column, value in conditions.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in asked) or "TRUE"
        [(ids,)] = self._rows(
            f"SELECT group_concat(picture_id) FROM label WHERE {where}", tuple(asked.values())
        )
        return _numbers(ids)

    def class_ids(self, picture_ids: Iterable[int]) -> dict[int, int | None]:
        """Class id by picture id, `None` without a label, of those of the pictures that there are."""
        return dict(
            self._rows(
                "SELECT picture.id, class_id FROM json_each(?) AS wanted"
                " CROSS JOIN picture ON picture.id = wanted.value"
                " LEFT JOIN label ON picture_id = picture.id",
                (json.dumps(list(picture_ids)),),
            )
        )

    def human_labels(self) -> Iterator[list[tuple[int, int, int | None]]]:
        """The pictures that a person labelled: id, class id (`UNKNOWN` included), and the run whose
        suggestion was accepted, if one was. By id, some thousands at a time, read lazily."""
        last = -1
        while rows := self._rows(
            "SELECT picture_id, class_id, run_id FROM label WHERE source = 'human' AND picture_id > ?"
            " ORDER BY picture_id LIMIT ?",
            (last, _LABELS_AT_A_TIME),
        ):
            last = rows[-1][0]
            yield rows

    def history(self, picture_id: int) -> list[LabelEvent]:
        """Every label the picture got or lost and that was not undone, the earliest first."""
        with translated_errors(self.path):
            return label_events(self._db, picture_id)

    # Settings of the project: no gestures either

    def setting(self, name: str) -> float | None:
        """What was set under this name; `None` if nothing was."""
        return next(
            (value for (value,) in self._rows("SELECT value FROM setting WHERE name = ?", (name,))), None
        )

    def save_setting(self, name: str, value: float) -> None:
        """Set it, in place of what was set before."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)", (name, value))

    # Runs: facts, not gestures. They are never undone and never touch a label.

    def begin_run(
        self,
        algorithm: str,
        backbone: str,
        device: str,
        seed: int,
        class_ids: Sequence[int],
        options: Mapping[str, float | bool] | None = None,
    ) -> int:
        """Note that a run starts and return its id. `class_ids` fixes the order of the probabilities.

        A run looks anew at every picture of its classes or without a label: the errors of earlier runs
        are removed when it has finished. Only the last few runs keep all their predictions, and
        the last one of each of a few ways to run: so two algorithms can be compared although one of them has
        run many times since. Of other runs, the latest predictions of any picture stay.
        """
        with self._transaction() as db:
            row = db.execute(
                "INSERT INTO run(algorithm, backbone, device, options, seed, class_ids, status, started)"
                " VALUES (?, ?, ?, ?, ?, ?, 'running', ?) RETURNING id",
                (
                    algorithm,
                    backbone,
                    device,
                    json.dumps(dict(options or {})),
                    seed,
                    json.dumps([int(i) for i in class_ids]),
                    time.time(),
                ),
            ).fetchone()
            run_id = int(row[0])
            prune_superseded(db)
        looked_at = self._rows(
            "SELECT id FROM picture LEFT JOIN label ON picture_id = id WHERE error IS NOT NULL"
            " AND (class_id IS NULL OR class_id IN (SELECT value FROM json_each(?)))",
            (json.dumps([int(i) for i in class_ids]),),
        )
        self._unreadable_before = {picture_id for (picture_id,) in looked_at}
        return run_id

    def save_record(self, run_id: int, record: Mapping[str, Any]) -> None:
        """Note what a run is made with, as it says when it is prepared. What is noted under other names
        stays."""
        values = [(name, json.dumps(value, allow_nan=False), run_id) for name, value in record.items()]
        with self._transaction() as db:
            db.executemany(
                "UPDATE run SET record = json_set(record, '$.' || ?, json(?)) WHERE id = ?", values
            )

    def save_finding(self, run_id: int, name: str, finding: Mapping[str, Any]) -> None:
        """Note in the record what a run found, in lists: it is shown, and not exported. Only the last finding
        of a name is kept, whichever run it is of."""
        with self._transaction() as db:
            db.execute(
                f"UPDATE run SET record = json_remove(record, '$.' || ?) WHERE id <> ? AND {_HAS_FINDING}",
                (name, run_id, name),
            )
        self.save_record(run_id, {name: finding})

    def last_finding(self, name: str) -> tuple[int, dict[str, Any]] | None:
        """The id of the run, and what it found; `None` if there is nothing. Another program may have put
        anything into the values."""
        query = f"SELECT id, json_extract(record, '$.' || ?) FROM run WHERE {_HAS_FINDING} ORDER BY id DESC"
        for run_id, text in self._rows(f"{query} LIMIT 1", (name, name)):
            with suppress(ValueError, TypeError, RecursionError):
                finding = json.loads(text)
                return (run_id, finding) if isinstance(finding, dict) else None
        return None

    def save_predictions(
        self, run_id: int, picture_ids: NDArray[np.int64], probabilities: NDArray[np.float32]
    ) -> None:
        """Keep a batch: int64 [n] and float32 [n, way]. A later batch overrules an earlier one.

        Of what was unreadable in earlier runs, these pictures are so no more.
        """
        if probabilities.shape != (len(picture_ids), len(self._run_class_ids(run_id))):
            raise ValueError(
                f"probabilities of shape {probabilities.shape} do not fit the pictures or the run"
            )
        read = self._unreadable_before.intersection(picture_ids.tolist())
        with self._transaction() as db:
            db.execute(
                "INSERT INTO prediction_batch(run_id, picture_ids, probabilities) VALUES (?, ?, ?)",
                (run_id, picture_ids.astype("<i8").tobytes(), probabilities.astype("<f4").tobytes()),
            )
            _forget_errors(db, read)
        self._unreadable_before -= read

    def save_unreadable(self, picture_ids: Sequence[int], reasons: Sequence[Message]) -> None:
        """Note why pictures could not be read, one reason each."""
        rows = [
            (reason.to_json(), int(picture_id))
            for picture_id, reason in zip(picture_ids, reasons, strict=True)
        ]
        with self._transaction() as db:
            db.executemany("UPDATE picture SET error = ? WHERE id = ?", rows)
        self._unreadable_before.difference_update(picture_ids)

    def save_files(
        self,
        picture_ids: NDArray[np.int64],
        sizes: NDArray[np.int64],
        mtimes_ns: NDArray[np.int64],
        contents_read: NDArray[np.uint8],
    ) -> NDArray[np.int64]:
        """Note what the files of pictures are: int64 [n], bytes int64 [n], times of change int64 [n] in ns
        since 1970, and the 16 bytes of each content's hash, uint8 [n, 16].

        Returns which of the pictures were noted with another content before, int64 [k]: they were replaced.
        """
        read = file_states.values(picture_ids, sizes, mtimes_ns, contents_read)
        with translated_errors(self.path):
            new, replaced = file_states.compare(self._db, read)
        if new:
            with self._transaction() as db:
                file_states.save(db, read)
        return replaced

    def finish_run(self, run_id: int, status: RunStatus, message: Message = NOTHING) -> None:
        """Note how a run ended. What it could read is not unreadable any more once it is finished."""
        with self._transaction() as db:
            db.execute(
                "UPDATE run SET status = ?, message = ?, finished = ? WHERE id = ?",
                (status, message.to_json(), time.time(), run_id),
            )
            if status == "finished":
                _forget_errors(db, self._unreadable_before)

    def effective_runs(self) -> list[RunRow]:
        """The runs that say what is predicted now, the earliest first: the last finished one, and those that
        were started since, if they have predictions. A later run replaces the predictions of an earlier one.
        """
        newest_first = self._runs("id IN (SELECT run_id FROM prediction_batch)")
        finished = next((place for place, run in enumerate(newest_first) if run.status == "finished"), None)
        return newest_first[: None if finished is None else finished + 1][::-1]

    def runs_with_predictions(self) -> list[RunRow]:
        """The runs that are over and all of whose predictions are kept, the last one first."""
        has_predictions = "id IN (SELECT run_id FROM prediction_batch)"
        return self._runs(f"status <> 'running' AND {has_predictions} AND {RETAINED_RUNS}")

    def predictions(self, run_id: int) -> StoredPredictions:
        """The most probable class of each picture, as far as both are still in the project."""
        picture_ids, probabilities = self.probabilities(run_id)
        class_id = np.array(self._run_class_ids(run_id), np.int64)[probabilities.argmax(axis=1)]
        alive = np.isin(class_id, [row[0] for row in self._rows("SELECT id FROM class")])
        return StoredPredictions(picture_ids[alive], class_id[alive], probabilities.max(axis=1)[alive])

    def probabilities(self, run_id: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Picture ids, int64 [n] and ascending, and float32 [n, way], without removed pictures.

        The columns are the run's `class_ids`. Of a run that is not kept whole, what is left; see `begin_run`.
        """
        class_ids = tuple(self._run_class_ids(run_id))
        return PredictionBatches(class_ids, tuple(self.batches(run_id))).combined(self.picture_ids())

    def batches(self, run_id: int) -> Iterator[tuple[bytes, bytes]]:
        """The same, not yet put together, for `PredictionBatches`: each batch is read lazily."""
        numbers = self._rows("SELECT id FROM prediction_batch WHERE run_id = ? ORDER BY id DESC", (run_id,))
        for number in numbers:
            batch = self._rows("SELECT picture_ids, probabilities FROM prediction_batch WHERE id = ?", number)
            if not batch:  # a run that has begun since has made room
                raise FewshotError("What this run predicted is not kept any more. Choose another run.")
            yield from batch

    def _runs(self, condition: str) -> list[RunRow]:
        """The runs that fulfil an SQL condition, the last one first."""
        rows = self._rows(
            "SELECT id, algorithm, backbone, device, options, seed, class_ids, status, message, started,"
            f" finished, record FROM run WHERE {condition} ORDER BY id DESC"
        )
        return [_run(*row) for row in rows]

    def latest_prediction(self, picture_id: int) -> tuple[list[int], NDArray[np.float32]] | None:
        """The latest prediction for a picture: the class ids of its run, removed ones
        included, and their probabilities, float32 [way]. `None` if no run whose predictions are kept has.
        """
        newest_first = "SELECT id, run_id, picture_ids FROM prediction_batch ORDER BY run_id DESC, id DESC"
        with translated_errors(self.path):
            for batch, run_id, ids in self._db.execute(newest_first):
                places = np.flatnonzero(np.frombuffer(ids, "<i8") == picture_id)
                if places.size:
                    class_ids = self._run_class_ids(run_id)
                    length = 4 * len(class_ids)
                    # Only this row: all of them may be many megabytes.
                    query = "SELECT substr(probabilities, ?, ?) FROM prediction_batch WHERE id = ?"
                    row = self._db.execute(query, (1 + int(places[-1]) * length, length, batch)).fetchone()
                    row_of_picture = np.frombuffer(row[0], "<f4").astype(np.float32)
                    return (class_ids, row_of_picture) if probable(row_of_picture[None]).all() else None
        return None

    def _run_class_ids(self, run_id: int) -> list[int]:
        rows = self._rows("SELECT class_ids FROM run WHERE id = ?", (run_id,))
        if not rows:
            raise KeyError(f"no run {run_id}")
        return list(checks.class_ids_of(rows[0][0]))

    # Plumbing

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit at the end of the block, unless it has rolled back itself; roll back on any error."""
        if self.read_only_reason:
            raise FewshotError(self.read_only_reason)
        if self.is_gone:
            self.fold_journal()
            raise FewshotError(GONE.filled(path=self.path))
        if self.is_overwritten:
            raise FewshotError(OVERWRITTEN.filled(path=self.path))
        with translated_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            before = self._db.total_changes
            try:
                yield self._db
                if self._db.in_transaction:
                    if self._db.total_changes != before:
                        write_marker(self._db)
                    self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    connection.truncate_wal(self._db)
                raise
            finally:
                _open_files[self].take_snapshot()

    @contextmanager
    def _replaying(self) -> Iterator[None]:
        """No gesture has logged what cannot be put back."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise damaged(self.path, str(error)) from error

    def _rows(self, query: str, values: Sequence[int | str] = ()) -> list[Any]:
        with translated_errors(self.path):
            return self._db.execute(query, values).fetchall()


def _itself(path: str | os.PathLike[str]) -> Path:
    """The file, not a link to it: beside the file lies what an unclean end has left."""
    path = Path(path).absolute()
    return Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114


def _require_existing(path: Path) -> None:
    with translated_errors(path):
        if not path.exists() or path.is_dir():
            raise FewshotError(
                "There is no project {path}: check whether it was moved or renamed.", path=path
            )
        read_only.require_regular_files(path)


def _disambiguated(names: list[str]) -> list[str]:
    """Names of classes as they are shown; of what is shown alike, all but the first have a number."""
    if list(map(shown, names)) == names:  # as always, and there may be very many
        return names
    distinct = dict.fromkeys(names, "")  # in order: names are unique
    taken: set[str] = set()
    for name in distinct:
        free = (f"{shown(name)} ({number})" if number > 1 else shown(name) for number in count(1))
        distinct[name] = next(one for one in free if one not in taken)
        taken.add(distinct[name])
    return list(distinct.values())


def _forget_errors(db: sqlite3.Connection, picture_ids: Iterable[int]) -> None:
    ids = json.dumps(sorted(picture_ids))
    db.execute("UPDATE picture SET error = NULL WHERE id IN (SELECT value FROM json_each(?))", (ids,))


def _numbers(joined: str | None) -> NDArray[np.int64]:
    """What SQLite has joined with commas: a row for each of a million numbers takes five times as long."""
    return np.fromstring(joined, np.int64, sep=",") if joined else np.empty(0, np.int64)


def _run(
    run_id: int,
    algorithm: str,
    backbone: str,
    device: str,
    options: str,
    seed: int,
    class_ids: str,
    status: RunStatus,
    message: str,
    started: float,
    finished: float | None,
    record: str,
) -> RunRow:
    return RunRow(
        id=run_id,
        algorithm=algorithm,
        backbone=backbone,
        device=device,
        options=checks.options_of(options),
        seed=seed,
        class_ids=checks.class_ids_of(class_ids),
        status=status,
        message=kept_message(message),
        started=_time(started),
        finished=None if finished is None else _time(finished),
        record=_facts(record),
    )


def _facts(text: str) -> dict[str, Any]:
    """What was noted of a run as JSON, without findings and what no version of this program notes."""
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict):
        return {}
    return {
        name: value
        for name, value in facts.items()
        if all(map(_is_plain, value.values() if isinstance(value, dict) else (value,)))
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
