"""ONNX Runtime is imported by one module, with its telemetry off."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import pytest

from engine.embeddings import onnx_runtime

ROOT = Path(__file__).resolve().parents[3]
IMPORT = re.compile(rb"^\s*(import|from) onnxruntime\b", re.MULTILINE)


# import-linter, which checks the same for engine and fewshot_gui, does not read benchmarks and tests.
def test_no_other_module_imports_it() -> None:
    packages = ("engine", "fewshot_gui", "benchmarks", "tests")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    importers = [file.relative_to(ROOT) for file in files if IMPORT.search(file.read_bytes())]
    assert importers == [Path("engine/embeddings/onnx_runtime.py")]


@pytest.mark.parametrize("chosen", ["0", ""])
def test_its_telemetry_is_off_whatever_the_user_has_set(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", chosen)
    importlib.reload(onnx_runtime)
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
