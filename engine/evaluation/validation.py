"""What the card of a checkpoint says of its validation: data to keep, and a message to show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.evaluation.accuracy import Accuracy
from engine.messages import Message


def to_card(way: int, shot: int, accuracy: Accuracy) -> dict[str, Any]:
    """The validation on one data set, for the card. `interval` is null where it is not known."""
    interval = None if math.isnan(accuracy.interval) else accuracy.interval
    return {
        "way": way,
        "shot": shot,
        "accuracy": accuracy.mean,
        "interval": interval,
        "episodes": accuracy.episodes,
    }


def from_card(validation: Any) -> Message:
    """What `card["validation"]` says, by data set; "?" if it says nothing. Cards of earlier versions have
    sentences, which are kept as they are."""
    if not validation or not isinstance(validation, Mapping):
        return Message("?")
    return Message.joined((_on_one(str(name), kept) for name, kept in validation.items()), "; ")


def _on_one(name: str, kept: Any) -> Message:
    match kept:
        case {
            "way": int(way),
            "shot": int(shot),
            "accuracy": float(mean),
            "interval": float() | None as interval,
            "episodes": int(episodes),
        }:
            return Message(
                "{data}: {way}-way {shot}-shot on held-out classes, {accuracy} over {n} episodes",
                data=name,
                way=way,
                shot=shot,
                accuracy=str(Accuracy(mean, math.nan if interval is None else interval, episodes)),
                n=episodes,
            )
    return Message("{data}: {validation}", data=name, validation=str(kept))
