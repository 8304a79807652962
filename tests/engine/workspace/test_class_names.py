"""Which names of classes are the same but for how they are written."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from engine.workspace.class_names import about_joined, alike, join_alike

ONE, TWO, THREE = (Path(f"/{number}.png") for number in range(3))


@pytest.mark.parametrize("other", ["Disc", " disc", "disc\t", "DISC"])
def test_case_spaces_and_unicode_form_make_no_other_name(other: str) -> None:
    assert alike(["disc", "square", other]) == [[0, 2]]


def test_an_accent_is_the_same_in_either_unicode_form() -> None:
    assert alike(["Café au lait", unicodedata.normalize("NFD", "café  au lait")]) == [[0, 1]]


@pytest.mark.parametrize("other", ["disc 1", "disk", "dis c", "di\u0301sc"])
def test_other_letters_and_parts_make_another_name(other: str) -> None:
    assert alike(["disc", other]) == []


def test_letters_are_classes_of_their_own_in_either_case() -> None:
    assert alike(["a", "A", "b", "B"]) == []


def test_the_class_with_the_most_pictures_gives_its_name() -> None:
    joined, pairs = join_alike({"disc": [ONE], "ring": [], "Disc": [TWO, THREE], "DISC": []})
    assert joined == {"ring": [], "Disc": [ONE, TWO, THREE]}
    assert pairs == [("disc", "Disc"), ("DISC", "Disc")]
    assert str(about_joined(pairs[:1])) == (
        "The class “disc” was joined to “Disc”: the names differ only in case or spaces."
    )
    assert str(about_joined(pairs)).startswith("2 classes were joined to others")
