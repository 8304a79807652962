"""Checkpoints are safe to read, belong to one algorithm and backbone, and say so in one sentence."""

from __future__ import annotations

import json
import math
import os
import re
import struct
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from engine import checkpoints
from engine.backbones.base import get_backbone
from engine.checkpoints import in_half_precision, read_card, read_checkpoint, write_checkpoint
from engine.errors import FewshotError
from engine.paths import assets_dir

TENSORS = {"weight": torch.arange(6.0).reshape(2, 3), "steps": torch.tensor(7)}
CARD = {"algorithm": "maml", "backbone": "conv4", "note": "größer, 猫"}


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "maml-conv4.safetensors"
    write_checkpoint(path, TENSORS, CARD)
    return path


def read(path: Path) -> checkpoints.Checkpoint:
    return read_checkpoint(path, algorithm="maml", backbone="conv4")


def test_what_is_written_is_read(checkpoint: Path) -> None:
    found = read(checkpoint)
    assert found.card == CARD == read_card(checkpoint)
    assert found.tensors.keys() == TENSORS.keys()
    assert all(torch.equal(found.tensors[name], TENSORS[name]) for name in TENSORS)


def test_views_and_parameters_may_be_written(tmp_path: Path) -> None:
    whole = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    write_checkpoint(tmp_path / "view.safetensors", {"turned": whole.T}, CARD)
    assert torch.equal(read(tmp_path / "view.safetensors").tensors["turned"], whole.T)


def test_nothing_but_the_two_files_is_left(checkpoint: Path) -> None:
    assert sorted(path.name for path in checkpoint.parent.iterdir()) == [
        "maml-conv4.json",
        "maml-conv4.safetensors",
    ]


@pytest.mark.parametrize(("algorithm", "backbone"), [("reptile", "conv4"), ("maml", "resnet")])
def test_a_checkpoint_of_another_pair_is_refused(checkpoint: Path, algorithm: str, backbone: str) -> None:
    with pytest.raises(FewshotError, match=f"made for maml on conv4, not for {algorithm} on {backbone}"):
        read_checkpoint(checkpoint, algorithm=algorithm, backbone=backbone)


def with_header(header: object, data: bytes = b"") -> bytes:
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + data


NOT_TENSORS = {
    "empty": b"",
    "text": b"these are no tensors at all",
    "pickle": b"\x80\x04\x95" + bytes(100),
    "zip": b"PK\x03\x04" + bytes(100),
    "endless header": struct.pack("<Q", 2**63) + b"{}",
    "huge header": struct.pack("<Q", 400_000_000) + b"{}",
    "header is no JSON": struct.pack("<Q", 9) + b"not JSON!",
    "negative shape": with_header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 0]}}),
    "data elsewhere": with_header({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}),
    "numbers unknown to torch": with_header(
        {"a": {"dtype": "F4", "shape": [2], "data_offsets": [0, 1]}}, b"\0"
    ),
}


@pytest.mark.parametrize("content", NOT_TENSORS.values(), ids=NOT_TENSORS)
def test_what_is_not_safetensors_is_refused(checkpoint: Path, content: bytes) -> None:
    checkpoint.write_bytes(content)
    with pytest.raises(FewshotError, match="is damaged or not a safetensors file"):
        read(checkpoint)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory there was at most")
@pytest.mark.parametrize("length", [2**63, 2**40, 2**27])
def test_a_header_of_absurd_length_is_refused_without_making_room_for_it(
    checkpoint: Path, length: int
) -> None:
    import resource

    checkpoint.write_bytes(struct.pack("<Q", length) + b"{}" + bytes(1000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FewshotError, match="is damaged or not a safetensors file") as raised:
        read(checkpoint)
    assert "\n" not in str(raised.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_truncated_file_is_refused(checkpoint: Path, share: float) -> None:
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FewshotError, match="is damaged or not a safetensors file"):
        read(checkpoint)


def test_a_file_of_absurd_size_is_not_even_read(checkpoint: Path) -> None:
    with checkpoint.open("r+b") as file:
        file.truncate(checkpoints.MAX_BYTES + 1)  # sparse: takes no room
    with pytest.raises(FewshotError, match="larger than 2 GB"):
        read(checkpoint)


NOT_FINITE = {
    "NaN": torch.tensor([1.0, math.nan]),
    "infinity": torch.tensor([-math.inf, 1.0]),
    "NaN in half precision": torch.tensor([[math.nan]], dtype=torch.float16),
    "infinity in a complex number": torch.tensor([complex(0, math.inf)]),
    "too large for float32": torch.tensor([1e300], dtype=torch.float64),
}


@pytest.mark.parametrize("tensor", NOT_FINITE.values(), ids=NOT_FINITE)
def test_what_is_not_finite_is_refused_by_name(checkpoint: Path, tensor: torch.Tensor) -> None:
    checkpoint.write_bytes(save({**TENSORS, "bias": tensor}))
    with pytest.raises(FewshotError, match=rf"{re.escape(str(checkpoint))} has NaN or infinity in bias;"):
        read(checkpoint)


@pytest.mark.parametrize("tensor", NOT_FINITE.values(), ids=NOT_FINITE)
def test_what_is_not_finite_is_never_written(checkpoint: Path, tensor: torch.Tensor) -> None:
    with pytest.raises(FewshotError, match="was not written: bias has NaN or infinity"):
        write_checkpoint(checkpoint, {**TENSORS, "bias": tensor}, CARD)
    assert read(checkpoint).tensors.keys() == TENSORS.keys()


def test_half_precision_is_only_for_what_it_can_hold() -> None:
    tensors = {"small": torch.ones(2, 2), "large": torch.full((2, 2), 70_000.0), "vector": torch.ones(2)}
    found = in_half_precision(tensors)
    assert {name: tensor.dtype for name, tensor in found.items()} == {
        "small": torch.float16,
        "large": torch.float32,
        "vector": torch.float32,
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_pipe_is_refused_and_not_waited_for(checkpoint: Path, suffix: str) -> None:
    path = checkpoint.with_suffix(suffix)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(FewshotError, match="is not a file"):
        read(checkpoint)


def test_what_a_card_says_is_shown_only_as_far_as_a_sentence_bears(checkpoint: Path) -> None:
    checkpoint.with_suffix(".json").write_text(
        json.dumps({"algorithm": "x" * 10**5, "backbone": ["y"] * 999})
    )
    with pytest.raises(FewshotError) as raised:
        read(checkpoint)
    assert len(str(raised.value)) < 500 + len(str(checkpoint))


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (b"{not JSON", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[1, 2]", "is not a JSON object"),
        (b"{}", "made for None on None"),
        (b'{"algorithm": "' + bytes(2**20), "larger than 1 MB"),
    ],
)
def test_a_card_that_says_nothing_is_refused(checkpoint: Path, card: bytes, problem: str) -> None:
    checkpoint.with_suffix(".json").write_bytes(card)
    with pytest.raises(FewshotError, match=problem):
        read(checkpoint)


def test_a_missing_card_and_missing_tensors_are_told(checkpoint: Path) -> None:
    card = checkpoint.with_suffix(".json")
    card.rename(card.with_suffix(".moved"))
    with pytest.raises(FewshotError, match=r"has no card: .*maml-conv4\.json is missing"):
        read(checkpoint)
    card.with_suffix(".moved").rename(card)
    checkpoint.unlink()
    with pytest.raises(FewshotError, match="No such file"):
        read(checkpoint)


def test_a_card_names_what_it_belongs_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="algorithm and its backbone"):
        write_checkpoint(tmp_path / "x.safetensors", TENSORS, {"algorithm": "maml"})
    assert list(tmp_path.glob("*safetensors*")) == []


def test_a_full_disk_is_told_and_leaves_the_old_checkpoint(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(FewshotError, match="No space left on device"):
            write_checkpoint(checkpoint, {}, CARD)
    assert read(checkpoint).tensors.keys() == TENSORS.keys()


# --- the bundled ones -------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((assets_dir() / "checkpoints").glob("*.safetensors")), ids=str)
def test_every_bundled_checkpoint_is_whole_and_has_its_card(path: Path) -> None:
    card = read_card(path)
    found = read_checkpoint(path, algorithm=card["algorithm"], backbone=card["backbone"])
    assert found.tensors
    assert all(tensor.isfinite().all() for tensor in found.tensors.values())
    get_backbone(card["backbone"])
