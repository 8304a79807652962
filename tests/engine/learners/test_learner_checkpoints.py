"""A learner takes the checkpoint that was made for it, the user's own before the bundled one, or none."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from engine.backbones.base import Backbone, get_backbone
from engine.checkpoints import write_checkpoint
from engine.errors import FewshotError
from engine.learners import registry
from engine.learners.base import LearnerFacts, MetaLearner, Option
from engine.learners.metric.prototypical import PrototypicalNetwork
from engine.learners.registry import create_learner, find_checkpoint, learners, unavailable_reason
from engine.learners.user_checkpoints import user_checkpoint_names, user_checkpoint_path
from tests.engine import tiny_backbone


class Scaled(PrototypicalNetwork):
    """Nothing without its checkpoint."""

    facts = LearnerFacts("scaled", "Scaled", "metric", "", "", "", meta_training="required")
    options: ClassVar[tuple[Option, ...]] = (Option("sharpness", "Sharpness", "", 0.0, 2.0),)
    sharpness = 1.0

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone, nn.Linear(backbone.dimension, 4))


class Modest(Scaled):
    """Something without one."""

    facts = LearnerFacts("modest", "Modest", "metric", "", "", "", meta_training="none")


@pytest.fixture(autouse=True)
def empty_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is bundled but what a test puts there; the tiny backbone's weights are elsewhere."""
    tiny_backbone.install(tmp_path, monkeypatch)
    monkeypatch.setattr(registry, "assets_dir", lambda: tmp_path / "assets")
    monkeypatch.setitem(learners(), "scaled", Scaled)
    monkeypatch.setitem(learners(), "modest", Modest)
    return tmp_path / "assets"


def trained(value: float, algorithm: str = "scaled") -> dict[str, Tensor]:
    learner: MetaLearner = learners()[algorithm](get_backbone("conv4"))
    return {name: torch.full_like(tensor, value) for name, tensor in learner.state_dict().items()}


def write(path: Path, tensors: dict[str, Tensor], **facts: Any) -> Path:
    card = {
        "algorithm": "scaled",
        "backbone": "conv4",
        "backbone_fingerprint": get_backbone("conv4").fingerprint,
    }
    write_checkpoint(path, tensors, {**card, **facts})
    return path


def first_weight(learner: MetaLearner) -> float:
    return next(learner.parameters()).flatten()[0].item()


def test_the_users_own_checkpoint_comes_before_the_bundled_one(empty_assets: Path) -> None:
    bundled = write(empty_assets / "checkpoints" / "scaled-conv4.safetensors", trained(1.0))
    assert find_checkpoint("scaled", "conv4") == bundled
    assert first_weight(create_learner("scaled", "conv4")) == 1.0
    own = write(user_checkpoint_path("scaled", "conv4"), trained(2.0))
    assert find_checkpoint("scaled", "conv4") == own
    created = create_learner("scaled", "conv4")
    assert first_weight(created) == 2.0
    assert not created.training


def test_a_learner_that_could_do_without_takes_what_there_is() -> None:
    assert first_weight(create_learner("modest", "conv4")) != 3.0
    write(user_checkpoint_path("modest", "conv4"), trained(3.0, "modest"), algorithm="modest")
    assert first_weight(create_learner("modest", "conv4")) == 3.0


def test_where_there_is_none_the_command_that_makes_one_is_offered() -> None:
    assert unavailable_reason(Modest, get_backbone("conv4")) is None
    unavailable = unavailable_reason(Scaled, get_backbone("conv4"))
    assert unavailable is not None
    command = "fewshot meta-train --algorithm scaled --backbone conv4 --data"
    assert f"make one with: {command}" in str(unavailable.reason)
    assert unavailable.command.startswith(command)
    with pytest.raises(FewshotError, match="Scaled has no meta-trained checkpoint for Conv4"):
        create_learner("scaled", "conv4")


def test_options_are_set_and_unknown_ones_refused() -> None:
    assert create_learner("modest", "conv4", {"sharpness": 0.5}).sharpness == 0.5
    with pytest.raises(FewshotError, match="no option “blur”"):
        create_learner("modest", "conv4", {"blur": 1})


@pytest.mark.parametrize("name", ["a" * 5000, "../../x", "..", "x/y", "nul\0", "a*b", " "])
def test_what_cannot_be_a_name_is_no_checkpoint_anywhere(name: str) -> None:
    elsewhere = user_checkpoint_path("scaled", "conv4").parent.parent / "x.safetensors"
    write(elsewhere, trained(1.0))
    with pytest.raises(FewshotError):
        create_learner(f"scaled:{name}", "conv4")
    assert user_checkpoint_names("scaled", "conv4") == []


def test_names_that_no_meta_training_gave_are_not_offered() -> None:
    write(user_checkpoint_path("scaled", "conv4", "birds"), trained(1.0))
    folder = user_checkpoint_path("scaled", "conv4").parent
    for name in ("x" * 80, "two  spaces", "a*b", "dotted.name"):
        (folder / f"scaled-conv4 {name}.safetensors").touch()
    assert user_checkpoint_names("scaled", "conv4") == ["birds"]


def of_other_weights(path: Path) -> None:
    write(path, trained(1.0), backbone_fingerprint="0123")


def of_no_weights_in_particular(path: Path) -> None:
    write_checkpoint(path, trained(1.0), {"algorithm": "scaled", "backbone": "conv4"})


def of_another_algorithm(path: Path) -> None:
    write(path, trained(1.0), algorithm="modest")


def of_another_backbone(path: Path) -> None:
    write(path, trained(1.0), backbone="efficientnet-lite0")


def with_another_shape(path: Path) -> None:
    write(path, {**trained(1.0), "embedding.weight": torch.zeros(4, 9)})


def with_a_weight_missing(path: Path) -> None:
    write(path, {"embedding.weight": torch.zeros(4, tiny_backbone.DIMENSION)})


def with_a_weight_too_many(path: Path) -> None:
    write(path, {**trained(1.0), "extra": torch.zeros(1)})


def with_whole_numbers(path: Path) -> None:
    write(path, {name: tensor.long() for name, tensor in trained(1.0).items()})


def with_nan(path: Path) -> None:
    tensors = trained(1.0)
    tensors["embedding.bias"][2] = torch.nan
    write(path, trained(1.0)).write_bytes(save(tensors))


def without_a_card(path: Path) -> None:
    write(path, trained(1.0)).with_suffix(".json").unlink()


def truncated(path: Path) -> None:
    content = write(path, trained(1.0)).read_bytes()
    path.write_bytes(content[:-1])


def with_an_endless_header(path: Path) -> None:
    write(path, trained(1.0)).write_bytes(struct.pack("<Q", 2**63) + b"{}")


def as_a_pickle(path: Path) -> None:
    torch.save(trained(1.0), write(path, trained(1.0)))


BROKEN: dict[Callable[[Path], None], str] = {
    of_other_weights: "was made for other weights of Conv4",
    of_no_weights_in_particular: "was made for other weights of Conv4",
    of_another_algorithm: "was made for modest on conv4, not for scaled on conv4",
    of_another_backbone: "was made for scaled on efficientnet-lite0, not for scaled on conv4",
    with_another_shape: "does not fit Scaled: embedding.weight is [4, 9] instead of [4, 24]",
    with_a_weight_missing: "does not fit Scaled: it has no embedding.bias",
    with_a_weight_too_many: "does not fit Scaled: it has extra too many",
    with_whole_numbers: "does not fit Scaled: embedding.bias has numbers of type torch.int64",
    with_nan: "has NaN or infinity in embedding.bias; make it anew",
    without_a_card: "has no card",
    truncated: "is damaged or not a safetensors file",
    with_an_endless_header: "is damaged or not a safetensors file",
    as_a_pickle: "is damaged or not a safetensors file",
}


@pytest.mark.parametrize(
    ("damage", "sentence"), BROKEN.items(), ids=lambda value: getattr(value, "__name__", "")
)
def test_a_checkpoint_that_does_not_belong_is_refused_in_one_sentence(
    damage: Callable[[Path], None], sentence: str
) -> None:
    path = user_checkpoint_path("scaled", "conv4")
    damage(path)
    with pytest.raises(FewshotError) as raised:
        create_learner("scaled", "conv4")
    message = str(raised.value)
    assert sentence in message
    assert path.name in message
    assert "\n" not in message


def test_a_checkpoint_is_refused_once_the_backbone_was_trained_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(user_checkpoint_path("scaled", "conv4"), trained(1.0))
    create_learner("scaled", "conv4")
    tiny_backbone.install(tmp_path, monkeypatch, seed=1)
    with pytest.raises(FewshotError, match="meta-train it anew: fewshot meta-train --algorithm scaled"):
        create_learner("scaled", "conv4")
    facts = json.loads(path.with_suffix(".json").read_text())
    assert facts["backbone_fingerprint"] != get_backbone("conv4").fingerprint
