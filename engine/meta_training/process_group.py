"""Training with several processes, as `torchrun` starts them: each takes a share of every step's tasks."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from engine.devices import resolve_device
from engine.episodes import Episode
from engine.errors import FewshotError
from engine.learners.base import MetaLearner

TIMEOUT = timedelta(hours=2)
"""How long a process waits for the others, for example while the first reads the data."""


@dataclass(frozen=True)
class ProcessGroup:
    """The processes that train a learner together; a single process is a group of one."""

    rank: int = 0
    size: int = 1

    @classmethod
    def current(cls) -> ProcessGroup:
        """The group of this process."""
        if dist.is_available() and dist.is_initialized():
            return cls(dist.get_rank(), dist.get_world_size())
        return cls()

    @property
    def is_first(self) -> bool:
        """Whether this is the process that validates, writes and logs."""
        return self.rank == 0

    def tasks(self, meta_batch: int) -> range:
        """Which of a step's tasks this process takes; `FewshotError` if they cannot be shared evenly."""
        if meta_batch % self.size:
            raise FewshotError(
                "{n} episodes a step cannot be shared evenly by {processes} processes; choose a multiple "
                "of {processes} with --meta-batch.",
                n=meta_batch,
                processes=self.size,
            )
        return range(self.rank, meta_batch, self.size)

    def meta_loss(self, learner: MetaLearner, tasks: int) -> Callable[[Episode], Tensor]:
        """The learner's outer loss; at the last of every `tasks` calls backward averages the gradients."""
        return learner.meta_loss if self.size == 1 else _SharedLoss(learner, tasks)

    def mean(self, value: float) -> float:
        """The mean of `value` over the processes."""
        if self.size == 1:
            return value
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        total = torch.tensor(value, dtype=torch.float64, device=device)
        dist.all_reduce(total)
        return total.item() / self.size

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.size > 1:
            dist.barrier()


class _SharedLoss:
    def __init__(self, learner: MetaLearner, tasks: int) -> None:
        self._module = DistributedDataParallel(_OuterLoss(learner))
        self._tasks, self._calls = tasks, 0

    def __call__(self, episode: Episode) -> Tensor:
        self._calls += 1
        is_last = self._calls % self._tasks == 0
        with nullcontext() if is_last else self._module.no_sync():
            loss: Tensor = self._module(episode)
        return loss


class _OuterLoss(torch.nn.Module):
    def __init__(self, learner: MetaLearner) -> None:
        super().__init__()
        self.learner = learner

    def forward(self, episode: Episode) -> Tensor:
        """The outer loss. It depends on every parameter, because all processes wait for every gradient."""
        nothing = sum(parameter.sum() for parameter in self.learner.parameters()) * 0.0
        return self.learner.meta_loss(episode) + nothing


def is_single_process() -> bool:
    """Whether `torchrun` did not start others beside this process."""
    return int(os.environ.get("WORLD_SIZE", "1")) == 1


@contextmanager
def distributed(device: str) -> Iterator[tuple[ProcessGroup, torch.device]]:
    """The group in which `torchrun` started this process, and the device of this process.

    On CUDA each process takes the GPU of its number.
    """
    if is_single_process():
        yield ProcessGroup(), resolve_device(device)
        return
    if device == "auto" or device.startswith("cuda"):
        own = f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu"
    else:
        own = device
    resolved = resolve_device(own)
    if resolved.type == "cuda":
        torch.cuda.set_device(resolved)
    # Functions of this module take the group that exists when it is first imported for a default argument. If
    # torch imports it later, the group never ends, and its threads outlive the interpreter and abort it.
    importlib.import_module("torch.distributed.nn.functional")
    dist.init_process_group("nccl" if resolved.type == "cuda" else "gloo", timeout=TIMEOUT)
    try:
        yield ProcessGroup.current(), resolved
    finally:
        dist.destroy_process_group()
