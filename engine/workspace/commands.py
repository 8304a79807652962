"""Everything a person can do to a project, as data.

A command is plain SQL over the undoable tables. It runs inside the transaction that
`Workspace.apply` opens and holds no inverse: triggers record what it does (see `changes`).
Ids that do not exist are the caller's bug and raise `KeyError` or `sqlite3.IntegrityError`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from engine.errors import FewshotError
from engine.files import FileFacts
from engine.messages import Message
from engine.workspace.class_names import normalized
from engine.workspace.palette import UNKNOWN_COLOR, next_color
from engine.workspace.rows import UNKNOWN, UNKNOWN_NAME, LabelSource
from engine.workspace.undo_log import AFTER, BEFORE, ChangeSet

_KEYS = "123456789"
_UNSEEN = (None, None)
_REMOVE_CLASS = Message("Remove class")
_LABEL = (Message("Label 1 picture"), Message("Label {n} pictures"))
_AS_UNKNOWN = (Message("Label 1 picture as unknown"), Message("Label {n} pictures as unknown"))
# Between the parts of a long gesture, everything may happen: pictures and classes go, and a human takes a
# label away, which leaves no label that would say when. One that went with its class was not taken away.
_STILL_APPLIES = f"""
(:since IS NULL OR (
    value IN (SELECT id FROM picture) AND :class_id IN (SELECT id FROM class) AND NOT EXISTS (
        SELECT 1 FROM label_log AS taken CROSS JOIN step ON step.id = taken.step
        WHERE taken.picture_id = value AND taken.side = {BEFORE} AND step.id >= :since AND NOT step.undone
        AND NOT EXISTS (
            SELECT 1 FROM label_log WHERE step = taken.step AND picture_id = value AND side = {AFTER}
        )
        AND NOT EXISTS (SELECT 1 FROM class_log WHERE class_log.step = taken.step)
    )
))
"""
# What the gesture itself has given, it may replace: that has its time.
_NOT_RELABELED_SINCE = f"""
(:since IS NULL OR label.source <> 'human' OR label.time = :time OR NOT EXISTS (
    SELECT 1 FROM label_log AS given CROSS JOIN step ON step.id = given.step
    WHERE given.picture_id = label.picture_id AND given.side = {AFTER} AND step.id >= :since
    AND NOT step.undone
))
"""
# No gesture both adds and removes pictures: so the first row of the log says which it was, without a look at
# all that a long import has written there.
_REMOVED_SINCE = f"""
SELECT path FROM step CROSS JOIN picture_log AS gone ON gone.step = step.id AND gone.side = {BEFORE}
WHERE step.id >= :since AND NOT step.undone AND NOT step.past
AND (SELECT side FROM picture_log WHERE step = step.id ORDER BY id, side LIMIT 1) = {BEFORE}
AND NOT EXISTS (SELECT 1 FROM picture_log WHERE step = gone.step AND id = gone.id AND side = {AFTER})
AND NOT EXISTS (SELECT 1 FROM picture WHERE picture.path = gone.path)
"""
# The pairs of a merge whose classes are both there.
_MERGED = """
SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS into_id FROM json_each(:merged)
WHERE json_extract(value, '$[0]') IN (SELECT id FROM class)
AND json_extract(value, '$[1]') IN (SELECT id FROM class)
"""
_T = TypeVar("_T")


class Command(Protocol):
    """A gesture: its title in the undo menu, and its SQL."""

    @property
    def title(self) -> Message: ...

    def apply(self, db: sqlite3.Connection) -> None: ...


class GestureStart:
    """The start of a gesture in parts, shared by its parts.

    `time` is in seconds since 1970. A clock may be set back meanwhile, so only the numbers of the steps
    tell the order.
    """

    def __init__(self) -> None:
        self.time = time.time()
        self._step: int | None = None

    def step(self, db: sqlite3.Connection) -> int:
        """The step of the first part: a step with a lower number is older. Set when that part is done."""
        if self._step is None:
            self._step = int(db.execute("SELECT step FROM recording").fetchone()[0])
        return self._step


class LongCommand(Command, Protocol):
    """A gesture that may take long (see `Workspace.apply_in_parts`)."""

    @property
    def count(self) -> int:
        """The number of its pictures."""

    @property
    def target_class_ids(self) -> frozenset[int]:
        """The existing classes that it gives to pictures, without `UNKNOWN`, which cannot be removed."""

    def parts(self, size: int) -> Iterator[Command]:
        """The same as gestures on at most `size` pictures."""


@dataclass(frozen=True)
class AddClass:
    """Add a class at the end, with the next free colour (unless one is given) and the next free key."""

    name: str
    color: str | None = None

    @property
    def title(self) -> Message:
        return Message("Add class “{name}”", name=normalized(self.name))

    def apply(self, db: sqlite3.Connection) -> None:
        name = _class_name_from(self.name)
        _require_free_name(db, name)
        _add_class(db, name, self.color)


@dataclass(frozen=True)
class RenameClass:
    """Give a class another name."""

    class_id: int
    name: str

    @property
    def title(self) -> Message:
        return Message("Rename class to “{name}”", name=normalized(self.name))

    def apply(self, db: sqlite3.Connection) -> None:
        name = _class_name_from(self.name)
        if name != _class_name(db, self.class_id):
            _require_free_name(db, name)
            db.execute("UPDATE class SET name = ? WHERE id = ?", (name, self.class_id))


@dataclass(frozen=True)
class RecolorClass:
    """Give a class another colour, `#rrggbb`."""

    class_id: int
    color: str

    @property
    def title(self) -> Message:
        return Message("Change the colour of a class")

    def apply(self, db: sqlite3.Connection) -> None:
        _class_name(db, self.class_id)
        db.execute(
            "UPDATE class SET color = :color WHERE id = :id AND color <> :color",
            {"id": self.class_id, "color": self.color.lower()},
        )


@dataclass(frozen=True)
class SetClassKey:
    """Give a class another key, a letter or a digit, or none (an empty text)."""

    class_id: int
    key: str

    @property
    def title(self) -> Message:
        return Message("Change the key of a class")

    def apply(self, db: sqlite3.Connection) -> None:
        _class_name(db, self.class_id)
        key = _key_from(self.key)
        others = "SELECT name FROM class WHERE key = ? AND key <> '' AND id <> ?"
        if taken := db.execute(others, (key, self.class_id)).fetchone():
            raise FewshotError("“{key}” is the key of “{name}”: choose another.", key=key, name=taken[0])
        db.execute("UPDATE class SET key = ?1 WHERE id = ?2 AND key <> ?1", (key, self.class_id))


@dataclass(frozen=True)
class RemoveClass:
    """Remove a class; its pictures stay in the project, unlabelled. `count` is how many they are, for who
    does it in parts."""

    class_id: int
    count: int = 0

    @property
    def title(self) -> Message:
        return _REMOVE_CLASS

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset()

    def parts(self, size: int) -> Iterator[Command]:
        """The same as gestures on at most `size` pictures: the class goes last, with whatever it has then."""
        for _ in range(self.count // size):
            yield _UnlabelSome(self.class_id, size)
        yield _RemoveIfThere(self.class_id)

    def apply(self, db: sqlite3.Connection) -> None:
        _class_name(db, self.class_id)
        db.execute("DELETE FROM class WHERE id = ?", (self.class_id,))


@dataclass(frozen=True)
class _UnlabelSome:
    """Take the label from `count` pictures of a class."""

    class_id: int
    count: int
    title: Message = _REMOVE_CLASS

    def apply(self, db: sqlite3.Connection) -> None:
        some = "SELECT picture_id FROM label WHERE class_id = ? LIMIT ?"
        db.execute(f"DELETE FROM label WHERE picture_id IN ({some})", (self.class_id, self.count))


@dataclass(frozen=True)
class _RemoveIfThere:
    """Remove a class that may have been removed since the gesture began."""

    class_id: int
    title: Message = _REMOVE_CLASS

    def apply(self, db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM class WHERE id = ?", (self.class_id,))


@dataclass(frozen=True)
class MergeClasses:
    """Give the pictures of classes to others, and remove the emptied ones: `merged` has the class that each
    goes into, which keeps its name, colour, key and position. `count` is how many pictures they have, for who
    does it in parts.

    Labels keep their source, time and run. A class that another goes into must not be merged itself.
    """

    merged: Mapping[int, int]
    count: int = 0

    @property
    def title(self) -> Message:
        one, many = Message("Merge a class into another"), Message("Merge {n} classes into others")
        return _counted(len(self.merged), one, many)

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset(self.merged.values())

    def parts(self, size: int) -> Iterator[Command]:
        """The same as gestures on at most `size` pictures: the classes go last, with whatever they have
        then."""
        for _ in range(self.count // size):
            yield _MergeSome(self.title, self.merged, size)
        yield _MergeSome(self.title, self.merged)

    def apply(self, db: sqlite3.Connection) -> None:
        for class_id in (*self.merged, *self.merged.values()):
            _class_name(db, class_id)
        _MergeSome(self.title, self.merged).apply(db)


@dataclass(frozen=True)
class _MergeSome:
    """Merge classes, or only `limit` of their pictures. One that has been removed since the gesture began, or
    has nowhere to go any more, is left alone."""

    title: Message
    merged: Mapping[int, int]
    limit: int | None = None

    def apply(self, db: sqlite3.Connection) -> None:
        db.execute(
            f"""
            UPDATE label SET class_id = pair.into_id
            FROM ({_MERGED}) AS pair WHERE label.class_id = pair.id AND picture_id IN (
                SELECT picture_id FROM label WHERE class_id IN (SELECT id FROM ({_MERGED})) LIMIT :limit
            )
            """,
            {"merged": self._json, "limit": -1 if self.limit is None else self.limit},
        )
        if self.limit is None:
            gone = f"SELECT id FROM ({_MERGED})"
            db.execute(f"DELETE FROM class WHERE id IN ({gone})", {"merged": self._json})

    @property
    def _json(self) -> str:
        return json.dumps(list(self.merged.items()))


@dataclass(frozen=True)
class MoveClass:
    """Move a class to a position in the list, 0 being the first; beyond the end means the end."""

    class_id: int
    position: int

    @property
    def title(self) -> Message:
        return Message("Move class")

    def apply(self, db: sqlite3.Connection) -> None:
        _class_name(db, self.class_id)
        order = [
            row[0] for row in db.execute("SELECT id FROM class WHERE id <> ? ORDER BY position", (UNKNOWN,))
        ]
        moved = [class_id for class_id in order if class_id != self.class_id]
        moved.insert(max(self.position, 0), self.class_id)
        if moved != order:
            positions = list(enumerate(moved))
            db.executemany("UPDATE class SET position = ?1 WHERE id = ?2 AND position <> ?1", positions)


@dataclass(frozen=True)
class AddPictures:
    """Add pictures, as examples of a class or, without one, to be labelled.

    A picture that is already in the project is not added twice, but gets the class if one is given. Two paths
    are the same picture if they have the same name in the same real folder. `facts` are what the scan that
    found the files has seen of them: a gesture does not wait for a slow drive. `started` is as in
    `LabelPictures`: a picture that was removed since then does not come back.
    """

    paths: Sequence[Path]
    class_id: int | None = None
    facts: Mapping[Path, FileFacts | None] = field(default_factory=dict)
    started: GestureStart | None = None

    @property
    def count(self) -> int:
        return len(self.paths)

    @property
    def title(self) -> Message:
        return _counted(self.count, Message("Add 1 picture"), Message("Add {n} pictures"))

    @property
    def target_class_ids(self) -> frozenset[int]:
        return _known(self.class_id)

    def parts(self, size: int) -> Iterator[AddPictures]:
        """The same as gestures of at most `size` pictures, all at the present time."""
        started = GestureStart()
        for paths in _slices(self.paths, size):
            yield replace(self, paths=paths, started=started)

    def apply(self, db: sqlite3.Connection) -> None:
        paths = _real_paths(self.paths)
        if self.started is not None:
            for (removed,) in db.execute(_REMOVED_SINCE, {"since": self.started.step(db)}):
                paths.pop(removed, None)
        db.executemany(
            "INSERT INTO picture(path, size, mtime_ns) VALUES (?, ?, ?) ON CONFLICT(path) DO NOTHING",
            ((real, *(self.facts.get(path) or _UNSEEN)) for real, path in paths.items()),
        )
        if self.class_id is not None:
            find = "SELECT id FROM picture WHERE path = ?"
            ids = [db.execute(find, (real,)).fetchone()[0] for real in paths]
            LabelPictures(ids, self.class_id, started=self.started).apply(db)


@dataclass(frozen=True)
class AddClassFolders:
    """Add examples class by class, with the classes that do not exist yet; those of `unknown` are unknown.

    `class_ids` are the classes that earlier parts of the gesture have met, by name: whatever one is called
    since, it is the same, and if it was removed since, its pictures get none. `started` is as in
    `LabelPictures`.
    """

    folders: Mapping[str, Sequence[Path]]
    facts: Mapping[Path, FileFacts | None] = field(default_factory=dict)
    class_ids: dict[str, int] | None = None
    started: GestureStart | None = None

    @property
    def count(self) -> int:
        return sum(map(len, self.folders.values()))

    @property
    def title(self) -> Message:
        if len(self.folders) == 1:
            one, many = Message("Add 1 picture of 1 class"), Message("Add {n} pictures of 1 class")
            return _counted(self.count, one, many)
        one, many = (
            Message("Add 1 picture of {class_n} classes"),
            Message("Add {n} pictures of {class_n} classes"),
        )
        return _counted(self.count, one, many, class_n=len(self.folders))

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset()

    def parts(self, size: int) -> Iterator[AddClassFolders]:
        """The same as gestures of at most `size` pictures, all at the present time; a class may come without
        any."""
        whole = replace(self, class_ids={}, started=GestureStart())
        part: dict[str, Sequence[Path]] = {}
        room = size
        for folder, paths in self.folders.items():
            first = 0
            while folder not in part or first < len(paths):
                if room == 0:
                    yield replace(whole, folders=part)
                    part, room = {}, size
                part[folder] = paths[first : first + room]
                first += len(part[folder])
                room -= len(part[folder])
        yield replace(whole, folders=part)

    def apply(self, db: sqlite3.Connection) -> None:
        class_ids = {} if self.class_ids is None else self.class_ids
        for folder, paths in self.folders.items():
            if _is_unknown_name(folder):
                AddPictures(paths, UNKNOWN, self.facts, self.started).apply(db)
                continue
            name = _class_name_from(folder)
            if name not in class_ids:
                row = db.execute("SELECT id FROM class WHERE name = ?", (name,)).fetchone()
                class_ids[name] = row[0] if row else _add_class(db, name)
            AddPictures(paths, class_ids[name], self.facts, self.started).apply(db)


@dataclass(frozen=True)
class LabelPictures:
    """Give pictures a class, or take it from them (`None`). Only a human replaces the label of a human.

    The class may be `UNKNOWN`: the pictures are dealt with, and belong to no class. `run_id` is the run that
    suggested the class, if one did. `started` is when, if that is not now: a label that a human has given to
    a picture since then stands, also that it has no label, and what was removed since then stays so.
    """

    picture_ids: Sequence[int]
    class_id: int | None
    source: LabelSource = "human"
    run_id: int | None = None
    started: GestureStart | None = None

    @property
    def count(self) -> int:
        return len(self.picture_ids)

    @property
    def title(self) -> Message:
        if self.class_id == UNKNOWN:
            one, many = _AS_UNKNOWN
        elif self.class_id is None:
            one, many = Message("Unlabel 1 picture"), Message("Unlabel {n} pictures")
        else:
            one, many = _LABEL
        return _counted(self.count, one, many)

    @property
    def target_class_ids(self) -> frozenset[int]:
        return _known(self.class_id)

    def parts(self, size: int) -> Iterator[LabelPictures]:
        """The same as gestures on at most `size` pictures, all at the present time."""
        started = GestureStart()
        for ids in _slices(self.picture_ids, size):
            yield replace(self, picture_ids=ids, started=started)

    def apply(self, db: sqlite3.Connection) -> None:
        if self.class_id is None:
            db.execute(
                "DELETE FROM label WHERE picture_id IN (SELECT value FROM json_each(:ids))"
                f" AND (source <> 'human' OR :source = 'human') AND {_NOT_RELABELED_SINCE}",
                {"ids": _json(self.picture_ids), "source": self.source, **_times(self.started, db)},
            )
            return
        if self.class_id == UNKNOWN:
            _ensure_unknown_class(db)
        db.execute(
            f"""
            INSERT INTO label(picture_id, class_id, source, time, run_id)
            SELECT value, :class_id, :source, :time, :run_id FROM json_each(:ids) WHERE {_STILL_APPLIES}
            ON CONFLICT(picture_id) DO UPDATE
            SET class_id = excluded.class_id, source = excluded.source, time = excluded.time,
                run_id = excluded.run_id
            WHERE (label.class_id, label.source) IS NOT (excluded.class_id, excluded.source)
            AND (label.source <> 'human' OR excluded.source = 'human')
            AND {_NOT_RELABELED_SINCE}
            """,
            {
                "ids": _json(self.picture_ids),
                "class_id": self.class_id,
                "source": self.source,
                "run_id": self.run_id,
                **_times(self.started, db),
            },
        )


def title_of_what_was_done(command: Command, changes: ChangeSet) -> Message:
    """The title of a gesture that is done: to add pictures that were all there already is to label them."""
    if isinstance(command, AddPictures | AddClassFolders) and changes.labels and not changes.membership:
        unknown = isinstance(command, AddPictures) and command.class_id == UNKNOWN
        one, many = _AS_UNKNOWN if unknown else _LABEL
        return _counted(len(changes.pictures), one, many)
    return command.title


@dataclass(frozen=True)
class LabelAsNewClass:
    """Add a class at the end and give it to pictures, in one gesture. See `AddClass` and `LabelPictures`.

    `class_ids` has the class that an earlier part of the gesture has added.
    """

    name: str
    picture_ids: Sequence[int]
    class_ids: list[int] | None = None
    started: GestureStart | None = None

    @property
    def count(self) -> int:
        return len(self.picture_ids)

    @property
    def title(self) -> Message:
        one, many = Message("Label 1 picture as “{name}”"), Message("Label {n} pictures as “{name}”")
        return _counted(self.count, one, many, name=normalized(self.name))

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset()

    def parts(self, size: int) -> Iterator[LabelAsNewClass]:
        """The same as gestures on at most `size` pictures; the class is added with the first."""
        whole = replace(self, class_ids=[], started=GestureStart())
        for ids in _slices(self.picture_ids, size):
            yield replace(whole, picture_ids=ids)

    def apply(self, db: sqlite3.Connection) -> None:
        class_ids = [] if self.class_ids is None else self.class_ids
        if not class_ids:
            name = _class_name_from(self.name)
            _require_free_name(db, name)
            class_ids.append(_add_class(db, name))
        LabelPictures(self.picture_ids, class_ids[0], started=self.started).apply(db)


@dataclass(frozen=True)
class LabelByClass:
    """Give pictures several classes in one gesture: picture ids by class. See `LabelPictures`."""

    picture_ids: Mapping[int, Sequence[int]]
    run_id: int | None = None

    @property
    def count(self) -> int:
        return sum(map(len, self.picture_ids.values()))

    @property
    def title(self) -> Message:
        return _counted(self.count, *_LABEL)

    @property
    def target_class_ids(self) -> frozenset[int]:
        return _known(*self.picture_ids)

    def parts(self, size: int) -> Iterator[LabelPictures]:
        """The same as gestures on at most `size` pictures of one class, all at the present time."""
        started = GestureStart()
        for class_id, ids in _slices_by_class(self.picture_ids, size):
            yield LabelPictures(ids, class_id, run_id=self.run_id, started=started)

    def apply(self, db: sqlite3.Connection) -> None:
        for class_id, picture_ids in self.picture_ids.items():
            LabelPictures(picture_ids, class_id, run_id=self.run_id).apply(db)


@dataclass(frozen=True)
class AcceptPredictions:
    """Turn predictions into labels: picture ids by class. A picture that has a label keeps it.

    `runs` has the id of the predicting run, by picture id. `started` is when, if that is not now: what was
    removed since then, be it only a label, stays so.
    """

    picture_ids: Mapping[int, Sequence[int]]
    runs: Mapping[int, int] = field(default_factory=dict)
    started: GestureStart | None = None

    @property
    def count(self) -> int:
        return sum(map(len, self.picture_ids.values()))

    @property
    def title(self) -> Message:
        return _counted(self.count, Message("Accept 1 prediction"), Message("Accept {n} predictions"))

    @property
    def target_class_ids(self) -> frozenset[int]:
        return _known(*self.picture_ids)

    def parts(self, size: int) -> Iterator[AcceptPredictions]:
        """The same as gestures on at most `size` pictures of one class, all at the present time."""
        started = GestureStart()
        for class_id, ids in _slices_by_class(self.picture_ids, size):
            yield AcceptPredictions({class_id: ids}, self.runs, started)

    def apply(self, db: sqlite3.Connection) -> None:
        if UNKNOWN in self.picture_ids:
            _ensure_unknown_class(db)
        for class_id, picture_ids in self.picture_ids.items():
            db.execute(
                "INSERT INTO label(picture_id, class_id, source, time, run_id)"
                " SELECT value, :class_id, 'human', :time, run_id FROM (SELECT"
                " json_extract(value, '$[0]') AS value, json_extract(value, '$[1]') AS run_id"
                f" FROM json_each(:ids)) WHERE {_STILL_APPLIES}"
                " ON CONFLICT(picture_id) DO NOTHING",
                {
                    "ids": json.dumps([(one, self.runs.get(one)) for one in map(int, picture_ids)]),
                    "class_id": class_id,
                    **_times(self.started, db),
                },
            )


@dataclass(frozen=True)
class RemovePictures:
    """Remove pictures from the project; the files on disk are not touched."""

    picture_ids: Sequence[int]

    @property
    def count(self) -> int:
        return len(self.picture_ids)

    @property
    def title(self) -> Message:
        return _counted(self.count, Message("Remove 1 picture"), Message("Remove {n} pictures"))

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset()

    def parts(self, size: int) -> Iterator[RemovePictures]:
        """The same as gestures on at most `size` pictures."""
        return map(RemovePictures, _slices(self.picture_ids, size))

    def apply(self, db: sqlite3.Connection) -> None:
        db.execute(
            "DELETE FROM picture WHERE id IN (SELECT value FROM json_each(?))", (_json(self.picture_ids),)
        )


@dataclass(frozen=True)
class RelocatePictures:
    """Say where the files of pictures are now: path by picture id (see `engine.workspace.locating`)."""

    places: Mapping[int, Path]

    @property
    def count(self) -> int:
        return len(self.places)

    @property
    def target_class_ids(self) -> frozenset[int]:
        return frozenset()

    @property
    def title(self) -> Message:
        return _counted(self.count, Message("Locate 1 picture"), Message("Locate {n} pictures"))

    def parts(self, size: int) -> Iterator[RelocatePictures]:
        """The same as gestures on at most `size` pictures."""
        for ids in _slices(list(self.places), size):
            yield RelocatePictures({picture_id: self.places[picture_id] for picture_id in ids})

    def apply(self, db: sqlite3.Connection) -> None:
        real = {given: real for real, given in _real_paths(self.places.values()).items()}
        # By way of a link it may be found where another picture of the project is: then it stays missing.
        db.executemany(
            "UPDATE OR IGNORE picture SET path = ?1, error = NULL WHERE id = ?2 AND path <> ?1",
            ((real[path], picture_id) for picture_id, path in self.places.items() if path in real),
        )


def _class_name_from(text: str) -> str:
    name = normalized(text)
    if not name:
        raise FewshotError("A class needs a name: type at least one letter.")
    if _is_unknown_name(name):
        raise FewshotError("“{name}” means pictures that belong to no class: choose another name.", name=name)
    return name


def _key_from(text: str) -> str:
    key = text.upper()
    if key and not (len(key) == 1 and key.isalnum()):
        raise FewshotError("The key of a class is one letter or digit, not “{text}”.", text=text)
    return key


def _known(*class_ids: int | None) -> frozenset[int]:
    return frozenset(one for one in class_ids if one not in (None, UNKNOWN))


def _times(started: GestureStart | None, db: sqlite3.Connection) -> dict[str, float | None]:
    """The parameters for SQL. A gesture in one part need not check what came since its start."""
    if started is None:
        return {"time": time.time(), "since": None}
    return {"time": started.time, "since": started.step(db)}


def _is_unknown_name(name: str) -> bool:
    return normalized(name).casefold() == UNKNOWN_NAME


def _ensure_unknown_class(db: sqlite3.Connection) -> None:
    """Add the class `UNKNOWN` if it is missing. An old project may have another class of that name."""
    names = dict(db.execute("SELECT id, name FROM class"))
    if UNKNOWN in names:
        return
    for name in filter(_is_unknown_name, names.values()):
        raise FewshotError(
            "There is a class “{name}”: rename it, so that it is told from pictures of none.", name=name
        )
    db.execute(
        "INSERT INTO class(id, name, color, key, position) VALUES (?, ?, ?, '', -1)",
        (UNKNOWN, UNKNOWN_NAME, UNKNOWN_COLOR),
    )


def _require_free_name(db: sqlite3.Connection, name: str) -> None:
    if db.execute("SELECT 1 FROM class WHERE name = ?", (name,)).fetchone():
        raise FewshotError("There is already a class “{name}”: choose another name.", name=name)


def _class_name(db: sqlite3.Connection, class_id: int) -> str:
    row = db.execute("SELECT name FROM class WHERE id = ?", (class_id,)).fetchone()
    if row is None:
        raise KeyError(f"no class {class_id}")
    return str(row[0])


def _add_class(db: sqlite3.Connection, name: str, color: str | None = None) -> int:
    rows = db.execute("SELECT color, key, position FROM class").fetchall()
    keys = {row[1] for row in rows}
    row = db.execute(
        "INSERT INTO class(name, color, key, position) VALUES (?, ?, ?, ?) RETURNING id",
        (
            name,
            color.lower() if color else next_color({row[0] for row in rows}),
            next((key for key in _KEYS if key not in keys), ""),
            max((row[2] for row in rows), default=-1) + 1,
        ),
    ).fetchone()
    return int(row[0])


def _slices(many: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (many[first : first + size] for first in range(0, len(many), size))


def _slices_by_class(
    picture_ids: Mapping[int, Sequence[int]], size: int
) -> Iterator[tuple[int, Sequence[int]]]:
    for class_id, ids in picture_ids.items():
        for part in _slices(ids, size):
            yield class_id, part


def _real_paths(paths: Iterable[Path]) -> dict[bytes, Path]:
    """Each picture once, in order: its real path, and as it was given. Folders are resolved once each.

    A path with a zero byte is left out: there is no file of that name.
    """
    real_folder = cache(_real_folder)
    real: dict[bytes, Path] = {}
    for path in paths:
        folder, separator, name = str(path).rpartition(os.sep)
        if "\0" in folder or "\0" in name:
            continue
        real.setdefault(os.fsencode(real_folder(folder + separator) + name), path)
    return real


def _real_folder(folder: str) -> str:
    return os.path.realpath(folder).rstrip(os.sep) + os.sep


def _json(ids: Iterable[int]) -> str:
    return json.dumps([int(picture_id) for picture_id in ids])


def _counted(count: int, one: Message, many: Message, **others: int | str) -> Message:
    return one.filled(**others) if count == 1 else many.filled(n=count, **others)
