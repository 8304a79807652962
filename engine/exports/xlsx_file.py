"""A workbook with one sheet (Office Open XML, ECMA-376), for Excel, LibreOffice and others.

The columns are those of a CSV table. Texts are texts, whatever they begin with: none is a formula. What XML
cannot hold is written as `_xHHHH_`, which spreadsheets read back; a text is cut after 32,767 characters, as
they do.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from html import escape
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from engine.errors import FewshotError
from engine.exports.base import ExportData, ExportFormat
from engine.exports.csv_file import cells_of, columns_of

_MOST_LINES, _MOST_COLUMNS, _LONGEST_TEXT = 1_048_576, 16_384, 32_767
"""What a sheet can hold."""
_MOST_BYTES = 2**31 - 1
"""What is larger needs another kind of zip, which not every spreadsheet reads."""

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="labels" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
# A carriage return would be read back as a line feed; what looks like `_xHHHH_` already is escaped, too.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def _text(text: str) -> str:
    # As in the other tables, file names that are not Unicode have `\udcXX`.
    unicode = text.encode("utf-8", "backslashreplace").decode()[:_LONGEST_TEXT]
    kept = escape(_NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", unicode), quote=False)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>' if text else "<c/>"


def _number(text: str) -> str:
    return f"<c><v>{text}</v></c>" if text else "<c/>"


def _line(cells: Sequence[str], are_numbers: Sequence[bool]) -> bytes:
    parts = (
        _number(cell) if is_number else _text(cell)
        for cell, is_number in zip(cells, are_numbers, strict=True)
    )
    return f"<row>{''.join(parts)}</row>".encode()


def _write(path: Path, data: ExportData) -> Generator[bool, None, None]:
    columns = columns_of(data.class_names)
    are_numbers = [name == "confidence" or name.startswith("p:") for name in columns]
    if len(columns) > _MOST_COLUMNS:
        raise FewshotError("A sheet cannot hold so many classes: export a CSV table.")
    with ZipFile(path, "x", ZIP_DEFLATED) as book:
        for name, content in _PARTS.items():
            book.writestr(_part(name), _HEAD + content)
        with book.open(_part(_SHEET), "w") as sheet:
            line = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
            line += _line(columns, [False] * len(columns))
            size = sheet.write(line)
            for number, row in enumerate(data.rows, start=2):
                line = _line(cells_of(row, data.class_names), are_numbers)
                size += len(line)
                if number > _MOST_LINES or size > _MOST_BYTES:
                    raise FewshotError("A sheet cannot hold so many pictures: export a CSV table.")
                sheet.write(line)
                yield True
            sheet.write(b"</sheetData></worksheet>")


def _part(name: str) -> ZipInfo:
    """A member without a date, so that the same labels are the same file."""
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    return part


FORMAT = ExportFormat("xlsx", "Workbook for Excel and LibreOffice", ".xlsx", _write)
