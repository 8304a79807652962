"""Workbooks, read back as ECMA-376 says."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FewshotError
from engine.exports import Row, export, xlsx_file

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_xlsx(path: Path) -> list[list[str | float | None]]:
    with ZipFile(path) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [[_value(cell) for cell in row] for row in sheet.iter(f"{_MAIN}row")]


def _value(cell: ElementTree.Element) -> str | float | None:
    if (number := cell.find(f"{_MAIN}v")) is not None:
        return float(number.text or "")
    if (text := cell.find(f"{_MAIN}is/{_MAIN}t")) is not None:
        return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text.text or "")
    return None


def test_the_columns_are_those_of_a_csv_table_and_numbers_are_numbers(tmp_path: Path) -> None:
    rows = [
        Row("leaves/a.jpg", "고양이", 0.9, "", [0.9, 0.1], "predicted"),
        Row("b.jpg", "", error="truncated"),
    ]
    assert export(tmp_path / "out.xlsx", rows, ["고양이", "개"], "xlsx").written == 2
    assert read_xlsx(tmp_path / "out.xlsx") == [
        ["image", "label", "confidence", "error", "origin", "folder", "p:고양이", "p:개"],
        ["leaves/a.jpg", "고양이", 0.9, None, "predicted", "leaves", 0.9, 0.1],
        ["b.jpg", None, None, "truncated", None, None, None, None],
    ]


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    export(tmp_path / "out.xlsx", [Row("=1+1.png", "@cat")], [], "xlsx")
    assert read_xlsx(tmp_path / "out.xlsx")[1][:2] == ["=1+1.png", "@cat"]
    with ZipFile(tmp_path / "out.xlsx") as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml")


def test_file_names_that_are_not_utf8_are_spelled_as_in_other_tables(tmp_path: Path) -> None:
    export(tmp_path / "out.xlsx", [Row("caf\udce9.jpg", "cat")], [], "xlsx")
    assert read_xlsx(tmp_path / "out.xlsx")[1][0] == "caf\\udce9.jpg"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text("_x0041_A")), max_size=5)
)
def test_any_text_is_kept(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.mktemp("xlsx") / "out.xlsx"
    export(path, [Row("a", label, error=error) for label, error in texts], [], "xlsx")
    assert [(row[1] or "", row[3] or "") for row in read_xlsx(path)[1:]] == texts


def test_the_same_labels_are_the_same_file(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        export(tmp_path / name, [Row("a.jpg", "cat")], ["cat"], "xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("limit", "most", "too_many"),
    [("_MOST_LINES", 3, "pictures"), ("_MOST_BYTES", 999, "pictures"), ("_MOST_COLUMNS", 6, "classes")],
)
def test_more_than_a_sheet_can_hold_is_a_sentence_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, too_many: str
) -> None:
    monkeypatch.setattr(xlsx_file, limit, most)
    with pytest.raises(FewshotError, match=f"cannot hold so many {too_many}"):
        export(tmp_path / "out.xlsx", [Row("a.jpg", "cat")] * 9, ["cat"], "xlsx")
    assert list(tmp_path.iterdir()) == []
