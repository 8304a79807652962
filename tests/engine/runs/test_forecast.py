"""What takes minutes is said when its first part is done, once, and what does not is not."""

from __future__ import annotations

import pytest
import torch

from engine.episodes import LabeledSet
from engine.runs import forecast
from engine.runs.forecast import Forecast


def support(*shots: int) -> LabeledSet:
    labels = torch.repeat_interleave(torch.arange(len(shots)), torch.tensor(shots))
    return LabeledSet(torch.zeros(len(labels), 2), labels, tuple(map(str, range(len(shots)))))


def said_of_pictures(told: Forecast, new: int, seconds: float, left: int) -> list[str]:
    return [str(event.message) for event in told.pictures(new, seconds, left)]


def test_many_pictures_are_said_to_take_long_once_a_hundred_were_read() -> None:
    told = Forecast(0)
    assert said_of_pictures(told, 99, 2.0, 60_000) == []
    said = said_of_pictures(told, 100, 2.0, 60_000)
    assert said == ["60,000 pictures are still to be read: that takes up to 20 minutes."]
    assert said_of_pictures(told, 200, 4.0, 59_900) == []


def test_pictures_that_are_done_in_two_minutes_are_not_worth_a_word() -> None:
    assert said_of_pictures(Forecast(0), 100, 1.0, 11_900) == []


def test_what_turns_out_to_take_much_longer_is_said_again() -> None:
    told = Forecast(0)
    assert said_of_pictures(told, 100, 1.0, 20_000)
    assert said_of_pictures(told, 200, 20.0, 20_000) == [
        "20,000 pictures are still to be read: that takes up to 33 minutes."
    ]


@pytest.mark.parametrize(
    ("steps", "shots", "minutes"),
    [
        (100, (2, 1), 20),  # with five folds
        (100, (1, 1), 3),  # without any
        (9, (2, 1), None),
    ],
)
def test_an_adaptation_of_many_steps_is_said_to_take_long_after_a_few(
    steps: int, shots: tuple[int, ...], minutes: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([10.0, 60.0, 61.0, 64.0, 66.0])  # 2 s a step, but for the first
    monkeypatch.setattr(forecast.time, "monotonic", lambda: next(clock))
    told = Forecast(0)
    said = [str(event.message) for step in range(5) for event in told.step(step, steps, 0.0, support(*shots))]
    expected = f"Adapting to {sum(shots)} examples of 2 classes takes about {minutes} minutes."
    assert said == ([expected] if minutes else [])


def test_what_is_adapted_at_once_is_judged_by_its_only_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast.time, "monotonic", lambda: 60.0)
    said = [str(event.message) for event in Forecast(0).step(1, 1, 0.0, support(2, 2))]
    assert said == ["Adapting to 4 examples of 2 classes takes about 5 minutes."]
