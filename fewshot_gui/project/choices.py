"""What the next run is made with."""

from __future__ import annotations

from typing import Protocol


class Choices(Protocol):
    """What a run is made with, as the person has chosen it."""

    @property
    def algorithm_name(self) -> str: ...
    @property
    def backbone_name(self) -> str: ...
    @property
    def device_name(self) -> str: ...
    @property
    def options(self) -> dict[str, float | bool]: ...
