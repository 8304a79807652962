"""How far a command is, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from engine.cli.terminal import write_notice
from engine.visible import visible


class ProgressBar(tqdm):  # type: ignore[misc]
    """A bar on stderr, where that is a terminal."""

    def __init__(self, iterable: Iterable[Any] | None = None, description: str = "", **options: Any) -> None:
        super().__init__(iterable, visible(description), disable=None, file=sys.stderr, **options)

    def set_description(self, desc: str | None = None, refresh: bool = True) -> None:
        super().set_description(visible(desc or ""), refresh)

    @classmethod
    def write(cls, *lines: str) -> None:
        """`write_notice` above the bar."""
        with cls.external_write_mode(file=sys.stderr):
            write_notice(*lines)
