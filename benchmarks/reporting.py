"""What every benchmark says beside its numbers: where and when they were taken, in an aligned table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "onnxruntime", "Pillow", "PySide6-Essentials", "pyqtgraph", "timm", "torch")


def circumstances() -> dict[str, str]:
    """Machine, versions and date. A load well below the number of cores means that nobody else worked."""
    facts = {
        "date": datetime.now().astimezone().isoformat(" ", "minutes"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
        ),
    }
    if hasattr(os, "getloadavg"):
        facts["load before"] = f"{os.getloadavg()[0]:.1f}"
    return facts


def print_circumstances(facts: dict[str, str]) -> None:
    for name, value in facts.items():
        print(f"{name + ':':13}{value}")


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The first column to the left, numbers to the right."""
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    for line in (head, *rows):
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("   ".join([first, *others]).rstrip())


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
