"""What a file must be before anything in it is used: a project as Fewshot makes it.

A project may come from anybody, and disks rot. Foreign triggers and views would run, and numbers that no
project has would become sizes of arrays. So all is looked at once, at opening, in time proportional to the
size of the file; code that reads rows later may rely on it.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

from engine.messages import Message
from engine.workspace import schema
from engine.workspace.failures import UNREADABLE, UnusableProjectError, code_of, damaged, translated_errors
from engine.workspace.texts import shown

LARGEST_ID = 2_000_000_000
"""Of pictures, classes, runs and homes: no hand comes so far, and the window counts with 32 bits."""
_LARGEST_STEP = 2**60
_LONGEST_PATH = 2**17
"""Bytes; Windows has the longest, 32,767 letters of up to 4 bytes each."""
_IDS = (0, LARGEST_ID)
_TIMES = (-62_135_596_800.0, 253_402_300_799.0)  # seconds since 1970 of the years 1 to 9999

# What the numbers of each table may be, as far as a file of the format has the columns.
_RANGES: dict[str, dict[str, tuple[float, float]]] = {
    "class": {"id": _IDS, "position": (-1, LARGEST_ID)},
    "class_log": {"id": _IDS, "position": (-1, LARGEST_ID)},
    "picture": {"id": _IDS, "length(path)": (1, _LONGEST_PATH), "instr(path, x'00')": (0, 0)},
    "picture_log": {
        "id": _IDS,
        "coalesce(length(path), 0)": (1, _LONGEST_PATH),
        "instr(path, x'00')": (0, 0),
    },
    "label": {"picture_id": _IDS, "class_id": _IDS, "run_id": _IDS, "time": _TIMES},
    "label_log": {"picture_id": _IDS, "class_id": _IDS, "run_id": _IDS, "time": _TIMES},
    "run": {"id": _IDS, "started": _TIMES, "finished": _TIMES},
    "prediction_batch": {"id": (0, _LARGEST_STEP)},
    "step": {"id": (0, _LARGEST_STEP), "undone": (0, 2), "past": (0, 1), "time": _TIMES},
    "home": {"id": _IDS, "length(folder)": (1, _LONGEST_PATH)},
    "recording": {"step": (1, 0)},  # none: it is empty between gestures
}


_DAMAGE: tuple[int, ...] = (UNREADABLE, sqlite3.SQLITE_CORRUPT)
# SQLite reads the structure at the first question, so it may say so if that makes no sense.
_NO_STRUCTURE = (*_DAMAGE, sqlite3.SQLITE_ERROR)


def require_valid_project(db: sqlite3.Connection, path: Path, log: str = "") -> None:
    """Raise `UnusableProjectError` for what is no project, is of a format of the future, was not made by
    Fewshot alone, or is damaged. Nothing is written.

    `db` holds what is at `path`. `log` is the name of the log that was played into it, and empty if there
    was none.
    """
    damage = _NO_STRUCTURE
    with translated_errors(path):
        try:
            _refuse_other_programs(db, path)
            _refuse_other_structure(db, path)
            damage = _DAMAGE
            fault = ""
            for find in (_broken_page, _loose_end, _impossible_number, _impossible_run, _impossible_batch):
                fault = fault or find(db)
        except UnicodeDecodeError:
            fault = "it has a text that is none"
        except sqlite3.Error as error:
            if code_of(error) not in damage or isinstance(error, sqlite3.ProgrammingError):
                raise
            fault = str(error)
    if fault and log:
        raise UnusableProjectError(
            "{path} and the log beside it, “{name}”, do not fit together ({reason}): move the log to "
            "another folder and open the project again.",
            path=path,
            name=log,
            reason=shown(fault),
        )
    if fault:
        raise damaged(path, fault)


def class_ids_of(text: str) -> tuple[int, ...]:
    """The classes of a run, as the file has them; raises `ValueError` if they are none."""
    ids = _json(text)
    if not isinstance(ids, list) or not all(type(one) is int and 0 <= one <= LARGEST_ID for one in ids):
        raise ValueError("no list of classes")
    return tuple(ids)


def options_of(text: str) -> dict[str, float | bool]:
    """The options of a run, as the file has them; raises `ValueError` if they are none."""
    options = _json(text)
    if not isinstance(options, dict) or not all(map(_is_number, options.values())):
        raise ValueError("no options")
    return options


def _refuse_other_programs(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise UnusableProjectError(
            "{path} is not a Fewshot project: choose a file that Fewshot has made.", path=path
        )
    version = schema.version(db)
    if version > schema.VERSION:
        raise UnusableProjectError(
            "{path} was made by a newer Fewshot (format {version}, this one reads up to {newest}): "
            "update the program to open it.",
            path=path,
            version=version,
            newest=schema.VERSION,
        )
    if version < 1:
        raise damaged(path, f"format {version}")
    # It must have UTF-8, or tables cannot be altered later. SQLite takes what is no encoding for it, and
    # notices when it reads the structure again.
    encoding = db.execute("PRAGMA encoding").fetchone()[0]
    if encoding != "UTF-8":
        raise damaged(path, f"text in {encoding}")
    db.execute("PRAGMA writable_schema = RESET")


def _refuse_other_structure(db: sqlite3.Connection, path: Path) -> None:
    there, expected = schema.structure(db), schema.expected(schema.version(db))
    if there == expected:
        return
    foreign = [key for key in there if key not in expected]
    different = [key for key in there if key in expected and there[key] != expected[key]]
    missing = [key for key in expected if key not in there]
    for words, keys in (
        (Message("a foreign"), foreign),
        (Message("a changed"), different),
        (Message("no"), missing),
    ):
        for kind, name in keys:
            raise UnusableProjectError(
                "{path} is not as Fewshot makes it (it has {fault} {kind} “{name}”): another program has "
                "changed it, so open a copy from before that.",
                path=path,
                fault=words,
                kind=Message(shown(kind)),
                name=shown(name),
            )


def _broken_page(db: sqlite3.Connection) -> str:
    """What is wrong with the pages of the file, with values and what they must fulfil, or with an index
    that does not say what its table does."""
    fault = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0]).splitlines()[-1]
    return "" if fault == "ok" else fault


def _loose_end(db: sqlite3.Connection) -> str:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        return f"row {row} of {table} refers to none of {parent}"
    return ""


def _impossible_number(db: sqlite3.Connection) -> str:
    for table, ranges in _RANGES.items():
        columns = {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")}
        there = {value: limits for value, limits in ranges.items() if "(" in value or value in columns}
        if not columns:
            continue
        extremes = ", ".join(f"min({value}), max({value})" for value in there)
        found = db.execute(f"SELECT {extremes} FROM {table}").fetchone()
        for place, (value, (low, high)) in enumerate(there.items()):
            for extreme in found[2 * place : 2 * place + 2]:
                if extreme is not None and not low <= extreme <= high:
                    return f"{value} of {table} is {extreme}"
    for table, last in db.execute("SELECT name, seq FROM sqlite_sequence"):
        if type(last) is not int or not 0 <= last <= LARGEST_ID:
            return f"the last id of {table} is {last}"
    return ""


def _impossible_run(db: sqlite3.Connection) -> str:
    column = "options" if schema.version(db) > 1 else "'{}'"
    for run_id, class_ids, options in db.execute(f"SELECT id, class_ids, {column} FROM run"):
        try:
            class_ids_of(class_ids), options_of(options)
        except ValueError:
            return f"run {run_id} has no classes or options"
    return ""


def _impossible_batch(db: sqlite3.Connection) -> str:
    """Which run has predictions that do not fit its classes."""
    ways = {run_id: len(class_ids_of(ids)) for run_id, ids in db.execute("SELECT id, class_ids FROM run")}
    for run_id, ids, probabilities in db.execute(
        "SELECT DISTINCT run_id, length(picture_ids), length(probabilities) FROM prediction_batch"
    ):
        if ids % 8 or not ways[run_id] or probabilities * 2 != ids * ways[run_id]:
            return f"run {run_id} has predictions of another size"
    return ""


def _is_number(value: object) -> bool:
    # A whole number of JSON may be larger than any float.
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
