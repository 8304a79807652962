"""The undo log: triggers write it, set-based SQL plays it back.

A gesture is one `step`. While a step is being recorded, triggers on every undoable table copy each
row a statement touches into `<table>_log`: as it was before the step and as it is after it, at most
one row a side. A missing side means that the row did not exist then. Undo puts the `before` side
back, redo the `after` side, in a handful of statements however many rows they concern. So a command
is plain SQL without an inverse, and whatever it did, cascades included, can be undone.

What is known of a picture's file, also why it cannot be read, is in the same row, but no gesture changes it
unless it says of another file: it is noted outside of steps, stays as it is when a gesture is undone, and is
kept in the log while the row is gone or is of another file.

The log has typed columns like its table, not JSON, because paths are BLOBs.
"""

from __future__ import annotations

import enum
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.messages import Message
from engine.workspace.texts import kept_message

BEFORE, AFTER = 0, 1
MAX_STEPS = 1000
_FORGOTTEN = 2
"""What `step.undone` says of a gesture that is undone for good; 1 is of one that can be redone."""
_FORGET_AT_ONCE = 3_000


class Initiator(enum.Enum):
    """What made a change."""

    GESTURE = enum.auto()
    UNDO = enum.auto()
    REDO = enum.auto()


@dataclass(frozen=True)
class ChangeSet:
    """What a gesture, an undo or a redo changed; falsy if nothing.

    `classes`: a class was added, removed, moved or edited. `pictures`: ids of the pictures added,
    removed or relabelled, so also those whose class now counts differently. `membership`: pictures
    were added or removed. `labels`: labels were given, changed or removed. `title`: the gesture in words,
    e.g. "Label 12 pictures". `initiator`: whether the gesture was applied, undone or redone.
    """

    classes: bool
    pictures: frozenset[int]
    membership: bool
    labels: bool
    title: Message
    initiator: Initiator = Initiator.GESTURE

    def __bool__(self) -> bool:
        return self.classes or bool(self.pictures)

    def __or__(self, later: ChangeSet) -> ChangeSet:
        """Both, as one."""
        return ChangeSet(
            self.classes or later.classes,
            self.pictures | later.pictures,
            self.membership or later.membership,
            self.labels or later.labels,
            later.title,
            later.initiator,
        )


@dataclass(frozen=True)
class _Logged:
    """An undoable table: its name, its key and its other columns with their types.

    `columns` are what gestures change, `facts` what they change with the first of these at most: what is
    known of what that names, which no two rows have in common.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    facts: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [self.key, *_names(self.columns), *_names(self.facts)]

    def table(self) -> str:
        return f"""
        CREATE TABLE {self.name}_log (
            step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
            side INTEGER NOT NULL,
            {self.key} INTEGER NOT NULL,
            {", ".join(self.columns + self.facts)},
            PRIMARY KEY (step, {self.key}, side)
        ) STRICT, WITHOUT ROWID;
        """

    def triggers(self, names: Sequence[str]) -> str:
        """Log the columns of these `names`, the key first."""
        table, key = self.name, self.key
        into = f"INSERT INTO {table}_log(step, side, {', '.join(names)}) SELECT step"
        old = ", ".join(f"OLD.{name}" for name in names)
        new = ", ".join(f"NEW.{name}" for name in names)
        this_row = f"step = (SELECT step FROM recording) AND {key} ="
        # What the step itself made or has already logged has no earlier state worth keeping.
        log_before = (
            f"{into}, {BEFORE}, {old} FROM recording"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table}_log WHERE {this_row} OLD.{key});"
        )
        forget_after = f"DELETE FROM {table}_log WHERE {this_row} OLD.{key} AND side = {AFTER};"
        log_after = f"{into}, {AFTER}, {new} FROM recording;"
        bodies = {
            "INSERT": log_after,
            "UPDATE": log_before + forget_after + log_after,
            "DELETE": log_before + forget_after,
        }
        return "\n".join(
            f"DROP TRIGGER IF EXISTS {table}_{event.lower()};"
            f"CREATE TRIGGER {table}_{event.lower()} AFTER {event} ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM recording) BEGIN {body} END;"
            for event, body in bodies.items()
        )

    def drop(self, db: sqlite3.Connection, step: int, side: int) -> None:
        """Delete the rows that do not exist on `side` of the step."""
        if self.facts:
            # They may be newer than the step, and the row comes back by way of the log.
            db.execute(
                f"UPDATE {self.name}_log SET {', '.join(f'{n} = now.{n}' for n in _names(self.facts))}"
                f" FROM {self.name} AS now WHERE now.{self.key} = {self.name}_log.{self.key}"
                " AND step = ? AND side <> ?",
                (step, side),
            )
        db.execute(
            f"DELETE FROM {self.name} WHERE {self.key} IN"
            f" (SELECT {self.key} FROM {self.name}_log WHERE step = :step AND side <> :side"
            f" EXCEPT SELECT {self.key} FROM {self.name}_log WHERE step = :step AND side = :side)",
            {"step": step, "side": side},
        )

    def restore(self, db: sqlite3.Connection, step: int, side: int) -> None:
        """Insert or overwrite the rows that exist on `side` of the step."""
        table, columns, of = self.name, ", ".join(self.names), _names(self.columns)[0]
        values = [f"{name} = excluded.{name}" for name in _names(self.columns)]
        if self.facts:
            # One may get what another still has, so first each that gets another has one of its own.
            db.execute(
                f"UPDATE {table} SET {of} = CAST({table}.{self.key} AS BLOB) FROM {table}_log AS log"
                f" WHERE log.{self.key} = {table}.{self.key} AND log.{of} <> {table}.{of}"
                " AND step = ? AND side = ?",
                (step, side),
            )
            # They may be newer than the step, but then they are of what is named now.
            values += [
                f"{name} = iif({table}.{of} = excluded.{of}, {table}.{name}, excluded.{name})"
                for name in _names(self.facts)
            ]
        db.execute(
            f"INSERT INTO {table}({columns}) SELECT {columns} FROM {table}_log"
            f" WHERE step = ? AND side = ?"
            f" ON CONFLICT({self.key}) DO UPDATE SET {', '.join(values)}",
            (step, side),
        )


def _names(columns: tuple[str, ...]) -> list[str]:
    return [column.split()[0] for column in columns]


# Parents before children: rows are restored in this order and dropped in the reverse of it.
_LOGGED = (
    _Logged("class", "id", ("name TEXT", "color TEXT", "key TEXT", "position INTEGER")),
    _Logged(
        "picture",
        "id",
        ("path BLOB",),
        ("error TEXT", "size INTEGER", "mtime_ns INTEGER", "content BLOB"),
    ),
    _Logged("label", "picture_id", ("class_id INTEGER", "source TEXT", "time REAL", "run_id INTEGER")),
)

LOG_TABLES = "\n".join(
    [
        "CREATE TABLE step (id INTEGER PRIMARY KEY, title TEXT NOT NULL,"
        " undone INTEGER NOT NULL DEFAULT 0, time REAL, past INTEGER NOT NULL DEFAULT 0) STRICT;",
        "CREATE INDEX step_not_past ON step(id) WHERE NOT past;",
        "-- Holds the step being recorded, and is empty between gestures.",
        "CREATE TABLE recording (step INTEGER NOT NULL REFERENCES step) STRICT;",
        *(table.table() for table in _LOGGED),
        "CREATE INDEX label_log_picture ON label_log(picture_id);",
    ]
)

LOG_TRIGGERS = "\n".join(table.triggers(table.names) for table in _LOGGED)
"""Makes the triggers, or makes them anew: they hold no data, so they are always the present program's."""


def log_triggers(db: sqlite3.Connection) -> str:
    """Makes the triggers that a project of an earlier format has: they log the columns it has logs of."""
    return "\n".join(
        table.triggers([name for _, name, *_ in db.execute(f"PRAGMA table_info({table.name}_log)")][2:])
        for table in _LOGGED
    )


def begin_step(db: sqlite3.Connection, title: Message) -> int:
    """Start recording a gesture. What had been undone can no longer be redone."""
    db.execute("UPDATE step SET undone = ? WHERE undone AND NOT past", (_FORGOTTEN,))
    # Before any are forgotten: none gets the number of an earlier one, so numbers say what came first.
    row = db.execute(
        "INSERT INTO step(id, title, time) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM step), ?, ?)"
        " RETURNING id",
        (title.to_json(), time.time()),
    ).fetchone()
    step = int(row[0])
    _forget_some(db)
    db.execute("INSERT INTO recording VALUES (?)", (step,))
    return step


def end_step(db: sqlite3.Connection, step: int) -> ChangeSet:
    """Stop recording and say what the gesture changed. Steps too old to be undone become the past."""
    db.execute("DELETE FROM recording")
    db.execute(
        "UPDATE step SET past = TRUE WHERE NOT past AND NOT undone AND id <="
        " (SELECT id FROM step WHERE NOT past AND NOT undone ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (MAX_STEPS,),
    )
    # What is left of them, classes and labels, is the history of labels (see `history`). Of a large import
    # only some rows go with each gesture: all at once would hold up a key press.
    db.execute(
        "DELETE FROM picture_log WHERE (step, id, side) IN"
        " (SELECT step, id, side FROM picture_log"
        " WHERE step <= (SELECT max(id) FROM step WHERE past) LIMIT ?)",
        (_FORGET_AT_ONCE,),
    )
    return _changes(db, step)


def retitled(db: sqlite3.Connection, step: int, changes: ChangeSet, title: Message) -> ChangeSet:
    """The changes of a step that turned out to be another gesture than its title said."""
    db.execute("UPDATE step SET title = ? WHERE id = ?", (title.to_json(), step))
    return replace(changes, title=title)


def _forget_some(db: sqlite3.Connection) -> None:
    """Delete some rows of what cannot be redone: a million of them at once would hold up a key press."""
    steps = db.execute("SELECT id FROM step WHERE undone = ? AND NOT past", (_FORGOTTEN,)).fetchall()
    room = _FORGET_AT_ONCE
    for step in steps:
        for table in _LOGGED:
            log = f"{table.name}_log"
            room -= db.execute(
                f"DELETE FROM {log} WHERE step = ?1 AND {table.key} IN"
                f" (SELECT {table.key} FROM {log} WHERE step = ?1 LIMIT ?2)",
                (*step, max(room, 0)),
            ).rowcount
        if room <= 0:
            return
        db.execute("DELETE FROM step WHERE id = ?", step)


def join(db: sqlite3.Connection, step: int, earlier: int) -> None:
    """Make `step`, the last gesture, the end of `earlier`, the one before it: they are undone as one."""
    steps = {"step": step, "earlier": earlier}
    for table in _LOGGED:
        log, key = f"{table.name}_log", table.key
        both = db.execute(
            f"SELECT DISTINCT {key} FROM {log} AS later WHERE step = :step AND EXISTS"
            f" (SELECT 1 FROM {log} WHERE step = :earlier AND {key} = later.{key})",
            steps,
        ).fetchall()
        # Of a row that both touched, what it was before the earlier and after the later is kept.
        for side, of in ((BEFORE, step), (AFTER, earlier)):
            db.executemany(
                f"DELETE FROM {log} WHERE step = {of} AND side = {side} AND {key} = ?",
                both,
            )
        db.execute(f"UPDATE {log} SET step = :earlier WHERE step = :step", steps)
    db.execute("DELETE FROM step WHERE id = :step", steps)


def step_to_undo(db: sqlite3.Connection) -> tuple[int, Message] | None:
    """Id and title of the last gesture that has not been undone."""
    row = db.execute(
        "SELECT id, title FROM step WHERE NOT undone AND NOT past ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return (row[0], kept_message(row[1])) if row else None


def step_to_redo(db: sqlite3.Connection) -> tuple[int, Message] | None:
    """Id and title of the gesture that was undone last."""
    row = db.execute(
        "SELECT id, title FROM step WHERE undone = 1 AND NOT past ORDER BY id LIMIT 1"
    ).fetchone()
    return (row[0], kept_message(row[1])) if row else None


def restore(db: sqlite3.Connection, step: int, side: int) -> ChangeSet:
    """Put every row the step touched back as it was on that side of it: undo is BEFORE, redo AFTER."""
    for table in reversed(_LOGGED):
        table.drop(db, step, side)
    for table in _LOGGED:
        table.restore(db, step, side)
    db.execute("UPDATE step SET undone = ? WHERE id = ?", (side == BEFORE, step))
    return replace(_changes(db, step), initiator=Initiator.UNDO if side == BEFORE else Initiator.REDO)


def _changes(db: sqlite3.Connection, step: int) -> ChangeSet:
    pictures = db.execute(
        "SELECT id FROM picture_log WHERE step = :step"
        " UNION ALL SELECT picture_id FROM label_log WHERE step = :step",
        {"step": step},
    )
    classes, membership, labels, title = db.execute(
        "SELECT EXISTS (SELECT 1 FROM class_log WHERE step = :step),"
        " EXISTS (SELECT 1 FROM picture_log WHERE step = :step),"
        " EXISTS (SELECT 1 FROM label_log WHERE step = :step), title FROM step WHERE id = :step",
        {"step": step},
    ).fetchone()
    changed = frozenset(row[0] for row in pictures)
    return ChangeSet(bool(classes), changed, bool(membership), bool(labels), kept_message(title))
