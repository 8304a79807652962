"""Which devices there are, proven by running something on them rather than by asking."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import torch

from engine.errors import FewshotError
from engine.messages import Message
from engine.runs.catalogue import DeviceEntry

Item = TypeVar("Item")

_NO_MEMORY = (
    "DefaultCPUAllocator",
    "std::bad_alloc",
    "can't start new thread",
    "could not create a primitive",
)
"""What torch, C++, Python and oneDNN say where the computer has no memory, or none for a thread's stack."""


def list_devices() -> list[DeviceEntry]:
    """Devices that a tiny kernel has just run on, the fastest kind first; the CPU is always last."""
    return [DeviceEntry(name, title(name)) for name in [*gpus(), "cpu"] if fault(name) is None]


def gpus() -> list[str]:
    """The GPUs that torch sees, whether or not they compute."""
    names = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return [*names, "mps"] if torch.backends.mps.is_available() else names


def resolve_device(name: str) -> torch.device:
    """The device called `name`; `auto` is the first of `list_devices`.

    Raises `FewshotError` that says what is wrong with it and what there is instead.
    """
    if name == "auto":
        return torch.device(list_devices()[0].name)
    if (reason := fault(name)) is not None:
        known = ", ".join(["auto", *(device.name for device in list_devices())])
        raise FewshotError(
            "The device “{name}” cannot be used ({reason}); choose one of: {known}.",
            name=name,
            reason=reason,
            known=known,
        )
    return torch.device(name)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch to one CPU thread for as long as the block lasts, on the thread that enters it.

    Adapting is thousands of tiny operations. Sharing each among threads gains a tenth on an idle
    machine, and on a busy one makes every operation wait for the slowest: seconds become a minute.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def in_one_thread(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same items, each made under `one_thread`; between them, all threads may be used."""
    with closing(items):
        while True:
            with one_thread():
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device or the computer had no memory left; the latter often only by its text."""
    in_words = isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)
    return in_words or isinstance(error, MemoryError | torch.OutOfMemoryError)


def memory_of(device: torch.device) -> int | None:
    """The bytes of memory that a CPU has; `None` where the system does not tell, and of other devices, which
    refuse by themselves what they have no room for."""
    if device.type != "cpu" or "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def mixed_precision(device: torch.device) -> torch.autocast:
    """bfloat16 for convolutions and matrix products, on devices that compute in it.

    It halves the time of a training step. Where it is emulated it takes many times as long instead.
    """
    match device.type:
        case "cpu":
            computes = torch.cpu._is_avx512_bf16_supported()
        case "cuda":
            computes = torch.cuda.is_bf16_supported(including_emulation=False)
        case _:
            computes = False
    return torch.autocast(device.type, torch.bfloat16, enabled=computes)


def fault(name: str) -> Message | None:
    """`None` if a convolution on the device gives the right number, else what went wrong."""
    if name.partition(":")[0] not in ("cpu", "cuda", "mps"):
        return Message("not a kind of device this program knows")
    if name.startswith("cuda") and not torch.cuda.is_available():
        return Message("no NVIDIA GPU can be used here")
    if name.startswith("mps") and not torch.backends.mps.is_available():
        return Message("there is no Apple GPU here")
    try:
        device = torch.device(name)
        picture = torch.ones(1, 1, 3, 3, device=device)
        result = torch.nn.functional.conv2d(picture, picture).item()
    except (RuntimeError, AssertionError) as error:
        return Message(str(error).splitlines()[0].partition(". ")[0].rstrip("."))
    return None if result == 9.0 else Message("it computed {result} instead of 9", result=str(result))


def title(name: str) -> Message:
    """What a person calls the device, e.g. `NVIDIA GeForce RTX 4070 (12 GB)`."""
    device = torch.device(name)
    if device.type == "cuda":
        facts = torch.cuda.get_device_properties(device)
        return Message("{device} ({size} GB)", device=facts.name, size=f"{facts.total_memory / 1e9:.0f}")
    if device.type == "mps":
        return Message("Apple GPU")
    cores = os.cpu_count() or 1
    return Message("CPU ({n} cores)", n=cores) if cores > 1 else Message("CPU")
