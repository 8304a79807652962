"""Names in the order in which people count."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.images import natural
from engine.images.natural import natural_order

# Also what only names have that are no valid text: lone surrogates, which stand for bytes.
file_names = st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=12)


def in_order(names: list[str]) -> list[str]:
    return [names[place] for place in natural_order(names)]


def test_two_comes_before_ten_whatever_the_case_and_the_zeros() -> None:
    names = ["B10.png", "b9.png", "a 2 10", "A 2 9", "b009a.png", "10", "9", "b"]
    assert in_order(names) == ["9", "10", "A 2 9", "a 2 10", "b", "b9.png", "b009a.png", "B10.png"]


def test_names_that_differ_only_in_case_come_by_code_point() -> None:
    assert in_order(["a1", "A1", "A01", "a01"]) == ["A01", "A1", "a01", "a1"]


def test_no_names_have_an_order_too() -> None:
    assert in_order([]) == []


@given(before=st.text("abc.-_ é", max_size=5), numbers=st.lists(st.integers(0, 10**30)))
def test_of_names_that_are_the_same_but_for_a_number_the_smaller_comes_first(
    before: str, numbers: list[int]
) -> None:
    names = [f"{before}{number}.jpg" for number in numbers]
    assert in_order(names) == [f"{before}{number}.jpg" for number in sorted(numbers)]


@given(names=st.lists(file_names, unique=True), seed=st.integers())
def test_the_order_is_one_of_all_names_however_they_come_and_in_whatever_blocks(
    names: list[str], seed: int
) -> None:
    mixed = names.copy()
    random.Random(seed).shuffle(mixed)
    ordered = in_order(names)
    assert sorted(ordered) == sorted(names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(natural, "_BLOCK", 2)
        assert in_order(mixed) == ordered
