"""Importing the engine changes nothing for the program that imports it, and its limits hold all the same."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.subprocess

IMPORT_ALL = """
import gc, importlib, os, pkgutil, signal, sys, warnings
import torch, sklearn, timm, onnx  # what these change by themselves is not ours
from PIL import Image, ImageFile

def state():
    return {
        "largest picture": Image.MAX_IMAGE_PIXELS,
        "size of blocks": Image.core.get_block_size(),
        "truncated pictures": ImageFile.LOAD_TRUNCATED_IMAGES,
        "warnings": list(warnings.filters),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "switch interval": sys.getswitchinterval(),
        "recursion": sys.getrecursionlimit(),
        "Ctrl+C": signal.getsignal(signal.SIGINT),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "gradients": torch.is_grad_enabled(),
        "type": torch.get_default_dtype(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "precision": torch.get_float32_matmul_precision(),
        "seed": torch.initial_seed(),
        "environment": dict(os.environ),
    }

import engine
before = state()
for module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(module.name)
after = state()
# ONNX Runtime reads it when it is imported, which one module does: engine.embeddings.onnx_runtime.
after["environment"].pop("ORT_DISABLE_TELEMETRY", None)
before["environment"].pop("ORT_DISABLE_TELEMETRY", None)
print([name for name in before if before[name] != after[name]])
"""

READ_BEYOND_PILLOWS_LIMIT = """
import io, pathlib, warnings
warnings.simplefilter("error")
from PIL import Image
from engine.images import limits
from engine.images.decode import decode
from engine.images.errors import UnreadablePictureError

Image.MAX_IMAGE_PIXELS = 50
for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF"):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, kind)
    data, path = buffer.getvalue(), pathlib.Path(kind)
    assert decode(data, path).size == (40, 30), kind
    limits.MAX_PIXELS = 50
    try:
        decode(data, path)
    except UnreadablePictureError as error:
        assert error.reason == "too large", error.reason
    else:
        raise AssertionError(kind)
    limits.MAX_PIXELS = 2**28
    assert Image.MAX_IMAGE_PIXELS == 50
print("read")
"""


def printed_by(code: str) -> str:
    # Without what the tests' own process has set.
    environment = {name: value for name, value in os.environ.items() if name != "MKL_CBWR"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_every_module_changes_nothing_in_the_process() -> None:
    assert printed_by(IMPORT_ALL) == "[]"


def test_our_limit_holds_where_a_program_keeps_a_lower_one_of_pillows() -> None:
    assert printed_by(READ_BEYOND_PILLOWS_LIMIT) == "read"
