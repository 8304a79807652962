"""Confidences are probabilities, and mean what they say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.backbones.base import get_backbone
from engine.confidence.calibration import Calibration, calibrate
from engine.confidence.temperature import (
    fit_temperature,
    presumed_temperature,
    probabilities,
    typical_gap,
)
from engine.episodes import LabeledSet
from engine.generators import run_to_end
from engine.learners.base import MetaLearner
from engine.learners.gradient.fine_tuning import FineTuning
from engine.learners.metric.prototypical import PrototypicalNetwork
from tests.engine.tasks import embeddings, names

LOGITS = arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(2, 20)),
    elements=st.floats(-(2.0**100), 2.0**100, width=32),
)


@given(LOGITS, st.floats(1e-6, 1e6))
def test_rows_sum_to_one_however_extreme_the_logits(
    logits: np.ndarray[tuple[int, int], np.dtype[np.float32]], temperature: float
) -> None:
    chances = probabilities(torch.from_numpy(logits), temperature)
    assert chances.dtype == torch.float32
    assert chances.shape == logits.shape
    assert (chances >= 0).all()
    torch.testing.assert_close(chances.sum(dim=1), torch.ones(len(logits)), rtol=0, atol=1e-5)


@given(LOGITS, st.randoms(use_true_random=False))
def test_a_temperature_is_a_positive_number_however_extreme_the_logits(
    logits: np.ndarray[tuple[int, int], np.dtype[np.float32]], random: object
) -> None:
    labels = torch.tensor([random.randrange(logits.shape[1]) for _ in logits])  # type: ignore[attr-defined]
    temperature = fit_temperature(torch.from_numpy(logits), labels)
    assert math.isfinite(temperature)
    assert temperature > 0


@pytest.mark.parametrize("true_temperature", [0.05, 1.0, 40.0])
def test_the_temperature_that_made_the_labels_is_found(true_temperature: float) -> None:
    generator = torch.Generator().manual_seed(0)
    tempered = 2 * torch.randn(4000, 5, generator=generator)
    labels = torch.multinomial(tempered.softmax(dim=1), 1, generator=generator)[:, 0]
    found = fit_temperature(tempered * true_temperature, labels)
    assert found == pytest.approx(true_temperature, rel=0.15)


@pytest.mark.parametrize("count", [2, 10, 50])
def test_a_few_right_answers_are_no_proof_of_certainty(count: int) -> None:
    """n successes in n trials allow one to believe in (n + 1) / (n + 2)."""
    labels = torch.arange(count) % 2
    logits = 30.0 * torch.nn.functional.one_hot(labels, 2).float()
    chances = probabilities(logits, fit_temperature(logits, labels))
    believed = chances[torch.arange(count), labels]
    torch.testing.assert_close(believed, torch.full((count,), (count + 1) / (count + 2)), rtol=0, atol=0.02)


def test_where_nothing_tells_the_classes_apart_nothing_is_claimed() -> None:
    """As of pictures that are in two classes: a trace of a difference must not make certainty."""
    temperature = fit_temperature(torch.full((6, 2), 3.0), torch.arange(6) % 2)
    chances = probabilities(torch.tensor([[3.0, 3.001], [3.0, 3.1]]), temperature)
    torch.testing.assert_close(chances, torch.full((2, 2), 0.5), rtol=0, atol=0.001)


def test_wrong_answers_make_the_classifier_humble() -> None:
    labels = torch.arange(20) % 2
    logits = 8.0 * torch.nn.functional.one_hot((torch.arange(20) < 10).long() ^ labels, 2).float()
    chances = probabilities(logits, fit_temperature(logits, labels))
    assert (chances - 0.5).abs().max() < 0.1


def test_the_temperature_scales_with_the_logits() -> None:
    generator = torch.Generator().manual_seed(0)
    logits, labels = torch.randn(30, 3, generator=generator), torch.arange(30) % 3
    assert fit_temperature(1000 * logits, labels) == pytest.approx(
        1000 * fit_temperature(logits, labels), rel=0.01
    )


def test_the_typical_gap_is_the_median_lead_of_the_highest_logit() -> None:
    logits = torch.tensor([[0.0, 4.0], [10.0, 2.0], [1.0, 7.0]])
    assert typical_gap(logits) == 6.0
    assert typical_gap(torch.zeros(0, 3)) == 1.0
    assert typical_gap(torch.zeros(4, 3)) == 1.0


@pytest.mark.parametrize("way", [2, 5, 20, 100])
def test_presumed_confidence_is_the_same_for_any_number_of_classes(
    way: int,
) -> None:
    examples = 7.0 * torch.eye(way)
    half = probabilities(examples / 2, presumed_temperature(examples))
    torch.testing.assert_close(half.diagonal(), torch.full((way,), 0.8))


# --- of a whole task --------------------------------------------------------------------------


def calibration_of(learner: MetaLearner, support: LabeledSet) -> Calibration:
    return run_to_end(calibrate(learner, support, run_to_end(learner.adapt(support))))


@pytest.fixture(params=[PrototypicalNetwork, FineTuning])
def learner(request: pytest.FixtureRequest) -> MetaLearner:
    frozen = replace(get_backbone("conv4"), task_network=None, dimension=16)
    built: MetaLearner = request.param(frozen)
    return built


def test_every_example_that_can_be_left_out_is_judged_once(learner: MetaLearner) -> None:
    calibration = calibration_of(learner, embeddings([7, 1, 3], 16))
    assert calibration.examples == 10
    assert calibration.accuracy == 1.0
    assert 0 < calibration.temperature < math.inf


def test_one_example_a_class_gives_a_temperature_but_no_accuracy(learner: MetaLearner) -> None:
    calibration = calibration_of(learner, embeddings([1, 1, 1], 16))
    assert (calibration.examples, calibration.accuracy) == (0, None)
    assert 0 < calibration.temperature < math.inf


@pytest.mark.parametrize("way", [2, 5, 20, 60])
def test_an_only_example_is_believed_whatever_the_number_of_classes(learner: MetaLearner, way: int) -> None:
    support = embeddings([1] * way, 16)
    adapted = run_to_end(learner.adapt(support))
    calibration = run_to_end(calibrate(learner, support, adapted))
    believed = probabilities(adapted.logits(support.features), calibration.temperature).diagonal()
    assert believed.median() > 0.93


def test_where_every_example_was_left_out_nothing_is_presumed(learner: MetaLearner) -> None:
    calibration = calibration_of(learner, embeddings([2, 3, 2], 16))
    held_out = calibration.held_out
    assert calibration.temperature == pytest.approx(fit_temperature(held_out.logits, held_out.labels))


def test_one_second_example_changes_little_for_the_many_that_are_alone(learner: MetaLearner) -> None:
    """Two of them judge two pictures right, which alone would allow to believe in three of four."""
    support = embeddings([1] * 19 + [2], 16)
    calibration = calibration_of(learner, support)
    held_out, adapted = calibration.held_out, run_to_end(learner.adapt(support))
    fitted = fit_temperature(held_out.logits, held_out.labels)
    presumed = presumed_temperature(adapted.logits(support.features[:19]))
    expected = fitted ** (2 / 21) * presumed ** (19 / 21)
    assert calibration.temperature == pytest.approx(expected)


def test_examples_that_cannot_be_told_apart_do_not_break_it(learner: MetaLearner) -> None:
    support = LabeledSet(torch.ones(6, 16), torch.arange(6) % 2, names(2))
    calibration = calibration_of(learner, support)
    assert calibration.examples == 6
    assert math.isfinite(calibration.temperature)


def test_held_out_accuracy_of_labels_by_chance_is_no_better_than_chance(learner: MetaLearner) -> None:
    generator = torch.Generator().manual_seed(0)
    support = LabeledSet(torch.randn(60, 16, generator=generator), torch.arange(60) % 2, names(2))
    calibration = calibration_of(learner, support)
    assert calibration.accuracy is not None
    assert 0.25 < calibration.accuracy < 0.75


def test_calibrating_hands_over_after_every_step_and_counts_them_to_the_last(learner: MetaLearner) -> None:
    support = embeddings([7, 1, 3], 16)
    handed = list(calibrate(learner, support, run_to_end(learner.adapt(support))))
    folds, done = [fold for fold, _ in handed], [step.step for _, step in handed]
    assert set(folds) == {0, 1, 2, 3, 4}
    assert folds == sorted(folds)
    assert done == sorted(done)
    assert done[-1] == handed[-1][1].total_steps
    assert len({step.total_steps for _, step in handed}) == 1
