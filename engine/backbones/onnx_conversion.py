"""Converting a backbone for ONNX Runtime, once; the result is kept in the cache folder.

`python -m engine.backbones.onnx_conversion NAME FILE` does it. It runs in a process of its own,
because the exporter holds the interpreter for seconds, patches torch while it works, and cannot be
interrupted: a window would stutter, a second run hang, and leaving the program meanwhile crash it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import torch

from engine.backbones.base import Backbone, PixelsToEmbeddings, get_backbone
from engine.errors import FewshotError
from engine.files import write_atomically
from engine.paths import cache_dir

CONVERSION = 1
"""Raise this when a change to the conversion should reach those who have converted already."""

_converting = threading.Lock()


def onnx_file(backbone: Backbone) -> Path:
    """The converted backbone: input `pixels` uint8 [n, size, size, channels], output `embeddings`.

    The first call for a backbone takes seconds; a second call meanwhile waits for the first. Raises
    `FewshotError` if the file cannot be kept.
    """
    path = cache_dir() / "backbones" / f"{backbone.name}-{backbone.fingerprint}-{CONVERSION}.onnx"
    with _converting:
        if not path.is_file():
            _convert_elsewhere(backbone, path)
    return path


def _convert_elsewhere(backbone: Backbone, path: Path) -> None:
    checkout = str(Path(__file__).parents[2])
    python_path = os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "engine.backbones.onnx_conversion", backbone.name, str(path)],
        env={**os.environ, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 2:
        raise FewshotError(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        raise RuntimeError(f"{backbone.name} could not be converted for ONNX Runtime:\n{done.stderr}")


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
    model: bytes = program.model_proto.SerializeToString()
    return model


def main(name: str, file: str) -> int:
    """Convert the backbone called `name` into `file`; returns the exit status."""
    try:
        write_atomically(Path(file), convert(get_backbone(name)))
    except OSError as error:
        print(
            f"The converted backbone could not be written to {file}: {error.strerror}. "
            "Free some space, or set FEWSHOT_CACHE_DIR to another folder.",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
