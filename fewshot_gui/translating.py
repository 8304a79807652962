"""Brings every `assets/translations/fewshot_CODE.ts` up to date: `python -m fewshot_gui.translating`.

What Qt's `lupdate` finds in the sources of the window is joined by what the engine says; the rest of a `.ts`
is kept. New texts are marked unfinished until somebody translates them, and stay English until then. Then
each `.ts` becomes the `.qm` that the window reads.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.labeling.catalogue import Catalogue
from engine.paths import assets_dir
from fewshot_gui.bridge import load_engine
from fewshot_gui.engine_sentences import CONTEXT
from fewshot_gui.engine_texts import texts

_SOURCES = Path(__file__).parent


def update(ts: Path, catalogue: Catalogue) -> None:
    """Add the texts that `ts` lacks, and take out those that are said no more."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "engine_says.py"
        lines = [f"QT_TRANSLATE_NOOP({CONTEXT!r}, {_quoted(text)})\n" for text in texts(catalogue)]
        said.write_text("".join(lines), encoding="utf-8")
        sources = [*sorted(_SOURCES.rglob("*.py")), said]
        _run("lupdate", [*map(str, sources), "-no-obsolete", "-locations", "none", "-ts", str(ts)])


def release(ts: Path) -> Path:
    """Write the `.qm` of what is translated in `ts` beside it, and return it."""
    qm = ts.with_suffix(".qm")
    _run("lrelease", ["-silent", str(ts), "-qm", str(qm)])
    return qm


def _quoted(text: str) -> str:
    """As Python writes it, but with the letters as they are."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _run(tool: str, arguments: Sequence[str]) -> None:
    """One of Qt's tools, which the package PySide6 brings along."""
    program = f"import sys; from PySide6.scripts.pyside_tool import {tool}; sys.exit({tool}())"
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)


if __name__ == "__main__":
    english = load_engine().read_catalogue()
    for source in sorted((assets_dir() / "translations").glob("*.ts")):
        update(source, english)
        release(source)
