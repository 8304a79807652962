"""What a picture is given depends on it and the examples alone, to the last bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.classifier import FewShotClassifier
from engine.devices import one_thread
from engine.episodes import LabeledSet
from engine.generators import run_to_end
from engine.learners.base import MetaLearner
from engine.learners.registry import learners
from engine.runs.events import Finished, Predictions, RunRequest
from engine.runs.run import label
from engine.runs.session import CalibratedClassifier, Session
from tests.engine.runs.conftest import Job
from tests.engine.tasks import a_backbone_for, task

PICTURES = 70


@pytest.fixture(autouse=True)
def torch_on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(params=learners())
def kind(request: pytest.FixtureRequest) -> type[MetaLearner]:
    return learners()[request.param]


def learnt(kind: type[MetaLearner], support: LabeledSet) -> CalibratedClassifier:
    session = Session(kind.facts.name, a_backbone_for(kind).name, "cpu", {})
    return run_to_end(session.adapt(support))


def noisy_pictures(support: LabeledSet) -> Tensor:
    noise = torch.Generator().manual_seed(1)
    return torch.randn(PICTURES, *support.features.shape[1:], generator=noise)


@pytest.mark.parametrize("shots", [(1, 2), (3, 1, 2, 2, 1)])
def test_in_whatever_order_and_batches_pictures_come(kind: type[MetaLearner], shots: tuple[int, ...]) -> None:
    support = task(kind, shots)
    learned, features = learnt(kind, support), noisy_pictures(support)
    expected = learned.probabilities(features)
    rng = np.random.default_rng(0)
    for cuts in ([1], [16, 32, 48], [3, 10, 64, 69]):
        order = rng.permutation(PICTURES)
        found = np.empty_like(expected)
        for part in np.split(order, cuts):
            found[part] = learned.probabilities(features[part])
        np.testing.assert_array_equal(found, expected)


def test_in_whatever_order_the_examples_come(kind: type[MetaLearner]) -> None:
    support = task(kind, (3, 1, 2))
    shuffled = support.take(torch.tensor([5, 0, 3, 2, 4, 1]))
    features = noisy_pictures(support)[:5]
    first, second = learnt(kind, support), learnt(kind, shuffled)
    np.testing.assert_array_equal(first.probabilities(features), second.probabilities(features))
    held_out = second.calibration
    assert torch.equal(shuffled.labels[held_out.rows], held_out.held_out.labels)


def predicted(request: RunRequest) -> dict[int, NDArray[np.float32]]:
    events = list(label(request))
    assert isinstance(events[-1], Finished), events[-1]
    batches = [event for event in events if isinstance(event, Predictions)]
    return {
        picture: row
        for batch in batches
        for picture, row in zip(batch.picture_ids.tolist(), batch.probabilities, strict=True)
    }


@pytest.mark.parametrize("algorithm", ["ridge", "maml"])
def test_from_the_cache_or_anew_in_a_run_or_from_a_script(
    algorithm: str, job: Job, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(cache))
    request = job.request(algorithm=algorithm)
    few = dataclasses.replace(request, queries=request.queries[5:20])
    others = dataclasses.replace(
        request, queries=request.queries[::-1], examples=request.examples[::-1], run_id=2
    )
    some, everything = predicted(few), predicted(others)
    again = predicted(request)
    script = FewShotClassifier(algorithm=algorithm, backbone=request.backbone, device=request.device)
    examples = [(row.path, request.class_names.index(row.class_name)) for row in request.examples]
    script.fit(*zip(*examples, strict=True))
    chances = np.concatenate([script.predict_proba([row.path]) for row in request.queries[:8]])
    for row, picture in enumerate(request.queries):
        expected = everything[picture.picture_id]
        np.testing.assert_array_equal(again[picture.picture_id], expected)
        np.testing.assert_array_equal(some.get(picture.picture_id, expected), expected)
        if row < len(chances):
            np.testing.assert_array_equal(chances[row], expected)
