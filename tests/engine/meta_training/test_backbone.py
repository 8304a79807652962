"""Training the character backbone: it goes on only with what it was begun with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.backbones.base import Backbone
from engine.errors import FewshotError
from engine.meta_training import backbone as training
from engine.meta_training.backbone import train_backbone
from engine.meta_training.training_events import Event, TrainingStep
from tests.engine import tiny_backbone
from tests.engine.picture_sets import character_zip


@pytest.fixture
def backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    monkeypatch.setattr(training, "POPULATION_EPISODES", 2)
    return tiny_backbone.install(tmp_path, monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return character_zip(tmp_path / "characters.zip", dict.fromkeys("abcdefgh", 7))


def train(backbone: Backbone, data: Path, out: Path, *exclude: str) -> Iterator[Event]:
    return train_backbone(backbone, [str(data)], exclude, out, steps=4, seed=0, attributions=())


def steps(events: Iterator[Event]) -> Iterator[int]:
    return (event.step for event in events if isinstance(event, TrainingStep))


def stop_after(step: int, events: Iterator[Event]) -> None:
    assert step in steps(events)
    del events


def test_stopped_it_goes_on_where_it_was(backbone: Backbone, data: Path, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole.safetensors", tmp_path / "out.safetensors"
    assert list(steps(train(backbone, data, whole))) == [1, 2, 3, 4]
    stop_after(2, train(backbone, data, out))
    assert list(steps(train(backbone, data, out))) == [2, 3, 4]
    expected = load_file(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in load_file(out).items())
    assert json.loads(out.with_suffix(".json").read_text())["excluded"] == []


def test_what_has_seen_a_class_does_not_go_on_as_if_it_had_not(
    backbone: Backbone, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    stop_after(2, train(backbone, data, out))
    with pytest.raises(FewshotError, match=r"another exclusion: \[\], not \['a'\]"):
        list(train(backbone, data, out, "a"))
    assert not out.exists()


@pytest.mark.parametrize(("classes", "pictures", "usable"), [(1, 7, 1), (2, 7, 2), (3, 7, 3), (4, 3, 0)])
def test_too_few_classes_to_learn_from_and_to_validate_on_are_refused(
    backbone: Backbone, tmp_path: Path, classes: int, pictures: int, usable: int
) -> None:
    data = character_zip(tmp_path / "few.zip", dict.fromkeys("abcd"[:classes], pictures))
    with pytest.raises(FewshotError, match=rf"too few classes with at least 6 pictures \({usable}\)"):
        list(train(backbone, data, tmp_path / "out.safetensors"))


def test_it_does_not_go_on_with_other_classes(backbone: Backbone, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    stop_after(2, train(backbone, data, out))
    character_zip(data, dict.fromkeys("abcdefg", 7))
    with pytest.raises(FewshotError, match="another data"):
        list(train(backbone, data, out))
