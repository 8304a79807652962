"""What the last run doubts of the labels, and how it is kept in the project."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.runs.events import DoubtfulLabels
from fewshot_gui.project.run_store import RunStore

Judgement: TypeAlias = tuple[int, int]
"""The label and the suggested class."""

_FINDING = "doubtful_labels"
_MOST = 5_000
"""The most that the project keeps, as each `K` saves them: the most doubtful, and what was dismissed last."""
_DECIMALS = 4
_COLUMNS: Mapping[str, type[np.generic]] = {
    "picture_ids": np.int64,
    "labels": np.int64,
    "suggested": np.int64,
    "own": np.float32,
    "other": np.float32,
}


@dataclass(frozen=True)
class Doubts:
    """As `DoubtfulLabels`, with the ids of classes, `labels` and `suggested`, int64 [n], for their indices.

    `run_id` is `None` where no run has judged the labels.
    """

    run_id: int | None
    judged: int
    picture_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    suggested: NDArray[np.int64]
    own: NDArray[np.float32]
    other: NDArray[np.float32]

    @classmethod
    def of(cls, event: DoubtfulLabels, class_ids: NDArray[np.int64]) -> Self:
        """Those of a run whose classes are `class_ids` int64 [way]."""
        labels, suggested = class_ids[event.labelled], class_ids[event.suggested]
        return cls(event.run_id, event.judged, event.picture_ids, labels, suggested, event.own, event.other)


NO_DOUBTS = Doubts(None, 0, **{name: np.empty(0, kind) for name, kind in _COLUMNS.items()})


def save(store: RunStore, doubts: Doubts, kept: Mapping[int, Judgement]) -> None:
    """Keep the doubts, and by the id of a picture the judgements against which its label was `kept`."""
    assert doubts.run_id is not None
    columns = {name: getattr(doubts, name)[:_MOST] for name in _COLUMNS}
    lists = {name: np.round(values, _DECIMALS).tolist() for name, values in columns.items()}
    dismissed = [[picture_id, *judgement] for picture_id, judgement in kept.items()][-_MOST:]
    store.save_finding(doubts.run_id, _FINDING, {"judged": doubts.judged, **lists, "kept": dismissed})


def load(store: RunStore) -> tuple[Doubts, dict[int, Judgement]]:
    """What was kept; nothing where there is nothing, or not what this program writes."""
    if (found := store.last_finding(_FINDING)) is not None:
        with suppress(LookupError, TypeError, ValueError, OverflowError):
            return _read(*found)
    return NO_DOUBTS, {}


def _read(run_id: int, finding: Mapping[str, Any]) -> tuple[Doubts, dict[int, Judgement]]:
    columns = {name: np.array(finding[name], kind) for name, kind in _COLUMNS.items()}
    [_rows] = {values.shape for values in columns.values()}
    chances = np.stack([columns["own"], columns["other"]])
    if chances.ndim != 2 or not ((chances >= 0) & (chances <= 1)).all():
        raise ValueError("no columns of probabilities")
    dismissed = np.array(finding["kept"], np.int64).reshape(-1, 3).tolist()
    kept = {picture_id: (label, suggested) for picture_id, label, suggested in dismissed}
    return Doubts(run_id, int(finding["judged"]), **columns), kept
