"""Ctrl-C in a training: the steps before the one under way are kept, and one is told how to go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.cli.main import main
from engine.meta_training import backbone, job
from tests.engine.cli import interrupted_fewshot, tiny_fewshot
from tests.engine.picture_sets import character_zip

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything tiny, in a program that Ctrl-C interrupts; only the last step is judged."""
    tiny_fewshot.install(tmp_path, monkeypatch)
    monkeypatch.setattr(job, "MIN_STEPS_BETWEEN", interrupted_fewshot.NEVER)
    monkeypatch.setattr(backbone, "POPULATION_EPISODES", 2)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return character_zip(tmp_path / "characters.zip", dict.fromkeys("abcdefgh", 7))


def meta_train(data: Path, out: Path) -> list[str]:
    names = ["--algorithm", "prototypical", "--backbone", "conv4", "--data", str(data), "--out", str(out)]
    small = ["--way", "2-3", "--query", "2", "--meta-batch", "2", "--episodes", "16", "--device", "cpu"]
    return ["meta-train", *names, *small]


def train_backbone(data: Path, out: Path) -> list[str]:
    return ["train-backbone", "--data", str(data), "--out", str(out), "--steps", "4"]


def step_of(state: Path) -> int:
    return int(load_file(state)["progress.step"])


@pytest.mark.subprocess
@pytest.mark.slow
def test_a_real_process_keeps_the_steps_before_that_in_which_it_was_interrupted(
    data: Path, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole.safetensors", tmp_path / "out.safetensors"
    state = tmp_path / "out.training.safetensors"
    process = subprocess.run(
        [sys.executable, interrupted_fewshot.__file__, "5", str(tmp_path), *meta_train(data, out)],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 130, process.stderr
    assert "Stopping after this episode" in process.stderr
    assert process.stderr.endswith(
        f"fewshot: stopped. To go on, give the same command with --resume {state}\n"
    )
    assert step_of(state) == 4

    assert main([*meta_train(data, out), "--resume", str(state)]) == 0
    assert main(meta_train(data, whole)) == 0
    expected = load_file(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in load_file(out).items())


def test_a_second_time_ends_it_at_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_fewshot.install(5, 2, monkeypatch)
    assert main(meta_train(data, tmp_path / "out.safetensors")) == 130
    assert "fewshot: stopped. Nothing had been written yet." in capsys.readouterr().err
    assert not (tmp_path / "out.training.safetensors").exists()


def test_the_backbones_training_is_kept_too(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.safetensors"
    with monkeypatch.context() as patch:
        interrupted_fewshot.install(2, 1, patch)
        assert main(train_backbone(data, out)) == 130
    assert capsys.readouterr().err.endswith("fewshot: stopped. To go on, give the same command again.\n")
    assert step_of(tmp_path / "out.training.safetensors") == 1
    assert main(train_backbone(data, out)) == 0
    assert out.is_file()


def test_what_ignores_it_goes_on_ignoring_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupted_fewshot.install(5, 1, monkeypatch)
    assert main(meta_train(data, tmp_path / "out.safetensors")) == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_it_interrupts_again_what_comes_after(data: Path, tmp_path: Path) -> None:
    assert main(meta_train(data, tmp_path / "out.safetensors")) == 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
