"""Whatever a file was called, it gets a name that every system can write, and no two files get the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.file_names import LONGEST_NAME, SafeNames, folded, safe_file_name

NAMES = st.text(st.characters() | st.sampled_from("/\\.: aux¹\u202e"), max_size=300)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("aux", "_aux"),
        ("AUX.jpg", "_AUX.jpg"),
        ("con.tar.gz", "_con.tar.gz"),
        ("nul ", "_nul"),
        ("nul .png", "_nul .png"),
        ("COM1.png", "_COM1.png"),
        ("com¹", "_com¹"),
        ("LPT³.txt", "_LPT³.txt"),
        ("CONIN$", "_CONIN$"),
        ("console.png", "console.png"),
        ("com10.png", "com10.png"),
        ("a.", "a"),
        ("a. . ", "a"),
        (" a", "a"),
        (".hidden", "_.hidden"),
        ("..", "_"),
        ("", "_"),
        ('<>:"/\\|?*', "_________"),
        ("a\x1b[2J\x07.png", "a_[2J_.png"),
        ("a\u202egnp.exe", "a_gnp.exe"),
        ("a\ud800.png", "a_.png"),
        ("Ka\u0308fer", "Käfer"),
        ("👩\u200d🌾.png", "👩\u200d🌾.png"),
    ],
)
def test_what_some_system_cannot_write_or_shows_wrongly_is_replaced(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(NAMES)
def test_a_safe_name_is_one_plain_name_and_stays_as_it_is(name: str) -> None:
    safe = safe_file_name(name)
    assert safe == safe_file_name(safe)
    assert safe == safe.strip()
    assert not safe.startswith(".")
    assert not safe.endswith(".")
    assert not set('<>:"/\\|?*') & set(safe)
    assert not {"Cc", "Cs"} & set(map(unicodedata.category, safe))
    assert len(safe.encode()) <= LONGEST_NAME + 1


def test_of_a_long_name_the_suffix_stays() -> None:
    assert safe_file_name("고" * 300 + ".jpeg").endswith("고고.jpeg")


@given(st.lists(NAMES, max_size=20))
def test_different_names_of_one_folder_stay_different(names: list[str]) -> None:
    safe = SafeNames()
    given = {folded(name): folded(safe.of(name)) for name in names}
    assert len(set(given.values())) == len(given)
    assert all(folded(safe.of(name)) == given[folded(name)] for name in names)


def test_names_that_become_the_same_are_numbered() -> None:
    safe = SafeNames()
    given = [safe.of(name) for name in ("a?.png", "a_.png", "a*.png", "aux", "_aux", "a?.png")]
    assert given == ["a_.png", "a_ 2.png", "a_ 3.png", "_aux", "_aux 2", "a_.png"]
