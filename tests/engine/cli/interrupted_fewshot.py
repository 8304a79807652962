"""`tiny_fewshot`, but Ctrl-C is pressed in the middle of a step: `python interrupted_fewshot.py STEP …`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.cli.main import main
from engine.learners.base import MetaLearner
from engine.meta_training import job
from tests.engine.cli import tiny_fewshot

NEVER = 10**9


def install(step: int, presses: int, patch: pytest.MonkeyPatch) -> None:
    """Press it so often within this step; nothing is written by validation before."""
    iter_meta_step, taken = MetaLearner.iter_meta_step, 0

    def interrupted(learner: MetaLearner, *arguments: Any) -> Generator[int, None, float]:
        nonlocal taken
        taken += 1
        for _ in range(presses if taken == step else 0):
            signal.raise_signal(signal.SIGINT)
        return iter_meta_step(learner, *arguments)

    patch.setattr(MetaLearner, "iter_meta_step", interrupted)
    patch.setattr(job, "MIN_STEPS_BETWEEN", NEVER)


if __name__ == "__main__":
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background may have changed
    patch = pytest.MonkeyPatch()
    tiny_fewshot.install(Path(sys.argv[2]), patch)
    install(int(sys.argv[1]), 1, patch)
    sys.exit(main(sys.argv[3:]))
