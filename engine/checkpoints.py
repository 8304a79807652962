"""Checkpoints: tensors in a safetensors file, facts in a JSON card beside it. Pickles are never loaded.

`maml-conv4.safetensors` goes with `maml-conv4.json`. The card names the algorithm and the backbone
that the tensors belong to; a checkpoint that belongs to another pair is refused, and so is one with NaN or
infinity, which would pass for an answer in the end. For what runs on a
frozen backbone it also has `backbone_fingerprint`, which names the backbone's weights.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor

from engine.errors import FewshotError, reason_of
from engine.files import write_atomically

MAX_BYTES = 2 * 1024**3
MAX_CARD_BYTES = 2**20
_MOST_SHOWN = 200


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds: `tensors` by name, and its `card`."""

    tensors: dict[str, Tensor]
    card: dict[str, Any]


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], card: Mapping[str, Any]) -> None:
    """Write the card, then the tensors, each atomically; so tensors are never without a card.

    `card` needs the keys `algorithm` and `backbone`. Raises `FewshotError` if that cannot be done, or if a
    tensor has NaN or infinity.
    """
    if not {"algorithm", "backbone"} <= set(card):
        raise ValueError("a card names its algorithm and its backbone")
    if (name := not_finite(tensors)) is not None:
        raise FewshotError(
            "The checkpoint {path} was not written: {name} has NaN or infinity.", path=path, name=name
        )
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        write_atomically(path.with_suffix(".json"), (json.dumps(card, indent=2) + "\n").encode())
        write_atomically(path, save_safetensors(contiguous))
    except OSError as error:
        raise FewshotError(
            "The checkpoint could not be written to {path}: {reason}.", path=path, reason=reason_of(error)
        ) from error


def in_half_precision(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same with matrices as float16: half the size. Vectors and numbers, of which some are summed over
    whole networks, stay as they are, and so does what float16 cannot hold."""
    return {
        name: tensor.half() if tensor.ndim > 1 and _fits_half(tensor) else tensor
        for name, tensor in tensors.items()
    }


def _fits_half(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and bool(tensor.half().isfinite().all())


def not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the first tensor with NaN or infinity, also where float32, in which all computing is done,
    cannot hold its numbers; `None` if there is none."""
    for name, tensor in tensors.items():
        number = torch.complex64 if tensor.is_complex() else torch.float32
        if not tensor.to(number).isfinite().all():
            return name
    return None


def read_card(path: Path) -> dict[str, Any]:
    """The card of the checkpoint at `path`; `FewshotError` if it is missing or unreadable."""
    card_path = path.with_suffix(".json")
    try:
        facts = card_path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would be read for ever
            raise FewshotError("The card {path} is not a file.", path=card_path)
        if facts.st_size > MAX_CARD_BYTES:
            raise FewshotError(
                "The card {path} is larger than 1 MB; that is not one of ours.", path=card_path
            )
        card = json.loads(card_path.read_bytes())
    except FileNotFoundError:
        raise FewshotError(
            "The checkpoint {name} has no card: {path} is missing.", name=path.name, path=card_path
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FewshotError(
            "The card {path} cannot be read: {reason}.", path=card_path, reason=shown(error)
        ) from error
    if not isinstance(card, dict):
        raise FewshotError("The card {path} is not a JSON object.", path=card_path)
    return card


def read_checkpoint(path: Path, *, algorithm: str, backbone: str) -> Checkpoint:
    """Read a checkpoint made for `algorithm` on `backbone`; refuse anything else in one sentence."""
    card = read_card(path)
    made_for = (card.get("algorithm"), card.get("backbone"))
    if made_for != (algorithm, backbone):
        raise FewshotError(
            "The checkpoint {path} was made for {made_for} on {made_on}, not for {wanted} on {wanted_on}.",
            path=path,
            made_for=shown(made_for[0]),
            made_on=shown(made_for[1]),
            wanted=algorithm,
            wanted_on=backbone,
        )
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise FewshotError("The checkpoint {path} is not a file.", path=path)
        if facts.st_size > MAX_BYTES:
            raise FewshotError(
                "The checkpoint {path} is larger than 2 GB; that is not one of ours.", path=path
            )
        tensors = load_safetensors(path.read_bytes())
    except OSError as error:
        raise FewshotError(
            "The checkpoint {path} cannot be read: {reason}.", path=path, reason=reason_of(error)
        ) from error
    except (SafetensorError, KeyError) as error:  # KeyError: numbers of a kind that torch does not have
        raise FewshotError(
            "{path} is damaged or not a safetensors file ({reason}).", path=path, reason=shown(error)
        ) from error
    if (name := not_finite(tensors)) is not None:
        raise FewshotError(
            "The checkpoint {path} has NaN or infinity in {name}; make it anew.", path=path, name=shown(name)
        )
    return Checkpoint(tensors, card)


def shown(fact: object) -> str:
    """What a file says, short enough for a sentence, and on one line."""
    text = " ".join(str(fact).split())
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
