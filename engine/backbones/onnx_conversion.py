"""Converting a backbone for ONNX Runtime, once; the result is kept in the cache folder."""

from __future__ import annotations

import logging
from pathlib import Path

import torch

from engine.backbones.base import Backbone, PixelsToEmbeddings
from engine.errors import FewshotError
from engine.files import write_atomically
from engine.paths import cache_dir


def onnx_file(backbone: Backbone) -> Path:
    """The converted backbone: input `pixels` uint8 [n, size, size, channels], output `embeddings`.

    The first call for a backbone takes seconds. Raises `FewshotError` if the file cannot be kept.
    """
    path = onnx_path(backbone)
    if not path.is_file():
        try:
            write_atomically(path, _convert(backbone))
        except OSError as error:
            raise FewshotError(
                f"The converted backbone could not be written to {path}: {error.strerror}. "
                "Free some space, or set FEWSHOT_CACHE_DIR to another folder."
            ) from error
    return path


def onnx_path(backbone: Backbone) -> Path:
    """Where `onnx_file` keeps it; whether it is there tells whether the next call will take long."""
    return cache_dir() / "backbones" / f"{backbone.name}-{backbone.fingerprint}.onnx"


def _convert(backbone: Backbone) -> bytes:
    size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
    pixels = torch.zeros(2, size, size, channels, dtype=torch.uint8)
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    try:
        with torch.no_grad():
            program = torch.onnx.export(
                PixelsToEmbeddings(backbone).eval(),
                (pixels,),
                input_names=["pixels"],
                output_names=["embeddings"],
                dynamic_shapes={"pixels": {0: torch.export.Dim("n")}},
                dynamo=True,
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    assert program is not None
    model: bytes = program.model_proto.SerializeToString()
    return model
