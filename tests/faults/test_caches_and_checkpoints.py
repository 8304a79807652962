"""A small seeded part of two campaigns."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.faults import caches, checkpoints
from tests.faults.base import FAILURES


@pytest.mark.parametrize("campaign", [caches, checkpoints], ids=lambda module: module.__name__)
def test_no_damage_is_taken_for_an_answer(campaign: ModuleType) -> None:
    results = list(campaign.run(campaign.SAMPLE, seed=1))
    assert len(results) == campaign.SAMPLE
    assert [result for result in results if result.outcome in FAILURES] == []
