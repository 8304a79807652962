"""Project files that were damaged, or made by somebody who means harm.

Each is opened as the window does it, read to its end, changed by gestures, and opened again. Whatever is in
it, there is an answer or a sentence, in 5 s and 1 GiB.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QCoreApplication

from engine.errors import FewshotError
from engine.messages import Message
from engine.workspace import Workspace
from engine.workspace.commands import (
    AcceptPredictions,
    AddClass,
    AddPictures,
    Command,
    LabelPictures,
    MoveClass,
    RelocatePictures,
    RemoveClass,
    RemovePictures,
    RenameClass,
)
from fewshot_gui.features.exporting.exporter import export_rows
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import Arrangement, Order, Show
from fewshot_gui.project.state import LoadedProject
from tests.faults.base import Result
from tests.faults.limits import judged

TITLE = "Projects of strangers and damaged ones"
COUNT = 2_500
"""Of them 2,000 are mutated."""
SAMPLE = 24

Files: TypeAlias = dict[str, bytes]
"""What is written, by what is added to the name of the project."""
_FORMATS = Path(__file__).parents[1] / "engine" / "workspace"
Case: TypeAlias = tuple[str, Files]
"""A name, and the files; none for what `make` makes by its name."""
Making: TypeAlias = Callable[[Path], object]
"""Changes the genuine project at a path, or puts something else there."""


def run(count: int, seed: int) -> Iterator[Result]:
    """Try `count` cases: those made by hand, then some that are mutated with `seed`."""
    yield from judged(_try, islice(_mixed(seed), count))


def _mixed(seed: int) -> Iterator[tuple[str, Case]]:
    """In turn one that was made by hand, in any order, and one that is mutated; at last only these."""
    by_hand = list(hostile())
    random.Random(seed).shuffle(by_hand)
    for number, (name, files) in enumerate(mutated(COUNT, seed)):
        yield from by_hand[number : number + 1]
        yield name, (name, files)


def hostile() -> Iterator[tuple[str, Case]]:
    """Projects made by hand: a name each, by which `make` makes it."""
    return ((name, (name, {})) for name in _hostile())


def mutated(count: int, seed: int) -> Iterator[tuple[str, Files]]:
    """`count` damaged projects; those of one seed are the same on every machine, but for times in them."""
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        mutation = chance.choice(_MUTATIONS)
        files = mutation(chance)
        yield f"{mutation.__name__.strip('_')} {number} of seed {seed}", files


def make(name: str, path: Path) -> None:
    """Make the hostile project of this name at `path`, whose folder is empty."""
    path.write_bytes(genuine())
    _hostile()[name](path)


def _base(chance: random.Random) -> bytes:
    """A genuine project, now and then one of an earlier format."""
    return chance.choice(_earlier()) if chance.random() < 0.2 else genuine()


@cache
def _earlier() -> list[bytes]:
    """A project of each earlier format."""
    made = []
    for script in sorted(_FORMATS.glob("format_*.sql")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "earlier.fewshot")
            with closing(sqlite3.connect(path)) as db:
                db.executescript(script.read_text(encoding="utf-8"))
            made.append(path.read_bytes())
    return made


@cache
def genuine() -> bytes:
    """A project with something in each of its tables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "genuine.fewshot")
        with Workspace.create(path) as workspace:
            for name in ("ant", "bee", "cat"):
                workspace.apply(AddClass(name))
            workspace.apply(AddPictures([Path(folder, f"{number}.jpg") for number in range(40)]))
            workspace.apply(LabelPictures(range(1, 11), 1))
            workspace.apply(LabelPictures(range(11, 15), 0))
            for status in ("finished", "cancelled"):
                ids = np.arange(15, 41)
                run_id = workspace.begin_run("prototypical", "conv4", "cpu", 1, [1, 2, 3], {"k": 3})
                workspace.save_predictions(run_id, ids, np.full((26, 3), 1 / 3, np.float32))
                workspace.save_unreadable([7], [Message("It is truncated.")])
                workspace.finish_run(run_id, "finished" if status == "finished" else "cancelled")
            workspace.save_setting("threshold", 0.25)
            workspace.apply(RemovePictures([3, 4]))
            workspace.apply(AcceptPredictions({2: [20, 21]}, {20: 1, 21: 1}))
            workspace.apply(RenameClass(1, "aunt"))
            workspace.undo()
        return path.read_bytes()


# -- what is done with each


def _try(case: Case) -> str:
    """Open, read, change, and open again; raises what that raised first, after all has been tried."""
    name, files = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "project.fewshot")
        if files:
            for suffix, content in files.items():
                path.with_name(path.name + suffix).write_bytes(content)
        else:
            make(name, path)
        refusals = list(chain(_use(path), _use(path)))
    if refusals:
        raise refusals[0]
    return "opened"


def _use(path: Path) -> Iterator[FewshotError]:
    """Use the project as a window does; yields the sentences of what is refused."""
    QCoreApplication.instance() or QCoreApplication([])
    try:
        hub = ProjectHub(LoadedProject.of(Workspace.open_or_view(path)))
    except FewshotError as refusal:
        yield refusal
        return
    refused: list[str] = []
    hub.refused.connect(refused.append)
    for step in (*_READING, *_gestures(path)):
        try:
            step(hub)
        except FewshotError as refusal:
            yield refusal
    hub.close()
    yield from map(FewshotError, refused)


def _read_pictures(hub: ProjectHub) -> None:
    pictures = hub.queries.pictures(hub.queries.picture_ids)
    assert [row.id for row in pictures] == hub.queries.picture_ids.tolist()
    names = hub._state.workspace.picture_names(hub.queries.picture_ids)
    assert len(names) == len(pictures)
    for row in pictures[:50]:
        row.path, hub.queries.path(row.id), hub.queries.class_of(row.id), hub.queries.error(row.id)
        (
            hub.queries.prediction(row.id),
            hub.queries.likeliest(row.id),
            hub.queries.history(row.id),
            hub.queries.probabilities_of(row.id),
        )


def _read_classes(hub: ProjectHub) -> None:
    names = [row.name for row in hub.queries.classes]
    assert not set("\n\r\t\x1b\0").intersection("".join(names))
    assert len(set(names)) == len(names)
    for row in hub.queries.classes[:50]:
        hub.queries.class_color(row.id), hub.queries.class_symbol(row.id), hub.queries.class_named(row.name)


def _read_runs(hub: ProjectHub) -> None:
    for one in hub.queries.runs():
        workspace = hub._state.workspace
        workspace.predictions(one.id), workspace.probabilities(one.id)
    hub.queries.predictions(), hub.queries.confidences(), hub.queries.run_id
    for _ in hub.queries.human_labels():
        pass


def _arrange(hub: ProjectHub) -> None:
    hub.queries.counts(1)
    hub.names.request(hub.queries.picture_ids, True)
    for order in Order:
        for show in Show:
            hub.queries.arrange(Arrangement(show, order, 1))
    hub.queries.arrange(Arrangement(name="1"))


def _export(hub: ProjectHub) -> None:
    for _ in export_rows(hub):
        pass


_READING = (_read_classes, _read_pictures, _read_runs, _arrange, _export)


def _gestures(path: Path) -> Iterator[Callable[[ProjectHub], object]]:
    """What a hand does: much of it depends on what is there."""

    def apply(command: Callable[[ProjectHub], Command]) -> Callable[[ProjectHub], object]:
        return lambda hub: (
            hub.commands.apply(command(hub)) if len(hub.queries.picture_ids) and hub.queries.classes else None
        )

    def back(hub: ProjectHub) -> None:
        for _ in range(12):
            hub.commands.undo()

    def forth(hub: ProjectHub) -> None:
        for _ in range(12):
            hub.commands.redo()

    def predict(hub: ProjectHub) -> None:
        ids, class_ids = hub.queries.picture_ids, [row.id for row in hub.queries.classes][:50]
        run_id = hub.run_store.begin("ridge", "conv4", "cpu", 0, class_ids) if class_ids else None
        if run_id is not None:
            hub.run_store.save_predictions(run_id, ids, np.full((len(ids), len(class_ids)), 0.5, np.float32))
            hub.run_store.save_unreadable(ids[:1].tolist(), [Message("It is truncated.")])
            hub.run_store.finish(run_id, "finished")

    yield apply(lambda hub: LabelPictures(hub.queries.picture_ids[:5].tolist(), hub.queries.classes[-1].id))
    yield lambda hub: hub.commands.undo()
    yield lambda hub: hub.commands.redo()
    yield lambda hub: hub.commands.apply(AddClass("newcomer"))
    yield lambda hub: hub.commands.apply(AddPictures([path.with_name("new.jpg")], 0))
    yield predict
    yield apply(lambda hub: AcceptPredictions(hub.queries.predictions_of(hub.queries.picture_ids)))
    yield apply(lambda hub: MoveClass(hub.queries.classes[-1].id, 0))
    yield apply(lambda hub: RenameClass(hub.queries.classes[0].id, "another"))
    yield apply(lambda hub: RelocatePictures({int(hub.queries.picture_ids[0]): path.with_name("moved.jpg")}))
    yield back
    yield forth
    yield apply(lambda hub: RemovePictures(hub.queries.picture_ids[:3].tolist()))
    yield apply(lambda hub: RemoveClass(hub.queries.classes[0].id))
    yield back
    yield lambda hub: hub.keep_threshold()


# -- damage by chance


def _flipped(chance: random.Random) -> Files:
    content = bytearray(_base(chance))
    for _ in range(chance.choice((1, 3, 30, 300))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return {"": bytes(content)}


def _overwritten(chance: random.Random) -> Files:
    content = bytearray(_base(chance))
    length = chance.choice((1, 16, 512, 4096))
    start = chance.randrange(len(content) - length)
    content[start : start + length] = chance.choice(
        (bytes(length), b"\xff" * length, chance.randbytes(length))
    )
    return {"": bytes(content)}


def _cut(chance: random.Random) -> Files:
    content = _base(chance)
    return {"": content[: chance.randrange(len(content))]}


def _lengthened(chance: random.Random) -> Files:
    return {"": _base(chance) + chance.randbytes(chance.choice((1, 4096, 70_000)))}


def _pages_exchanged(chance: random.Random) -> Files:
    content = _base(chance)
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    one, other = chance.sample(range(1, len(pages)), 2)
    if chance.random() < 0.5:
        pages[one], pages[other] = pages[other], pages[one]
    else:
        pages[one] = pages[other]
    return {"": b"".join(pages)}


def _header(chance: random.Random) -> Files:
    content = bytearray(_base(chance))
    place = chance.randrange(16, 100)
    content[place] = chance.randrange(256)
    return {"": bytes(content)}


def _cells(chance: random.Random) -> Files:
    """The first bytes of a page say what is on it and where."""
    content = bytearray(_base(chance))
    page = chance.randrange(1, len(content) // 4096) * 4096
    for _ in range(chance.randint(1, 4)):
        content[page + chance.randrange(64)] = chance.randrange(256)
    return {"": bytes(content)}


def _log(chance: random.Random) -> Files:
    """A log of nothing, or the beginning of one."""
    header = struct.pack(">IIIIIIII", 0x377F0682, 3007000, 4096, 0, 1, 2, 3, 4)
    return {
        "": _base(chance),
        "-wal": header[: chance.choice((0, 8, 32))] + chance.randbytes(chance.randrange(9000)),
    }


_WILD = (
    None, 0, 1, -1, 2**30, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63), 0.5, 1e300, -1e300, 9e999, "", "x", "7",
    "[1]", "{}", "[" * 10_000, '{"a": NaN}', "a\nb", "a\0b", b"", b"x", b"\xff" * 7, b"\0" * 8, b"\xff" * 8,
    b"\x7f" * 4000, "NaN", "1e400", "[1,2,3]", "[1,1,1]", "\u202ex",
)  # fmt: skip


def _value(chance: random.Random) -> Files:
    """One value, or a whole column of them, is another than a program would write, also of another type."""

    def change(path: Path) -> None:
        with (_edited if chance.random() < 0.5 else _untyped)(path) as db:
            query = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            table = chance.choice(db.execute(query).fetchall())[0]
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            column, value = chance.choice(columns), chance.choice(_WILD)
            key = "step" if table.endswith("_log") else "rowid"
            keys = db.execute(f"SELECT {key} FROM {table} ORDER BY 1").fetchall()
            some = keys if chance.random() < 0.3 else keys and [chance.choice(keys)]
            for row in some:
                with suppress(sqlite3.Error):
                    db.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {key} = ?", (value, *row))

    return _changed(_base(chance), change)


def _schema_text(chance: random.Random) -> Files:
    """Some letters of what the file says that it is made of."""

    def change(path: Path) -> None:
        with _edited(path) as db:
            rows = db.execute("SELECT rowid, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
            row, sql = chance.choice(rows)
            place = chance.randrange(len(sql))
            text = (
                sql[:place] + chance.choice(("", " ", "x", "(", ")", ",", "'", "1", "é")) + sql[place + 1 :]
            )
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (text, row))

    return _changed(_base(chance), change)


def _rows_lost(chance: random.Random) -> Files:
    """Rows are gone that others refer to."""

    def change(path: Path) -> None:
        with _edited(path) as db:
            table = chance.choice(("class", "picture", "run", "step", "label", "class_log", "label_log"))
            key = "step" if table.endswith("_log") else "rowid"
            for row in db.execute(f"SELECT DISTINCT {key} FROM {table} ORDER BY 1").fetchall():
                if chance.random() < 0.3:
                    db.execute(f"DELETE FROM {table} WHERE {key} = ?", row)

    return _changed(_base(chance), change)


_MUTATIONS = (
    _flipped, _flipped, _overwritten, _cut, _lengthened, _pages_exchanged, _header, _cells, _log, _value,
    _value, _value, _schema_text, _rows_lost,
)  # fmt: skip


def _changed(content: bytes, change: Making) -> Files:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "project.fewshot")
        path.write_bytes(content)
        change(path)
        return {"": path.read_bytes()}


# -- damage by hand


@contextmanager
def _edited(path: Path) -> Iterator[sqlite3.Connection]:
    """The database at a path, in which all can be written, but for values of other types."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA writable_schema = ON")
        yield db


@contextmanager
def _untyped(path: Path) -> Iterator[sqlite3.Connection]:
    """The same for values of any type: the tables forget theirs, and know them again at the end."""
    with _edited(path) as db:
        texts = db.execute("SELECT sql, rowid FROM sqlite_schema WHERE sql LIKE '%STRICT%'").fetchall()
        for sql, row in texts:
            loose = re.sub(r" STRICT,?", "", sql)
            loose = re.sub(r" (INTEGER|TEXT|REAL|BLOB)\b(?! PRIMARY KEY)", "", loose)
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (loose, row))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA writable_schema = ON")
        yield db
        db.executemany("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", texts)


def _sql(script: str, *values: object) -> Making:
    """Run SQL on the project as it is."""

    def change(path: Path) -> None:
        with _edited(path) as db:
            if values:
                db.execute(script, values)
            else:
                db.executescript(script)

    return change


def _of_any_type(statement: str, *values: object) -> Making:
    def change(path: Path) -> None:
        with _untyped(path) as db:
            db.execute(statement, values)

    return change


def _many(statement: str, rows: Callable[[], Iterator[tuple[object, ...]]]) -> Making:
    def change(path: Path) -> None:
        with _edited(path) as db:
            db.execute("BEGIN")
            db.executemany(statement, rows())
            db.execute("COMMIT")

    return change


def _instead(put: Callable[[Path], object], suffix: str = "") -> Making:
    """Put something in the place of the project, or beside it."""

    def change(path: Path) -> None:
        place = path.with_name(path.name + suffix)
        place.unlink(missing_ok=True)
        put(place)

    return change


def _sparse(size: int) -> Callable[[Path], object]:
    def put(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return put


def _sparse_project(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(2**40)


def _trigger(event: str, body: str) -> Making:
    return _sql(f"CREATE TRIGGER evil {event} BEGIN {body} END;")


def _retyped(name: str, old: str, new: str) -> Making:
    """Replace some of the text that a table has."""
    return _sql("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ?", old, new, name)


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
_TABLES = (
    "class", "picture", "label", "run", "prediction_batch", "home", "setting", "step", "recording",
    "class_log", "picture_log", "label_log",
)  # fmt: skip
_NUMBERS = (-(2**63), -1, 2**30, 2**31, 2**33, 2**40, 2**62, 2**63 - 1)
_BAD_JSON = (
    "", "x", "{}", "[]", "null", "7", '["a"]', "[1.5]", "[null]", "[true]", "[-1]", "[99999999999999999999]",
    "[1e400]", "[NaN]", "[1,2", "[" * 100_000, "[" * 900 + "]" * 900, "[1,1,1]", "[1,2]", "[9,8,7]", "\0",
    '{"a": "b"}', '{"a": [1]}', '{"a": NaN}', '{"a": 1e999}', '{"a": ' + "9" * 5000 + "}",
)  # fmt: skip


_NUMBERS_OF_ROWS = (
    "picture.id",
    "class.id",
    "label.picture_id",
    "run.id",
    "prediction_batch.id",
    "step.id",
    "home.id",
)
"""SQLite itself has these as integers only."""


@cache
def _hostile() -> dict[str, Making]:
    made: dict[str, Making] = {}
    for table in ("home", "label", "picture", "class", "step", "run", "setting", "prediction_batch"):
        made[f"trigger: delete all after {table}"] = _trigger(
            f"AFTER INSERT ON {table}", "DELETE FROM picture;"
        )
    made |= {
        "trigger: endless after home": _trigger("AFTER INSERT ON home", f"{_ENDLESS} sum(i) FROM n;"),
        "trigger: endless after label": _trigger("AFTER INSERT ON label", f"{_ENDLESS} sum(i) FROM n;"),
        "trigger: recursion on home": _sql(
            "PRAGMA recursive_triggers = ON; CREATE TRIGGER evil AFTER INSERT ON home BEGIN"
            " INSERT INTO home(folder) VALUES (randomblob(9)); END;"
        ),
        "trigger: a known name with another body": _sql(
            "DROP TRIGGER label_insert;"
            " CREATE TRIGGER label_insert AFTER INSERT ON label BEGIN DELETE FROM class; END;"
        ),
        "trigger: one less": _sql("DROP TRIGGER label_insert;"),
        "trigger: of another table": _sql(
            "UPDATE sqlite_schema SET tbl_name = 'picture' WHERE name = 'label_insert'"
        ),
        "view: endless": _sql(f"CREATE VIEW evil AS {_ENDLESS} i FROM n;"),
        "view: in the place of pictures": _sql(
            f"DROP TABLE picture; CREATE VIEW picture AS {_ENDLESS} i AS id, x'61' AS path, NULL AS error,"
            " 1 AS size, 1 AS mtime_ns, NULL AS content FROM n;"
        ),
        "view: in the place of labels": _sql(
            f"DROP TABLE label; CREATE VIEW label AS {_ENDLESS} i AS picture_id, 1 AS class_id FROM n;"
        ),
        "index: foreign": _sql("CREATE INDEX evil ON picture(error);"),
        "index: of an expression": _sql("CREATE INDEX evil ON picture(hex(path || path));"),
        "index: another of a known name": _sql(
            "DROP INDEX label_class; CREATE INDEX label_class ON label(time);"
        ),
        "index: unique": _sql("CREATE UNIQUE INDEX evil ON home(folder, id);"),
        "index: one less": _sql("DROP INDEX label_class;"),
        "table: foreign": _sql("CREATE TABLE evil (x);"),
        "table: statistics": _sql("ANALYZE;"),
        "table: virtual": _sql("CREATE VIRTUAL TABLE evil USING fts5(x);"),
        "table: virtual by its text": _retyped(
            "setting", "CREATE TABLE setting", "CREATE VIRTUAL TABLE setting"
        ),
        "column: generated": _sql("ALTER TABLE picture ADD COLUMN evil AS (hex(zeroblob(400000000)));"),
        "column: foreign": _sql("ALTER TABLE class ADD COLUMN evil;"),
        "column: one less": _sql("ALTER TABLE picture DROP COLUMN content;"),
        "column: renamed": _sql("ALTER TABLE class RENAME COLUMN color TO colour;"),
        "check: a large one": _retyped(
            "home", "NOT NULL UNIQUE", "CHECK (length(hex(zeroblob(400000000))) > 0)"
        ),
        "check: on labels": _retyped("label", "time REAL NOT NULL", "time REAL NOT NULL CHECK (0)"),
        "check: one less": _retyped("class", "CHECK (length(key) <= 1)", ""),
        "default: another": _retyped("run", "'{}'", "(hex(zeroblob(400000000)))"),
        "collation": _retyped("class", "name TEXT", "name TEXT COLLATE evil"),
        "reference: another": _retyped("label", "REFERENCES picture", "REFERENCES nothing"),
        "not strict": _retyped("picture", ") STRICT", ")"),
        "without rowid": _retyped("setting", ") STRICT", ") WITHOUT ROWID"),
        "text: no SQL": _sql("UPDATE sqlite_schema SET sql = 'hello' WHERE name = 'run'"),
        "text: none": _sql("UPDATE sqlite_schema SET sql = NULL WHERE name = 'run'"),
        "text: no Unicode": _sql("UPDATE sqlite_schema SET sql = CAST(x'4352ff' AS TEXT) WHERE name = 'run'"),
        "text: a blob": _sql("UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE name = 'run'"),
        "text: very long": _retyped("run", "(", "(" + " " * 900_000),
        "text: a comment": _retyped("run", "(", "(/* evil */"),
        "name: with a line break": _sql('CREATE TABLE "a\nb" (x);'),
        "name: very long": _sql(f"CREATE TABLE {'a' * 100_000} (x);"),
        "name: no Unicode": _sql("UPDATE sqlite_schema SET name = CAST(x'ff' AS TEXT) WHERE name = 'run'"),
        "kind: foreign": _sql("UPDATE sqlite_schema SET type = 'evil' WHERE name = 'run'"),
        "twice": _sql("INSERT INTO sqlite_schema SELECT * FROM sqlite_schema WHERE name = 'run'"),
        "page of another": _sql(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'picture')"
            " WHERE name = 'class'"
        ),
        "page of an index": _sql(
            "UPDATE sqlite_schema SET rootpage ="
            " (SELECT rootpage FROM sqlite_schema WHERE name = 'label_class') WHERE name = 'setting'"
        ),
        "another application": _sql("PRAGMA application_id = 7;"),
        "16 bits a letter": _utf_16,
        "larger pages": _sql("PRAGMA page_size = 65536; VACUUM;"),
        "small pages": _sql("PRAGMA page_size = 512; VACUUM;"),
        "auto vacuum": _sql("PRAGMA auto_vacuum = 1; VACUUM;"),
    }
    for page in (0, -1, 1, 10**6, 2**31, 2**62):
        made[f"page {page}"] = _sql("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'picture'", page)
    for table in _TABLES:
        made[f"no table {table}"] = _sql(f"DROP TABLE {table};")
    for version in (-1, 0, 1, 2, 3, 4, 6, 99, 2**31 - 1):
        made[f"version {version}"] = _sql(f"PRAGMA user_version = {version};")
    columns = (
        "picture.id", "class.id", "class.position", "label.class_id", "label.picture_id", "label.run_id",
        "run.id", "run.seed", "prediction_batch.id", "prediction_batch.run_id", "step.id", "step.undone",
        "home.id",
        "picture_log.id", "class_log.position", "class_log.id", "label_log.class_id", "label_log.step",
        "picture.size", "picture.mtime_ns",
    )  # fmt: skip
    for column in columns:
        table, name = column.split(".")
        one = f"SELECT {name} FROM {table} ORDER BY 1 DESC LIMIT 1"
        for number in _NUMBERS:
            made[f"{column} {number}"] = _sql(
                f"UPDATE OR REPLACE {table} SET {name} = ? WHERE {name} IS ({one})", number
            )
        if column not in _NUMBERS_OF_ROWS:
            change = f"UPDATE OR REPLACE {table} SET {name} = 'x' WHERE {name} IS ({one})"
            made[f"{column} a text"] = _of_any_type(change)
    for number in (*_NUMBERS, "x", None, b"x"):
        made[f"sequence {number!r}"] = _sql("UPDATE sqlite_sequence SET seq = ?", number)
    for place, text in enumerate(_BAD_JSON):
        made[f"classes of a run {place}"] = _sql("UPDATE run SET class_ids = ?", text)
        made[f"options of a run {place}"] = _sql("UPDATE run SET options = ?", text)
    for time in (1e300, -1e300, 9e999, -9e999, 1e12, 253402300800.0):
        made[f"started {time}"] = _sql("UPDATE run SET started = ?", time)
        made[f"labelled {time}"] = _sql("UPDATE label SET time = ?", time)
        made[f"a gesture {time}"] = _sql("UPDATE step SET time = ?", time)
        made[f"logged {time}"] = _sql("UPDATE label_log SET time = ?", time)
        made[f"threshold {time}"] = _sql("UPDATE setting SET value = ?", time)
    for name, blob in {
        "none": b"", "odd": b"1234567", "others": struct.pack("<3q", 1, -5, 2**62),
        "many": struct.pack("<q", 1) * 9999,
    }.items():  # fmt: skip
        made[f"predicted pictures: {name}"] = _sql("UPDATE prediction_batch SET picture_ids = ?", blob)
    for name, value in {"not a number": float("nan"), "infinite": float("inf"), "negative": -1.0}.items():
        blob = struct.pack("<f", value) * 78
        made[f"probabilities: {name}"] = _sql("UPDATE prediction_batch SET probabilities = ?", blob)
    for name, ids in {"negative": (-5, -(2**63)), "large": (2**40, 2**62), "removed": (3, 4)}.items():
        blob = struct.pack("<2q", *ids) * 13
        made[f"predicted pictures: {name}"] = _sql("UPDATE prediction_batch SET picture_ids = ?", blob)
    for length in (0, 1, 77 * 4, 79 * 4, 26 * 4):
        made[f"probabilities: {length} bytes"] = _sql(
            "UPDATE prediction_batch SET probabilities = zeroblob(?)", length
        )
    for name, path in {
        "empty": b"", "zero byte": b"/a\0b.jpg", "only a zero byte": b"\0", "no Unicode": b"/\xff\xfe.jpg",
        "dots": b"../../x", "very long": b"/a" * 500_000, "line break": b"/a\nb.jpg", "no name": b"/",
    }.items():  # fmt: skip
        made[f"path: {name}"] = _sql("UPDATE picture SET path = ? WHERE id = 9", path)
        made[f"logged path: {name}"] = _sql("UPDATE picture_log SET path = ? WHERE id = 3", path)
        made[f"home: {name}"] = _sql("UPDATE home SET folder = ?", path)
    for name, text in {
        "line break": "a\nb", "escape": "\x1b[2J", "other way": "\u202eabc", "zero": "a\0b", "empty": "",
        "very long": "x" * 10**6, "markup": '<img src="/dev/zero">', "spaces": "   ",
        "like unknown": "unknown",
    }.items():  # fmt: skip
        made[f"class name: {name}"] = _sql("UPDATE OR REPLACE class SET name = ? WHERE id = 2", text)
        made[f"gesture: {name}"] = _sql("UPDATE step SET title = ?", text)
        made[f"reason: {name}"] = _sql("UPDATE picture SET error = ?", text)
        made[f"algorithm: {name}"] = _sql("UPDATE run SET algorithm = ?, message = algorithm", text)
    made |= {
        "class name: no Unicode": _of_any_type("UPDATE class SET name = CAST(x'ff61' AS TEXT) WHERE id = 2"),
        "class names: alike on one line": _sql(
            "UPDATE class SET name = 'a b' WHERE id = 1;"
            " UPDATE class SET name = 'a' || char(10) || 'b' WHERE id = 2"
        ),
        "class colour": _sql("UPDATE class SET color = 'red'"),
        "class key: a line break": _sql("UPDATE class SET key = char(10)"),
        "class key: long": _sql("UPDATE class SET key = 'abc'"),
        "content: short": _sql("UPDATE picture SET content = x'01'"),
        "recording": _sql("INSERT INTO recording VALUES (1000)"),
        "recording: many": _sql("INSERT INTO recording SELECT id FROM step"),
        "logged class without a name": _sql("UPDATE class_log SET name = NULL"),
        "logged class of an empty name": _sql("UPDATE class_log SET name = ''"),
        "logged classes of one name": _sql("UPDATE class_log SET name = 'same'"),
        "logged picture without a path": _sql("UPDATE picture_log SET path = NULL"),
        "logged label of no class": _sql("UPDATE label_log SET class_id = 77"),
        "logged label of no picture": _sql("UPDATE label_log SET picture_id = picture_id + 1000"),
        "logged sides": _sql("UPDATE OR REPLACE label_log SET side = 7"),
        "a log of gestures to come": _sql("UPDATE OR REPLACE label_log SET step = step + 100000"),
        "label of no class": _sql("UPDATE label SET class_id = 77"),
        "label of no picture": _sql("INSERT INTO label VALUES (500, 1, 'human', 1.0, NULL)"),
        "label of an odd source": _sql("UPDATE label SET source = 'evil'"),
        "run of an odd status": _sql("UPDATE run SET status = 'evil'"),
        "all undone": _sql("UPDATE step SET undone = 1"),
        "all past": _sql("UPDATE step SET past = 1"),
        "no homes": _sql("DELETE FROM home"),
        "20,000 homes and pictures": _many_homes,
        "5,000 classes": _many(
            "INSERT INTO class(name, color, key, position) VALUES (?, '#000000', '', ?)",
            lambda: ((f"class {number}", number) for number in range(5_000)),
        ),
        "20,000 runs": _many(
            "INSERT INTO run(algorithm, backbone, device, seed, class_ids, status, started)"
            " VALUES (?, 'conv4', 'cpu', 0, '[1, 2, 3]', 'running', 1.0)",
            lambda: ((f"algorithm {number}",) for number in range(20_000)),
        ),
        "a run of 100,000 classes": _sql(
            "UPDATE run SET class_ids = ?", f"[{', '.join(map(str, range(1, 100_001)))}]"
        ),
        "50,000 gestures": _many(
            "INSERT INTO step(id, title) VALUES (?, 'x')",
            lambda: ((number,) for number in range(1_000_000, 1_050_000)),
        ),
    }  # fmt: skip
    made |= {
        "file: empty": _instead(lambda path: path.touch()),
        "file: a folder": _instead(lambda path: path.mkdir()),
        "file: a text": _instead(lambda path: path.write_text("hello" * 1000)),
        "file: only a header": _instead(lambda path: path.write_bytes(b"SQLite format 3\0")),
        "file: a first page": _instead(lambda path: path.write_bytes(genuine()[:4096])),
        "file: zeros": _instead(lambda path: path.write_bytes(bytes(100_000))),
        "file: 1 TB of holes": _instead(_sparse(2**40)),
        "file: with 1 TB of holes": _sparse_project,
    }
    if os.name == "posix":
        odd: dict[str, Callable[[Path], object]] = {
            "a pipe": os.mkfifo,
            "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
            "a link to /dev/urandom": lambda path: path.symlink_to("/dev/urandom"),
            "a link to nothing": lambda path: path.symlink_to("nowhere"),
            "a link to itself": lambda path: path.symlink_to(path.name),
        }
        beside: dict[str, Callable[[Path], object]] = odd | {
            "a link to a file": lambda path: path.symlink_to("/etc/passwd"),
            "a folder": lambda path: path.mkdir(),
            "a text": lambda path: path.write_text("hello" * 1000),
            "1 TB of holes": _sparse(2**40),
            "a project": lambda path: path.write_bytes(genuine()),
        }
        for name, put in odd.items():
            made[f"file: {name}"] = _instead(put)
        for suffix in ("-wal", "-journal", "-shm"):
            for name, put in beside.items():
                made[f"{suffix}: {name}"] = _instead(put, suffix)
    return made


def _many_homes(path: Path) -> None:
    with _edited(path) as db:
        db.execute("BEGIN")
        folders = ((f"/home/{number}".encode(),) for number in range(20_000))
        db.executemany("INSERT INTO home(folder) VALUES (?)", folders)
        pictures = ((f"/home/{number}/of/{number}.jpg".encode(),) for number in range(20_000))
        db.executemany("INSERT INTO picture(path) VALUES (?)", pictures)
        db.execute("COMMIT")


def _utf_16(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        script = list(db.iterdump())
        version, application = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")
        )
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA encoding = 'UTF-16'")
        db.executescript("\n".join(script))
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {application}")
