"""What CONTRIBUTING.md and docs/architecture.md name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACEHOLDERS = ("NAME", "FAMILY", "CODE")
NAMED = re.compile(r"`((?:engine|fewshot_gui|tests|docs|assets|benchmarks)/[\w/.]*)`")
SHORT = re.compile(r"`([\w*]+\.py)`")
LINKED = re.compile(r"\]\(([\w/.-]+)\)")


def paths(document: str) -> set[Path]:
    """The paths that a document names or links to, without those that stand for many."""
    file = ROOT / document
    text = file.read_text(encoding="utf-8")
    found = [ROOT / path for path in NAMED.findall(text)] + [
        file.parent / path for path in LINKED.findall(text)
    ]
    return {path for path in found if not any(word in path.parts[-1] for word in PLACEHOLDERS)}


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_that_it_names_is_there(document: str) -> None:
    named = paths(document)
    assert len(named) > 20
    assert sorted(path.relative_to(ROOT).as_posix() for path in named if not path.exists()) == []


def test_each_module_that_the_architecture_names_is_in_the_folder_of_its_row() -> None:
    missing: list[str] = []
    for row in (ROOT / "docs/architecture.md").read_text(encoding="utf-8").splitlines():
        places = [ROOT / path for path in NAMED.findall(row)]
        folders = [place if place.is_dir() else place.parent for place in places]
        missing += [
            name for name in SHORT.findall(row) if not any([*folder.glob(name)] for folder in folders)
        ]
    assert missing == []


def test_the_table_of_the_architecture_has_features_enough_for_a_newcomer() -> None:
    table = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## To change")[2]
    assert len([line for line in table.splitlines() if line.startswith("| ")]) > 25
