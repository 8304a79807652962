"""The command `fewshot` with everything tiny: `python tiny_fewshot.py FOLDER ARGUMENTS…`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from engine.backbones.base import Backbone
from engine.cli.main import main
from engine.meta_training import job
from tests.engine import tiny_backbone


def install(folder: Path, patch: pytest.MonkeyPatch) -> Backbone:
    """A tiny backbone, and validation of a few episodes every other step."""
    quick = job.ValidationSchedule(times=10**9, episodes=4, final_episodes=8)
    patch.setattr(job, "VALIDATION_SCHEDULES", dict.fromkeys(job.VALIDATION_SCHEDULES, quick))
    patch.setattr(job, "MIN_STEPS_BETWEEN", 2)
    return tiny_backbone.install(folder, patch)


if __name__ == "__main__":
    torch.set_num_threads(1)
    install(Path(sys.argv[1]), pytest.MonkeyPatch())
    sys.exit(main(sys.argv[2:]))
