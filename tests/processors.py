"""The tests that calculate, under what other processors and another torch would do.

    python -m tests.processors --list                 what there is
    python -m tests.processors NAME [for pytest …]    under the setting of that name
    python -m tests.processors --all                  under all of them
    python -m tests.processors --turn NUMBER          say one of them as `env` takes it, another for the next

torch, oneDNN and MKL choose their instructions by these variables; each setting stands for a processor that
has no others. `oldest-torch` makes an environment of its own, once, in `.venv-oldest-torch`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST = ROOT / ".venv-oldest-torch"

SETTINGS: dict[str, dict[str, str]] = {
    "aten-default": {"ATEN_CPU_CAPABILITY": "default"},
    "aten-avx2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "aten-avx512": {"ATEN_CPU_CAPABILITY": "avx512"},
    "onednn-sse41": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    "onednn-avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "mkl-avx2": {"MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "one-thread": {"OMP_NUM_THREADS": "1"},
    "two-threads": {"OMP_NUM_THREADS": "2"},
    "oldest-torch": {},
}

CALCULATING = (
    "backbones",
    "confidence",
    "embeddings",
    "evaluation",
    "labeling",
    "learners",
    "meta_training",
    "projections",
    "review",
    "test_blocks.py",
    "test_classifier.py",
    "test_episodes.py",
)
"""Below `tests/engine`."""


def interpreter(setting: str) -> str:
    """The Python that has the torch of this setting; one is made where there is none yet."""
    if setting != "oldest-torch":
        return sys.executable
    python = OLDEST / ("Scripts" if os.name == "nt" else "bin") / "python"
    ready = OLDEST / ".ready"
    if not ready.exists():
        venv.create(OLDEST, clear=True, with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *oldest_torch(), "-e", f"{ROOT}[dev]"], check=True
        )
        ready.touch()
    return str(python)


def oldest_torch() -> list[str]:
    """The first versions of torch and torchvision that pyproject allows, such as `torch==2.9.*`."""
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    floors = (re.fullmatch(r"(torch|torchvision)>=([\d.]+)", dependency) for dependency in allowed)
    return [f"{floor[1]}=={floor[2]}.*" for floor in floors if floor]


def run(setting: str, arguments: list[str]) -> int:
    """Run the tests under the setting; returns the exit status."""
    print(f"Testing under {setting}", flush=True)
    paths = [f"tests/engine/{part}" for part in CALCULATING]
    environment = {**os.environ, **SETTINGS[setting]}
    command = [interpreter(setting), "-m", "pytest", *paths, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """See the module."""
    match arguments:
        case ["--list"]:
            print("\n".join(SETTINGS))
            return 0
        case ["--all"]:
            return max(run(setting, []) for setting in SETTINGS)
        case ["--turn", number] if number.isdecimal():
            variables = [setting for setting in SETTINGS.values() if setting]
            print(*(f"{name}={value}" for name, value in variables[int(number) % len(variables)].items()))
            return 0
        case [setting, *others] if setting in SETTINGS:
            return run(setting, others)
    print(f"Give --list, --all, --turn NUMBER, or one of: {', '.join(SETTINGS)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
