"""Hostile checkpoints, cards and names: refused in one sentence, or good for finite numbers."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import load, save
from torch import Tensor

from engine.backbones.base import get_backbone
from engine.confidence.calibration import calibrate
from engine.episodes import LabeledSet
from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.learners.registry import create_learner
from engine.learners.user_checkpoints import user_checkpoint_path
from engine.paths import assets_dir
from engine.runs.run import read_catalogue
from engine.runs.session import CalibratedClassifier
from tests.faults.base import Result
from tests.faults.in_turn import home, in_turn

TITLE = "hostile checkpoints, cards and names of checkpoints"
COUNT = 300
SAMPLE = 30

ALGORITHM, BACKBONE, NAME = "prototypical", "conv4", "hostile"
WHOLE = assets_dir() / "checkpoints" / f"{ALGORITHM}-{BACKBONE}.safetensors"

Case: TypeAlias = Callable[[random.Random], str]


def run(count: int, seed: int) -> Iterator[Result]:
    """Each kind in turn, from the beginning again with other random numbers where more are asked for."""
    rng = random.Random(seed)
    with home():
        kinds = list(CASES.items())
        rng.shuffle(kinds)
        cases = itertools.islice(itertools.cycle(kinds), count)
        seeded = ((kind, work, rng.randrange(2**32)) for kind, work in cases)
        yield from in_turn(
            (f"{kind}, seed {own}", partial(work, random.Random(own))) for kind, work, own in seeded
        )


# -- using what was damaged


def _use(name: str = NAME, must_be_refused: bool = False) -> str:
    """Label with the checkpoint, as a run does."""
    learner = create_learner(f"{ALGORITHM}:{name}", BACKBONE)
    assert not must_be_refused, "it was accepted"
    generator = torch.Generator().manual_seed(0)
    dimension = get_backbone(BACKBONE).dimension
    features = torch.rand(9, dimension, generator=generator)
    support = LabeledSet(features[:6], torch.arange(6) % 2, ("one", "other"))
    classifier = run_to_end(learner.adapt(support))
    task = CalibratedClassifier(classifier, run_to_end(calibrate(learner, support, classifier)))
    chances = torch.from_numpy(task.probabilities(features[6:]))
    assert chances.isfinite().all(), "probabilities that are not finite"
    return f"labelled: {chances[0].tolist()}"


def _put() -> Path:
    """A whole checkpoint with its card, ready to be damaged."""
    path = user_checkpoint_path(ALGORITHM, BACKBONE, NAME)
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    for suffix in (".safetensors", ".json"):
        shutil.copyfile(WHOLE.with_suffix(suffix), path.with_suffix(suffix))
    return path


def _tensors(change: Callable[[dict[str, Tensor], random.Random], None], is_use: bool = False) -> Case:
    def work(rng: random.Random) -> str:
        path = _put()
        tensors = load(path.read_bytes())
        change(tensors, rng)
        path.write_bytes(save({name: tensor.contiguous() for name, tensor in tensors.items()}))
        return _use(must_be_refused=not is_use)

    return work


def _bytes(change: Callable[[bytes, random.Random], bytes], is_use: bool = False) -> Case:
    def work(rng: random.Random) -> str:
        path = _put()
        path.write_bytes(change(path.read_bytes(), rng))
        return _use(must_be_refused=not is_use)

    return work


def _header(change: Callable[[dict[str, Any], random.Random], object]) -> Case:
    """The safetensors header, changed."""

    def changed(content: bytes, rng: random.Random) -> bytes:
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        written = json.dumps(change(header, rng)).encode()
        return struct.pack("<Q", len(written)) + written + content[8 + length :]

    return _bytes(changed)


def _card(change: Callable[[dict[str, Any], random.Random], object], is_use: bool = False) -> Case:
    def work(rng: random.Random) -> str:
        path = _put().with_suffix(".json")
        card = json.loads(path.read_bytes())
        changed = change(card, rng)
        path.write_bytes(changed if isinstance(changed, bytes) else json.dumps(changed).encode())
        read_catalogue()
        return _use(must_be_refused=not is_use)

    return work


def _name(name: str) -> Case:
    def work(rng: random.Random) -> str:
        for folder in (_put().parent, _put().parent.parent):
            shutil.copyfile(WHOLE, folder / "elsewhere.safetensors")
            shutil.copyfile(WHOLE.with_suffix(".json"), folder / "elsewhere.json")
        return _use(name, must_be_refused=True)

    return work


def _place(put: Callable[[Path], None], suffix: str) -> Case:
    """Something that is no file under the checkpoint's name."""

    def work(rng: random.Random) -> str:
        path = _put().with_suffix(suffix)
        path.unlink()
        put(path)
        try:
            read_catalogue()
            return _use(must_be_refused=True)
        finally:
            shutil.rmtree(path.parent)

    return work


def _unnamed(put: Callable[[Path], None]) -> Case:
    """The person's own checkpoint without a name, which takes the place of the bundled one."""

    def work(rng: random.Random) -> str:
        path = user_checkpoint_path(ALGORITHM, BACKBONE)
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir(parents=True)
        put(path)
        try:
            create_learner(ALGORITHM, BACKBONE)
        finally:
            shutil.rmtree(path.parent)
        raise AssertionError("it was accepted")

    return work


# -- what is changed


def _any_of(tensors: dict[str, Tensor], rng: random.Random) -> str:
    return rng.choice(sorted(name for name, tensor in tensors.items() if tensor.is_floating_point()))


def _poisoned(number: float) -> Callable[[dict[str, Tensor], random.Random], None]:
    def change(tensors: dict[str, Tensor], rng: random.Random) -> None:
        name = _any_of(tensors, rng)
        tensors[name] = tensors[name].clone()
        tensors[name].view(-1)[rng.randrange(tensors[name].numel())] = number

    return change


def _made(change: Callable[[Tensor], Tensor]) -> Callable[[dict[str, Tensor], random.Random], None]:
    def changed(tensors: dict[str, Tensor], rng: random.Random) -> None:
        name = _any_of(tensors, rng)
        tensors[name] = change(tensors[name])

    return changed


def _scaled(factor: float) -> Callable[[dict[str, Tensor], random.Random], None]:
    def change(tensors: dict[str, Tensor], rng: random.Random) -> None:
        for name in tensors:
            tensors[name] = tensors[name].float() * factor

    return change


def _renamed(tensors: dict[str, Tensor], rng: random.Random) -> None:
    tensors["../../../etc/passwd"] = tensors.pop(_any_of(tensors, rng))


def _more(tensors: dict[str, Tensor], rng: random.Random) -> None:
    tensors["x" * 10_000] = torch.zeros(1)


def _less(tensors: dict[str, Tensor], rng: random.Random) -> None:
    tensors.pop(_any_of(tensors, rng))


def _flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 10, 1000])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _each_entry(**facts: object) -> Callable[[dict[str, Any], random.Random], object]:
    def change(header: dict[str, Any], rng: random.Random) -> object:
        entries = {name: {**entry, **facts} for name, entry in header.items() if name != "__metadata__"}
        return {**header, **entries}

    return change


def _overlapping(header: dict[str, Any], rng: random.Random) -> object:
    names = [name for name in header if name != "__metadata__"]
    return {**header, **dict.fromkeys(names, header[names[0]])}


def _fact(key: str, value: object) -> Callable[[dict[str, Any], random.Random], object]:
    return lambda card, rng: {**card, key: value}


def _nested(depth: int) -> bytes:
    return b'{"algorithm":' * depth + b"1" + b"}" * depth


def _make_pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        raise FewshotError("There are no pipes with names here.")
    os.mkfifo(path)


CASES: dict[str, Case] = {
    "nothing changed": _tensors(lambda tensors, rng: None, is_use=True),
    **{f"a weight of {number}": _tensors(_poisoned(number)) for number in (torch.nan, torch.inf, -torch.inf)},
    "a weight as float64 beyond float32": _tensors(
        _made(lambda t: torch.full_like(t, 1e300, dtype=torch.float64))
    ),
    "weights of 1e38": _tensors(_scaled(1e38), is_use=True),
    "weights of 1e20": _tensors(_scaled(1e20), is_use=True),
    "weights of 1e-40": _tensors(_scaled(1e-40), is_use=True),
    "weights of 0": _tensors(_scaled(0.0), is_use=True),
    "a tensor that is empty": _tensors(_made(lambda t: t.flatten()[:0])),
    "a tensor with one more axis": _tensors(_made(lambda t: t[None])),
    "a tensor that is a number": _tensors(_made(lambda t: t.sum())),
    "a tensor that is turned": _tensors(_made(lambda t: torch.zeros(*t.shape, 2))),
    "a tensor of whole numbers": _tensors(_made(lambda t: t.long())),
    "a tensor of truths": _tensors(_made(lambda t: t > 0)),
    "a tensor of complex numbers": _tensors(_made(lambda t: t.to(torch.complex64))),
    "a tensor of 8-bit floats": _tensors(_made(lambda t: t.to(torch.float8_e4m3fn)), is_use=True),
    "a tensor of bfloat16": _tensors(_made(lambda t: t.bfloat16()), is_use=True),
    "a tensor called by a path": _tensors(_renamed),
    "a tensor too many, with a long name": _tensors(_more),
    "a tensor too few": _tensors(_less),
    "no tensors": _tensors(lambda tensors, rng: tensors.clear()),
    "no bytes": _bytes(lambda content, rng: b""),
    "cut short": _bytes(lambda content, rng: content[: rng.randrange(len(content))]),
    "noise": _bytes(lambda content, rng: rng.randbytes(5000)),
    "noise behind it": _bytes(lambda content, rng: content + rng.randbytes(rng.randrange(1, 5000))),
    "flipped bits": _bytes(_flipped, is_use=True),
    "flipped bits in the header": _bytes(lambda c, rng: _flipped(c[:200], rng) + c[200:], is_use=True),
    "a pickle": _bytes(lambda content, rng: b"\x80\x04cos\nsystem\n(S'true'\ntR."),
    "a zip": _bytes(lambda content, rng: b"PK\x03\x04" + content),
    "a header of 2^63 bytes": _bytes(lambda content, rng: struct.pack("<Q", 2**63) + content[8:]),
    "a header of 2^40 bytes": _bytes(lambda content, rng: struct.pack("<Q", 2**40) + content[8:]),
    "a header of no bytes": _bytes(lambda content, rng: struct.pack("<Q", 0) + content[8:]),
    "a header that nests": _bytes(lambda c, rng: struct.pack("<Q", 70_000) + b'{"a":' * 14_000),
    "shapes that are negative": _header(_each_entry(shape=[-1, 4])),
    "shapes that overflow": _header(_each_entry(shape=[2**62, 4])),
    "shapes that are enormous": _header(_each_entry(shape=[2**31, 2**31])),
    "shapes that are words": _header(_each_entry(shape="all")),
    "shapes of a million axes": _header(_each_entry(shape=[1] * 100_000)),
    "places that overlap": _header(_overlapping),
    "places beyond the end": _header(_each_entry(data_offsets=[0, 2**40])),
    "places that go backwards": _header(_each_entry(data_offsets=[8, 0])),
    "numbers of an unknown kind": _header(_each_entry(dtype="F4")),
    "a header that is a list": _header(lambda header, rng: [header]),
    "metadata that is no text": _header(lambda header, rng: {**header, "__metadata__": {"a": 1}}),
    "a card that is no JSON": _card(lambda card, rng: b"{not JSON"),
    "a card that is empty": _card(lambda card, rng: b""),
    "a card that is a list": _card(lambda card, rng: [card]),
    "a card that is NaN": _card(lambda card, rng: b"NaN"),
    "a card that nests": _card(lambda card, rng: _nested(50_000)),
    "a card in no encoding": _card(lambda card, rng: b"\xff\xfe\x00\xd8"),
    "a card of a number of a million digits": _card(lambda card, rng: b"1" * 1_000_000),
    "a card of more than a megabyte": _card(lambda card, rng: {**card, "note": "x" * 2**20}),
    "a card for another algorithm": _card(_fact("algorithm", "maml")),
    "a card for another backbone": _card(_fact("backbone", "efficientnet-lite0")),
    "a card for a list of algorithms": _card(_fact("algorithm", ["x" * 1000] * 100)),
    "a card for a long algorithm": _card(_fact("algorithm", "\x1b[31m" + "x" * 900_000)),
    "a card of other weights": _card(_fact("backbone_fingerprint", "0" * 24)),
    "a card of no weights": _card(_fact("backbone_fingerprint", None)),
    "a card with infinity": _card(
        lambda card, rng: json.dumps({**card, "seed": float("inf")}).encode(), True
    ),
    "a card whose sources are a number": _card(_fact("sources", 5), is_use=True),
    "a card whose sources are a text": _card(_fact("sources", "text"), is_use=True),
    "a card whose sources are objects": _card(_fact("sources", [{"a": [1]}, None, 2]), is_use=True),
    "a card whose validation is a list": _card(_fact("validation", [1, 2]), is_use=True),
    "a card whose validation nests": _card(_fact("validation", {"a": {"b": {"c": []}}}), is_use=True),
    **{
        f"the name {name[:20]!r}": _name(name)
        for name in (
            "a" * 5000,
            "猫" * 61,
            "../elsewhere",
            "../../elsewhere",
            "..",
            ".",
            "/elsewhere",
            "a/../../elsewhere",
            "..\\elsewhere",
            "C:elsewhere",
            "nul\0",
            "line\nfeed",
            "\x1b[2J",
            "*",
            "?",
            " ",
            "never trained",
        )
    },
    "a folder for the tensors": _place(Path.mkdir, ".safetensors"),
    "a folder for the card": _place(Path.mkdir, ".json"),
    "a pipe for the card": _place(_make_pipe, ".json"),
    "a pipe for the tensors": _place(_make_pipe, ".safetensors"),
    "a link to itself for the card": _place(lambda path: path.symlink_to(path), ".json"),
    "a device for the card": _place(lambda path: path.symlink_to("/dev/zero"), ".json"),
    "a device for the tensors": _place(lambda path: path.symlink_to("/dev/zero"), ".safetensors"),
    "no card": _place(lambda path: None, ".json"),
    "no name, and noise": _unnamed(lambda path: path.write_bytes(b"noise") and None),
}
