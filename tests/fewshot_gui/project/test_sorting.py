from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fewshot_gui.project.sorting import ascending, descending

A_FEW = [0.0, -0.0, 0.25, 0.5, 1.0, np.inf, np.nan, -np.nan]
NUMBERS = st.floats(0, width=32) | st.sampled_from(A_FEW)


@given(arrays(np.float32, st.integers(0, 60), elements=NUMBERS))
def test_numbers_are_sorted_as_by_a_stable_sort_with_what_is_no_number_last(values: np.ndarray) -> None:
    assert ascending(values).tolist() == np.argsort(values, kind="stable").tolist()
    assert descending(values).tolist() == np.argsort(-values, kind="stable").tolist()
