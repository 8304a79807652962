"""Preparing pictures for the run to come: what to prepare, and the events of it.

Data only, as in `engine.review.questions`. `engine.runs.preparing` does the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.runs.events import Cancelled, Failed, Progress


@dataclass(frozen=True)
class Preparation:
    """The pictures, and the choices of the run that they are prepared for.

    `paths` [n] are in bytes, as the file system knows them (`os.fsencode`). `device` is `auto`, `cpu`,
    `cuda:N` or `mps`.
    """

    paths: Sequence[bytes]
    algorithm: str
    backbone: str
    device: str = "auto"


@dataclass(frozen=True)
class Prepared:
    """Last event of a preparation: of `computed` pictures the features are in the cache now, and were not
    before."""

    run_id: int
    computed: int


PreparationEvent: TypeAlias = Progress | Prepared | Cancelled | Failed
"""The events of a preparation; the last is `Prepared`, `Cancelled` or `Failed`. The `rate` of a `Progress` is
`None` until the first picture is computed."""
