"""What the engine's tests share."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tasks in tests are so small that threads mostly wait for each other, above all on a busy machine."""
    torch.set_num_threads(1)
