"""Weights as data: what is missing is said with how to get it, and only the declared file is ever kept."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save

import engine.backbones
from engine.backbones import dinov2_small, onnx_conversion
from engine.backbones.adding import add
from engine.backbones.base import Backbone, backbones, get_backbone
from engine.backbones.onnx_conversion import converted
from engine.backbones.weights import Added, Bundled, Packaged, Weights
from engine.classifier import FewShotClassifier
from engine.cli.checkup import look_at_everything
from engine.cli.main import main
from engine.embeddings import features
from engine.embeddings.encoders import TorchEncoder, backbone_encoder
from engine.errors import FewshotError
from engine.learners.registry import create_learner, learners
from engine.messages import Message
from engine.runs.run import read_catalogue
from tests.engine.tasks import adapted, embeddings

CONTENT = save({"weight": torch.eye(12)[:, :3].contiguous()})
ADDED = Added("mine", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())

A_BACKBONE = """
from safetensors.torch import load
from torch import nn

from engine.backbones.base import Backbone
from engine.backbones.preprocessing import Preprocessing
from engine.backbones.weights import Added

WEIGHTS = Added("mine", {size}, "{sha256}")


def _network():
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 12, bias=False))
    network.load_state_dict({{"2.weight": load(WEIGHTS.read())["weight"]}})
    return network.eval()


BACKBONE = Backbone(
    name="mine",
    title="Mine",
    summary="For tests.",
    preprocessing=Preprocessing(size=8, channels=3, interpolation="box", fit="stretch"),
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    dimension=12,
    nearly_same=0.99,
    licence="CC0",
    source="made by a test",
    weights=WEIGHTS,
    network=_network,
)
"""


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("FEWSHOT_DATA_DIR", str(folder))
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The declared file, as a person has it."""
    path = tmp_path / "brought.safetensors"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backbone]:
    """A backbone that is one file, put beside the others."""
    folder = tmp_path / "more backbones"
    folder.mkdir()
    (folder / "mine.py").write_text(A_BACKBONE.format(size=ADDED.size, sha256=ADDED.sha256))
    monkeypatch.setattr(engine.backbones, "__path__", [*engine.backbones.__path__, str(folder)])
    # Its conversion would be another process, which does not know of the folder.
    monkeypatch.setattr(features, "backbone_encoder", TorchEncoder)
    backbones.cache_clear()
    yield get_backbone("mine")
    backbones.cache_clear()
    sys.modules.pop("engine.backbones.mine")


def kept() -> list[str]:
    """The names of all files in the folder of added weights."""
    return [path.name for path in ADDED.path().parent.iterdir()]


# --- whether they are there -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "expected", "command"),
    [
        (
            ADDED,
            "not on this computer (0 MB, CC0); get them with: fewshot add-backbone mine --from FILE",
            "fewshot add-backbone mine --from FILE",
        ),
        (
            dataclasses.replace(ADDED, size=87_900_000, address="https://example.org/x"),
            "not on this computer (88 MB, CC0); get them with: fewshot add-backbone mine",
            "fewshot add-backbone mine",
        ),
        (
            Packaged("no-such-package", "x.bin"),
            "with: pip install no-such-package",
            "pip install no-such-package",
        ),
        (Bundled(Path("gone.safetensors")), "are missing from gone.safetensors; install Fewshot anew.", ""),
    ],
    ids=["brought", "fetched", "packaged", "bundled"],
)
def test_missing_weights_are_one_sentence_that_says_how_to_get_them(
    weights: Weights, expected: str, command: str
) -> None:
    backbone = dataclasses.replace(get_backbone("conv4"), title="Mine", licence="CC0", weights=weights)
    assert backbone.unavailable is not None
    assert str(backbone.unavailable.reason).endswith(expected)
    assert backbone.unavailable.command == command
    with pytest.raises(FewshotError, match="Mine"):
        backbone_encoder(backbone, torch.device("cpu"))


def test_declared_weights_have_their_fingerprint_before_they_are_there(file: Path) -> None:
    backbone = dataclasses.replace(get_backbone("conv4"), weights=ADDED)
    list(add(ADDED, file))
    again = dataclasses.replace(backbone)
    assert backbone.fingerprint == again.fingerprint
    other = dataclasses.replace(backbone, weights=dataclasses.replace(ADDED, sha256="00" * 32))
    assert other.fingerprint != backbone.fingerprint


# --- adding -----------------------------------------------------------------------------------


def test_a_file_that_was_brought_is_kept(file: Path) -> None:
    assert not ADDED.is_there()
    assert [*add(ADDED, file)][-1] == ADDED.size
    assert ADDED.is_there()
    assert ADDED.read() == CONTENT
    assert kept() == ["mine.safetensors"]


def test_a_file_is_fetched_from_its_address(file: Path) -> None:
    weights = dataclasses.replace(ADDED, address=file.as_uri())
    list(add(weights))
    assert weights.read() == CONTENT


def cut(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])


def longer(path: Path) -> None:
    path.write_bytes(CONTENT + b"\0")


def changed(path: Path) -> None:
    path.write_bytes(CONTENT[:-1] + b"\1")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


WRONG: dict[Callable[[Path], None], str] = {
    cut: "bytes instead of .*; it is cut off, or another file",
    longer: "is another file than the weights of mine",
    changed: "is another file than the weights of mine",
    a_folder: "cannot be read|is a folder",
    Path.unlink: "cannot be",
}


@pytest.mark.parametrize("fetched", [False, True], ids=["brought", "fetched"])
@pytest.mark.parametrize("was_there", [False, True], ids=["anew", "again"])
@pytest.mark.parametrize("damage", WRONG, ids=lambda damage: damage.__name__)
def test_another_file_is_refused_and_changes_nothing(
    file: Path, damage: Callable[[Path], None], was_there: bool, fetched: bool
) -> None:
    if was_there:
        list(add(ADDED, file))
    damage(file)
    weights = dataclasses.replace(ADDED, address=file.as_uri())
    with pytest.raises(FewshotError, match=WRONG[damage]):
        list(add(weights, None if fetched else file))
    assert weights.is_there() is was_there
    assert kept() == (["mine.safetensors"] if was_there else [])


def test_who_stops_leaves_nothing_behind(file: Path) -> None:
    steps = add(ADDED, file)
    next(steps)
    assert kept()
    steps.close()
    assert kept() == []


def test_a_full_disk_is_told_and_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FewshotError, match=r"could not be kept in .*: No space left on device\. Make room"):
        list(add(ADDED, file))
    assert kept() == []


def test_a_file_that_was_changed_later_is_not_loaded(file: Path) -> None:
    list(add(ADDED, file))
    changed(ADDED.path())
    with pytest.raises(FewshotError, match="are damaged; get them again with: fewshot add-backbone mine"):
        ADDED.read()


def test_what_the_conversion_cannot_do_is_told_as_it_told_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Message("The weights {path} are damaged.", path="x")

    def run(command: list[str], **_: object) -> object:
        report = f"a warning\n{told.to_json()}\n".encode()
        return onnx_conversion.subprocess.CompletedProcess(command, onnx_conversion.EXPLAINED, b"", report)

    monkeypatch.setattr(onnx_conversion, "bundled_file", lambda _: tmp_path / "none")
    monkeypatch.setattr(onnx_conversion.subprocess, "run", run)
    with pytest.raises(FewshotError) as caught:
        converted(get_backbone("conv4"))
    assert caught.value.message == told


# --- a backbone that is one file --------------------------------------------------------------


def test_without_its_weights_it_is_shown_with_how_to_get_them(mine: Backbone) -> None:
    catalogue = read_catalogue()
    (entry,) = (entry for entry in catalogue.backbones if entry.name == "mine")
    assert entry.unavailable == mine.unavailable
    for algorithm in catalogue.algorithms:
        assert "mine" not in (*algorithm.backbones, *algorithm.untrained, *algorithm.trains_on)
        if learners()[algorithm.name].supports(mine) is None:
            assert algorithm.unavailable["mine"] == mine.unavailable


@pytest.mark.parametrize("algorithm", learners())
def test_once_they_are_added_learners_run_or_say_how_to_meta_train_them(
    mine: Backbone, file: Path, algorithm: str
) -> None:
    with pytest.raises(FewshotError, match="add-backbone mine"):
        create_learner(algorithm, "mine")
    list(add(ADDED, file))
    if learners()[algorithm].facts.meta_training == "required":
        with pytest.raises(FewshotError, match=f"meta-train --algorithm {algorithm} --backbone mine"):
            create_learner(algorithm, "mine")
    else:
        create_learner(algorithm, "mine")


@pytest.mark.parametrize("name", ["prototypical", "matching", "nearest", "ridge", "cosine", "fine-tuning"])
def test_these_learners_need_no_meta_training(name: str) -> None:
    assert learners()[name].facts.meta_training != "required"


@pytest.mark.parametrize("name", ["maml", "proto-maml", "relation", "snail", "meta-lstm"])
def test_these_do(name: str) -> None:
    assert learners()[name].facts.meta_training == "required"


@pytest.mark.parametrize(
    "algorithm", [name for name, one in learners().items() if one.facts.meta_training != "required"]
)
def test_a_run_needs_no_meta_training(mine: Backbone, file: Path, tmp_path: Path, algorithm: str) -> None:
    list(add(ADDED, file))
    paths = []
    for number, colour in enumerate([(250, 10, 10), (10, 10, 250), (200, 40, 30), (30, 40, 200)]):
        paths.append(tmp_path / f"{number}.png")
        Image.new("RGB", (9, 9), colour).save(paths[-1])
    classifier = FewShotClassifier(algorithm=algorithm, backbone="mine", device="cpu")
    classifier.fit(paths[:2], ["red", "blue"])
    assert np.array_equal(classifier.predict(paths[2:]), ["red", "blue"])


@pytest.mark.parametrize(
    "algorithm", [name for name, one in learners().items() if one.facts.meta_training == "optional"]
)
def test_a_learner_that_needs_no_meta_training_begins_with_nothing_random(algorithm: str) -> None:
    backbone = get_backbone("efficientnet-lite0")
    support, query = (
        embeddings([1, 3, 2], backbone.dimension),
        embeddings([2, 2, 2], backbone.dimension, 0, 1),
    )
    logits = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        learner = learners()[algorithm](backbone).eval()
        logits.append(adapted(learner, support).logits(query.features))
    assert torch.equal(*logits)


# --- on the command line ----------------------------------------------------------------------


def test_the_command_adds_a_backbone(mine: Backbone, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "backbones"]) == 0
    assert "get them with: fewshot add-backbone mine --from FILE" in capsys.readouterr().out
    assert main(["add-backbone", "mine", "--from", str(file)]) == 0
    assert f"added to {ADDED.path()} (CC0; made by a test)" in capsys.readouterr().out
    assert main(["list", "backbones"]) == 0
    assert "fewshot add-backbone mine" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["add-backbone", "conv4"],
            "The weights of Conv4 (characters and symbols) come with the installation.",
        ),
        (["add-backbone", "mine"], "cannot be fetched; give the file: fewshot add-backbone mine --from FILE"),
        (["add-backbone", "no-such"], "There is no backbone called “no-such”"),
        (["add-backbone", "mine", "--from", "gone"], "gone cannot be opened"),
        (
            ["meta-train", "--backbone", "mine", "--data", "synthetic"],
            "fewshot add-backbone mine --from FILE",
        ),
        (["evaluate", "--backbone", "mine", "--data", "synthetic"], "fewshot add-backbone mine --from FILE"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_sentence(
    mine: Backbone, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if arguments[0] == "meta-train":
        arguments = [*arguments, "--algorithm", "ridge", "--out", str(tmp_path / "x.safetensors")]
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_the_check_up_names_what_can_be_added_and_what_is_damaged(mine: Backbone, file: Path) -> None:
    def finding() -> tuple[str, str]:
        (found,) = (found for found in look_at_everything() if found.name == "checkpoints")
        return found.state, found.found

    state, found = finding()
    assert state == "ok"
    assert "Mine can be added with: fewshot add-backbone mine --from FILE" in found
    list(add(ADDED, file))
    assert "Mine can be added" not in finding()[1]
    changed(ADDED.path())
    state, found = finding()
    assert state == "problem"
    assert "mine.safetensors are damaged; get them again with" in found


# --- DINOv2 -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_dinov2_loads_the_file_as_timm_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import timm

    content = save(timm.create_model("vit_small_patch14_dinov2", num_classes=0).state_dict())
    file = tmp_path / "random.safetensors"
    file.write_bytes(content)
    weights = Added("dinov2-small", len(content), hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(dinov2_small, "WEIGHTS", weights)
    list(add(weights, file))
    theirs = timm.create_model(
        "vit_small_patch14_dinov2",
        img_size=dinov2_small.SIZE,
        num_classes=0,
        pretrained=True,
        pretrained_cfg_overlay={"file": str(file)},
    ).eval()
    images = torch.randn(1, 3, dinov2_small.SIZE, dinov2_small.SIZE)
    with torch.no_grad():
        embeddings = dinov2_small.BACKBONE.network()(images)
        assert torch.equal(embeddings, theirs(images))
    assert embeddings.shape == (1, dinov2_small.BACKBONE.dimension)
