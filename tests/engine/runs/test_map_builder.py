"""What is on the map of many pictures, and what its last one brings."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.episodes import LabeledSet
from engine.runs import map_builder
from engine.runs.events import EmbeddingMap, Query, RunRequest
from engine.runs.map_builder import MapBuilder

DIMENSION, BATCH = 100, 50


def classified(embeddings: NDArray[np.float32], takes: str = "embeddings") -> EmbeddingMap:
    """The last map after all `embeddings` came, batch by batch with a map after each."""
    session = SimpleNamespace(takes=takes)
    support = LabeledSet(torch.from_numpy(embeddings[:4]), torch.tensor([0, 0, 1, 1]), ("a", "b"))
    queries = [Query(100 + number, Path("there.png")) for number in range(len(embeddings))]
    seen = MapBuilder(cast(Any, session), support, np.arange(4), RunRequest((), queries, ("a", "b")))
    seen.start_classifying(cast(Any, SimpleNamespace(embed=lambda features: features)))
    for start in range(0, len(embeddings), BATCH):
        rows = np.arange(start, min(start + BATCH, len(embeddings)))
        probabilities = np.full((len(rows), 2), 0.5, np.float32)
        seen.add(rows, 100 + rows, torch.from_numpy(embeddings[rows]), probabilities)
        seen.classifying()
    return seen.complete()


def flat_cloud(count: int) -> NDArray[np.float32]:
    """Points that differ in five directions of many."""
    rng = np.random.default_rng(0)
    flat: NDArray[np.float32] = rng.standard_normal((count, 5)) @ rng.standard_normal((5, DIMENSION))
    return flat.astype(np.float32)


def test_what_the_last_map_brings_keeps_all_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_builder, "SETTLED_AT", 200)
    embeddings = flat_cloud(520)
    last = classified(embeddings)
    assert last.points is not None
    assert last.picture_ids.tolist() == [*range(4), *range(100, 620)]
    both = np.concatenate([embeddings[:4], embeddings])
    expected, kept = (np.linalg.norm(rows - rows[0], axis=1) for rows in (both, last.points))
    np.testing.assert_allclose(kept, expected, rtol=1e-3, atol=1e-3)
    assert last.points.shape[1] < DIMENSION


def test_a_network_that_sees_pixels_looks_at_a_sample_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_builder, "MAP_POINTS_FROM_PIXELS", 60)
    assert len(classified(flat_cloud(120)).picture_ids) == 4 + 120
    assert len(classified(flat_cloud(120), takes="images").picture_ids) == 4 + 60
