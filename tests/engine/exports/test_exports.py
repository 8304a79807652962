from __future__ import annotations

import codecs
import csv
import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.exports
from engine.errors import FewshotError
from engine.exports import Row, check_target, export, formats, get_format
from engine.versions import versions

CLASSES = ["cat", "dog"]
TABLES = [form.name for form in formats().values() if not form.is_folder]
ROWS = [
    Row("a.jpg", "cat", 0.9, "", [0.9, 0.1]),
    Row("b.jpg", "dog", 2 / 3, "", [1 / 3, 2 / 3]),
    Row("c.jpg", "dog"),
    Row("d.jpg", "", error="truncated"),
]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def read_jsonl(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().decode("utf-8").split("\n")[:-1]]


def test_csv_has_the_documented_columns(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    first = replace(ROWS[0], image="leaves/a.jpg", origin="predicted")
    assert export(path, [first, *ROWS[1:]], CLASSES, "csv").written == 4
    assert path.read_bytes().decode() == (
        "image,label,confidence,error,origin,folder,p:cat,p:dog\n"
        "leaves/a.jpg,cat,0.900000,,predicted,leaves,0.900000,0.100000\n"
        "b.jpg,dog,0.666667,,,,0.333333,0.666667\n"
        "c.jpg,dog,,,,,,\n"
        "d.jpg,,,truncated,,,,\n"
    )


def test_csv_for_excel_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    export(tmp_path / "out.csv", ROWS, ["고양이", "개"], "csv", options={"reader": "excel"})
    assert (tmp_path / "out.csv").read_bytes().startswith(codecs.BOM_UTF8 + b"image,")


def test_paths_in_csv_can_be_seen_from_the_table_so_that_both_can_move(tmp_path: Path) -> None:
    table = tmp_path / "tables" / "out.csv"
    table.parent.mkdir()
    places = (table.parent / "leaves" / "a.jpg", tmp_path / "b.jpg")
    export(table, [Row(str(place), "cat") for place in places], [], "csv", options={"paths": "relative"})
    images = [row[0] for row in read_csv(table)[1:]]
    assert images == ["leaves/a.jpg", "../b.jpg"]
    assert [(table.parent / image).resolve() for image in images] == [place.resolve() for place in places]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_finite_number_is_left_out(tmp_path: Path, number: float) -> None:
    rows = [
        Row("a.jpg", "cat", number, "", [number, 0.5]),
        Row("b.jpg", "cat", np.float32(number), "", [1, 0]),
    ]
    export(tmp_path / "out.csv", rows, CLASSES, "csv")
    assert read_csv(tmp_path / "out.csv")[1:] == [
        ["a.jpg", "cat", "", "", "", "", "", "0.500000"],
        ["b.jpg", "cat", "", "", "", "", "1.000000", "0.000000"],
    ]
    export(tmp_path / "out.jsonl", rows, CLASSES, "jsonl")
    first, second = read_jsonl(tmp_path / "out.jsonl")
    assert (first["confidence"], first["probabilities"]) == (None, {"cat": None, "dog": 0.5})
    assert second["confidence"] is None


def test_json_lines_state_the_same_facts(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert export(path, ROWS, CLASSES, "jsonl").written == 4
    a, b, c, d = read_jsonl(path)
    assert a == {
        "image": "a.jpg",
        "label": "cat",
        "confidence": 0.9,
        "error": "",
        "origin": "",
        "folder": "",
        "probabilities": {"cat": 0.9, "dog": 0.1},
    }
    assert b["probabilities"] == {"cat": 0.333333, "dog": 0.666667}
    assert c["label"] == "dog"
    assert c["confidence"] is c["probabilities"] is None
    assert d["error"] == "truncated"


def test_numpy_numbers_are_numbers(tmp_path: Path) -> None:
    row = Row("a.jpg", "cat", np.float32(0.75), "", np.array([0.75, 0.25], np.float32))  # type: ignore[arg-type]
    for name in TABLES:
        export(tmp_path / name, [row], CLASSES, name)
    assert read_csv(tmp_path / "csv")[1][2:] == ["0.750000", "", "", "", "0.750000", "0.250000"]
    assert read_jsonl(tmp_path / "jsonl")[0]["probabilities"] == {"cat": 0.75, "dog": 0.25}


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(any_text, any_text, any_text), max_size=5), any_text)
def test_csv_keeps_any_text(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str, str]], class_name: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "out.csv"
    export(path, [Row(image, label, 1.0, error, [1.0]) for image, label, error in texts], [class_name], "csv")
    header, *rows = read_csv(path)
    assert header[6:] == [f"p:{class_name}"]
    assert [(image, label, error) for image, label, _, error, *_ in rows] == texts


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5), st.text())
def test_json_lines_keep_any_text_even_lone_surrogates(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str, str]], class_name: str
) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "out.jsonl"
    export(
        path, [Row(image, label, 1.0, error, [1.0]) for image, label, error in texts], [class_name], "jsonl"
    )
    assert read_jsonl(path) == [
        {
            "image": image,
            "label": label,
            "confidence": 1.0,
            "error": error,
            "origin": "",
            "folder": Path(image).parent.name,
            "probabilities": {class_name: 1.0},
        }
        for image, label, error in texts
    ]


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_file_names_that_are_not_utf8_still_make_a_utf8_file(tmp_path: Path, name: str) -> None:
    image = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    export(tmp_path / "out", [Row(image, "cat")], CLASSES, name)
    assert "caf\\udce9.jpg" in (tmp_path / "out").read_text(encoding="utf-8")


def test_rows_are_taken_one_by_one(tmp_path: Path) -> None:
    def many() -> Iterator[Row]:
        for number in range(100_000):
            yield Row(f"{number}.jpg", "cat", 0.5, "", (0.5, 0.5))

    assert export(tmp_path / "out.csv", many(), CLASSES, "csv").written == 100_000
    assert read_csv(tmp_path / "out.csv")[-1][0] == "99999.jpg"


def test_an_export_without_rows_is_a_table_without_rows(tmp_path: Path) -> None:
    assert export(tmp_path / "out.csv", [], CLASSES, "csv").written == 0
    assert len(read_csv(tmp_path / "out.csv")) == 1


def test_a_failure_in_the_rows_keeps_the_older_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Row]:
        yield from ROWS
        raise KeyboardInterrupt

    path = tmp_path / "out.csv"
    path.write_text("older")
    with pytest.raises(KeyboardInterrupt):
        export(path, interrupted(), CLASSES, "csv")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_running_out_of_space_keeps_the_older_file_and_says_why(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "out.csv"
    path.write_text("older")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(FewshotError, match=r"out\.csv' cannot be written: the file would grow"):
            export(path, ROWS * 10_000, CLASSES, "csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FewshotError, match="the disk is full"):
        export(tmp_path / "out.csv", ROWS, CLASSES, "csv")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="there is no folder"):
        export(tmp_path / "gone" / "out.csv", ROWS, CLASSES, "csv")


def test_a_folder_or_device_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="not a file"):
        export(tmp_path, ROWS, CLASSES, "csv")
    with pytest.raises(FewshotError, match="not a file"):
        export(Path(os.devnull), ROWS, CLASSES, "csv")


@pytest.mark.skipif(os.name != "posix", reason="links need special rights on Windows")
def test_a_link_stays_a_link_to_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to("real/out.csv")
    export(link, ROWS, CLASSES, "csv")
    assert link.is_symlink()
    assert len(read_csv(tmp_path / "real" / "out.csv")) == 5


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    export(tmp_path / "out.csv", ROWS, CLASSES, "csv")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize("name", TABLES)
def test_how_a_table_came_about_is_written_beside_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"out.{name}"
    runs = [{"algorithm": "ridge", "options": {}, "seed": 0}, {"algorithm": "maml", "checkpoint": None}]
    export(path, ROWS, ["cat", "caf\udce9"], name, runs, 0.25)
    record = json.loads((tmp_path / f"out.{name}.run.json").read_text("ascii"))
    assert record["table"] == path.name
    assert (record["rows"], record["classes"], record["threshold"]) == (4, ["cat", "caf\udce9"], 0.25)
    assert record["runs"] == runs
    assert record["versions"] == versions()
    assert datetime.fromisoformat(record["exported"]).utcoffset() == timedelta(0)


def test_a_table_of_labels_alone_has_a_record_without_runs(tmp_path: Path) -> None:
    export(tmp_path / "out.csv", ROWS, CLASSES, "csv")
    assert json.loads((tmp_path / "out.csv.run.json").read_text())["runs"] == []


def test_where_no_record_can_be_written_the_older_table_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("older")
    (tmp_path / "out.csv.run.json").mkdir()
    with pytest.raises(FewshotError, match=r"out\.csv\.run\.json' is not a file"):
        export(path, ROWS, CLASSES, "csv")
    assert path.read_text() == "older"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_name_too_long_for_the_record_is_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="the file name is too long"):
        check_target(tmp_path / f"{'a' * 247}.csv", get_format("csv"))
    assert check_target(tmp_path / f"{'a' * 242}.csv", get_format("csv")).parent == tmp_path


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match=r"'ods'.*csv, .*jsonl"):
        export(tmp_path / "out", ROWS, CLASSES, "ods")


def test_a_new_module_is_a_new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "names_file.py").write_text(
        "from engine.exports.base import ExportFormat, open_text\n"
        "def write(path, data):\n"
        "    with open_text(path) as stream:\n"
        "        for row in data.rows:\n"
        "            stream.write(row.image + '\\n')\n"
        "            yield True\n"
        "FORMAT = ExportFormat('names', 'Names only', '.txt', write)\n"
    )
    monkeypatch.setattr(engine.exports, "__path__", [*engine.exports.__path__, str(tmp_path)])
    formats.cache_clear()
    try:
        assert "names" in formats()
        export(tmp_path / "out.txt", ROWS, CLASSES, "names")
        assert (tmp_path / "out.txt").read_text() == "a.jpg\nb.jpg\nc.jpg\nd.jpg\n"
    finally:
        formats.cache_clear()
        sys.modules.pop("engine.exports.names_file", None)
