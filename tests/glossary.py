"""Checks that code keeps to the glossary: `python -m tests.glossary` prints each word to avoid, with its
place.

docs/glossary.md is read for its terms (`**Term**`) and for the words in backticks on their lines `_Avoid_:`,
which are looked for in identifiers, docstrings and comments. Texts for people are not checked here.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
SCOPES = {"Avoid": ("engine", "fewshot_gui"), "Avoid in the window": ("fewshot_gui",)}
"""The folders in which the words of a line are avoided, by how the line begins."""

_TERM = re.compile(r"^\*\*(.+?)\*\*")
_AVOID = re.compile(r"^_(.+?)_: (.*)")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STARTS_LINE = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


@dataclass(frozen=True)
class Avoided:
    """Words, in lower case, that stand for `term` and should not, and the `folders` where that is checked."""

    words: tuple[str, ...]
    term: str
    folders: tuple[str, ...]


def avoided(glossary: str) -> list[Avoided]:
    """The words to avoid, in the order of the glossary."""
    found, term = [], ""
    for line in glossary.splitlines():
        if match := _TERM.match(line):
            term = match[1]
        elif (match := _AVOID.match(line)) and match[1] in SCOPES:
            phrases = re.findall(r"`(.+?)`", match[2])
            found += [Avoided(_words(phrase), term, SCOPES[match[1]]) for phrase in phrases]
    return found


def offences(source: str, words: list[Avoided]) -> Iterator[tuple[int, Avoided]]:
    """The lines of `source` with a word to avoid in an identifier, a docstring or a comment."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring = token.type == tokenize.STRING and before in _STARTS_LINE
        if token.type in (tokenize.NAME, tokenize.COMMENT) or is_docstring:
            yield from _offences_in(token.string, token.start[0], words)
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def _offences_in(text: str, first_line: int, words: list[Avoided]) -> Iterator[tuple[int, Avoided]]:
    matches = list(_WORD.finditer(text))
    parts = [match[0].lower() for match in matches]
    for entry in words:
        length = len(entry.words)
        for start in range(len(parts) - length + 1):
            if tuple(parts[start : start + length]) == entry.words:
                yield first_line + text.count("\n", 0, matches[start].start()), entry


def _words(text: str) -> tuple[str, ...]:
    return tuple(match[0].lower() for match in _WORD.finditer(text))


def main() -> int:
    """Print every offence; the exit status is 1 if there is one."""
    entries = avoided(GLOSSARY.read_text(encoding="utf-8"))
    count = 0
    for folder in sorted({folder for entry in entries for folder in entry.folders}):
        here = [entry for entry in entries if folder in entry.folders]
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, entry in offences(path.read_text(encoding="utf-8"), here):
                count += 1
                words = " ".join(entry.words)
                place = f"{path.relative_to(ROOT)}:{line}"
                print(f"{place}: avoid “{words}”; docs/glossary.md calls it “{entry.term}”")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
