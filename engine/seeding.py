"""Setting torch's random numbers, cheaply enough to do it for every episode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def seed_torch(seed: int) -> None:
    """Make what torch draws from now on, on the CPU and on every device in use, depend on `seed` alone.

    `torch.manual_seed` does the same, but while CUDA is built in and not in use it notes each call with its
    whole stack, to repeat it later: 7 ms a call, and a list that grows for as long as the program runs.
    """
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)


@contextmanager
def seeded_torch(seed: int) -> Iterator[None]:
    """`seed_torch` for a block; afterwards torch draws as it would have without it, in a script of others."""
    devices = [*range(torch.cuda.device_count())] if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    with torch.random.fork_rng(devices):
        seed_torch(seed)
        yield
