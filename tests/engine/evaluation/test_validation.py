"""The validation on a card is data; what it says is a message that a window translates."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from engine.evaluation.accuracy import Accuracy
from engine.evaluation.validation import from_card, to_card


def kept(**by_data: Accuracy) -> Any:
    """A card's validation, as it is read again."""
    card = {name: to_card(5, 1, accuracy) for name, accuracy in by_data.items()}
    return json.loads(json.dumps(card, allow_nan=False))


def test_it_is_rendered_in_the_language_of_the_window() -> None:
    message = from_card(kept(birds=Accuracy(0.9, 0.0125, 300)))
    assert str(message) == "birds: 5-way 1-shot on held-out classes, 90.00 ± 1.25 % over 300 episodes"
    template = "{data}: {way}-way {shot}-shot on held-out classes, {accuracy} over {n} episodes"
    translated = {template: "{data} {accuracy}!"}
    assert message.render(lambda text: translated.get(text, text)) == "birds 90.00 ± 1.25 %!"


def test_an_interval_that_is_not_known_is_kept_as_such() -> None:
    assert "90.00 ± – %" in str(from_card(kept(birds=Accuracy(0.9, math.nan, 1))))


@pytest.mark.parametrize(
    ("validation", "says"),
    [
        ({"a.zip": "5-way 1-shot: 80 %", "b": "70 %"}, "a.zip: 5-way 1-shot: 80 %; b: 70 %"),
        ({"a": {"way": "many"}}, "a: {'way': 'many'}"),
        (None, "?"),
        ([1], "?"),
    ],
)
def test_a_card_of_an_earlier_version_is_read_and_a_strange_one_does_no_harm(
    validation: object, says: str
) -> None:
    assert str(from_card(validation)) == says
