"""A small seeded part of each campaign; `python -m tests.faults` runs them whole."""

from __future__ import annotations

import pytest

from tests.faults.base import FAILURES, Unavailable
from tests.faults.campaigns import campaigns

SEED = 1


@pytest.mark.slow
@pytest.mark.parametrize("name", campaigns())
def test_no_fault_does_more_than_was_promised(name: str) -> None:
    campaign = campaigns()[name]
    if campaign.sample == 0:
        pytest.skip("too long for the tests: python -m tests.faults runs it")
    try:
        results = list(campaign.run(campaign.sample, SEED))
    except Unavailable as lack:
        pytest.skip(str(lack))
    assert len(results) == campaign.sample
    assert [result for result in results if result.outcome in FAILURES] == []
