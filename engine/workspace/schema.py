"""The tables of a project file.

Ids are never used twice (AUTOINCREMENT), so what a removed picture or class left behind, predictions
and undo steps, can neither attach itself to a newcomer nor get lost when the removal is undone.
Paths are the bytes the file system knows (`os.fsencode`): a name need not be valid Unicode.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache

from engine.workspace.undo_log import LOG_TABLES, LOG_TRIGGERS, log_triggers

APPLICATION_ID = 0x46534854  # "FSHT"
VERSION = 7

_TABLES = """
CREATE TABLE class (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    color TEXT NOT NULL CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    key TEXT NOT NULL DEFAULT '' CHECK (length(key) <= 1),
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE picture (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    error TEXT,
    size INTEGER,
    mtime_ns INTEGER,
    content BLOB
) STRICT;
CREATE INDEX picture_unreadable ON picture(id) WHERE error IS NOT NULL;

CREATE TABLE label (
    picture_id INTEGER PRIMARY KEY REFERENCES picture ON DELETE CASCADE,
    class_id INTEGER NOT NULL REFERENCES class ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('human', 'model', 'import')),
    time REAL NOT NULL,
    run_id INTEGER REFERENCES run
) STRICT;
CREATE INDEX label_class ON label(class_id);

CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    algorithm TEXT NOT NULL,
    backbone TEXT NOT NULL,
    device TEXT NOT NULL,
    options TEXT NOT NULL DEFAULT '{}',
    seed INTEGER NOT NULL,
    class_ids TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled', 'failed')),
    message TEXT NOT NULL DEFAULT '',
    started REAL NOT NULL,
    finished REAL,
    record TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- One row a batch: `picture_ids` little-endian int64 [n], `probabilities` little-endian float32 [n, way].
CREATE TABLE prediction_batch (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    picture_ids BLOB NOT NULL,
    probabilities BLOB NOT NULL
) STRICT;
CREATE INDEX prediction_batch_run ON prediction_batch(run_id);

-- The folders the project file has been in, the present one last: pictures may have come along.
CREATE TABLE home (id INTEGER PRIMARY KEY AUTOINCREMENT, folder BLOB NOT NULL UNIQUE) STRICT;

-- What a person has set for this project; no gesture, so it is not undone.
CREATE TABLE setting (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
"""

# The first format: with the steps from there, it says how a file of any format is built.
_FIRST_TABLES = """
CREATE TABLE class (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    color TEXT NOT NULL CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    key TEXT NOT NULL CHECK (key IN ('', '1', '2', '3', '4', '5', '6', '7', '8', '9')),
    position INTEGER NOT NULL
) STRICT;
CREATE TABLE class_log (
    step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
    side INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT, color TEXT, key TEXT, position INTEGER,
    PRIMARY KEY (step, id, side)
) STRICT, WITHOUT ROWID;
CREATE TABLE label (
    picture_id INTEGER PRIMARY KEY REFERENCES picture ON DELETE CASCADE,
    class_id INTEGER NOT NULL REFERENCES class ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('human', 'model', 'import')),
    time REAL NOT NULL
) STRICT;
CREATE TABLE label_log (
    step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
    side INTEGER NOT NULL,
    picture_id INTEGER NOT NULL,
    class_id INTEGER, source TEXT, time REAL,
    PRIMARY KEY (step, picture_id, side)
) STRICT, WITHOUT ROWID;
CREATE TABLE picture (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    error TEXT
) STRICT;
CREATE TABLE picture_log (
    step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
    side INTEGER NOT NULL,
    id INTEGER NOT NULL,
    path BLOB, error TEXT,
    PRIMARY KEY (step, id, side)
) STRICT, WITHOUT ROWID;
CREATE TABLE prediction_batch (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    picture_ids BLOB NOT NULL,
    probabilities BLOB NOT NULL
) STRICT;
CREATE TABLE recording (step INTEGER NOT NULL REFERENCES step) STRICT;
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    algorithm TEXT NOT NULL,
    backbone TEXT NOT NULL,
    device TEXT NOT NULL,
    seed INTEGER NOT NULL,
    class_ids TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled', 'failed')),
    message TEXT NOT NULL DEFAULT '',
    started REAL NOT NULL,
    finished REAL
) STRICT;
CREATE TABLE step (id INTEGER PRIMARY KEY, title TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX picture_unreadable ON picture(id) WHERE error IS NOT NULL;
CREATE INDEX label_class ON label(class_id);
CREATE INDEX prediction_batch_run ON prediction_batch(run_id);
"""

# What brings a format to the next. Written once and never changed: it must fit the files of its time.
_STEPS = {
    1: "ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT '{}';",
    2: """
        ALTER TABLE picture ADD COLUMN size INTEGER;
        ALTER TABLE picture ADD COLUMN mtime_ns INTEGER;
        ALTER TABLE picture_log ADD COLUMN size INTEGER;
        ALTER TABLE picture_log ADD COLUMN mtime_ns INTEGER;
        ALTER TABLE label ADD COLUMN run_id INTEGER REFERENCES run;
        ALTER TABLE label_log ADD COLUMN run_id INTEGER;
        CREATE INDEX label_log_picture ON label_log(picture_id);
        ALTER TABLE step ADD COLUMN time REAL;
        ALTER TABLE step ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX step_not_past ON step(id) WHERE NOT past;
        CREATE TABLE home (id INTEGER PRIMARY KEY AUTOINCREMENT, folder BLOB NOT NULL UNIQUE) STRICT;
    """,
    # A column and not a table is made anew, as with the table its numbers and all its labels would go.
    3: """
        DROP TRIGGER class_insert;
        DROP TRIGGER class_update;
        DROP TRIGGER class_delete;
        ALTER TABLE class ADD COLUMN any_key TEXT NOT NULL DEFAULT '' CHECK (length(any_key) <= 1);
        UPDATE class SET any_key = key;
        ALTER TABLE class DROP COLUMN key;
        ALTER TABLE class RENAME COLUMN any_key TO key;
    """,
    4: """
        ALTER TABLE picture ADD COLUMN content BLOB;
        ALTER TABLE picture_log ADD COLUMN content BLOB;
        CREATE TABLE setting (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
    """,
    5: "ALTER TABLE run ADD COLUMN record TEXT NOT NULL DEFAULT '{}';",
    # Titles, messages and errors may be JSON (`Message.to_json`); what is plain text stays so.
    6: "",
}


def create(db: sqlite3.Connection) -> None:
    """Turn an empty database into an empty project, wholly or not at all."""
    db.executescript(
        f"""
        BEGIN IMMEDIATE;
        PRAGMA application_id = {APPLICATION_ID};
        PRAGMA user_version = {VERSION};
        {_TABLES}
        {LOG_TABLES}
        {LOG_TRIGGERS}
        COMMIT;
        """
    )


def is_old(db: sqlite3.Connection) -> bool:
    """Whether the project has a format of the past."""
    return version(db) < VERSION


def upgrade(db: sqlite3.Connection) -> None:
    """Bring a project of an earlier format to the present one, wholly or not at all."""
    steps = "".join(_STEPS[earlier] for earlier in range(version(db), VERSION))
    db.executescript(f"BEGIN IMMEDIATE; {steps} {LOG_TRIGGERS} PRAGMA user_version = {VERSION}; COMMIT;")


def version(db: sqlite3.Connection) -> int:
    """The format of the project."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


Structure = dict[tuple[str, str], str]
"""What a file is made of: the text of each table, index, trigger or view, by its kind and name."""


@cache
def expected(of_version: int) -> Structure:
    """The structure of a project of this format, be it made in it or brought to it from an earlier one."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        if of_version == VERSION:
            create(db)
        else:
            db.executescript(_FIRST_TABLES)
            for earlier in range(1, of_version):
                db.executescript(log_triggers(db) + _STEPS[earlier])
            db.executescript(log_triggers(db))
        return structure(db)


def structure(db: sqlite3.Connection) -> Structure:
    """What the file is made of, such that files that are used alike have the same structure."""
    found: Structure = {}
    for kind, name, table, sql in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
        key = (str(kind), str(name))
        found[key] = f"{found.get(key, '')}{table} {_normalised(str(sql or ''))}"
    return found


def _normalised(sql: str) -> str:
    """The text without what depends on how it came about: spaces, quotes that no name needs and, as a column
    that was added later is the last, the order of what a table consists of.
    """
    words = re.sub(r'"(\w+)"', r"\1", " ".join(sql.split()))
    words = re.sub(r" ?([(),]) ?", r"\1", words)
    head, bracket, rest = words.partition("(")
    if not head.upper().startswith("CREATE TABLE"):
        return words
    body, _, options = rest.rpartition(")")
    return f"{head}{bracket}{','.join(sorted(_split(body)))}){options}"


def _split(body: str) -> list[str]:
    """The columns and conditions of a table: what commas outside of brackets part."""
    parts, depth = [""], 0
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
