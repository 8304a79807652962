"""Another backbone is proposed where held-out examples clearly speak for it, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.backbones.base import get_backbone
from engine.embeddings.pipeline import encode_pictures
from engine.episodes import LabeledSet
from engine.generators import run_to_end
from engine.runs import other_backbones
from engine.runs.other_backbones import Proposal, better_backbone
from engine.runs.session import Session
from tests.engine.tasks import write_characters

CPU = torch.device("cpu")
NAMES = "abcdefghijklmnopqrstuvwx"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))


def proposal_for(folder: Path, shots: int, backbone: str) -> Proposal | None:
    """For drawn characters, with these examples of each of many."""
    written = write_characters(folder, dict.fromkeys(NAMES, shots))
    paths = [path for some in written.values() for path in some]
    session = Session("linear-probe", backbone, "cpu", {})
    encoded = {}
    with session.open_cache() as cache:
        for batch in encode_pictures(paths, session.encoder, cache):
            encoded.update(zip(batch.positions.tolist(), batch.features, strict=True))
    features = torch.stack([torch.from_numpy(encoded[place]).float() for place in range(len(paths))])
    labels = torch.arange(len(NAMES)).repeat_interleave(shots)
    support = LabeledSet(features, labels, tuple(written))
    return run_to_end(better_backbone(get_backbone(backbone), support, paths, CPU))


@pytest.mark.slow
def test_characters_on_the_backbone_for_photos_are_better_on_that_for_characters(tmp_path: Path) -> None:
    found = proposal_for(tmp_path / "pictures", 3, "efficientnet-lite0")
    assert found is not None
    assert found.backbone == "conv4"
    assert "Conv4 (characters and symbols) may suit these pictures better" in str(found.message)


def test_on_the_backbone_that_suits_nothing_is_proposed(tmp_path: Path) -> None:
    assert proposal_for(tmp_path / "pictures", 3, "conv4") is None


def test_with_one_example_of_each_nothing_can_be_compared(tmp_path: Path) -> None:
    assert proposal_for(tmp_path / "pictures", 1, "efficientnet-lite0") is None


def test_a_backbone_that_would_have_to_be_converted_first_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_backbones, "is_converted", lambda backbone: False)
    assert proposal_for(tmp_path / "pictures", 3, "efficientnet-lite0") is None
