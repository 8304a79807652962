"""Encoders turn a batch of pixels into the features that a learner takes.

The same backbone runs on two runtimes behind one interface: ONNX Runtime on the CPU, which is about three
times faster there than torch, and torch on CUDA and MPS. Learners that adapt the whole network take
the pixels themselves; for them encoding is the identity, and the cache keeps the small pictures.
"""

from __future__ import annotations

import functools
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.backbones.base import Backbone, PixelsToEmbeddings
from engine.backbones.onnx_conversion import Converted, converted
from engine.backbones.preprocessing import Preprocessing
from engine.blocks import in_blocks
from engine.devices import title
from engine.images.decode import DECODING
from engine.messages import Message

SLICE = 4
"""Pictures per task of a CPU core, which runs the network on one after the other."""

GPU_BATCH = 128
PIXEL_BATCH = 64


class OutOfMemoryError(Exception):
    """The device has no room for a batch of this size."""


class Encoder(Protocol):
    """Pixels → features.

    `fingerprint` names the function computed, to the last bit: also the library that computes it, and on
    what. `title` says that to a person. What comes of a picture depends on no other picture, nor on how many
    are given at once. `batch_size` is the fastest; `small_batch` keeps no more than one core busy, or the
    card. `problem` is `None`, or a sentence about what making the encoder took longer for.
    """

    preprocessing: Preprocessing
    fingerprint: str
    title: Message
    problem: Message | None
    batch_size: int
    small_batch: int
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        """uint8 [n, size, size, channels] → `dtype` [n, *`shape`]. Raises `OutOfMemoryError`."""

    def with_less_memory(self) -> tuple[Encoder, Message]:
        """The same function with less memory, and the sentence about the change."""


def fingerprints(backbone: Backbone) -> tuple[str, str]:
    """Of the encoders of a backbone: how that of its embeddings begins, whatever computes them, and that of
    its pixels."""
    return (
        "-".join(map(str, (backbone.name, backbone.fingerprint, *backbone.lower_layers, DECODING))),
        f"pixels-{backbone.name}-{DECODING}-{backbone.preprocessing}",
    )


class PixelEncoder:
    """The identity, for learners that take images; they run in torch on `device`."""

    problem: Message | None = None

    def __init__(self, backbone: Backbone, device: torch.device) -> None:
        self.preprocessing = backbone.preprocessing
        _, self.fingerprint = fingerprints(backbone)
        self.title = Message("{device} · PyTorch", device=title(str(device)))
        self.batch_size, self.small_batch = PIXEL_BATCH, SLICE
        self.dtype: np.dtype[np.generic] = np.dtype(np.uint8)
        size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
        self.shape: tuple[int, ...] = (size, size, channels)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        """See `Encoder`."""
        return pixels

    def with_less_memory(self) -> tuple[Encoder, Message]:
        """Raises `MemoryError`: nothing needs less memory than the identity."""
        raise MemoryError("the identity ran out of memory")


class _BackboneEncoder:
    """The base of both runtimes. Embeddings are float16 in memory and in the cache, so that a second run,
    which reads them from the cache, sees the same numbers as the first."""

    problem: Message | None = None

    def __init__(self, backbone: Backbone, runtime: str) -> None:
        backbone.require_weights()
        self.backbone = backbone
        self.preprocessing = backbone.preprocessing
        self.fingerprint = f"{fingerprints(backbone)[0]}-{runtime}"
        self.dtype: np.dtype[np.generic] = np.dtype(np.float16)
        self.shape: tuple[int, ...] = (backbone.width,)


class OnnxEncoder(_BackboneEncoder):
    """A backbone on the CPU, executed by ONNX Runtime. Converts the backbone if that was never done.

    Each core runs the whole network on pictures of its own. Sharing every layer among the cores, as the
    runtime would, makes all of them wait for the slowest after every layer, while decoding wants cores too.
    It runs it on one at a time: activations stay in its cache, and there are no companions to depend on.
    """

    def __init__(self, backbone: Backbone) -> None:
        backbone.require_weights()
        network = converted(backbone)
        super().__init__(backbone, _onnx_runtime(network))
        self.title = Message("{device} · ONNX Runtime", device=title("cpu"))
        self._cores = os.cpu_count() or 1
        self.batch_size, self.small_batch = 2 * SLICE * self._cores, SLICE
        self.problem = network.problem
        self._session = _onnx_session(network.model)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        """See `Encoder`."""
        return self.embed(pixels).astype(self.dtype)

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The embeddings as the runtime gives them, float32 [n, width]."""
        slices = [pixels[start : start + SLICE] for start in range(0, len(pixels), SLICE)]
        with ThreadPoolExecutor(self._cores, thread_name_prefix="network") as pool:
            return np.concatenate(list(pool.map(self._run, slices)))

    def _run(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        single = (pixels[place : place + 1] for place in range(len(pixels)))
        return np.concatenate([self._session.run(None, {"pixels": picture})[0] for picture in single])

    def with_less_memory(self) -> tuple[Encoder, Message]:
        """Raises `MemoryError`: there is no smaller runtime than this."""
        raise MemoryError("the CPU ran out of memory")


def _onnx_runtime(network: Converted) -> str:
    """The library in its version, the converted network, and the processor's instructions."""
    instructions = torch.backends.cpu.get_cpu_capability()
    return f"onnxruntime-{version('onnxruntime')}-{network.digest}-{instructions}"


def _onnx_session(model: bytes):  # type: ignore[no-untyped-def]
    from engine.embeddings.onnx_runtime import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class TorchEncoder(_BackboneEncoder):
    """A backbone on a torch device: channels last, half precision where the card computes in it.

    Always on `batch_size` pictures at once, fewer being filled up: kernels are chosen by the size of a batch.
    """

    def __init__(self, backbone: Backbone, device: torch.device, batch_size: int = GPU_BATCH) -> None:
        super().__init__(backbone, f"torch-{torch.__version__}-{title(str(device))}")
        self.title = Message("{device} · PyTorch", device=title(str(device)))
        self.device, self.batch_size = device, batch_size
        self.small_batch = batch_size  # fewer are filled up to it
        self._module = _torch_module(backbone, device)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        """See `Encoder`."""
        return self.embed(pixels).astype(self.dtype)

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The embeddings as the network gives them, float32 [n, width]."""
        try:
            with torch.inference_mode():
                embeddings = in_blocks(self._on_device, torch.from_numpy(pixels), self.batch_size)
        except torch.OutOfMemoryError as error:
            raise OutOfMemoryError(str(error)) from error
        return embeddings.numpy()

    def _on_device(self, pixels: Tensor) -> Tensor:
        embeddings: Tensor = self._module(pixels.to(self.device, non_blocking=True))
        return embeddings.float().cpu()

    def with_less_memory(self) -> tuple[Encoder, Message]:
        """Half the batch; from a batch of one, the CPU."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self.batch_size > 1:
            smaller = TorchEncoder(self.backbone, self.device, self.batch_size // 2)
            return smaller, Message(
                "{device} ran out of memory; going on with {n} at a time.",
                device=str(self.device),
                n=smaller.batch_size,
            )
        return (
            OnnxEncoder(self.backbone),
            Message(
                "{device} has no room even for one picture; going on with the CPU.", device=str(self.device)
            ),
        )


@functools.lru_cache(maxsize=2)
def _torch_module(backbone: Backbone, device: torch.device) -> torch.nn.Module:
    module = PixelsToEmbeddings(backbone).to(device).to(memory_format=torch.channels_last)
    has_half = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (7, 0)
    if has_half:
        module.half()
    return module


_MAKING = threading.Lock()


def backbone_encoder(backbone: Backbone, device: torch.device) -> Encoder:
    """The encoder that runs `backbone` on `device`; the last two are cached for the next run.

    Threads that ask for it at the same time wait for one of them to make it.
    """
    with _MAKING:
        return _made_encoder(backbone, device)


@functools.lru_cache(maxsize=2)
def _made_encoder(backbone: Backbone, device: torch.device) -> Encoder:
    return OnnxEncoder(backbone) if device.type == "cpu" else TorchEncoder(backbone, device)
