"""Backbones as ONNX Runtime takes them: those that ship with the program, others converted once.

The converted backbones in `assets/backbones` ship with the program, so that no first run waits. `make
backbones` writes them anew; that is needed when their weights, their code or `CONVERSION` have changed. Until
then they do not fit their cards any more, and are converted like all others.

`python -m engine.backbones.onnx_conversion NAME` writes a converted backbone to its standard output. It
runs in a process of its own, because the exporter holds the interpreter for seconds, patches torch while it
works, and cannot be interrupted: a window would stutter, a second run hang, and leaving the program meanwhile
crash it. The result is kept in the cache folder.

Beside each network `NAME.onnx` lies a card, `NAME.json`, with its digest and what it was made of. What does
not fit is converted anew, and where nothing can be kept each process converts for itself.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine.backbones.base import Backbone, PixelsToEmbeddings, get_backbone
from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.messages import Message
from engine.paths import assets_dir, cache_dir

CONVERSION = 2
"""Raise this when a change to the conversion should reach those who have converted already."""

MAKERS = ("torch", "onnx", "onnxscript")
"""The packages whose versions a conversion depends on."""

EXPLAINED = 2
"""How the process ends whose last line on stderr is the message of a `FewshotError`."""

_converting = threading.Lock()


@dataclass(frozen=True)
class Converted:
    """A backbone as ONNX Runtime takes it: input `pixels` uint8 [n, size, size, channels], output
    `embeddings` float32 [n, dimension].

    `problem` is `None`, or the sentence that says why it could not be kept.
    """

    model: bytes
    problem: Message | None = None

    @property
    def digest(self) -> str:
        """What tells this network from others."""
        return hashlib.sha256(self.model).hexdigest()[:16]


def converted(backbone: Backbone) -> Converted:
    """The converted backbone: the one that ships with the program or was kept in the cache, if it fits its
    card.

    The first call for a backbone takes seconds; a second call meanwhile waits for the first.
    """
    path = converted_file(backbone)
    with _converting:
        shipped = bundled_file(backbone)
        model = _fitting(shipped, _bundled_card(backbone)) or _fitting(path, _cached_card())
        if model is not None:
            return Converted(model)
        model = _convert_elsewhere(backbone)
        try:
            _write(path, model, _cached_card())
        except OSError as error:
            problem = Message(
                "The converted backbone could not be kept in {path} ({reason}), so each start takes some"
                " seconds longer.",
                path=path.parent,
                reason=reason_of(error),
            )
            return Converted(model, problem)
        return Converted(model)


def is_converted(backbone: Backbone) -> bool:
    """Whether `converted` need not convert it first."""
    shipped, kept = bundled_file(backbone), converted_file(backbone)
    return shipped.is_file() or kept.is_file()


def converted_file(backbone: Backbone) -> Path:
    """Where the converted backbone is kept; its card is beside it."""
    return cache_dir() / "backbones" / f"{backbone.name}-{backbone.fingerprint}-{CONVERSION}.onnx"


def bundled_file(backbone: Backbone) -> Path:
    """Where the converted backbone is if it ships with the program; its card is beside it."""
    return assets_dir() / "backbones" / f"{backbone.name}.onnx"


def bundle(backbone: Backbone) -> None:
    """Convert the backbone, to ship with the program."""
    _write(bundled_file(backbone), _convert_elsewhere(backbone), _bundled_card(backbone))


def _fitting(path: Path, card: dict[str, object]) -> bytes | None:
    """The model at `path`; `None` if it is not there, or does not fit this card and its digest."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.is_file() and path.with_suffix(".json").is_file():
            model = path.read_bytes()
            if json.loads(path.with_suffix(".json").read_bytes()) == {**card, **_digest(model)}:
                return model
    return None


def _write(path: Path, model: bytes, card: dict[str, object]) -> None:
    write_atomically(path, model)
    card = {**card, **_digest(model)}
    write_atomically(path.with_suffix(".json"), json.dumps(card, indent=2).encode())


def _digest(model: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(model).hexdigest()}


def _cached_card() -> dict[str, object]:
    """The weights are in the name of the file. Another version of the converter may know better."""
    return {"made_by": _versions()}


def _bundled_card(backbone: Backbone) -> dict[str, object]:
    """One network for everybody, whatever versions they have."""
    return {"fingerprint": backbone.fingerprint, "conversion": CONVERSION}


@functools.cache
def _versions() -> dict[str, str]:
    return {package: importlib.metadata.version(package) for package in MAKERS}


def _convert_elsewhere(backbone: Backbone) -> bytes:
    checkout = str(Path(__file__).parents[2])
    python_path = os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "engine.backbones.onnx_conversion", backbone.name],
        env={**os.environ, "PYTHONPATH": python_path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    report = done.stderr.decode(errors="replace")
    if done.returncode == EXPLAINED:
        raise FewshotError(Message.from_json(report.splitlines()[-1]))
    if done.returncode != 0:
        raise RuntimeError(f"{backbone.name} could not be converted for ONNX Runtime:\n{report}")
    return done.stdout


def convert(backbone: Backbone) -> bytes:
    """The backbone as an ONNX model."""

    size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
    with torch.no_grad():
        program = torch.onnx.export(
            PixelsToEmbeddings(backbone).eval(),
            (torch.zeros(2, size, size, channels, dtype=torch.uint8),),
            input_names=["pixels"],
            output_names=["embeddings"],
            dynamic_shapes={"pixels": {0: torch.export.Dim("n")}},
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _forget_origin(model)
    content: bytes = model.SerializeToString()
    return content


def _forget_origin(model: Any) -> None:
    """Remove what the exporter notes of the source code: the paths of the computer that converts are nobody
    else's business, and would make each conversion another file."""
    graph = model.graph
    for noted in (
        model,
        graph,
        *graph.node,
        *graph.input,
        *graph.output,
        *graph.value_info,
        *graph.initializer,
    ):
        del noted.metadata_props[:]
        noted.doc_string = ""


def main(name: str) -> None:
    """Convert the backbone called `name`, and write it to the standard output as it was at the start."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # the exporter, and what it uses, may print
        try:
            output.write(convert(get_backbone(name)))
        except FewshotError as error:
            sys.stderr.write(f"{error.message.to_json()}\n")
            sys.exit(EXPLAINED)


if __name__ == "__main__":
    main(*sys.argv[1:])
