"""Which versions of this program and of what it stands on are at work. No torch, no Qt."""

from __future__ import annotations

import functools
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = {"torch": "torch", "onnxruntime": "onnxruntime", "PySide6": "PySide6-Essentials"}
_ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def versions() -> dict[str, str]:
    """Versions by name, for reports and records: `fewshot`, `commit`, the packages that decide what a run
    says, `Python` and `system`. What is not there is an empty text."""
    return {
        "fewshot": _installed("fewshot"),
        "commit": _commit(),
        **{name: _installed(package) for name, package in _PACKAGES.items()},
        "Python": platform.python_version(),
        "system": platform.platform(),
    }


def in_words() -> str:
    """The same in one line."""
    named = versions()
    program = f"Fewshot {named['fewshot']}" + (f" ({named['commit']})" if named["commit"] else "")
    others = (f"{name} {named[name] or 'is not installed'}" for name in ("Python", *_PACKAGES))
    return ", ".join([program, *others, named["system"]])


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    """The commit of a checkout, with `+changes` where files differ from it; empty where installed."""
    if not (_ROOT / ".git").exists():
        return ""
    describe = ["git", "--no-optional-locks", "describe", "--always", "--exclude=*", "--abbrev=12"]
    try:
        return subprocess.run(
            [*describe, "--dirty=+changes"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
