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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test moves on."""
    now = [50.0]
    monkeypatch.setattr(forecast.time, "monotonic", lambda: now[0])
    return now


def read(told: Forecast, clock: list[float], fresh: int, seconds: float, left: int) -> list[str]:
    """The warnings about a batch that took so many seconds."""
    clock[0] += seconds
    return [str(event.message) for event in told.pictures(fresh, left)]


def begun() -> Forecast:
    told = Forecast(0)
    told.start_reading()
    return told


def test_many_pictures_are_said_to_take_long_once_a_hundred_were_read(clock: list[float]) -> None:
    told = begun()
    assert read(told, clock, 99, 1.98, 60_000) == []
    said = read(told, clock, 1, 0.02, 60_000)
    assert said == ["60,000 pictures are still to be read: that takes up to 20 minutes."]
    assert read(told, clock, 100, 2.0, 59_900) == []


def test_cached_pictures_that_come_first_do_not_shorten_the_estimate(clock: list[float]) -> None:
    told = begun()
    assert read(told, clock, 0, 5.0, 70_000) == []
    said = read(told, clock, 100, 2.0, 60_000)
    assert said == ["60,000 pictures are still to be read: that takes up to 20 minutes."]


def test_what_comes_between_two_readings_is_not_counted(clock: list[float]) -> None:
    told = begun()
    assert read(told, clock, 50, 1.0, 60_000) == []
    clock[0] += 1_000.0  # an adaptation
    told.start_reading()
    said = read(told, clock, 50, 1.0, 60_000)
    assert said == ["60,000 pictures are still to be read: that takes up to 20 minutes."]


def test_pictures_that_are_done_in_two_minutes_are_not_worth_a_word(clock: list[float]) -> None:
    assert read(begun(), clock, 100, 1.0, 11_900) == []


def test_what_turns_out_to_take_much_longer_is_said_again(clock: list[float]) -> None:
    told = begun()
    assert read(told, clock, 100, 1.0, 20_000)
    assert read(told, clock, 100, 19.0, 20_000) == [
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
