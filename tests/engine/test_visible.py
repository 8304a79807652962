from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.visible import visible

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;loose\x07.png", r"\x1b]0;loose\x07.png"),
        ("two\nlines\r\tand more", r"two\nlines\r\tand more"),
        ("\x7f\x85\x9b2J", r"\x7f\x85\x9b2J"),
        ("cat\u202egnp.exe", r"cat\u202egnp.exe"),
        ("\u200e\u200f\u061c\u2066\u2069\u2028", r"\u200e\u200f\u061c\u2066\u2069\u2028"),
        ("кошка 猫 #1 👩\u200d🚀 ± “R&D” C:\\new", "кошка 猫 #1 👩\u200d🚀 ± “R&D” C:\\new"),
    ],
)
def test_what_would_move_a_terminal_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_shown_has_a_control_or_a_direction_of_its_own(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in BIDIRECTIONAL]
    assert visible(shown) == shown
