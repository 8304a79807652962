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
    patch.setattr(job, "VALIDATIONS", 10**9)
    patch.setattr(job, "LEAST_STEPS_BETWEEN", 2)
    patch.setattr(job, "VALIDATION_EPISODES", 4)
    patch.setattr(job, "FINAL_EPISODES", 8)
    return tiny_backbone.install(folder, patch)


if __name__ == "__main__":
    torch.set_num_threads(1)
    install(Path(sys.argv[1]), pytest.MonkeyPatch())
    sys.exit(main(sys.argv[2:]))
