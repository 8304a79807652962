"""The choices for the next run."""

from __future__ import annotations

from typing import Protocol


class Choices(Protocol):
    """What the person has chosen for a run."""

    @property
    def algorithm_name(self) -> str: ...
    @property
    def backbone_name(self) -> str: ...
    @property
    def device_name(self) -> str: ...
    @property
    def options(self) -> dict[str, float | bool]: ...
