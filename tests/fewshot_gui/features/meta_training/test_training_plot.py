from __future__ import annotations

import math

import pytest
from pytestqt.qtbot import QtBot

from engine.evaluation.accuracy import Accuracy
from engine.meta_training.training_events import TrainingStep
from fewshot_gui.features.meta_training.training_plot import TrainingPlot


@pytest.fixture
def plot(qtbot: QtBot) -> TrainingPlot:
    plot = TrainingPlot()
    qtbot.addWidget(plot)
    return plot


def step(number: int, loss: float, validation: float | None = None) -> TrainingStep:
    judged = None if validation is None else Accuracy(validation, 0.01, 60)
    return TrainingStep(number, loss, judged, -1.0, 1.0)


def test_validation_stays_as_it_was_until_it_is_measured_anew(plot: TrainingPlot) -> None:
    for number in (1, 2):
        plot.add_step(step(number, 1.0), 10)
    plot.flush()
    assert plot.summary.text() == "step 2 of 10 · loss 1.00 · accuracy — % (validation)"
    plot.add_step(step(3, 1.0, 0.75), 10)
    plot.add_step(step(4, 1.0), 10)
    plot.flush()
    assert plot.summary.text() == "step 4 of 10 · loss 1.00 · accuracy 75 % (validation)"


def test_the_loss_is_smoothed(plot: TrainingPlot) -> None:
    plot.add_step(step(1, 1.0), 10)
    plot.add_step(step(2, 3.0), 10)
    plot.flush()
    assert "loss 1.20" in plot.summary.text()


def test_a_training_that_goes_on_begins_with_its_first_new_step(plot: TrainingPlot) -> None:
    plot.add_step(step(50, math.nan), 100)
    plot.flush()
    assert plot.points_shown == 0
    plot.add_step(step(51, 2.0), 100)
    plot.flush()
    assert plot.points_shown == 1
    plot.clear()
    assert plot.points_shown == 0
