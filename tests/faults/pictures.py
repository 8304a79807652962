"""Mutated pictures through decoding, thumbnail and embedding: `run(count, seed)`.

Each goes through a process of its own kind, which is watched from outside: whether it lives, how long it
takes and what memory it needs. Beside the reader's own refusal nothing may come out of it, and what one way
of reading says of a file all must say.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from engine.images import UnreadablePictureError, decode, describe, examine, thumbnail
from tests.faults.base import Result
from tests.faults.picture_seeds import seeds

TITLE = "Mutated pictures through decoding, thumbnail and embedding"

COUNT: Final = 10_000
SAMPLE: Final = 0
"""The tests have a part of their own, in their own process."""

PATIENCE: Final = 5.0
"""Seconds for one picture."""

MOST_MEMORY: Final = 2**30
"""Bytes that one picture may need beyond what the process had."""

_BATCH = 32
_PREPARATION = 300.0
_EXTREMES = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def run(count: int, seed: int) -> Iterator[Result]:
    """`count` pictures, mutated as `seed` says, one result each."""
    worker = _Worker()
    try:
        for name, data in cases(count, seed):
            yield worker.tried(name, data)
    finally:
        worker.stop()


def cases(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `count` mutated pictures; the same for the same `seed`."""
    rng, sound = random.Random(seed), seeds()
    names = sorted(sound)
    for number in range(count):
        name = names[number % len(names)]
        yield f"{number} {name}", mutated(sound[name], sound[rng.choice(names)], rng)


def mutated(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """`data` with one to three things done to it, mostly near its beginning, where headers are."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = int(rng.random() ** rng.choice((1, 3)) * len(changed))
        match rng.randrange(6):
            case 0:
                changed[at : at + 1] = rng.randbytes(1)
            case 1:
                del changed[-rng.randint(1, max(1, len(changed) // 4)) :]
            case 2:
                changed[at:at] = other[: rng.randint(1, 64)]
            case 3:
                size = rng.choice((1, 2, 4))
                value = rng.choice(_EXTREMES) % 256**size
                changed[at : at + size] = value.to_bytes(size, rng.choice(("big", "little")))
            case 4:
                del changed[at : at + rng.randint(1, 16)]
            case _:
                start = rng.randrange(len(other))
                changed[at:] = (
                    other[start:] if rng.random() < 0.3 else changed[at:] + other[start : start + 32]
                )
    return bytes(changed)


def answer(data: bytes, folder: Path) -> tuple[Image.Image | None, str]:
    """What the program makes of a file: its picture or `None`, and the reason or how it was read.

    Raises `Uneven` where its ways of reading do not agree, and whatever escapes them.
    """
    path = folder / "picture"
    path.write_bytes(data)
    ways: dict[str, Callable[[], object]] = {
        "decode": lambda: decode(data, path),
        "examine": lambda: examine(data, path)[0],
        "decode small": lambda: decode(data, path, 40),
        "thumbnail": lambda: thumbnail(path, 48),
        "describe": lambda: describe(data, path),
    }
    seen: dict[str, Any] = {}
    refusals: dict[str, str] = {}
    for name, read in ways.items():
        try:
            seen[name] = read()
        except UnreadablePictureError as unreadable:
            refusals[name] = str(unreadable.explanation)
    if refusals:
        # The header may be sound where the pixels are not.
        if len(set(refusals.values())) > 1 or seen.keys() - {"describe"}:
            raise Uneven(f"read by {', '.join(seen)}; else {refusals}")
        return None, next(iter(refusals.values()))
    picture, facts = seen["decode"], examine(data, path)[1]
    if not np.array_equal(np.asarray(picture), np.asarray(seen["examine"])):
        raise Uneven("two readings differ")
    if picture.mode != "RGB" or picture.size != (facts.width, facts.height):
        raise Uneven(f"{picture.mode} {picture.size} is described as {facts}")
    if max(seen["thumbnail"].shape[:2]) != min(48, max(picture.size)):
        raise Uneven(f"a thumbnail of {seen['thumbnail'].shape}")
    return picture, f"{facts.format} {facts.mode}"


class Uneven(Exception):  # noqa: N818 – says what it is about
    """Two ways of reading a file do not agree."""


class _Worker:
    """A process that reads pictures, and is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def tried(self, name: str, data: bytes) -> Result:
        process, pipe = self._running()
        pipe.send(data)
        if not pipe.poll(PATIENCE):
            is_alive = process.is_alive()
            self.stop()
            return Result(name, "hung" if is_alive else "crashed", f"no answer in {PATIENCE:g} s")
        try:
            outcome, detail = pipe.recv()
        except EOFError:
            process.join()
            self.stop()
            return Result(name, "crashed", f"exit code {process.exitcode}")
        return Result(name, outcome, detail)

    def stop(self) -> None:
        if self._process is not None and self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
        self._process = self._pipe = None

    def _running(self) -> tuple[BaseProcess, Connection]:
        if self._process is None or self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_work, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            if not self._pipe.poll(_PREPARATION):
                raise TimeoutError("the process that reads pictures did not start")
            self._pipe.recv()
        return self._process, self._pipe


def _work(pipe: Connection) -> None:
    """Answer for each content that comes through `pipe`; embed what could be read a batch at a time."""
    import torch

    from engine.backbones.base import PixelsToEmbeddings, get_backbone

    # Broken TIFF files make libtiff write to stderr, past Python.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    torch.set_num_threads(1)
    backbone = get_backbone("conv4")
    network = PixelsToEmbeddings(backbone)
    waiting: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    with tempfile.TemporaryDirectory() as name:
        pipe.send("ready")
        while True:
            data = pipe.recv()
            before = _peak_memory(reset=True)
            try:
                picture, detail = answer(data, Path(name))
                outcome = "refused" if picture is None else "answered"
                if picture is not None:
                    waiting.append(backbone.preprocessing.apply(picture))
                if len(waiting) == _BATCH:
                    with torch.inference_mode():
                        embedded = network(torch.from_numpy(np.stack(waiting)))
                    assert bool(torch.isfinite(embedded).all()), "an embedding is not finite"
                    waiting.clear()
            except Exception as error:  # which is what is looked for
                outcome, detail = "foreign", f"{type(error).__name__}: {error}"
            needed = _peak_memory() - before
            if needed > MOST_MEMORY:
                outcome, detail = "memory", f"{needed / 2**20:,.0f} MiB; {detail}"
            pipe.send((outcome, detail))


def _peak_memory(*, reset: bool = False) -> int:
    """The most memory that this process has had, in bytes, since the last reset; 0 where Linux is not."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return 1024 * int(lines["VmHWM"].split()[0])
