"""What CONTRIBUTING.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:engine|fewshot_gui|tests|docs|assets|benchmarks)/[\w/.]+)`", TEXT)
LINKED = re.findall(r"\]\(([\w/.-]+)\)", TEXT)
PLACEHOLDERS = ("NAME", "FAMILY", "CODE")


@pytest.mark.parametrize("path", sorted({*NAMED, *LINKED}))
def test_a_path_that_it_names_is_there(path: str) -> None:
    assert any(word in path for word in PLACEHOLDERS) or (ROOT / path).exists()
