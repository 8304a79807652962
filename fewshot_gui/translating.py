"""Brings every `assets/translations/fewshot_CODE.ts` up to date: `python -m fewshot_gui.translating`.

The texts that Qt's `lupdate` finds in the window are joined by those of the engine; other entries of a `.ts`
are kept. Then each `.ts` is compiled into the `.qm` that the window reads. A text without a translation, or
whose translation has other placeholders, is left out of it: it stays English, is counted, and is listed with
`--missing`.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree

from engine.cli.terminal import write_result
from engine.exports import formats
from engine.images import REASONS
from engine.images.code_pages import CODE_PAGES
from engine.messages import Message
from engine.paths import assets_dir
from engine.projections import projections
from engine.runs.catalogue import Catalogue
from engine.runs.events import Stage
from fewshot_gui.engine_link.bridge import load_engine
from fewshot_gui.shell.engine_texts import CONTEXT

_WINDOW = Path(__file__).parent
_ENGINE = _WINDOW.parent / "engine"
_NOT_IN_THE_WINDOW: Final = ("cli", "evaluation", "classifier.py")
"""Modules of the engine whose texts appear only in a terminal or a notebook."""
_DECLARED: Final = ("title", "family", "summary", "explanation", "limits")
"""Fields of declarations that the window shows."""
_KINDS: Final = ("slide", "video", "table", "view", "index", "trigger")
"""Words for kinds of files, or of parts of a database."""
_OF_THE_SYSTEM: Final = (
    "No space left on device",
    "Disk quota exceeded",
    "Permission denied",
    "Operation not permitted",
    "No such file or directory",
    "Not a directory",
    "Is a directory",
    "File exists",
    "Read-only file system",
    "Input/output error",
    "Too many open files",
)
"""The errors of operating systems that a person may meet."""
_PLACEHOLDER = re.compile(r"\{\w+\}")
_BRACES = re.compile(r"\{\w*\}|[{}]")


class Progress(NamedTuple):
    """The progress of a language: the number of texts, and those without a translation."""

    total: int
    missing: list[str]


def templates(*folders: Path) -> Iterator[str]:
    """Every template in the sources: the literal first argument of a `Message`, or of a `FewshotError`."""
    trees = [
        (path.relative_to(folder), ast.parse(path.read_text(encoding="utf-8")))
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    ]
    makers = {"Message", "FewshotError"} | {
        node.name
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and "FewshotError" in map(_name, node.bases)
    }
    for place, tree in trees:
        if place.parts[0] not in _NOT_IN_THE_WINDOW:
            for node in ast.walk(tree):
                match node:
                    case ast.Call(func=maker, args=[ast.Constant(value=str(text)), *_]):
                        if _name(maker) in makers:
                            yield text


def declared(catalogue: Catalogue) -> Iterator[str]:
    """The plain texts of the engine's declarations."""
    entries = [
        *catalogue.algorithms,
        *(option for algorithm in catalogue.algorithms for option in algorithm.options),
        *catalogue.backbones,
        *projections().values(),
        *formats().values(),
        *CODE_PAGES,
    ]
    found = (getattr(entry, field, "") for entry in entries for field in _DECLARED)
    for text in (*found, *Stage, *REASONS, *_KINDS, *_OF_THE_SYSTEM):
        if not isinstance(text, Message):
            yield text
        elif not text.parameters:  # else it is a user's checkpoint
            yield text.template


def update(ts: Path, texts: Sequence[str]) -> None:
    """Add missing texts of the window and the engine to `ts`, and remove those in neither."""
    lines = [
        f"QT_TRANSLATE_NOOP({CONTEXT!r}, {_quoted(text)})\n"
        for text in dict.fromkeys(texts)
        if re.search(r"[^\W\d_]", _PLACEHOLDER.sub("", text))  # it contains a word
    ]
    with tempfile.TemporaryDirectory() as folder:
        engine = Path(folder) / "engine_texts.py"
        engine.write_text("".join(lines), encoding="utf-8")
        sources = [*sorted(_WINDOW.rglob("*.py")), engine]
        _run("lupdate", ["-silent", *map(str, sources), "-no-obsolete", "-locations", "none", "-ts", str(ts)])


def release(ts: Path) -> Progress:
    """Compile the translated texts of `ts` into the `.qm` beside it."""
    tree = ElementTree.parse(ts)
    total, missing = 0, []
    for message in tree.iter("message"):
        source, translation = message.findtext("source") or "", message.find("translation")
        total += 1
        assert translation is not None
        text = translation.text or ""
        if translation.get("type") or not text or _braces(source) != _braces(text):
            missing.append(source)
            translation.set("type", "unfinished")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / ts.name
        tree.write(whole, encoding="utf-8", xml_declaration=True)
        _run("lrelease", ["-silent", "-nounfinished", str(whole), "-qm", str(ts.with_suffix(".qm"))])
    return Progress(total, missing)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _braces(text: str) -> Counter[str]:
    return Counter(_BRACES.findall(text))


def _quoted(text: str) -> str:
    """The text as a Python literal, but with its letters unescaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _run(tool: str, arguments: Sequence[str]) -> None:
    """Run one of Qt's tools from the package PySide6."""
    program = f"import sys; from PySide6.scripts.pyside_tool import {tool}; sys.exit({tool}())"
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)


def _main() -> None:
    parser = argparse.ArgumentParser(description="Bring the translations up to date.")
    parser.add_argument("--missing", action="store_true", help="list what is not translated")
    list_missing = parser.parse_args().missing
    texts = [*templates(_ENGINE, _WINDOW), *declared(load_engine().read_catalogue())]
    for ts in sorted((assets_dir() / "translations").glob("*.ts")):
        update(ts, texts)
        total, missing = release(ts)
        write_result(f"{ts.stem}: {total - len(missing)} of {total} translated, {len(missing)} missing")
        if list_missing:
            write_result(*(f"  {source}" for source in missing))


if __name__ == "__main__":
    _main()
