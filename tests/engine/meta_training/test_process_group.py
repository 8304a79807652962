"""Several processes train as one process with the same batch of tasks does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.errors import FewshotError
from engine.meta_training.process_group import ProcessGroup
from tests.engine.meta_training import one_of_a_team

CHECKOUT = Path(__file__).parents[3]


def start(folder: Path, rank: int, size: int, port: int) -> subprocess.Popen[str]:
    processes = {
        "RANK": rank,
        "LOCAL_RANK": rank,
        "WORLD_SIZE": size,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
    }
    return subprocess.Popen(
        [sys.executable, one_of_a_team.__file__, "4", str(folder / "state"), str(folder / "together")],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            **{key: str(value) for key, value in processes.items()},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.subprocess
@pytest.mark.slow
def test_two_processes_end_where_one_ends(tmp_path: Path) -> None:
    port = free_port()
    processes = [start(tmp_path, rank, 2, port) for rank in range(2)]
    one_of_a_team.main("4", str(tmp_path / "alone-state"), str(tmp_path / "alone"))
    said = [process.communicate(timeout=200)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    alone, first, second = (
        json.loads((tmp_path / f"{name}.json").read_text())
        for name in ("alone-0", "together-0", "together-1")
    )
    assert [loss for loss, _ in first] == pytest.approx([loss for loss, _ in alone], rel=1e-4)
    assert [loss for loss, _ in second] == [loss for loss, _ in first]
    assert [judged for _, judged in first] == pytest.approx([judged for _, judged in alone])
    assert {judged for _, judged in second} == {None}
    weights, expected = (load_file(tmp_path / f"{name}.safetensors") for name in ("together-0", "alone-0"))
    for name, tensor in expected.items():
        torch.testing.assert_close(weights[name], tensor, rtol=1e-3, atol=1e-5)


def test_tasks_are_shared_evenly_or_not_at_all() -> None:
    assert [list(ProcessGroup(rank, 3).tasks(6)) for rank in range(3)] == [[0, 3], [1, 4], [2, 5]]
    with pytest.raises(FewshotError, match="4 episodes a step cannot be shared evenly by 3 processes"):
        ProcessGroup(0, 3).tasks(4)


def test_outside_a_team_a_process_is_alone() -> None:
    processes = ProcessGroup.current()
    assert (processes.rank, processes.size, processes.is_first) == (0, 1, True)
    assert processes.mean(0.25) == 0.25
    processes.wait()
