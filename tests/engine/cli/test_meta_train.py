"""`fewshot meta-train`: from pictures to a checkpoint that the program finds."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.backbones.base import Backbone
from engine.cli.main import main
from engine.learners.base import LearnerFacts
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.learners.recipe import Recipe
from engine.learners.registry import create_learner, learners
from engine.learners.user_checkpoints import user_checkpoint_names, user_checkpoint_path
from engine.meta_training import job
from engine.meta_training.training_events import TrainingStep
from tests.engine.cli import tiny_fewshot
from tests.engine.picture_sets import character_zip, glyph_file

CHECKOUT = Path(__file__).parents[3]
SMALL = ("--way", "2-3", "--shot", "1-2", "--query", "2", "--meta-batch", "2", "--device", "cpu")


@pytest.fixture
def backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    """Tiny, like the judging."""
    return tiny_fewshot.install(tmp_path, monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    counts = {f"{alphabet}_{letter}": 5 for alphabet in ("One", "Two") for letter in "abcdefgh"}
    return character_zip(tmp_path / "alphabets.zip", {**counts, "Two_rare": 2})


def train(
    data: Path | Sequence[Path | str], out: Path | None, *more: str, algorithm: str = "prototypical"
) -> int:
    paths = [data] if isinstance(data, Path) else data
    where = [] if out is None else ["--out", str(out)]
    command = ["meta-train", "--algorithm", algorithm, "--backbone", "conv4", "--data", *map(str, paths)]
    return main([*command, *where, *SMALL, *more])


def card_of(path: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return card


def test_the_checkpoint_is_found_by_the_program_and_its_card_tells_how_it_was_made(
    backbone: Backbone, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(data, None, "--episodes", "8", "--seed", "3", "--exclude", "One_a", "One_b") == 0
    captured = capsys.readouterr()
    path = user_checkpoint_path("prototypical", "conv4")
    assert f"Written: {path}" in captured.out
    assert "1 of 15 classes in alphabets.zip have fewer than 3 pictures and were left out." in captured.err
    assert "step 4 of 4: loss" in captured.err

    trained = load_file(path)
    created = create_learner("prototypical", "conv4").state_dict()
    assert trained.keys() == created.keys()
    assert all(torch.equal(trained[name].float(), created[name]) for name in trained)
    for tensor in trained.values():
        assert tensor.dtype == (torch.float16 if tensor.ndim > 1 else torch.float32)
    assert [entry.name for entry in path.parent.iterdir() if "training" in entry.name] == []

    card = card_of(path)
    assert (card["algorithm"], card["backbone"]) == ("prototypical", "conv4")
    assert card["backbone_fingerprint"] == backbone.fingerprint
    assert card["sources"] == ["alphabets.zip"]
    assert card["data"] == [
        {"name": "alphabets.zip", "classes": 12, "pictures": 240, "turns": 4, "validation_classes": 2}
    ]
    assert (card["way"], card["shot"], card["query"]) == ("2-3", "1-2", 2)
    assert (card["episodes"], card["seed"], card["excluded"]) == (8, 3, ["One_a", "One_b"])
    validation = card["validation"]["alphabets.zip"]
    assert (validation["way"], validation["shot"]) == (2, 1)
    assert 0 <= validation["accuracy"] <= 1
    assert card["torch"] == torch.__version__
    assert card["seconds"] > 0
    assert "warm_started_from" not in card
    assert str(data.parent) not in json.dumps(card)


@pytest.mark.usefixtures("backbone")
def test_a_name_keeps_it_beside_the_bundled_checkpoint(data: Path) -> None:
    assert train(data, None, "--episodes", "4", "--name", "My  letters") == 0
    assert user_checkpoint_names("prototypical", "conv4") == ["My letters"]
    assert create_learner("prototypical:My letters", "conv4")
    assert train(data, None, "--episodes", "4", "--name", "a/b") == 2


def test_the_cards_command_makes_the_same_checkpoint_again(
    backbone: Backbone, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "again" / "first.safetensors"
    assert train(data, first, "--episodes", "8", "--exclude", "Two") == 0
    second.parent.mkdir()
    data.rename(second.parent / data.name)
    monkeypatch.chdir(second.parent)
    program, *arguments = shlex.split(card_of(first)["command"])
    assert program == "fewshot"
    assert main(arguments) == 0
    ours, theirs = load_file(first), load_file(second)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_several_data_sets_train_one_learner_and_are_validated_each(
    backbone: Backbone, data: Path, tmp_path: Path
) -> None:
    glyphs, out = glyph_file(tmp_path / "glyphs.npz", "abdefh", 6), tmp_path / "out.safetensors"
    texts = ["Lake et al. 2015, MIT", "Free typefaces"]
    attributions = [part for text in texts for part in ("--attribution", text)]
    assert train([data, glyphs], out, "--episodes", "4", *attributions) == 0
    card = card_of(out)
    assert card["sources"] == texts
    assert card["validation"].keys() == {"alphabets.zip", "glyphs.npz"}
    assert [entry["turns"] for entry in card["data"]] == [4, 1]


def test_a_learner_of_images_starts_from_the_backbone_and_says_so(
    backbone: Backbone, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "maml-conv4.safetensors"
    assert train(data, out, "--episodes", "4", algorithm="maml") == 0
    assert card_of(out)["warm_started_from"].startswith("conv4, ")
    assert "network.convolution.weight" in load_file(out)


class Centring(PrototypicalNetwork):
    """Learns the mean of what it sees, and nothing in steps."""

    facts = LearnerFacts("centring", "Centring", "metric", "", "", "", meta_training="required")
    recipe: ClassVar[Recipe] = Recipe(ways=(2, 3), shots=(1, 2), query=2, steps=0)
    centre: Tensor

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, nn.Identity())
        self.register_buffer("centre", torch.zeros(backbone.dimension))

    def init_statistics(self, features: Tensor) -> None:
        self.centre.copy_(features.mean(dim=0))


class Unteachable(PrototypicalNetwork):
    """Its weights are constants."""

    facts = LearnerFacts("unteachable", "Unteachable", "metric", "", "", "", meta_training="none")

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, nn.Identity())
        self.register_buffer("weight", torch.ones(backbone.dimension, 4))


@pytest.fixture
def odd_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(learners(), "centring", Centring)
    monkeypatch.setitem(learners(), "unteachable", Unteachable)


@pytest.mark.usefixtures("backbone", "odd_learners")
def test_a_recipe_of_no_steps_writes_what_was_seen(data: Path, tmp_path: Path) -> None:
    assert train(data, tmp_path / "out.safetensors", algorithm="centring") == 0
    assert load_file(tmp_path / "out.safetensors")["centre"].any()
    assert card_of(tmp_path / "out.safetensors")["episodes"] == 0


def test_a_training_that_was_stopped_goes_on_where_it_was(
    backbone: Backbone,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole, out = tmp_path / "whole.safetensors", tmp_path / "out.safetensors"
    state = tmp_path / "out.training.safetensors"
    assert train(data, whole, "--episodes", "16") == 0
    meta_train = job.meta_train

    def interrupted(*arguments: Any) -> Any:
        for event in meta_train(*arguments):
            yield event
            if isinstance(event, TrainingStep) and event.step == 5:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(job, "meta_train", interrupted)
        assert train(data, out, "--episodes", "16") == 130
    assert capsys.readouterr().err.endswith(
        f"fewshot: stopped. To go on, give the same command with --resume {state}\n"
    )
    assert state.is_file()

    assert train(data, out, "--episodes", "16") == 2
    assert f"go on with it by adding --resume {state}, or delete it" in capsys.readouterr().err
    assert train(data, out, "--episodes", "16", "--shot", "1", "--resume", str(state)) == 2
    assert "another shot: [1, 2], not [1, 1]" in capsys.readouterr().err
    assert train(data, out, "--episodes", "16", "--exclude", "Three", "--resume", str(state)) == 2
    assert "another exclusion: [], not ['Three']" in capsys.readouterr().err

    assert train(data, out, "--episodes", "16", "--resume", str(state)) == 0
    assert not state.exists()
    expected = load_file(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in load_file(out).items())


def test_stopped_before_anything_was_written_it_says_so(
    backbone: Backbone,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "meta_train", interrupted)
    assert train(data, tmp_path / "out.safetensors") == 130
    assert "fewshot: stopped. Nothing had been written yet." in capsys.readouterr().err


def cuda_out_of_memory(*_: Any) -> Any:
    raise torch.OutOfMemoryError


def cpu_out_of_memory(*_: Any) -> Any:
    return torch.empty(2**60, dtype=torch.uint8)


@pytest.mark.parametrize("full", [cuda_out_of_memory, cpu_out_of_memory])
def test_a_device_without_room_for_an_episode_is_told(
    full: Callable[..., Any],
    backbone: Backbone,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(job, "meta_train", full)
    assert train(data, tmp_path / "out.safetensors") == 2
    assert "cpu ran out of memory; choose fewer classes (--way)" in capsys.readouterr().err


WRONG_CALLS: Mapping[str, tuple[Sequence[str], str]] = {
    "unknown algorithm": (("--algorithm", "magic"), "no algorithm called “magic”"),
    "unknown backbone": (("--backbone", "magic"), "no backbone called “magic”"),
    "unknown device": (("--device", "quantum"), "device “quantum” cannot be used"),
    "no such data": (("--data", "nowhere"), "There is no data set nowhere"),
    "no picture": (("--data", "empty"), "data set empty has no readable picture"),
    "too few classes": (
        ("--exclude", "One_", "Two_a", "Two_b", "Two_c", "Two_d", "Two_e"),
        "too few classes",
    ),
    "too few pictures": (("--query", "5"), "too few classes with at least 6 pictures (0)"),
    "too many ways": (("--way", "20"), "14 classes to learn from, too few for episodes of 20"),
    "nothing to resume": (
        ("--resume", "nowhere.safetensors"),
        "no unfinished training at nowhere.safetensors",
    ),
    "not a checkpoint's name": (("--out", "weights.json"), "NAME.safetensors, not weights.json"),
    "no folder can be made": (("--out", "alphabets.zip/out.safetensors"), "alphabets.zip cannot be made"),
    "steps for what cannot step": (
        ("--algorithm", "centring", "--episodes", "4"),
        "meta-train it for 0 episodes",
    ),
    "nothing to learn": (("--algorithm", "unteachable"), "Unteachable learns nothing from meta-training"),
    "nothing to see": (
        ("--algorithm", "unteachable", "--episodes", "0"),
        "Unteachable learns nothing from meta-training, and needs none",
    ),
    "fine-tuning": (("--algorithm", "fine-tuning"), "Fine-tuning learns nothing from meta-training"),
    "too high a rate": (("--learning-rate", "1e30"), "try a smaller learning rate"),
}


@pytest.mark.usefixtures("backbone", "odd_learners")
@pytest.mark.parametrize(("wrong", "sentence"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_ends_with_one_sentence_and_status_2(
    wrong: Sequence[str],
    sentence: str,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert train(data, tmp_path / "out.safetensors", *wrong) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.splitlines()[-1]
    assert last.startswith("fewshot: ")
    assert sentence in last
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--way", "1-5", "1 is less than 2"),
        ("--way", "5-2", "2 is less than 5"),
        ("--way", "2-", "“2-” is neither N nor N-M, in whole numbers"),
        ("--way", "abc", "“abc” is neither N nor N-M"),
        ("--shot", "1-2-3", "“1-2-3” is neither N nor N-M"),
        ("--query", "x", "“x” is not a whole number"),
        ("--learning-rate", "0", "“0” is not a number above zero"),
        ("--learning-rate", "fast", "“fast” is not a number above zero"),
        ("--episodes", "-1", "-1 is less than 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_with_what_is_wanted(
    wrong: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    option, value, wanted = wrong
    with pytest.raises(SystemExit) as exit_:
        main(["meta-train", "--algorithm", "prototypical", "--data", "x", option, value])
    assert exit_.value.code == 2
    assert f"argument {option}: {wanted}" in capsys.readouterr().err


def test_a_name_and_a_file_are_not_taken_together(capsys: pytest.CaptureFixture[str]) -> None:
    both = ["--name", "gulls", "--out", "gulls.safetensors"]
    with pytest.raises(SystemExit) as exit_:
        main(["meta-train", "--algorithm", "prototypical", "--data", "x", *both])
    assert exit_.value.code == 2
    assert "argument --out: not allowed with argument --name" in capsys.readouterr().err


@pytest.mark.subprocess
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot replace a file that a test is reading")
def test_a_real_process_that_is_killed_can_be_gone_on_with(
    backbone: Backbone, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = tmp_path / "whole.safetensors", tmp_path / "out.safetensors"
    state = tmp_path / "out.training.safetensors"
    command = [
        "meta-train",
        "--algorithm",
        "prototypical",
        "--backbone",
        "conv4",
        "--data",
        str(data),
        *SMALL,
    ]
    process = subprocess.Popen(
        [
            sys.executable,
            tiny_fewshot.__file__,
            str(tmp_path),
            *command,
            "--episodes",
            "200",
            "--out",
            str(out),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not state.is_file():
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert 0 < int(load_file(state)["progress.step"]) < 100

    assert train(data, out, "--episodes", "200", "--resume", str(state)) == 0
    assert train(data, whole, "--episodes", "200") == 0
    expected = load_file(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in load_file(out).items())
