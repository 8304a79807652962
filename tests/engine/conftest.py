"""What the engine's tests share."""

from __future__ import annotations

import os

import pytest
import torch
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("fewshot", deadline=None)
settings.load_profile("fewshot")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tasks in tests are so small that threads mostly wait for each other, above all on a busy machine.
    `OMP_NUM_THREADS` asks for more, to show that it does not matter (see `tests.processors`)."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
