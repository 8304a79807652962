"""A meta-training as a window asks for it: on labelled pictures, with a name, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from engine import checkpoints
from engine.backbones.base import Backbone
from engine.errors import FewshotError
from engine.learners.recipe import Recipe
from engine.learners.registry import create_learner
from engine.learners.user_checkpoints import (
    normalize_checkpoint_name,
    user_checkpoint_names,
    user_checkpoint_path,
)
from engine.meta_training import job, unfinished
from engine.meta_training.resumable import train
from engine.meta_training.training_config import LabeledPictures, TrainingConfig
from engine.meta_training.training_events import (
    CheckpointSaved,
    EvaluationProgress,
    TrainingFailed,
    TrainingStep,
    TrainingStopped,
)
from engine.runs.events import Example, Predictions, Query, RunRequest
from engine.runs.run import label, read_catalogue
from tests.engine.cli import tiny_fewshot
from tests.engine.picture_sets import characters

RECIPE = Recipe(ways=(2, 3), shots=(1, 2), query=2, meta_batch=2, steps=12)


@pytest.fixture(autouse=True)
def backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    return tiny_fewshot.install(tmp_path, monkeypatch)


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., TrainingConfig]:
    """Makes an order for labelled pictures: so many of so many classes."""

    def make(name: str = "birds", classes: int = 6, pictures: int = 4, **more: Any) -> TrainingConfig:
        files: dict[str, tuple[str, ...]] = {}
        for letter in "abcdefgh"[:classes]:
            paths = [tmp_path / f"{letter}{number}.png" for number in range(pictures)]
            for path, content in zip(paths, characters(letter, pictures), strict=True):
                path.write_bytes(content)
            files[f"class {letter}"] = tuple(map(str, paths))
        out = user_checkpoint_path("prototypical", "conv4", name)
        data = (LabeledPictures("project", files),)
        return TrainingConfig(
            "prototypical", "conv4", data, out, **{"recipe": RECIPE, "device": "cpu", "seed": 5, **more}
        )

    return make


def after(steps: int) -> Callable[[], bool]:
    """Is asked after every event, and says yes after so many."""
    asked = iter(range(1000))
    return lambda: next(asked) >= steps


def entries(algorithm: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        entry.name: (str(entry.title), entry.backbones)
        for entry in read_catalogue().algorithms
        if entry.name.partition(":")[0] == algorithm
    }


def test_what_was_trained_stands_in_the_menu_beside_the_bundled_one_and_runs(
    order: Callable[..., TrainingConfig],
) -> None:
    *_, last = train(order("My birds"))
    assert isinstance(last, CheckpointSaved)
    assert last.validation.keys() == {"project"}
    assert user_checkpoint_names("prototypical", "conv4") == ["My birds"]
    found = entries("prototypical")
    assert list(found) == ["prototypical", "prototypical:My birds"]
    title, runs_on = found["prototypical:My birds"]
    assert title.endswith(" · My birds")
    assert runs_on == ("conv4",)
    mine = load_file(user_checkpoint_path("prototypical", "conv4", "My birds"))
    weights = create_learner("prototypical:My birds", "conv4").state_dict()
    assert all(torch.equal(weights[name], tensor.float()) for name, tensor in mine.items())


def test_the_menu_tells_what_ones_own_was_trained_on_and_why_it_cannot_run_elsewhere(
    order: Callable[..., TrainingConfig],
) -> None:
    list(train(order("birds")))
    (entry,) = [entry for entry in read_catalogue().algorithms if entry.name == "prototypical:birds"]
    assert "Meta-trained by you for Conv4" in str(entry.summary)
    assert "on project. Validation on project: 2-way 1-shot on held-out classes, " in str(entry.summary)
    assert "“birds” was not meta-trained for EfficientNet" in str(
        entry.unavailable["efficientnet-lite0"].reason
    )
    assert not entry.trains_on


def test_the_menu_says_on_what_each_algorithm_can_be_meta_trained() -> None:
    by_name = {entry.name: entry for entry in read_catalogue().algorithms}
    heads, networks = by_name["maml"].trains_on["efficientnet-lite0"], by_name["maml"].trains_on["conv4"]
    assert (heads.steps * heads.meta_batch, networks.steps * networks.meta_batch) == (12_000, 600)
    assert list(by_name["prototypical"].trains_on) == [
        "efficientnet-lite0",
        "efficientnet-thorough",
        "conv4",
    ]
    assert not by_name["fine-tuning"].trains_on


def test_a_name_that_no_checkpoint_has_is_refused_in_one_sentence() -> None:
    with pytest.raises(FewshotError, match=r"no checkpoint “fish” of Prototypical.* for Conv4.*; choose"):
        create_learner("prototypical:fish", "conv4")


@pytest.mark.parametrize("algorithm", ["prototypical", "snail"])
def test_runs_in_between_change_nothing_of_a_training_nor_it_of_them(
    order: Callable[..., TrainingConfig], algorithm: str
) -> None:
    def trained(name: str) -> TrainingConfig:
        return replace(order(name), algorithm=algorithm, out=user_checkpoint_path(algorithm, "conv4", name))

    list(train(trained("whole")))
    asked = trained("birds")
    [labelled] = asked.data
    assert isinstance(labelled, LabeledPictures)
    names = tuple(labelled.classes)
    examples = [Example(n, Path(labelled.classes[name][0]), name) for n, name in enumerate(names)]
    queries = [Query(100 + n, Path(labelled.classes[name][1])) for n, name in enumerate(names)]
    request = RunRequest(examples, queries, names, "prototypical", "conv4", "cpu", run_id=1)

    def predictions() -> list[bytes]:
        return [event.probabilities.tobytes() for event in label(request) if isinstance(event, Predictions)]

    alone, threads = predictions(), torch.get_num_threads()
    for number, event in enumerate(train(asked)):
        assert torch.get_num_threads() == threads
        if number % 7 == 0 and not isinstance(event, CheckpointSaved):
            assert predictions() == alone
    whole, birds = (load_file(user_checkpoint_path(algorithm, "conv4", name)) for name in ("whole", "birds"))
    assert all(torch.equal(whole[name], birds[name]) for name in whole)


def test_a_stopped_training_goes_on_where_it_was_and_ends_as_if_it_had_not_stopped(
    order: Callable[..., TrainingConfig],
) -> None:
    list(train(order("whole")))
    told: list[object] = []
    for event in train(order("birds"), lambda: sum(isinstance(one, TrainingStep) for one in told) == 5):
        told.append(event)
    *_, before, last = told
    assert last == TrainingStopped()
    assert isinstance(before, TrainingStep)
    assert before.validation is None
    (waiting,) = unfinished.unfinished()
    assert waiting.resume == waiting.state_file
    steps = [event for event in train(waiting) if isinstance(event, TrainingStep)]
    assert steps[0].step == before.step == 5
    assert steps[-1].step == 12
    assert unfinished.unfinished() == []
    whole, mine = (
        load_file(user_checkpoint_path("prototypical", "conv4", name)) for name in ("whole", "birds")
    )
    assert all(torch.equal(whole[name], mine[name]) for name in whole)
    assert sorted(path.suffix for path in user_checkpoint_path("a", "b").parent.glob("*birds*")) == [
        ".json",
        ".safetensors",
    ]


def test_a_training_hears_that_it_is_stopped_also_while_the_whole_of_it_is_judged(
    order: Callable[..., TrainingConfig],
) -> None:
    list(train(order("whole")))
    first = EvaluationProgress(1, job.VALIDATION_SCHEDULES["embeddings"].final_episodes)
    told: list[object] = []
    for event in train(order("birds"), lambda: told[-1] == first):
        told.append(event)
    assert told[-2:] == [first, TrainingStopped()]
    (waiting,) = unfinished.unfinished()
    *_, last = train(waiting)
    assert isinstance(last, CheckpointSaved)
    whole, mine = (
        load_file(user_checkpoint_path("prototypical", "conv4", name)) for name in ("whole", "birds")
    )
    assert all(torch.equal(whole[name], mine[name]) for name in whole)


def test_an_order_that_is_refused_leaves_the_unfinished_one_that_it_was_refused_for(
    order: Callable[..., TrainingConfig],
) -> None:
    list(train(order("birds"), after(7)))
    (waiting,) = unfinished.unfinished()
    (refused,) = train(order("birds", seed=6))
    assert isinstance(refused, TrainingFailed)
    assert "There is an unfinished training" in str(refused.message)
    assert unfinished.unfinished() == [waiting]


def test_an_order_is_read_back_as_it_was_given(order: Callable[..., TrainingConfig], tmp_path: Path) -> None:
    given = order(exclude=("class a",), attributions=("mine",))
    unfinished.keep(given)
    assert unfinished.unfinished() == [given]
    (tmp_path / "fewshot-data" / "checkpoints" / "x.training.order.json").write_text("{}")
    assert unfinished.unfinished() == [given]


def test_a_full_disk_when_it_is_stopped_is_a_sentence_and_the_earlier_state_stays(
    order: Callable[..., TrainingConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    begun = order()
    events = train(begun, lambda: begun.state_file.is_file())
    while not begun.state_file.is_file():
        next(events)
    kept = begun.state_file.read_bytes()
    events = train(unfinished.unfinished()[0], after(4))
    for event in events:
        if isinstance(event, TrainingStep) and event.validation is None:
            monkeypatch.setattr(checkpoints, "write_atomically", full)
    assert isinstance(event, TrainingFailed)
    assert "could not be written" in str(event.message)
    assert "No space left on device" in str(event.message)
    assert begun.state_file.read_bytes() == kept


def test_a_training_that_was_given_up_leaves_nothing_behind(order: Callable[..., TrainingConfig]) -> None:
    list(train(order(), after(6)))
    (waiting,) = unfinished.unfinished()
    unfinished.forget(waiting)
    assert list(user_checkpoint_path("a", "b").parent.iterdir()) == []


def test_too_few_classes_are_a_sentence_and_nothing_is_left_to_go_on_with(
    order: Callable[..., TrainingConfig],
) -> None:
    *_, last = train(order(classes=3))
    assert isinstance(last, TrainingFailed)
    assert "too few classes with at least 3 pictures (3)" in str(last.message)
    assert last.report == ""
    assert unfinished.unfinished() == []


def test_a_loss_that_is_no_number_is_a_sentence(order: Callable[..., TrainingConfig]) -> None:
    *_, last = train(order(recipe=Recipe((2, 3), (1, 2), 2, 2, learning_rate=1e30, steps=12)))
    assert isinstance(last, TrainingFailed)
    assert "try a smaller learning rate" in str(last.message)


def test_a_bug_ends_the_training_with_its_report(
    order: Callable[..., TrainingConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Iterator[Any]:
        raise ZeroDivisionError("by accident")
        yield

    monkeypatch.setattr(job, "run", broken)
    *_, last = train(order())
    assert isinstance(last, TrainingFailed)
    assert str(last.message) == "ZeroDivisionError: by accident"
    assert "Traceback" in last.report


def test_a_folder_that_cannot_be_written_to_is_a_sentence(order: Callable[..., TrainingConfig]) -> None:
    user_checkpoint_path("a", "b").parent.parent.mkdir()
    user_checkpoint_path("a", "b").parent.write_text("in the way")
    *_, last = train(order())
    assert isinstance(last, TrainingFailed)
    assert str(last.message).endswith("checkpoints cannot be made: File exists.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("  ", "needs a name"), ("a/b", "leave out the “/”"), ("v1.5", "“.”"), ("x" * 61, "at most 60")],
)
def test_a_name_that_no_file_could_have_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(FewshotError, match=sentence):
        normalize_checkpoint_name(text)


def test_a_name_is_tidied() -> None:
    assert normalize_checkpoint_name("  My   birds ") == "My birds"
