"""Where numbers are in a list, whether they lie close together or far apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workspace import positions
from engine.workspace.positions import PositionIndex

NUMBERS = st.lists(st.integers(0, 10**9), unique=True) | st.lists(st.integers(0, 50), unique=True)


@pytest.mark.parametrize("room", [0, positions._ROOM_FOR_FEW])
@given(numbers=NUMBERS, others=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_a_number_that_is_there_has_its_place_and_any_other_has_none(
    room: int, numbers: list[int], others: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "_ROOM_FOR_FEW", room)
        found = PositionIndex(np.array(numbers, np.int64))
    expected = {number: place for place, number in enumerate(numbers)}
    wanted = [*others, *numbers, *others]
    assert found.of(np.array(wanted, np.int64)).tolist() == [expected.get(one, -1) for one in wanted]
    assert [found.of_one(one) for one in wanted] == [expected.get(one, -1) for one in wanted]


def test_what_lies_far_apart_takes_no_more_room_than_there_is() -> None:
    assert PositionIndex(np.array([1, 2 * 10**9]))._table is None
