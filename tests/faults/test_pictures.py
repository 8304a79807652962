"""A small part of the mutated pictures; all of them are a matter of hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.images import REASONS
from tests.faults.picture_seeds import seeds
from tests.faults.pictures import answer, cases

pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")


def test_the_seeds_are_many_and_all_but_the_unsupported_are_read(tmp_path: Path) -> None:
    contents = seeds()
    assert len(contents) >= 100
    refused = {
        name: answer(data, tmp_path)[1] for name, data in contents.items() if not answer(data, tmp_path)[0]
    }
    assert refused.keys() == {"tiff complex"}


def test_mutated_pictures_are_read_alike_by_every_way_or_have_a_reason(tmp_path: Path) -> None:
    for name, data in cases(200, seed=14):
        picture, words = answer(data, tmp_path)
        assert picture is not None or words.partition(":")[0] in REASONS, name
