"""`fewshot evaluate`: the same episodes for every algorithm, told as a table or as JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from torch import nn

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import write_checkpoint
from engine.cli.main import main
from engine.evaluation import comparison
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import Evaluation
from engine.learners.base import Features, LearnerFacts, MetaLearner
from engine.learners.closed_form.linear_probe import LinearProbe
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.learners.registry import learners
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.meta_training.class_sources import PictureClasses
from engine.meta_training.episode_sampler import EpisodeSampler
from tests.engine import tiny_backbone
from tests.engine.picture_sets import character_zip

SEEN: list[tuple[str, list[int]]] = []


class OnEmbeddings(PrototypicalNetwork):
    """Prototypes of the plain embeddings; keeps the labels it was judged on."""

    facts = LearnerFacts("on-embeddings", "On embeddings", "metric", "", "", "", meta_training="none")

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, nn.Identity())

    def adapt(self, support: Any) -> Any:
        SEEN.append((self.facts.name, support.labels.tolist()))
        return super().adapt(support)


class OnImages(OnEmbeddings):
    """The same, of the pixels that the embeddings were made of."""

    facts = LearnerFacts("on-images", "On images", "metric", "", "", "", meta_training="none")

    def __init__(self, backbone: Backbone) -> None:
        PrototypicalNetwork.__init__(self, backbone, backbone.network())

    @classmethod
    def takes(cls, backbone: Backbone) -> Features:
        return "images"


class Absent(OnEmbeddings):
    facts = LearnerFacts("absent", "Absent", "metric", "", "", "", meta_training="required")


@pytest.fixture(autouse=True)
def three_learners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tiny_backbone.install(tmp_path, monkeypatch)
    menu: dict[str, type[MetaLearner]] = {
        learner.facts.name: learner for learner in (OnEmbeddings, OnImages, Absent)
    }
    SEEN.clear()
    with patch.dict(learners(), menu, clear=True):  # which leaves the order as it was
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    counts = {f"{alphabet}_{letter}": 6 for alphabet in ("One", "Two") for letter in "abcd"}
    return character_zip(tmp_path / "alphabets.zip", {**counts, "Two_rare": 3})


def evaluate(data: Path | Sequence[Path], *more: str) -> int:
    paths = [data] if isinstance(data, Path) else data
    small = ["--backbone", "conv4", "--query", "2", "--episodes", "12", "--device", "cpu"]
    return main(["evaluate", "--data", *map(str, paths), *small, *more])


def results(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_every_data_set_algorithm_and_task_has_a_result(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = character_zip(tmp_path / "other.zip", dict.fromkeys("pqrst", 6))
    names = ("on-embeddings", "on-images")
    assert (
        evaluate([data, other], "--algorithm", *names, "--way", "2", "5", "--shot", "1", "4", "--json") == 0
    )
    found = results(capsys)
    assert {(r["data"], r["algorithm"], r["way"], r["shot"]) for r in found} == {
        (data, algorithm, way, shot)
        for data in ("alphabets.zip", "other.zip")
        for algorithm in names
        for way in (2, 5)
        for shot in (1, 4)
    }
    for result in found:
        assert 1 / result["way"] < result["accuracy"] <= 1
        assert 0 <= result["interval"] < 0.3
        assert result["milliseconds"] > 0
        assert (result["episodes"], result["query"], result["seed"]) == (12, 2, 0)
        assert result["transductive"] is False


def test_algorithms_are_judged_on_the_same_episodes_whatever_they_take(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, "--algorithm", "on-embeddings", "on-images", "--way", "4", "--json") == 0
    found = results(capsys)
    by_name = {
        name: [(r["shot"], r["accuracy"], r["interval"]) for r in found if r["algorithm"] == name]
        for name in ("on-embeddings", "on-images")
    }
    # The same network on the same pictures, once before and once after: equal but for half precision.
    for (_, accuracy, interval), (_, other, other_interval) in zip(*by_name.values(), strict=True):
        assert accuracy == pytest.approx(other, abs=0.02)
        assert interval == pytest.approx(other_interval, abs=0.02)
    seen = {name: [labels for whose, labels in SEEN if whose == name] for name in by_name}
    assert seen["on-embeddings"] == seen["on-images"]


def test_one_episode_is_told_without_an_interval(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = ("--algorithm", "on-embeddings", "--way", "2", "--shot", "1", "--episodes", "1")
    assert evaluate(data, *one, "--json") == 0
    [result] = results(capsys)
    assert (result["episodes"], result["interval"]) == (1, None)
    assert evaluate(data, *one) == 0
    assert " ± – %" in capsys.readouterr().out


def test_another_seed_gives_other_episodes_and_the_same_seed_the_same(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accuracies = []
    for seed in ("1", "1", "2"):
        more = ("--algorithm", "on-embeddings", "--seed", seed, "--episodes", "50", "--json")
        assert evaluate(data, *more) == 0
        accuracies.append([(result["accuracy"], result["interval"]) for result in results(capsys)])
    assert accuracies[0] == accuracies[1] != accuracies[2]


def test_a_table_has_a_row_an_algorithm_and_a_column_a_task(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, "--algorithm", "on-images", "on-embeddings", "--way", "5", "--shot", "1", "2") == 0
    title, header, *rows = capsys.readouterr().out.splitlines()
    assert title.startswith("alphabets.zip on conv4")
    assert header.split("  ")[-1].strip() == "5-way 2-shot"
    assert [row.split()[0] for row in rows[:2]] == ["on-images", "on-embeddings"]
    assert [row.count("±") for row in rows[:2]] == [2, 4], "the second has two differences to the first"
    assert all(row.count(" ms") == 2 for row in rows[:2])
    assert "12 episodes each with 2 pictures a class to be judged on, seed 0." in rows[-1]


def test_options_go_to_the_algorithms_that_have_them(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learners()["linear-probe"] = LinearProbe  # the fixture clears it away
    names = ("--algorithm", "linear-probe", "on-embeddings", "--way", "2", "--shot", "1", "--json")
    assert evaluate(data, *names, "--option", "penalty=10") == 0
    assert len(results(capsys)) == 2
    assert evaluate(data, *names, "--option", "speed=3") == 2
    assert "None of the algorithms has the option “speed”" in capsys.readouterr().err
    assert evaluate(data, *names, "--option", "transductive=on") == 2
    assert "judged alone" in capsys.readouterr().err


def test_all_are_those_that_can_run_and_the_others_are_told(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, "--way", "2", "--shot", "1", "--algorithm", "all", "--json") == 0
    captured = capsys.readouterr()
    assert [r["algorithm"] for r in json.loads(captured.out)] == ["on-embeddings", "on-images"]
    assert "Left out: Absent has no meta-trained checkpoint" in captured.err


class Trained(OnEmbeddings):
    """Prototypes of embeddings times a weight, so that it can have checkpoints."""

    facts = LearnerFacts("trained", "Trained", "metric", "", "", "", meta_training="none")

    def __init__(self, backbone: Backbone) -> None:
        PrototypicalNetwork.__init__(self, backbone, nn.Linear(backbone.dimension, 2))


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is called `trained`, and the person's own `trained:birds`, which has learnt nothing."""
    monkeypatch.setitem(learners(), "trained", Trained)
    backbone = get_backbone("conv4")
    nothing = {name: torch.zeros_like(weight) for name, weight in Trained(backbone).state_dict().items()}
    card = {"algorithm": "trained", "backbone": "conv4", "backbone_fingerprint": backbone.fingerprint}
    write_checkpoint(user_checkpoint_path("trained", "conv4", "birds"), nothing, card)


@pytest.mark.usefixtures("trained")
def test_checkpoints_with_a_name_have_results_of_their_own(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--algorithm", "trained", "trained:birds", "--way", "4", "--shot", "1")
    assert evaluate(data, *more, "--json") == 0
    accuracies = {result["algorithm"]: result["accuracy"] for result in results(capsys)}
    assert accuracies.keys() == {"trained", "trained:birds"}
    assert accuracies["trained"] > accuracies["trained:birds"]
    assert evaluate(data, *more) == 0
    rows = capsys.readouterr().out.splitlines()[2:4]
    assert [row.split()[0] for row in rows] == ["trained", "trained:birds"]


@pytest.mark.usefixtures("trained")
def test_algorithms_can_be_judged_as_they_are_before_meta_training(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backbone = get_backbone("conv4")
    nothing = {name: torch.zeros_like(weight) for name, weight in Trained(backbone).state_dict().items()}
    card = {"algorithm": "trained", "backbone": "conv4", "backbone_fingerprint": backbone.fingerprint}
    write_checkpoint(user_checkpoint_path("trained", "conv4"), nothing, card)
    task = ("--algorithm", "trained", "--way", "4", "--shot", "1", "--json")
    assert evaluate(data, *task) == 0
    (with_checkpoint,) = results(capsys)
    assert evaluate(data, *task, "--untrained") == 0
    (untrained,) = results(capsys)
    assert (with_checkpoint["untrained"], untrained["untrained"]) == (False, True)
    assert untrained["accuracy"] > with_checkpoint["accuracy"]


@pytest.mark.usefixtures("trained")
def test_a_checkpoint_of_other_weights_is_left_out_of_all_and_refused_by_its_name(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = {"algorithm": "trained", "backbone": "conv4", "backbone_fingerprint": "of another time"}
    write_checkpoint(
        user_checkpoint_path("trained", "conv4"), Trained(get_backbone("conv4")).state_dict(), card
    )
    task = ("--way", "2", "--shot", "1", "--json")
    assert evaluate(data, "--algorithm", "all", *task) == 0
    captured = capsys.readouterr()
    assert [r["algorithm"] for r in json.loads(captured.out)] == ["on-embeddings", "on-images"]
    stale = "was made for other weights of"
    assert any(line.startswith("Left out: ") and stale in line for line in captured.err.splitlines())
    assert evaluate(data, "--algorithm", "all", "trained", *task) == 2
    assert stale in capsys.readouterr().err


def test_a_backbone_that_no_algorithm_can_run_on_is_told(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with patch.dict(learners(), {"absent": Absent}, clear=True):
        assert evaluate(data) == 2
    assert "No algorithm can run on" in capsys.readouterr().err


@pytest.mark.usefixtures("trained")
def test_a_checkpoint_with_a_name_can_be_asked_for_beside_all(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, "--algorithm", "trained:birds", "all", "--way", "2", "--shot", "1", "--json") == 0
    names = [result["algorithm"] for result in results(capsys)]
    assert names == ["on-embeddings", "on-images", "trained", "trained:birds"]


def test_classes_can_be_chosen_by_the_beginning_of_their_names(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--algorithm", "on-embeddings", "--include", "One_", "Two_a", "--shot", "1")
    assert evaluate(data, *more, "--way", "5") == 0
    assert evaluate(data, *more, "--way", "6") == 2
    assert "6-way 1-shot: it has 5 classes with at least 3 pictures" in capsys.readouterr().err


def test_a_character_in_four_turns_can_count_as_four(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class_counts = []

    def watched(classes: PictureClasses, *task: Any) -> EpisodeSampler:
        class_counts.append(len(classes.pictures))
        return EpisodeSampler(classes, *task)

    monkeypatch.setattr(comparison, "EpisodeSampler", watched)
    more = ("--algorithm", "on-embeddings", "--way", "5", "--shot", "1")
    assert evaluate(data, *more) == 0
    assert evaluate(data, *more, "--turns", "4") == 0
    assert class_counts == [9, 36]


def test_a_task_that_a_data_set_is_too_small_for_is_left_out_with_a_notice(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--algorithm", "on-embeddings", "--way", "2", "9", "--shot", "1", "2", "--json")
    assert evaluate(data, *more) == 0
    captured = capsys.readouterr()
    tasks = [(r["way"], r["shot"]) for r in json.loads(captured.out)]
    assert tasks == [(2, 1), (2, 2), (9, 1)]  # the rare class has three pictures
    notice = "alphabets.zip is left out at 9-way 2-shot: it has 8 classes with at least 4 pictures."
    assert notice in captured.err


def test_what_is_left_out_is_said_once_though_the_pictures_are_read_twice(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("One_a/@eaDir/thumbnail.png", b"")
    assert evaluate(data, "--algorithm", "on-embeddings", "on-images", "--way", "4", "--json") == 0
    assert capsys.readouterr().err.count("One_a/@eaDir was left out: made by the system.") == 1


def test_transductive_results_stand_beside_the_others_on_request(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def evaluation(learner: MetaLearner, episodes: object) -> Generator[int, None, Evaluation]:
        together = Accuracy.of([0.75]) if learner.facts.name == "on-images" else None
        yield 1
        return Evaluation(Accuracy.of([0.4, 0.6]), 1.0, together, (0.4, 0.6))

    monkeypatch.setattr(comparison, "evaluation", evaluation)
    names = ("--algorithm", "on-images", "on-embeddings")
    assert evaluate(data, *names, "--json", "--shot", "1") == 0
    assert {r["transductive"] for r in results(capsys)} == {False}
    assert evaluate(data, *names, "--json", "--shot", "1", "--transductive") == 0
    assert [(r["algorithm"], r["transductive"], r["accuracy"]) for r in results(capsys)] == [
        ("on-images", False, 0.5),
        ("on-images", True, 0.75),
        ("on-embeddings", False, 0.5),
    ]
    assert evaluate(data, *names, "--transductive") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[2:5]] == [
        "on-images",
        "on-images, transductive",
        "on-embeddings",
    ]


WRONG_CALLS: Mapping[str, tuple[Sequence[str], str]] = {
    "unknown algorithm": (("--algorithm", "magic"), "no algorithm called “magic”; choose one of"),
    "no checkpoint": (("--algorithm", "absent"), "make one with: fewshot meta-train --algorithm absent"),
    "unknown backbone": (("--backbone", "magic"), "no backbone called “magic”"),
    "unknown device": (("--device", "quantum"), "device “quantum” cannot be used"),
    "no such data": (("--data", "nowhere.zip"), "There is no data set nowhere.zip"),
    "no such class": (("--include", "Three"), "no readable picture in a class that is asked for"),
    "too few classes": (("--way", "50"), "No data set has enough classes"),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_ends_with_one_sentence_and_status_2(
    wrong: Sequence[str], sentence: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, "--algorithm", "on-embeddings", *wrong) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err.splitlines()[-1]
